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
        if has_odd(url) {
            return Err(MALFORMED);
        }
        let [_, _, target] = Url::split(url).ok_or(MALFORMED)?;
        let base = Url::parse(&url[..url.len() - target.len()])?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
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

/// Whether there is a control character or a fragment. Most URLs are ASCII, of which all bytes are looked
/// at, for then the compiler does it by vectors.
fn has_odd(url: &str) -> bool {
    let odd = |byte: u8| byte.is_ascii_control() || byte == b'#';
    let is_odd = url.bytes().fold(false, |seen, byte| seen | odd(byte));
    is_odd || !url.is_ascii() && url.chars().any(char::is_control)
}
