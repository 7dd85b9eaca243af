use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use creance_sigv::{Algorithm, Key, UnixTime, Window};

use super::draft::Draft;
use super::payload::Payload;
use super::suspect::{Suspect, Trial};
use super::{Cause, Diagnosis, artifact, authority, clock, key, resource};
use crate::{Authority, Authorization, Request};

/// What a server knows about a request that it refused.
///
/// ```
/// use creance_hawk::explain::{Cause, Inquiry};
/// use creance_hawk::sigv::{Algorithm, Key, UnixTime};
/// use creance_hawk::{Authorization, Credentials, Request};
///
/// let secret = b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";
/// let key = Key::new(Algorithm::Sha256, secret)?;
///
/// // The client signs what it connects to, the server verifies what its proxy connects to.
/// let request = Request::from_url("GET", "https://example.com/resource")?;
/// let header = Credentials::new("dh37fgj492je", &key)?.header(&request);
/// let header = header.sign(UnixTime::from_secs(1_353_832_234), "j4h3g2")?.to_header();
///
/// let request = Request::new("GET", "/resource", "example.com", 8080)?;
/// let authorization = Authorization::parse(&header)?;
/// let diagnosis = Inquiry::new(&request, &authorization, Algorithm::Sha256, secret).diagnose();
/// assert_eq!(diagnosis.causes(), [Cause::Port { signed: 443, verified: 8080 }]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "nothing is looked into before diagnose()"]
pub struct Inquiry<'a> {
    request: Request<'a>,
    authorization: Authorization<'a>,
    algorithm: Algorithm,
    secret: &'a [u8],
    clock: Option<(UnixTime, Window)>,
    payload: Option<Payload<'a>>,
    prefixes: &'a [&'a str],
    authorities: &'a [Authority],
}

impl<'a> Inquiry<'a> {
    /// Looks into the MAC. `secret` is the key as the server has it, `request` what it verified.
    pub const fn new(
        request: &Request<'a>,
        authorization: &Authorization<'a>,
        algorithm: Algorithm,
        secret: &'a [u8],
    ) -> Self {
        Self {
            request: *request,
            authorization: *authorization,
            algorithm,
            secret,
            clock: None,
            payload: None,
            prefixes: &[],
            authorities: &[],
        }
    }

    /// Looks into the timestamp, too, judged at `now`.
    pub const fn at(mut self, now: UnixTime, window: Window) -> Self {
        self.clock = Some((now, window));
        self
    }

    /// Looks into the payload's hash, too. `content_type` is the value of the request's header, if
    /// there is one.
    pub const fn payload(mut self, content_type: Option<&'a str>, body: &'a [u8]) -> Self {
        self.payload = Some(Payload { content_type, body });
        self
    }

    /// Prefixes of the path that a proxy or router may strip or add, such as `/api`.
    pub const fn path_prefixes(mut self, prefixes: &'a [&'a str]) -> Self {
        self.prefixes = prefixes;
        self
    }

    /// Other names that the client may have used.
    pub const fn authorities(mut self, authorities: &'a [Authority]) -> Self {
        self.authorities = authorities;
        self
    }

    /// Tries out the usual mistakes, one at a time and then in pairs.
    ///
    /// That takes about 1,000 MACs, more with prefixes and authorities; with a
    /// [`payload`](Self::payload), about 100 hashes of it and the memory of up to six copies.
    #[must_use]
    pub fn diagnose(&self) -> Diagnosis {
        let expected = Draft::expected(&self.request, &self.authorization);
        let canonical = expected.text();
        let (mut causes, signed) = self.explain_mac(expected);
        let algorithm = causes.iter().find_map(|cause| match cause {
            Cause::Algorithm { signed } => Some(*signed),
            _ => None,
        });
        if let Some(payload) = &self.payload {
            let algorithm = algorithm.unwrap_or(self.algorithm);
            causes.extend(payload.causes(algorithm, self.authorization.hash()));
        }
        let ts = self.authorization.ts();
        if let Some((now, window)) = self.clock {
            causes.extend(clock::cause(ts, now, window));
        }
        Diagnosis::new(causes, canonical, signed)
    }

    /// Why the MAC is wrong, and the canonical message that it is right for. No cause where it is
    /// right as it stands.
    fn explain_mac(&self, draft: Draft<'_>) -> (Vec<Cause>, Option<alloc::string::String>) {
        let Ok(key) = Key::allow_weak(self.algorithm, self.secret) else {
            return (vec![Cause::EmptyKey], None);
        };
        let suspects = self.suspects(&draft);
        let trial = Trial { draft, key: &key, mac: self.authorization.mac() };
        match trial.explain(&suspects) {
            Some(found) => (found.causes, Some(found.trial.draft.text())),
            None => (vec![Cause::UnknownMac], None),
        }
    }

    fn suspects(&self, expected: &Draft<'_>) -> Vec<Suspect> {
        let mut suspects = authority::suspects(expected, &self.request, self.authorities);
        suspects.extend(resource::suspects(expected, self.prefixes));
        suspects.extend(artifact::suspects(expected, &self.authorization));
        suspects.extend(key::suspects(self.algorithm, self.secret));
        suspects
    }
}

/// Neither the secret nor the payload.
impl fmt::Debug for Inquiry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inquiry")
            .field("request", &self.request)
            .field("authorization", &self.authorization)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
