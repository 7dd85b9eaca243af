use super::draft::is_method;
use super::payload::{Coverage, PayloadText, digest_text};
use super::scope::WireCredential;
use super::target::Target;
use super::{
    Canonical, Fields, Params, Path, Request, RunningBody, SecretKey, SigningKey, Verifier, Wire,
};
use crate::ct::{self, Choice};
use crate::keyring::KeySet;
use crate::replay::{AsyncReplayStore, ReplayStore};
use crate::scheme::{
    Authentic, Headers, Nonce, Part, Received, Rejection, Tags, Verified, match_named, text,
};
use crate::{Encoding, Error, Tag, UnixTime};

impl Verifier<'_> {
    /// Verifies a request: its form, scope and time, what is signed, the signature, the body. What comes
    /// out may still be a replay.
    ///
    /// The scheme has no nonce. What tells a request from others is the digest of its canonical form,
    /// with its time: so a client that sends the same again within one second has sent a replay, and has
    /// to sign anew in another second.
    ///
    /// # Errors
    /// What is wrong with the form: [`Error::Missing`], [`Error::Duplicate`], [`Error::Malformed`],
    /// [`Error::TooLong`], [`Error::TooMany`]. What was not agreed on: [`Error::OtherAlgorithm`],
    /// [`Error::NotCovered`]. The time: [`Error::TooOld`], [`Error::TooNew`], [`Error::Expired`],
    /// [`Error::LongLife`]. And [`Error::UnknownKey`], also for a session token that does not go with the
    /// key, [`Error::Mismatch`], [`Error::BodyMismatch`].
    pub fn verify<'a>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet<SecretKey> + ?Sized),
        now: UnixTime,
    ) -> Result<Authentic<'a, Request<'a>>, Rejection> {
        let body = received.body();
        self.road(received, keys, Some(body), now, |shown| {
            if shown.coverage == Coverage::Digest && shown.wire.payload.is_some() {
                check_body(body, shown.payload.as_str())?;
            }
            Request::new(received, shown.wire, shown.coverage, shown.key)
        })
    }

    /// Begins with everything but the body, of which `received` has none yet and `maximum` bytes may
    /// come. The digest of the body has to be in `x-amz-content-sha256`: so the signature is verified
    /// here, and the request claimed, before the first byte of the body is read.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify); [`Error::Missing`] with [`Part::Digest`] where no header has it,
    /// [`Error::NotCovered`] with [`Part::Body`] where the body is not signed by a digest.
    ///
    /// ```
    /// use creance_sigv::UnixTime;
    /// use creance_sigv::keyring::{KeyEntry, Keyring};
    /// use creance_sigv::scheme::Received;
    /// use creance_sigv::sigv4::{
    ///     Credentials, Outgoing, Payload, SecretKey, Service, Signer, Verifier,
    /// };
    ///
    /// # let now = UnixTime::from_secs(1_700_000_000);
    /// # let mut keys = Keyring::<1, SecretKey>::new();
    /// # let secret = SecretKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")?;
    /// # keys.insert(KeyEntry::new("AKID", secret)?)?;
    /// let signer = Signer::new(Credentials::of_ring(&keys, now)?, "us-east-1", Service::S3)?;
    /// let url = "https://bucket.example.com/object";
    /// let outgoing = Outgoing::new("PUT", url, Payload::Body(b"hello"));
    /// let headers = signer.sign(&outgoing, now)?.to_headers();
    ///
    /// let verifier = Verifier::new("us-east-1", Service::S3)?;
    /// let received = Received::new("PUT", url, &headers, b"");
    /// let authentic = verifier.begin(&received, &keys, 1 << 20, now)?;
    /// // Claim it in a store, as any other message.
    /// let mut body = authentic.dangerous_accept_replays().into_shown();
    /// body.update(b"hel")?;
    /// body.update(b"lo")?;
    /// assert_eq!(body.finish()?, 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn begin<'a>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet<SecretKey> + ?Sized),
        maximum: u64,
        now: UnixTime,
    ) -> Result<Authentic<'a, RunningBody>, Rejection> {
        self.road(received, keys, None, now, |shown| match shown.coverage {
            Coverage::Digest => Ok(RunningBody::new(shown.payload, maximum)),
            _ => Err(Error::NotCovered(Part::Body)),
        })
    }

    /// Verifies a request and claims it in a store of this process: the whole road in one call.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify) and [`Authentic::claim`].
    pub fn accept<'a, S: ReplayStore + ?Sized>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet<SecretKey> + ?Sized),
        store: &S,
        now: UnixTime,
    ) -> Result<Verified<'a, Request<'a>>, Rejection> {
        self.verify(received, keys, now)?.claim(store, now)
    }

    /// The same with a store across the network. The message is verified at once, and not held while
    /// the store is waited for.
    ///
    /// # Errors
    /// As for [`accept`](Self::accept).
    pub fn accept_async<'a, S: AsyncReplayStore + Sync + ?Sized>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet<SecretKey> + ?Sized),
        store: &S,
        now: UnixTime,
    ) -> impl Future<Output = Result<Verified<'a, Request<'a>>, Rejection>> + Send {
        let authentic = self.verify(received, keys, now);
        async move { authentic?.claim_async(store, now).await }
    }

    /// The one road. Without a body none is digested, and the message has to have the digest.
    fn road<'a, P>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet<SecretKey> + ?Sized),
        body: Option<&[u8]>,
        now: UnixTime,
        show: impl FnOnce(Shown<'_>) -> Result<P, Error>,
    ) -> Result<Authentic<'a, P>, Rejection> {
        let target = Target::split(received.url())?;
        let mut params = Params::new();
        params.read(target.query)?;
        let wire = Wire::read(received.headers(), &params)?;
        let credential = WireCredential::parse(wire.credential.as_str())?;
        self.check_scope(&credential, &wire.timestamp)?;
        self.check_time(&wire, now)?;
        params.sort();

        let mut fields = Fields::new(received.headers());
        self.read_fields(&wire.names, &mut fields)?;
        if let Some(host) = called_host(&target, received.headers())? {
            fields.set("host", host);
        }
        fields.check()?;
        let (coverage, payload) = self.payload(&wire, body)?;
        let canonical = Canonical {
            method: method(received)?,
            path: Path::new(target.path, &self.service),
            params: &params,
            is_presigned: wire.expires.is_some(),
            fields: &fields,
            names: &wire.names,
            payload: &payload,
        };
        let digest = canonical.digest();

        let mut attempt =
            Attempt { wire: &wire, credential, digest, derived: None, token: 0.into() };
        let mut tags = Tags::new(Encoding::Hex);
        tags.push(wire.signature.as_str())?;
        let sign = |secret: &SecretKey| attempt.sign(secret);
        let key = match_named(keys, credential.id, &SecretKey::decoy(), &tags, now, sign)?;
        ct::decide(attempt.token).map_err(|_| Error::UnknownKey)?;

        let time = wire.timestamp.time();
        let Attempt { digest, derived, .. } = attempt;
        let shown = show(Shown { wire: &wire, coverage, payload, key: derived })?;
        Ok(Authentic::new(shown, key, Some(time), key.id().as_bytes(), Nonce::Digest(digest)))
    }

    /// # Errors
    /// [`Error::NotCovered`]: what is not signed can be changed or added on the way.
    fn read_fields<'f>(&self, names: &'f str, fields: &mut Fields<'f>) -> Result<(), Error> {
        fields.list(names)?;
        if !fields.contain("host") {
            return Err(Error::NotCovered(Part::Host));
        }
        fields.fill(|name| {
            let is_it = |other: &&str| other.eq_ignore_ascii_case(name);
            has_own_prefix(name) || self.signed_if_present.iter().any(is_it)
        })
    }

    /// What the message says of its body and, where it says nothing, what is to be supposed.
    fn payload(&self, wire: &Wire, body: Option<&[u8]>) -> Result<(Coverage, PayloadText), Error> {
        let supposes_unsigned = wire.expires.is_some() && self.service.presigns_without_body();
        let said = match wire.payload {
            Some(said) => said,
            None if supposes_unsigned => super::Payload::Unsigned.text(),
            None if wire.expires.is_none() && self.service.has_digest_header() => {
                return Err(Error::Missing(Part::Digest));
            }
            None => {
                let body = body.ok_or(Error::Missing(Part::Digest))?;
                return Ok((Coverage::Digest, digest_text(body)));
            }
        };
        let coverage = Coverage::parse(said.as_str())?;
        match coverage {
            Coverage::Unsigned if !self.takes_unsigned => Err(Error::NotCovered(Part::Body)),
            Coverage::Chunks { .. } if !self.takes_chunks || wire.expires.is_some() => {
                Err(Error::OtherAlgorithm)
            }
            _ => Ok((coverage, said)),
        }
    }
}

/// What is known once the signature has been found right.
struct Shown<'w> {
    wire: &'w Wire,
    coverage: Coverage,
    payload: PayloadText,
    key: Option<SigningKey>,
}

/// What the one key that is tried is tried with.
struct Attempt<'w> {
    wire: &'w Wire,
    credential: WireCredential<'w>,
    digest: Tag,
    /// For chunks, if any come.
    derived: Option<SigningKey>,
    /// Whether the session token goes with the key.
    token: Choice,
}

impl Attempt<'_> {
    fn sign(&mut self, secret: &SecretKey) -> Tag {
        self.token = secret.goes_with(self.wire.token.as_ref());
        let key = self.derived.insert(secret.signing_key(&self.credential.scope));
        key.sign(&self.wire.timestamp, &self.digest)
    }
}

fn has_own_prefix(name: &str) -> bool {
    name.get(..6).is_some_and(|prefix| prefix.eq_ignore_ascii_case("x-amz-"))
}

fn method<'a>(received: &Received<'a>) -> Result<&'a str, Error> {
    let method = received.method();
    if is_method(method) { Ok(method) } else { Err(Error::Malformed(Part::Method)) }
}

/// The host that was called, where the headers do not name it: over HTTP/2 it may be in the URL alone.
///
/// # Errors
/// [`Error::NotCovered`] where they name another one: a request that was signed for another host is none
/// for us, whoever shares our secrets.
fn called_host<'a>(target: &Target<'a>, headers: &dyn Headers) -> Result<Option<&'a str>, Error> {
    match text(headers, "host", Part::Host) {
        Err(Error::Missing(_)) => Ok(Some(target.host())),
        Ok(host) if target.is_host(host) => Ok(None),
        host => Err(host.err().unwrap_or(Error::NotCovered(Part::Host))),
    }
}

fn check_body(body: &[u8], signed: &str) -> Result<(), Error> {
    let same = digest_text(body).as_str() == signed;
    if same { Ok(()) } else { Err(Error::BodyMismatch) }
}
