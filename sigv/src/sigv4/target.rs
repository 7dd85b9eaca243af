use crate::Error;
use crate::scheme::{Part, Url};

/// A URL taken apart, whose path and query may hold what a strict reader would want encoded: spaces and
/// letters beyond ASCII. In the canonical request they are encoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target<'a> {
    base: Url<'a>,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
}

impl<'a> Target<'a> {
    /// # Errors
    /// [`Error::TooLong`] and [`Error::Malformed`] with [`Part::Url`].
    pub(super) fn split(url: &'a str) -> Result<Self, Error> {
        const MALFORMED: Error = Error::Malformed(Part::Url);
        if url.len() > Url::MAX_BYTES {
            return Err(Error::TooLong { part: Part::Url, maximum: Url::MAX_BYTES });
        }
        if url.chars().any(|character| character.is_control() || character == '#') {
            return Err(MALFORMED);
        }
        let authority = url.find("://").ok_or(MALFORMED)? + 3;
        let end = url[authority..].find(['/', '?']).map_or(url.len(), |at| authority + at);
        let base = Url::parse(&url[..end])?;
        let (path, query) = url[end..].split_once('?').unwrap_or((&url[end..], ""));
        let path = if path.is_empty() { "/" } else { path };
        super::percent::check(path, Part::Url)?;
        Ok(Self { base, path, query })
    }

    /// What a client sends as the host: without a port that is the scheme's own.
    pub(super) fn host(&self) -> &'a str {
        match self.base.explicit_port() {
            Some(_) => self.base.authority(),
            None => self.base.host(),
        }
    }

    /// Whether a `Host` header names the host that was called. The scheme's own port may be written or
    /// left out, and letters be in any case.
    pub(super) fn is_host(&self, header: &str) -> bool {
        let own_port = if self.base.is_https() { ":443" } else { ":80" };
        let header = header.strip_suffix(own_port).unwrap_or(header);
        header.eq_ignore_ascii_case(self.host())
    }
}
