//! Mistakes of a client, made by hand.

use creance_hawk::sigv::Key;

use super::support::{ID, NOW, mac};

/// The lines that a client signs, written by hand.
#[derive(Clone)]
pub(crate) struct Lines {
    pub(crate) ts: String,
    pub(crate) method: String,
    pub(crate) resource: String,
    pub(crate) host: String,
    pub(crate) port: String,
    pub(crate) hash: String,
    pub(crate) ext: String,
    pub(crate) more: String,
}

impl Lines {
    /// What the server verifies for a request.
    pub(crate) fn of(method: &str, target: &str, host: &str, port: u16) -> Self {
        Self {
            ts: NOW.to_string(),
            method: method.to_owned(),
            resource: target.to_owned(),
            host: host.to_owned(),
            port: port.to_string(),
            hash: String::new(),
            ext: String::new(),
            more: String::new(),
        }
    }

    pub(crate) fn canonical(&self) -> String {
        let Self { ts, method, resource, host, port, hash, ext, more } = self;
        format!(
            "hawk.1.header\n{ts}\nj4h3g2\n{method}\n{resource}\n{host}\n{port}\n{hash}\n{ext}\n{more}"
        )
    }

    /// The header with these attributes besides.
    pub(crate) fn header(&self, key: &Key, attributes: &str) -> String {
        let mac = mac(key, &self.canonical());
        format!("Hawk id=\"{ID}\", ts=\"{NOW}\", nonce=\"j4h3g2\", mac=\"{mac}\"{attributes}")
    }
}
