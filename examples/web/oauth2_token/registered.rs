//! The client that is registered with the server, and how it shows who it is.

use creance_sigv::{Algorithm, Encoding, Hasher, KeyBytes, Tag, ct};

use crate::{CLIENT_ID, REDIRECT_URI};

/// A secret is kept as its digest: it is random and long, so nothing slower is needed.
#[derive(Debug)]
pub(crate) struct Registered {
    secret: Tag,
    redirect_uri: &'static str,
}

impl Registered {
    pub(crate) fn new(secret: &str) -> Self {
        Self { secret: digest(secret), redirect_uri: REDIRECT_URI }
    }

    /// The client of an `Authorization: Basic` header (RFC 6749, 2.3.1). Secrets of this server have no
    /// character that would be escaped.
    pub(crate) fn authenticate(&self, header: Option<&str>) -> Option<&'static str> {
        let encoded = credentials(header?, "Basic")?;
        // In constant time, since there is a secret in it.
        let decoded = KeyBytes::decode(Encoding::Base64, encoded).ok()?;
        let (id, secret) = std::str::from_utf8(decoded.expose()).ok()?.split_once(':')?;
        // An unknown name takes as long as a wrong secret.
        let verdict = ct::verify(self.secret.expose(), digest(secret).expose());
        (verdict.is_ok() && id == CLIENT_ID).then_some(CLIENT_ID)
    }

    /// Exactly the URL that was registered: a prefix or a pattern would let others have the code.
    pub(crate) fn may_redirect(&self, client: &str, uri: &str) -> bool {
        client == CLIENT_ID && uri == self.redirect_uri
    }
}

/// What stands behind the scheme's name in an `Authorization` header. The name is in any case
/// (RFC 9110, 11.1).
pub(crate) fn credentials<'h>(header: &'h str, scheme: &str) -> Option<&'h str> {
    let (name, credentials) = header.split_once(' ')?;
    name.eq_ignore_ascii_case(scheme).then_some(credentials.trim_start_matches(' '))
}

pub(crate) fn digest(secret: &str) -> Tag {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(secret.as_bytes());
    hasher.finish()
}
