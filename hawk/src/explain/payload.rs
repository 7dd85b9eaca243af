use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;

use creance_sigv::{Algorithm, Encoding, Hasher};

use super::Cause;
use super::spelling::respelled;
use crate::payload::PayloadHasher;

/// What a client sends when nobody told it what to send.
const TYPES: [&str; 5] = [
    "",
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
];

/// A payload as the server got it.
#[derive(Clone, Copy)]
pub(super) struct Payload<'a> {
    pub(super) content_type: Option<&'a str>,
    pub(super) body: &'a [u8],
}

impl Payload<'_> {
    /// Why the header's hash is not this payload's; empty where it is.
    pub(super) fn causes(&self, algorithm: Algorithm, hash: Option<&str>) -> Vec<Cause> {
        let Some(hash) = hash else { return vec![Cause::HashMissing] };
        let other_spelling = || {
            let mut causes = self.rewritten(algorithm, &respelled(hash)?)?;
            causes.insert(0, Cause::HashSpelling);
            Some(causes)
        };
        self.rewritten(algorithm, hash)
            .or_else(other_spelling)
            .or_else(|| self.otherwise_hashed(algorithm, hash).map(|cause| vec![cause]))
            .unwrap_or_else(|| vec![Cause::UnknownHash])
    }

    /// The fewest changes of type and bytes under which the hash is right.
    fn rewritten(&self, algorithm: Algorithm, hash: &str) -> Option<Vec<Cause>> {
        let types = self.types(algorithm);
        let bodies = self.bodies();
        let pairs =
            || types.iter().flat_map(|of_type| bodies.iter().map(move |body| (of_type, body)));
        (0..=2).find_map(|changes| {
            pairs().find_map(|((type_cause, hasher), (body_cause, body))| {
                let causes = type_cause.iter().chain(body_cause);
                if causes.clone().count() != changes {
                    return None;
                }
                let mut hasher = hasher.clone();
                hasher.update(body);
                hasher.verify(hash).ok().map(|()| causes.cloned().collect())
            })
        })
    }

    /// Content types, each hashed up to where the body begins.
    fn types(&self, algorithm: Algorithm) -> Vec<(Option<Cause>, PayloadHasher)> {
        let raw = self.content_type.unwrap_or("");
        let given =
            PayloadHasher::new(algorithm, self.content_type).ok().map(|given| (None, given));
        let verbatim = PayloadHasher::begin(algorithm, raw.bytes());
        let mut types: Vec<_> = given.into_iter().collect();
        types.push((Some(Cause::ContentTypeNotNormalised), verbatim));
        types.extend(TYPES.map(|hashed| {
            let cause = Cause::ContentType { hashed };
            (Some(cause), PayloadHasher::begin(algorithm, hashed.bytes()))
        }));
        types
    }

    fn bodies(&self) -> Vec<(Option<Cause>, Cow<'_, [u8]>)> {
        let body = self.body;
        let mut bodies = vec![(None, Cow::from(body))];
        let mut push =
            |cause, other: Cow<'_, [u8]>| bodies.push((Some(cause), other.into_owned().into()));
        push(Cause::LineBreakAtEnd, [body, b"\n"].concat().into());
        push(Cause::LineBreakAtEnd, [body, b"\r\n"].concat().into());
        push(Cause::LineBreakAtEnd, body.trim_ascii_end().into());
        push(Cause::LineBreaks, with_breaks(body, b"\n").into());
        push(Cause::LineBreaks, with_breaks(body, b"\r\n").into());
        push(Cause::EmptyBody, Cow::from(&b""[..]));
        bodies
    }

    fn otherwise_hashed(&self, algorithm: Algorithm, hash: &str) -> Option<Cause> {
        let others = Algorithm::ALL.into_iter().filter(|other| *other != algorithm);
        let by_other = others.into_iter().find(|other| {
            PayloadHasher::new(*other, self.content_type).is_ok_and(|mut hasher| {
                hasher.update(self.body);
                hasher.verify(hash).is_ok()
            })
        });
        let of_body_alone = || {
            let mut hasher = Hasher::new(algorithm);
            hasher.update(self.body);
            hasher.finish().verify_text(Encoding::Base64, hash).ok()
        };
        by_other
            .map(|hashed| Cause::HashAlgorithm { hashed })
            .or_else(|| of_body_alone().map(|()| Cause::HashOfBodyAlone))
    }
}

/// The body with each of its line breaks, of either kind, written as `line_break`.
fn with_breaks(body: &[u8], line_break: &[u8]) -> Vec<u8> {
    let lines: Vec<_> = body
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .collect();
    lines.join(line_break)
}
