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

/// What is written as text: a canonical message to be read by people, or a header.
pub(crate) struct Text<'w, W: ?Sized>(pub(crate) &'w mut W);

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

/// Eight digits zero.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// A number as decimal text, in place.
#[derive(Clone, Copy)]
pub(crate) struct Decimal {
    digits: [u8; 24],
    start: usize,
}

impl Decimal {
    /// Without a loop: how many digits there are differs from one number to the next, and what is written
    /// byte by byte and copied right afterwards makes the processor wait.
    #[inline(always)]
    pub(crate) fn of(value: u64) -> Self {
        const UNIT: u64 = 100_000_000;
        let groups = [value / UNIT / UNIT, value / UNIT % UNIT, value % UNIT].map(eight_digits);
        let mut digits = [0; 24];
        for (place, group) in digits.as_chunks_mut().0.iter_mut().zip(groups) {
            *place = (group | ZEROS).to_le_bytes();
        }
        let zeros = |group: u64| group.trailing_zeros() as usize / 8;
        let start = match groups {
            [0, 0, 0] => 23,
            [0, 0, last] => 16 + zeros(last),
            [0, middle, _] => 8 + zeros(middle),
            [first, ..] => zeros(first),
        };
        Self { digits, start }
    }

    /// A port, which is in the last group.
    #[inline(always)]
    pub(crate) fn of_port(port: u16) -> Self {
        let group = eight_digits(u64::from(port));
        let mut digits = [b'0'; 24];
        if let Some(place) = digits.last_chunk_mut() {
            *place = (group | ZEROS).to_le_bytes();
        }
        // The last digit stays where it is zero.
        let zeros = (group | 1 << 56).trailing_zeros() as usize / 8;
        Self { digits, start: 16 + zeros }
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

/// The digits of a number below 10^8, the first in the lowest byte.
#[inline(always)]
const fn eight_digits(value: u64) -> u64 {
    // Lanes of four digits are parted into lanes of two, and these into digits: by multiplications with
    // 2^20 / 100 and 2^10 / 10, rounded up, which are exact for what a lane can hold.
    let fours = (value / 10_000) | ((value % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = hundreds | ((fours - 100 * hundreds) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((twos - 10 * tens) << 8)
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn numbers_are_written_as_the_standard_library_writes_them() {
        let check = |number: u64| assert_eq!(Decimal::of(number).as_str(), number.to_string());
        (0..=u64::from(u16::MAX)).for_each(check);
        for port in 0..=u16::MAX {
            assert_eq!(Decimal::of_port(port).as_str(), port.to_string());
        }
        for digits in 0..20 {
            let first = 10_u64.pow(digits);
            [first - 1, first, first + 1].into_iter().for_each(check);
            (1..=9).filter_map(|digit| first.checked_mul(digit)).for_each(check);
        }
        [u64::MAX - 1, u64::MAX].into_iter().for_each(check);
    }

    /// All that a group can be.
    #[test]
    fn every_lane_of_four_digits_is_parted_rightly() {
        for four in 0..10_000_u64 {
            for (group, text) in [(four, format(0, four)), (four * 10_000, format(four, 0))] {
                let digits = eight_digits(group) | ZEROS;
                assert_eq!(digits.to_le_bytes(), text.as_bytes(), "{group}");
            }
        }
    }

    fn format(high: u64, low: u64) -> std::string::String {
        std::format!("{high:04}{low:04}")
    }
}
