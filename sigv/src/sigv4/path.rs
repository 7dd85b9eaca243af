use super::Service;
use super::percent::{Buffered, Sink, hex_pair};
use crate::scheme::Url;

/// The path of a URL and what a service makes of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'a> {
    raw: &'a str,
    normalizes: bool,
    encodes_twice: bool,
}

impl<'a> Path<'a> {
    /// `raw` begins with a slash and is no longer than a URL is.
    pub(super) const fn new(raw: &'a str, service: &Service<'_>) -> Self {
        Self { raw, normalizes: service.normalizes, encodes_twice: service.encodes_twice }
    }

    /// Writes its canonical form.
    pub(super) fn write(&self, sink: &mut impl Sink) {
        let mut out = Buffered::new(sink);
        if self.normalizes {
            self.write_normalized(&mut out);
        } else {
            self.write_text(self.raw, &mut out);
        }
        out.flush();
    }

    /// RFC 3986, 5.2.4, and without empty segments.
    fn write_normalized<S: Sink>(&self, out: &mut Buffered<'_, S>) {
        let kept = Kept::of(self.raw);
        let mut is_empty = true;
        for (index, segment) in self.raw.split('/').enumerate() {
            if kept.contains(index) {
                out.push(b'/');
                self.write_text(segment, out);
                is_empty = false;
            }
        }
        let ends_with_slash = ["/", "/.", "/.."].iter().any(|end| self.raw.ends_with(end));
        if is_empty || ends_with_slash {
            out.push(b'/');
        }
    }

    /// Where the path is encoded twice, what stands on the wire has been encoded once and is encoded
    /// again, whatever it is. Otherwise each byte gets its canonical spelling; a slash that was encoded
    /// stays so, or a segment could be made of two under the same signature.
    fn write_text<S: Sink>(&self, text: &str, out: &mut Buffered<'_, S>) {
        let mut rest = text.as_bytes();
        loop {
            rest = match rest {
                [b'/', behind @ ..] => {
                    out.push(b'/');
                    behind
                }
                [b'%', high, low, behind @ ..] if !self.encodes_twice => {
                    out.encode(hex_pair(*high, *low).unwrap_or(b'%'));
                    behind
                }
                [byte, behind @ ..] => {
                    out.encode(*byte);
                    behind
                }
                [] => return,
            };
        }
    }
}

/// Which segments of a path are left when it is normalised: one bit each, for as many as a URL can have.
struct Kept([u64; Url::MAX_BYTES / 64 + 1]);

impl Kept {
    /// From the end: each `..` takes the next segment that would be kept.
    fn of(path: &str) -> Self {
        let mut kept = Self([0; Url::MAX_BYTES / 64 + 1]);
        let mut to_drop = 0_usize;
        let last = path.bytes().filter(|byte| *byte == b'/').count();
        for (index, segment) in path.rsplit('/').enumerate() {
            match segment {
                "" | "." => {}
                ".." => to_drop += 1,
                _ if to_drop > 0 => to_drop -= 1,
                _ => kept.insert(last - index),
            }
        }
        kept
    }

    fn insert(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }

    fn contains(&self, index: usize) -> bool {
        self.0.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }
}
