use alloc::{format, string::String, vec::Vec};

use super::payload::{Coverage, PayloadText, digest_text};
use super::scope::WireCredential;
use super::target::Target;
use super::{Canonical, Fields, Params, Path, Payload, SecretKey, Service, Verifier, Wire};
use crate::ct;
use crate::scheme::{Cause, Diagnosis, Received, text};
use crate::{Encoding, Error, Tag, UnixTime};

impl Verifier<'_> {
    /// Looks for the cause of a refusal, for whoever connects two systems: with the secret as it stands
    /// in the configuration, of which white space may be the cause. It takes much more time than a
    /// verification, so it is nothing to be done for each message.
    #[must_use]
    pub fn diagnose(&self, received: &Received<'_>, secret: &str, now: UnixTime) -> Diagnosis {
        let mut diagnosis = Diagnosis::default();
        if let Err(error) = self.find_causes(received, secret, now, &mut diagnosis) {
            diagnosis.add(Cause::Unreadable(error));
        }
        diagnosis
    }

    fn find_causes(
        &self,
        received: &Received<'_>,
        secret: &str,
        now: UnixTime,
        diagnosis: &mut Diagnosis,
    ) -> Result<(), Error> {
        let target = Target::split(received.url())?;
        let mut params = Params::new();
        params.read(target.query)?;
        let wire = Wire::read(received.headers(), &params)?;
        params.sort();
        let host = match text(received.headers(), "host", crate::scheme::Part::Host) {
            Err(Error::Missing(_)) => target.host(),
            host => host?,
        };
        let key = SecretKey::allow_weak(secret).ok();
        let mut fields = Fields::new(received.headers());
        fields.list(&wire.names)?;
        // Behind these no more headers are read, so nothing could be supposed of the others.
        if let Err(error @ Error::TooMany { .. }) = fields.fill(|_| false) {
            return Err(error);
        }
        let case = Case {
            received,
            wire: &wire,
            params: &params,
            credential: WireCredential::parse(wire.credential.as_str())?,
            service: self.service,
            key: key.as_ref(),
            method: received.method(),
            path: target.path,
            host,
            payload: self.supposed_payload(&wire, received),
        };
        if case.is_right() {
            self.behind_the_signature(&case, &target, now, diagnosis)
        } else {
            case.suppose_secrets(secret, diagnosis);
            case.suppose_requests(diagnosis);
            case.suppose_bodies(diagnosis);
            case.suppose_spellings(diagnosis);
            Ok(())
        }
    }

    /// What may be wrong although the signature is right.
    fn behind_the_signature(
        &self,
        case: &Case<'_>,
        target: &Target<'_>,
        now: UnixTime,
        diagnosis: &mut Diagnosis,
    ) -> Result<(), Error> {
        let (scope, time) = (&case.credential.scope, case.wire.timestamp.time());
        if scope.region != self.region {
            diagnosis.add(Cause::Region);
        }
        if scope.service != self.service.name {
            diagnosis.add(Cause::Service);
        }
        if let Err(Error::TooOld { .. } | Error::TooNew { .. }) = self.check_time(case.wire, now) {
            let (now, time) = (now.as_secs(), time.as_secs());
            let distance = i64::try_from(now.abs_diff(time)).unwrap_or(i64::MAX);
            diagnosis.add(Cause::Skew { behind: if time > now { -distance } else { distance } });
        }
        let without_port =
            |host: &str| String::from(host.rsplit_once(':').map_or(host, |cut| cut.0));
        if !target.is_host(case.host)
            && without_port(case.host).eq_ignore_ascii_case(&without_port(target.host()))
        {
            diagnosis.add(Cause::Port);
        }
        let is_digest = Coverage::parse(case.payload.as_str()) == Ok(Coverage::Digest);
        if is_digest && digest_text(case.received.body()).as_str() != case.payload.as_str() {
            let signed = case.payload.as_str();
            let is_signed = |body: &[u8]| digest_text(body).as_str() == signed;
            let change = changed_body(case.received.body(), is_signed);
            diagnosis.add(change.unwrap_or(Cause::Refused(Error::BodyMismatch)));
        }
        if diagnosis.causes().is_empty() {
            let refusal = self.other_refusal(case, now)?;
            diagnosis.add(refusal.map_or(Cause::Right, Cause::Refused));
        }
        Ok(())
    }

    /// What [`verify`](Self::verify) says to it.
    fn other_refusal(&self, case: &Case<'_>, now: UnixTime) -> Result<Option<Error>, Error> {
        use crate::keyring::{KeyEntry, Keyring};
        let mut ring = Keyring::<1, SecretKey>::new();
        if let Some(key) = case.key {
            ring.insert(KeyEntry::new(case.credential.id, key.clone())?)?;
        }
        let verdict = self.verify(case.received, &ring, now);
        let refusal = verdict.err().map(|refusal| *refusal.error());
        // Here nothing is known of tokens.
        Ok(refusal.filter(|error| *error != Error::UnknownKey))
    }

    fn supposed_payload(&self, wire: &Wire, received: &Received<'_>) -> PayloadText {
        match wire.payload {
            Some(said) => said,
            None if wire.expires.is_some() && self.service.presigns_without_body() => {
                Payload::Unsigned.text()
            }
            None => digest_text(received.body()),
        }
    }
}

/// A request as it may have been signed.
#[derive(Clone, Copy)]
struct Case<'c> {
    received: &'c Received<'c>,
    wire: &'c Wire,
    params: &'c Params<'c>,
    credential: WireCredential<'c>,
    service: Service<'c>,
    key: Option<&'c SecretKey>,
    method: &'c str,
    path: &'c str,
    host: &'c str,
    payload: PayloadText,
}

impl Case<'_> {
    fn tag(&self) -> Option<Tag> {
        let mut fields = Fields::new(self.received.headers());
        fields.list(&self.wire.names).ok()?;
        // Of a value that cannot be signed it is said, if all else is right, by who verifies.
        let _ = fields.fill(|_| false);
        fields.set("host", self.host);
        let canonical = Canonical {
            method: self.method,
            path: Path::new(self.path, &self.service),
            params: self.params,
            is_presigned: self.wire.expires.is_some(),
            fields: &fields,
            names: &self.wire.names,
            payload: self.payload.as_str(),
        };
        let key = self.key?.signing_key(&self.credential.scope);
        Some(key.sign(&self.wire.timestamp, &canonical.digest()))
    }

    fn is_right(&self) -> bool {
        let signature = self.wire.signature.as_str();
        self.tag().is_some_and(|tag| tag.verify_text(Encoding::Hex, signature).is_ok())
    }

    fn suppose_secrets(&self, secret: &str, diagnosis: &mut Diagnosis) {
        for end in ["", "\n"] {
            let other = SecretKey::allow_weak_with(secret.trim(), end).ok();
            if (Case { key: other.as_ref(), ..*self }).is_right() {
                diagnosis.add(Cause::SecretWhiteSpace);
            }
        }
    }

    /// The host, the path and the method.
    fn suppose_requests(&self, diagnosis: &mut Diagnosis) {
        let bare = match self.host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => self.host,
        };
        let hosts = [String::from(bare), format!("{bare}:443"), format!("{bare}:80")];
        if hosts.iter().any(|host| (Case { host, ..*self }).is_right()) {
            diagnosis.add(Cause::Port);
        }
        for (encodes_twice, normalizes) in
            [(false, false), (false, true), (true, false), (true, true)]
        {
            let service = Service { encodes_twice, normalizes, ..self.service };
            if (Case { service, ..*self }).is_right() {
                diagnosis.add(Cause::PathEncoding);
            }
        }
        let with_slash = format!("{}/", self.path);
        for path in [with_slash.as_str(), self.path.strip_suffix('/').unwrap_or(self.path)] {
            if (Case { path, ..*self }).is_right() {
                diagnosis.add(Cause::TrailingSlash);
            }
        }
        for method in [self.method.to_ascii_uppercase(), self.method.to_ascii_lowercase()] {
            if (Case { method: &method, ..*self }).is_right() {
                diagnosis.add(Cause::MethodCase);
            }
        }
    }

    /// Other bodies, where it is we who digest it.
    fn suppose_bodies(&self, diagnosis: &mut Diagnosis) {
        if self.wire.payload.is_some() {
            return;
        }
        let is_signed = |body: &[u8]| (Case { payload: digest_text(body), ..*self }).is_right();
        if let Some(cause) = changed_body(self.received.body(), is_signed) {
            diagnosis.add(cause);
        }
    }

    fn suppose_spellings(&self, diagnosis: &mut Diagnosis) {
        let signature = self.wire.signature.as_str();
        let mut expected = String::new();
        let Some(tag) = self.tag() else { return };
        if tag.write(Encoding::Hex, &mut expected).is_err() {
            return;
        }
        let is =
            |expected: &str, found: &str| ct::verify(expected.as_bytes(), found.as_bytes()).is_ok();
        if is(&expected, &signature.to_ascii_lowercase()) {
            diagnosis.add(Cause::Spelling);
        }
        let is_short = (16..expected.len()).contains(&signature.len());
        if is_short && is(&expected[..signature.len()], signature) {
            diagnosis.add(Cause::Truncated);
        }
    }
}

/// What became of a body on its way, if the one before is found.
fn changed_body(body: &[u8], is_signed: impl Fn(&[u8]) -> bool) -> Option<Cause> {
    let with = |end: &[u8]| [body, end].concat();
    let without = body.strip_suffix(b"\n").map(|body| body.strip_suffix(b"\r").unwrap_or(body));
    if is_signed(&with(b"\n")) || is_signed(&with(b"\r\n")) || without.is_some_and(&is_signed) {
        return Some(Cause::TrailingNewline);
    }
    let unix: Vec<u8> = body.iter().copied().filter(|byte| *byte != b'\r').collect();
    let dos: Vec<u8> = unix.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..]);
    if is_signed(&unix) || is_signed(&dos) {
        return Some(Cause::LineEnds);
    }
    let spacings: [[&[u8]; 2]; 3] = [[b":", b","], [b": ", b", "], [b": ", b","]];
    let is_json = spacings.iter().any(|spacing| is_signed(&respaced(body, *spacing)));
    is_json.then_some(Cause::ReserializedBody)
}

/// JSON with other white space: what a program makes of it that parses it and writes it again.
fn respaced(body: &[u8], [colon, comma]: [&[u8]; 2]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in body {
        match byte {
            b':' if !in_text => out.extend_from_slice(colon),
            b',' if !in_text => out.extend_from_slice(comma),
            b' ' | b'\t' | b'\r' | b'\n' if !in_text => {}
            _ => out.push(*byte),
        }
        in_text ^= *byte == b'"' && !is_escaped;
        is_escaped = in_text && *byte == b'\\' && !is_escaped;
    }
    out
}
