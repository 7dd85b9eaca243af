use core::fmt;

use creance_sigv::{Key, Mac, Tag, UnixTime};

use crate::Error;
use crate::names::{Host, Method};
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
    const fn first_line(self) -> &'static [u8] {
        match self {
            Self::Header => b"hawk.1.header",
            Self::Response => b"hawk.1.response",
            Self::Bewit => b"hawk.1.bewit",
            Self::Message => b"hawk.1.message",
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
    pub(crate) ts: &'a [u8],
    pub(crate) nonce: &'a [u8],
    pub(crate) method: Method<'a>,
    pub(crate) resource: Resource<'a>,
    pub(crate) host: Host<'a>,
    pub(crate) port: u16,
    pub(crate) hash: &'a [u8],
    pub(crate) ext: &'a [u8],
    pub(crate) app: Option<&'a [u8]>,
    pub(crate) dlg: Option<&'a [u8]>,
}

/// The lines of the message, in their order.
#[derive(Clone, Copy)]
enum Line {
    Kind,
    Ts,
    Nonce,
    Method,
    Resource,
    Host,
    Port,
    Hash,
    Ext,
}

impl Line {
    const ALL: [Self; 9] = [
        Self::Kind,
        Self::Ts,
        Self::Nonce,
        Self::Method,
        Self::Resource,
        Self::Host,
        Self::Port,
        Self::Hash,
        Self::Ext,
    ];
}

impl Canonical<'_> {
    /// Writes the canonical message. Every MAC of the scheme but the challenge's goes through
    /// here, and so does what `explain` shows.
    #[inline]
    pub(crate) fn write_pieces<S: Sink>(&self, sink: &mut S) -> fmt::Result {
        let port = Decimal::of_port(self.port);
        let raw = |line| match line {
            Line::Kind => self.kind.first_line(),
            Line::Ts => self.ts,
            Line::Nonce => self.nonce,
            Line::Method => self.method.as_given().as_bytes(),
            Line::Resource => self.resource.head().as_bytes(),
            Line::Host => self.host.as_given().as_bytes(),
            Line::Port => port.as_bytes(),
            Line::Hash => self.hash,
            Line::Ext => self.ext,
        };
        if self.is_written_raw() {
            sink.put_lines(&Line::ALL.map(raw))?;
        } else {
            for line in Line::ALL {
                self.write_converted(line, raw(line), sink)?;
            }
        }
        match (self.app, self.dlg) {
            (None, _) => Ok(()),
            (Some(app), dlg) => sink.put_lines(&[app, dlg.unwrap_or(b"")]),
        }
    }

    /// Whether no line has to be converted, as it nearly always is.
    #[inline]
    fn is_written_raw(&self) -> bool {
        let Self { method, host, resource, .. } = self;
        let ext_is_raw = self.kind != Kind::Bewit || self.ext.is_empty();
        method.is_upper() && host.is_lower() && resource.tail().is_empty() && ext_is_raw
    }

    fn write_converted<S: Sink>(&self, line: Line, raw: &[u8], sink: &mut S) -> fmt::Result {
        match line {
            Line::Method => raw.iter().try_for_each(|byte| sink.put(&[byte.to_ascii_uppercase()])),
            Line::Host => raw.iter().try_for_each(|byte| sink.put(&[byte.to_ascii_lowercase()])),
            Line::Resource => {
                sink.put(raw)?;
                sink.put(self.resource.tail().as_bytes())
            }
            // Only a bewit's can have something to escape: the grammar of the headers has no
            // character of the kind.
            Line::Ext => escaped(sink, raw),
            _ => sink.put(raw),
        }?;
        sink.put_lines(&[b""])
    }

    /// The MAC over the canonical message.
    #[inline]
    pub(crate) fn tag(&self, key: &Key) -> Tag {
        // A MAC takes everything: writing into it cannot fail.
        key.sign_with(|mac| {
            let _ = self.write_pieces(mac);
        })
    }

    /// Writes the canonical message as text, to be read by people.
    pub(crate) fn write_to<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        self.write_pieces(&mut Text(out))
    }
}

/// The message by which a server vouches for its time.
pub(crate) fn write_time<S: Sink>(sink: &mut S, ts: &[u8]) -> fmt::Result {
    sink.put_lines(&[b"hawk.1.ts", ts])
}

/// The MAC over it.
pub(crate) fn time_tag(key: &Key, ts: &[u8]) -> Tag {
    // A MAC takes everything: writing into it cannot fail.
    key.sign_with(|mac| {
        let _ = write_time(mac, ts);
    })
}

/// What takes the pieces of a canonical message, each of which is text by itself.
pub(crate) trait Sink {
    /// Takes a part of a line.
    fn put(&mut self, piece: &[u8]) -> fmt::Result;

    /// Takes lines, or the ends of lines, each without its line break.
    fn put_lines(&mut self, lines: &[&[u8]]) -> fmt::Result;
}

impl Sink for Mac {
    #[inline]
    fn put(&mut self, piece: &[u8]) -> fmt::Result {
        self.update(piece);
        Ok(())
    }

    #[inline]
    fn put_lines(&mut self, lines: &[&[u8]]) -> fmt::Result {
        self.update_each(lines, b'\n');
        Ok(())
    }
}

/// A sink that is read by people.
pub(crate) struct Text<'w, W>(pub(crate) &'w mut W);

impl<W: fmt::Write> Sink for Text<'_, W> {
    fn put(&mut self, piece: &[u8]) -> fmt::Result {
        self.0.write_str(core::str::from_utf8(piece).map_err(|_| fmt::Error)?)
    }

    fn put_lines(&mut self, lines: &[&[u8]]) -> fmt::Result {
        lines.iter().try_for_each(|line| {
            self.put(line)?;
            self.put(b"\n")
        })
    }
}

/// A backslash and a line break are written as two characters each, so that no `ext` can look
/// like the end of its line.
fn escaped<S: Sink>(sink: &mut S, ext: &[u8]) -> fmt::Result {
    let mut rest = ext;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\\' | b'\n')) {
        sink.put(&rest[..at])?;
        sink.put(if rest[at] == b'\n' { b"\\n" } else { b"\\\\" })?;
        rest = &rest[at + 1..];
    }
    sink.put(rest)
}

/// A number as decimal text, in place.
#[derive(Clone, Copy)]
pub(crate) struct Decimal {
    digits: [u8; 20],
    start: usize,
}

impl Decimal {
    #[inline]
    pub(crate) fn of(mut value: u64) -> Self {
        // Two digits at each step, from the end. `start` is not kept in the struct meanwhile: it
        // would go through memory at each step.
        let mut digits = [b'0'; 20];
        let mut start = digits.len();
        for (index, place) in digits.as_chunks_mut::<2>().0.iter_mut().enumerate().rev() {
            let pair = (value % 100) as u8;
            *place = [b'0' + pair / 10, b'0' + pair % 10];
            start = 2 * index + usize::from(pair < 10);
            value /= 100;
            if value == 0 {
                break;
            }
        }
        Self { digits, start }
    }

    /// A port. How many digits it has differs from one request to the next, so no branch asks for it.
    #[inline]
    pub(crate) fn of_port(port: u16) -> Self {
        let digit = |unit: u16| b'0' + (port / unit % 10) as u8;
        let mut digits = [b'0'; 20];
        if let Some(last) = digits.last_chunk_mut() {
            *last = [digit(10_000), digit(1_000), digit(100), digit(10), digit(1)];
        }
        let more = [10, 100, 1_000, 10_000].map(|unit| usize::from(port >= unit));
        Self { digits, start: 19 - more.iter().sum::<usize>() }
    }

    /// A time, if it can be read back: not one of 20 digits.
    #[inline]
    pub(crate) fn of_time(time: UnixTime) -> Result<Self, Error> {
        let decimal = Self::of(time.as_secs());
        if decimal.as_bytes().len() > UnixTime::MAX_DIGITS {
            return Err(Error::Timestamp);
        }
        Ok(decimal)
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.digits[self.start..]
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}
