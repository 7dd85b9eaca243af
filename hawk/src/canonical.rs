use core::fmt;

use creance_sigv::{Key, Tag};

use crate::resource::Resource;

/// What a MAC is for: the first line of the canonical message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Header,
    Response,
    Bewit,
    Message,
}

impl Kind {
    const fn first_line(self) -> &'static str {
        match self {
            Self::Header => "hawk.1.header\n",
            Self::Response => "hawk.1.response\n",
            Self::Bewit => "hawk.1.bewit\n",
            Self::Message => "hawk.1.message\n",
        }
    }
}

/// Every field that a MAC covers. All of them are checked before they get here: none but `ext`
/// of a bewit can hold a line break.
///
/// An absent `hash` or `ext` is empty.
#[derive(Clone, Copy)]
pub(crate) struct Canonical<'a> {
    pub(crate) kind: Kind,
    pub(crate) ts: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) method: &'a str,
    pub(crate) resource: Resource<'a>,
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) hash: &'a str,
    pub(crate) ext: &'a str,
    pub(crate) app: Option<&'a str>,
    pub(crate) dlg: Option<&'a str>,
}

impl Canonical<'_> {
    /// Writes the canonical message. Every MAC of the scheme but the challenge's goes through
    /// here, and so does what `explain` shows.
    #[inline]
    pub(crate) fn write_to<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        let mut port = Decimal::new();
        out.write_str(self.kind.first_line())?;
        line(out, self.ts)?;
        line(out, self.nonce)?;
        upper_case(out, self.method)?;
        out.write_str("\n")?;
        out.write_str(self.resource.head())?;
        line(out, self.resource.tail())?;
        lower_case(out, self.host)?;
        out.write_str("\n")?;
        line(out, port.format(u64::from(self.port)))?;
        line(out, self.hash)?;
        escaped(out, self.ext)?;
        out.write_str("\n")?;
        if let Some(app) = self.app {
            line(out, app)?;
            line(out, self.dlg.unwrap_or(""))?;
        }
        Ok(())
    }

    /// The MAC over the canonical message.
    #[inline]
    pub(crate) fn tag(&self, key: &Key) -> Tag {
        let mut mac = key.begin();
        // A MAC takes everything: writing into it cannot fail.
        let _ = self.write_to(&mut mac);
        mac.finish()
    }
}

/// The MAC by which a server vouches for its time.
pub(crate) fn time_tag(key: &Key, ts: &str) -> Tag {
    let mut mac = key.begin();
    for piece in ["hawk.1.ts\n", ts, "\n"] {
        mac.update(piece.as_bytes());
    }
    mac.finish()
}

#[inline]
fn line<W: fmt::Write>(out: &mut W, text: &str) -> fmt::Result {
    out.write_str(text)?;
    out.write_str("\n")
}

#[inline]
fn upper_case<W: fmt::Write>(out: &mut W, text: &str) -> fmt::Result {
    if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        text.chars().try_for_each(|c| out.write_char(c.to_ascii_uppercase()))
    } else {
        out.write_str(text)
    }
}

#[inline]
pub(crate) fn lower_case<W: fmt::Write>(out: &mut W, text: &str) -> fmt::Result {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        text.chars().try_for_each(|c| out.write_char(c.to_ascii_lowercase()))
    } else {
        out.write_str(text)
    }
}

/// A backslash and a line break are written as two characters each, so that no `ext` can look
/// like the end of its line.
#[inline]
fn escaped<W: fmt::Write>(out: &mut W, ext: &str) -> fmt::Result {
    let mut rest = ext;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'\\' | b'\n')) {
        out.write_str(&rest[..at])?;
        out.write_str(if rest.as_bytes()[at] == b'\n' { "\\n" } else { "\\\\" })?;
        rest = &rest[at + 1..];
    }
    out.write_str(rest)
}

/// A number as decimal text, in place.
#[derive(Clone, Copy)]
pub(crate) struct Decimal {
    digits: [u8; 20],
    start: usize,
}

impl Decimal {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self { digits: [b'0'; 20], start: 20 }
    }

    #[inline]
    pub(crate) fn of(value: u64) -> Self {
        let mut decimal = Self::new();
        decimal.format(value);
        decimal
    }

    #[inline]
    pub(crate) fn format(&mut self, mut value: u64) -> &str {
        self.start = self.digits.len();
        loop {
            self.start -= 1;
            self.digits[self.start] = b'0' + (value % 10) as u8;
            value /= 10;
            if value == 0 {
                return self.as_str();
            }
        }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.digits[self.start..]).unwrap_or_default()
    }
}
