use alloc::borrow::Cow;
use alloc::string::{String, ToString};

use creance_sigv::{Encoding, Key};

use crate::canonical::{Canonical, Kind};
use crate::names::{Host, Method};
use crate::resource::Resource;
use crate::{Authorization, Request};

/// What a client may have signed: the fields of a canonical message, each of which can be replaced
/// by any text.
#[derive(Clone)]
pub(super) struct Draft<'a> {
    pub(super) ts: Cow<'a, str>,
    pub(super) method: Cow<'a, str>,
    pub(super) resource: Cow<'a, str>,
    pub(super) host: Cow<'a, str>,
    pub(super) port: u16,
    pub(super) hash: &'a str,
    pub(super) ext: &'a str,
    pub(super) app: Option<&'a str>,
    pub(super) dlg: Option<&'a str>,
    nonce: &'a str,
}

impl<'a> Draft<'a> {
    /// What the server expects to have been signed.
    pub(super) fn expected(request: &Request<'a>, authorization: &Authorization<'a>) -> Self {
        Self {
            ts: authorization.ts().to_string().into(),
            method: request.method().to_ascii_uppercase().into(),
            resource: request.resource().to_string().into(),
            host: request.host().to_ascii_lowercase().into(),
            port: request.port(),
            hash: authorization.hash().unwrap_or(""),
            ext: authorization.ext().unwrap_or(""),
            app: authorization.app(),
            dlg: authorization.dlg(),
            nonce: authorization.nonce(),
        }
    }

    /// Whether `received` is the MAC of this with `key`.
    pub(super) fn agrees(&self, key: &Key, received: &str) -> bool {
        self.canonical().tag(key).verify_text(Encoding::Base64, received).is_ok()
    }

    /// The canonical message as text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = self.canonical().write_to(&mut text);
        text
    }

    fn canonical(&self) -> Canonical<'_> {
        Canonical {
            kind: Kind::Header,
            ts: self.ts.as_bytes(),
            nonce: self.nonce.as_bytes(),
            method: Method::verbatim(&self.method),
            resource: Resource::joined(&self.resource, ""),
            host: Host::verbatim(&self.host),
            port: self.port,
            hash: self.hash.as_bytes(),
            ext: self.ext.as_bytes(),
            app: self.app.map(str::as_bytes),
            dlg: self.dlg.map(str::as_bytes),
        }
    }
}
