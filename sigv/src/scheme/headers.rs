use core::str;

use super::{MAX_HEADER_BYTES, Part};
use crate::Error;

/// The headers of a message, duplicates and all, with values as bytes: whatever the HTTP library holds
/// them in.
///
/// Slices, arrays and vectors of pairs are headers. For another type it is one loop:
///
/// ```
/// use creance_sigv::scheme::Headers;
/// # use std::collections::BTreeMap;
///
/// struct Map(BTreeMap<String, Vec<Vec<u8>>>);
///
/// impl Headers for Map {
///     fn visit<'h>(&'h self, visitor: &mut dyn FnMut(&'h str, &'h [u8])) {
///         for (name, values) in &self.0 {
///             for value in values {
///                 visitor(name, value);
///             }
///         }
///     }
/// }
/// ```
///
/// They are `Sync`, so that what borrows them can be held while a body is awaited.
pub trait Headers: Sync {
    /// Shows each header to `visitor`, in the order in which they came, one of several values at a time.
    /// Names are in any case.
    fn visit<'h>(&'h self, visitor: &mut dyn FnMut(&'h str, &'h [u8]));

    /// Shows each value of the headers of this name, in the order in which they came and in which
    /// [`visit`](Self::visit) shows them. A map that finds names faster than by looking at all of them does
    /// better than this.
    fn values<'h>(&'h self, name: &str, visitor: &mut dyn FnMut(&'h [u8])) {
        self.visit(&mut |candidate, value| {
            if candidate.len() == name.len() && candidate.eq_ignore_ascii_case(name) {
                visitor(value);
            }
        });
    }
}

impl<N: AsRef<str> + Sync, V: AsRef<[u8]> + Sync> Headers for [(N, V)] {
    #[inline]
    fn visit<'h>(&'h self, visitor: &mut dyn FnMut(&'h str, &'h [u8])) {
        for (name, value) in self {
            visitor(name.as_ref(), value.as_ref());
        }
    }
}

impl<N: AsRef<str> + Sync, V: AsRef<[u8]> + Sync, const LEN: usize> Headers for [(N, V); LEN] {
    #[inline]
    fn visit<'h>(&'h self, visitor: &mut dyn FnMut(&'h str, &'h [u8])) {
        self.as_slice().visit(visitor);
    }

    #[inline]
    fn values<'h>(&'h self, name: &str, visitor: &mut dyn FnMut(&'h [u8])) {
        self.as_slice().values(name, visitor);
    }
}

#[cfg(feature = "alloc")]
impl<N: AsRef<str> + Sync, V: AsRef<[u8]> + Sync> Headers for alloc::vec::Vec<(N, V)> {
    #[inline]
    fn visit<'h>(&'h self, visitor: &mut dyn FnMut(&'h str, &'h [u8])) {
        self.as_slice().visit(visitor);
    }

    #[inline]
    fn values<'h>(&'h self, name: &str, visitor: &mut dyn FnMut(&'h [u8])) {
        self.as_slice().values(name, visitor);
    }
}

impl<H: Headers + ?Sized> Headers for &H {
    #[inline]
    fn visit<'h>(&'h self, visitor: &mut dyn FnMut(&'h str, &'h [u8])) {
        (**self).visit(visitor);
    }

    #[inline]
    fn values<'h>(&'h self, name: &str, visitor: &mut dyn FnMut(&'h [u8])) {
        (**self).values(name, visitor);
    }
}

/// The value of a header that may be there once, without white space around it.
///
/// Two of the same name are refused, whatever they hold: others than us may have read the other one.
pub(crate) fn one<'h>(
    headers: &'h dyn Headers,
    name: &str,
    part: Part,
) -> Result<Option<&'h [u8]>, Error> {
    let (mut value, mut count) = (None, 0_usize);
    headers.values(name, &mut |found| {
        count += 1;
        value = Some(found);
    });
    match value {
        _ if count > 1 => Err(Error::Duplicate(part)),
        Some(value) if value.len() > MAX_HEADER_BYTES => {
            Err(Error::TooLong { part, maximum: MAX_HEADER_BYTES })
        }
        value => Ok(value.map(trim)),
    }
}

/// The same as text of visible ASCII characters and spaces, which has to be there.
pub(crate) fn text<'h>(headers: &'h dyn Headers, name: &str, part: Part) -> Result<&'h str, Error> {
    let value = one(headers, name, part)?.ok_or(Error::Missing(part))?;
    if is_text(value) { str::from_utf8(value).ok() } else { None }.ok_or(Error::Malformed(part))
}

/// Whether all bytes are visible ASCII characters or spaces. All are looked at, for then the compiler
/// does it by vectors; most headers are text.
#[inline]
fn is_text(value: &[u8]) -> bool {
    let odd = |byte: &u8| u8::from(!matches!(byte, b' '..=b'~'));
    value.iter().fold(0, |seen, byte| seen | odd(byte)) == 0
}

/// Whether a byte may stand in a token (RFC 9110, 5.6.2).
pub(crate) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// RFC 9110, 5.5: spaces and tabs around a value do not belong to it.
pub(crate) fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}
