use super::Service;
use super::percent::{Sink, Spelling};
use crate::scheme::Url;

/// The path of a URL and what a service makes of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'a> {
    raw: &'a str,
    normalizes: bool,
    spelling: Spelling,
}

impl<'a> Path<'a> {
    /// `raw` begins with a slash and is no longer than a URL is.
    pub(super) const fn new(raw: &'a str, service: &Service<'_>) -> Self {
        // Where the path is encoded twice, what stands on the wire has been encoded once and is encoded
        // again, whatever it is. Otherwise each byte gets its canonical spelling; a slash that was encoded
        // stays so, or a segment could be made of two under the same signature.
        let spelling =
            Spelling { has_escapes: !service.encodes_twice, is_form: false, keeps_slashes: true };
        Self { raw, normalizes: service.normalizes, spelling }
    }

    /// Writes its canonical form.
    pub(super) fn write(&self, sink: &mut impl Sink) {
        if self.normalizes && !is_normal(self.raw) {
            self.write_normalized(sink);
        } else {
            self.spelling.write(self.raw, sink);
        }
    }

    /// RFC 3986, 5.2.4, and without empty segments.
    fn write_normalized(&self, sink: &mut impl Sink) {
        let kept = Kept::of(self.raw);
        let mut is_empty = true;
        for (index, segment) in self.raw.split('/').enumerate() {
            if kept.contains(index) {
                sink.put(b"/");
                self.spelling.write(segment, sink);
                is_empty = false;
            }
        }
        let ends_with_slash = ["/", "/.", "/.."].iter().any(|end| self.raw.ends_with(end));
        if is_empty || ends_with_slash {
            sink.put(b"/");
        }
    }
}

/// Whether a path is normal already, as most are: no segment of it is empty or begins with a dot.
fn is_normal(path: &str) -> bool {
    let odd = |(byte, next): (u8, u8)| byte == b'/' && matches!(next, b'/' | b'.');
    let pairs = path.bytes().zip(path.bytes().skip(1));
    !pairs.fold(false, |seen, pair| seen | odd(pair))
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
