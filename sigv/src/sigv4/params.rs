use arrayvec::ArrayVec;

use super::percent::{self, Sink, Value};
use crate::Error;
use crate::scheme::Part;

/// The most parameters of a query that are read.
pub(super) const MAX_PARAMS: usize = 128;

/// Names of the parameters of a presigned URL.
pub(super) const ALGORITHM: &str = "X-Amz-Algorithm";
pub(super) const CREDENTIAL: &str = "X-Amz-Credential";
pub(super) const DATE: &str = "X-Amz-Date";
pub(super) const EXPIRES: &str = "X-Amz-Expires";
pub(super) const SIGNED_HEADERS: &str = "X-Amz-SignedHeaders";
pub(super) const SECURITY_TOKEN: &str = "X-Amz-Security-Token";
pub(super) const CONTENT_SHA256: &str = "X-Amz-Content-Sha256";
pub(super) const SIGNATURE: &str = "X-Amz-Signature";

/// All of them.
const OWN: [&str; 8] = [
    ALGORITHM,
    CREDENTIAL,
    DATE,
    EXPIRES,
    SIGNED_HEADERS,
    SECURITY_TOKEN,
    CONTENT_SHA256,
    SIGNATURE,
];

/// The parameters of a query, in canonical order once they are [sorted](Self::sort).
#[derive(Clone, Debug)]
pub(super) struct Params<'a> {
    pairs: ArrayVec<Param<'a>, MAX_PARAMS>,
    /// Whether one of the scheme's own is there, in any case; mostly there is none, and nothing to look
    /// for.
    has_own: bool,
}

pub(super) type Param<'a> = (Value<'a>, Value<'a>);

impl<'a> Params<'a> {
    pub(super) fn new() -> Self {
        Self { pairs: ArrayVec::new(), has_own: false }
    }

    /// Reads a query. By reference: there is room for many, and to move them would be to copy it.
    ///
    /// # Errors
    /// [`Error::TooMany`], [`Error::Malformed`] and [`Error::Duplicate`] with [`Part::Parameter`].
    pub(super) fn read(&mut self, query: &'a str) -> Result<(), Error> {
        percent::check(query, Part::Parameter)?;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            self.push(Value::Wire(name), Value::Wire(value))?;
        }
        if self.has_own { self.refuse_doubles() } else { Ok(()) }
    }

    /// # Errors
    /// [`Error::TooMany`].
    pub(super) fn push(&mut self, name: Value<'a>, value: Value<'a>) -> Result<(), Error> {
        let too_many = Error::TooMany { part: Part::Parameter, maximum: MAX_PARAMS };
        self.has_own |= is_own(name);
        self.pairs.try_push((name, value)).map_err(|_| too_many)
    }

    pub(super) fn sort(&mut self) {
        self.pairs.sort_unstable_by(|one, other| {
            one.0.compare_encoded(other.0).then_with(|| one.1.compare_encoded(other.1))
        });
    }

    pub(super) fn get(&self, name: &str) -> Option<Value<'a>> {
        self.iter().find(|param| param.0.is(name)).map(|param| param.1)
    }

    /// Whether there is a signature in the query, or a part of one.
    pub(super) fn is_presigned(&self) -> bool {
        let has = |name: &&str| self.get(name).is_some();
        self.has_own && [ALGORITHM, CREDENTIAL, SIGNATURE].iter().any(has)
    }

    /// Whether one of the scheme's own is there, in any case.
    pub(super) const fn has_own(&self) -> bool {
        self.has_own
    }

    /// Those that are not the scheme's.
    #[cfg(feature = "alloc")]
    pub(super) fn others(&self) -> impl Iterator<Item = Param<'a>> {
        let known = |name: Value<'_>| OWN.iter().any(|own| is_alike(name, own));
        self.iter().copied().filter(move |param| !known(param.0))
    }

    /// Writes the canonical query, without the signature where that is one of the parameters.
    pub(super) fn write(&self, is_presigned: bool, sink: &mut impl Sink) {
        let mut is_first = true;
        for (name, value) in self.iter() {
            if is_presigned && name.is(SIGNATURE) {
                continue;
            }
            if !is_first {
                sink.put(b"&");
            }
            is_first = false;
            name.write(sink);
            sink.put(b"=");
            value.write(sink);
        }
    }

    /// Two parameters of the scheme's with one name, in whatever case or spelling: another reader may
    /// take the other one. Each is looked at once, whatever else begins with the scheme's prefix, for
    /// nothing is known of the sender yet.
    fn refuse_doubles(&self) -> Result<(), Error> {
        let mut seen = [false; OWN.len()];
        for (name, _) in self.iter().filter(|param| is_own(param.0)) {
            let known = OWN.iter().position(|own| is_alike(*name, own));
            if let Some(place) = known.and_then(|at| seen.get_mut(at)) {
                if *place {
                    return Err(Error::Duplicate(Part::Parameter));
                }
                *place = true;
            }
        }
        Ok(())
    }

    fn iter(&self) -> impl Iterator<Item = &Param<'a>> {
        self.pairs.iter()
    }
}

fn lower(name: Value<'_>) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

fn is_alike(name: Value<'_>, own: &str) -> bool {
    lower(name).eq(lower(Value::Plain(own)))
}

fn is_own(name: Value<'_>) -> bool {
    lower(name).take(6).eq(*b"x-amz-")
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::super::percent::READ;
    use super::*;

    /// Nothing is known of the sender yet, and a URL has room for 128 of them.
    #[test]
    fn names_that_begin_alike_are_not_read_again_and_again() {
        for prefix in ["x-amz-", "X-Amz-S", "b"] {
            let name = |index| std::format!("{prefix}{}{index:03}&", "a".repeat(52));
            let query: String = (0..MAX_PARAMS).rev().map(name).collect();
            READ.set(0);
            let mut params = Params::new();
            params.read(&query).unwrap();
            params.sort();
            assert!(READ.get() > 0 && READ.get() < 4 * query.len(), "{prefix}: {}", READ.get());
        }
    }
}
