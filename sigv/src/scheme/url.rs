use super::Part;
use crate::Error;

/// An absolute `http` or `https` URL, taken apart and not rewritten (RFC 3986, 3).
///
/// ```
/// use creance_sigv::scheme::Url;
///
/// let url = Url::parse("https://example.com:8443/a%20b?x=1&y")?;
/// assert_eq!((url.scheme(), url.host(), url.port()), ("https", "example.com", Some(8443)));
/// assert_eq!((url.path(), url.query()), ("/a%20b", Some("x=1&y")));
/// assert!(Url::parse("/relative").is_err());
/// assert!(Url::parse("https://user@example.com/").is_err());
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'a> {
    scheme: &'a str,
    authority: &'a str,
    host: &'a str,
    port: Option<u16>,
    target: &'a str,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Url<'a> {
    /// The longest URL read, in bytes.
    pub const MAX_BYTES: usize = 8192;

    /// Takes a URL apart. It has visible ASCII characters only, no user and no fragment, and its host
    /// those of a name or an address; an empty path is read as `/`.
    ///
    /// # Errors
    /// [`Error::TooLong`] and [`Error::Malformed`], with [`Part::Url`].
    pub fn parse(url: &'a str) -> Result<Self, Error> {
        const MALFORMED: Error = Error::Malformed(Part::Url);
        if url.len() > Self::MAX_BYTES {
            return Err(Error::TooLong { part: Part::Url, maximum: Self::MAX_BYTES });
        }
        // Without a way out in the middle: so it is done in vectors.
        let odd = |byte: u8| !byte.is_ascii_graphic() || byte == b'#';
        if url.bytes().fold(false, |seen, byte| seen | odd(byte)) {
            return Err(MALFORMED);
        }
        let [scheme, authority, target] = Self::split(url).ok_or(MALFORMED)?;
        let (host, port) = split_port(authority).ok_or(MALFORMED)?;
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let path = if path.is_empty() { "/" } else { path };
        Ok(Self { scheme, authority, host, port, target, path, query })
    }

    /// Scheme, authority and target, of which but the scheme nothing has been looked at.
    pub(crate) fn split(url: &'a str) -> Option<[&'a str; 3]> {
        let (scheme, rest) = url.split_at_checked(url.bytes().position(|byte| byte == b':')?)?;
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let rest = rest.strip_prefix("://")?;
        let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        Some([scheme, authority, target])
    }

    /// `http` or `https`, as it was written.
    #[must_use]
    pub const fn scheme(&self) -> &'a str {
        self.scheme
    }

    /// Whether the scheme is `https`.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.scheme.len() == 5
    }

    /// Host and port, as they were written.
    #[must_use]
    pub const fn authority(&self) -> &'a str {
        self.authority
    }

    /// The host, as it was written; an IPv6 address with its brackets.
    #[must_use]
    pub const fn host(&self) -> &'a str {
        self.host
    }

    /// The port, if one was written.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The port, if one was written that is not the scheme's own (80 or 443).
    #[must_use]
    pub fn explicit_port(&self) -> Option<u16> {
        self.port.filter(|port| *port != if self.is_https() { 443 } else { 80 })
    }

    /// Path and query, byte for byte; empty if the URL ends with its host.
    #[must_use]
    pub const fn target(&self) -> &'a str {
        self.target
    }

    /// The path, byte for byte, beginning with a slash.
    #[must_use]
    pub const fn path(&self) -> &'a str {
        self.path
    }

    /// What stands behind the first question mark, if there is one.
    #[must_use]
    pub const fn query(&self) -> Option<&'a str> {
        self.query
    }
}

fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let bracket = authority.bytes().rposition(|byte| byte == b']').map_or(0, |at| at + 1);
    let (host, port) = match authority.get(bracket..)?.bytes().position(|byte| byte == b':') {
        None => (authority, None),
        Some(at) => {
            let (host, port) = authority.split_at(bracket + at);
            let digits = port.get(1..)?;
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            (host, Some(digits.parse().ok().filter(|_| is_number)?))
        }
    };
    let is_host = match host.strip_prefix('[') {
        Some(address) => address.strip_suffix(']').is_some_and(is_address),
        None => is_name(host),
    };
    is_host.then_some((host, port))
}

/// What can stand between brackets: an IPv6 address, without a zone.
fn is_address(text: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    !text.is_empty() && text.bytes().all(is_known)
}

/// A `reg-name` (RFC 3986, 3.2.2). To a browser a backslash is a slash, so the host ends there, and
/// others differ in what else they make of characters that no host has.
fn is_name(text: &str) -> bool {
    let is_known = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'%')
            || matches!(byte, b'!' | b'$' | b'&'..=b',' | b';' | b'=')
    };
    let is_escape = |text: &str| matches!(text.as_bytes(), [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit());
    !text.is_empty()
        && text.bytes().fold(true, |seen, byte| seen & is_known(byte))
        && text.split('%').skip(1).all(is_escape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_taken_apart_and_nothing_is_rewritten() {
        let url = Url::parse("HTTPS://[2001:db8::1]:443?q").unwrap();
        assert_eq!(url.host(), "[2001:db8::1]");
        assert_eq!((url.port(), url.explicit_port()), (Some(443), None));
        assert_eq!((url.path(), url.query()), ("/", Some("q")));
        assert_eq!(Url::parse("http://h:8080/?").unwrap().query(), Some(""));
        assert_eq!(Url::parse("http://h/?a?b=/").unwrap().query(), Some("a?b=/"));
        assert_eq!(Url::parse("http://h:443/").unwrap().explicit_port(), Some(443));
    }

    #[test]
    fn a_host_has_the_characters_of_a_name() {
        for host in ["a-b.c_d~e", "xn--bcher-kva.example", "a%20b", "!$&'()*+,;=", "127.0.0.1"] {
            assert_eq!(Url::parse(&std::format!("http://{host}/")).unwrap().host(), host);
        }
        // Behind the host they are kept: others sign them as they stand.
        assert_eq!(Url::parse("http://h/a\\b?c|d").unwrap().target(), "/a\\b?c|d");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for url in [
            "",
            "h",
            "ftp://h/",
            "http:///",
            "http://:80/",
            "http://h:/",
            "http://h:65536/",
            "http://h:+1/",
            "http://h:1:2/",
            "http://a@h/",
            "http://h/#f",
            "http://h/ ",
            "http://h/ä",
            "http://[::1/",
            "http://::1]/",
            "http://[]/",
            "http://[::1]x/",
            "http://a[::1]/",
            "https://evil.example\\.good.example/",
            "https://evil.example\\@good.example/",
            "https://good.example\\",
            "http://a<b/",
            "http://a>b/",
            "http://a\"b/",
            "http://a^b/",
            "http://a{b/",
            "http://a|b/",
            "http://a}b/",
            "http://a`b/",
            "http://a%2/",
            "http://a%zz/",
            "http://[::1%25eth0]/",
            "http://[v1.a]/",
            "http://[::1\\]/",
        ] {
            assert_eq!(Url::parse(url), Err(Error::Malformed(Part::Url)), "{url}");
        }
    }
}
