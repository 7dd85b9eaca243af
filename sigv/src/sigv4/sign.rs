#[cfg(feature = "alloc")]
use alloc::{string::String, vec::Vec};
use core::fmt::{self, Write};

use super::draft::Draft;
use super::{
    ALGORITHM, ChunkSigner, Credentials, Outgoing, Payload, Presigned, Scope, Service, SigningKey,
    Timestamp,
};
#[cfg(doc)]
use crate::scheme::Part;
use crate::{Encoding, Error, Tag, UnixTime};

/// The longest time for which a presigned URL may hold, in seconds: seven days.
pub const MAX_EXPIRES: u32 = 604_800;

/// Signs requests to one service in one region.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::sigv4::{Credentials, Outgoing, Payload, SecretKey, Service, Signer};
///
/// let secret = SecretKey::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")?;
/// let credentials = Credentials::new("AKIDEXAMPLE", &secret)?;
/// let signer = Signer::new(credentials, "us-east-1", Service::new("service"))?;
///
/// let url = "https://example.amazonaws.com/?Param2=value2&Param1=value1";
/// let outgoing = Outgoing::new("GET", url, Payload::Body(b""));
/// let signed = signer.sign(&outgoing, UnixTime::from_secs(1_440_938_160))?;
/// assert_eq!(signed.timestamp().as_str(), "20150830T123600Z");
/// for header in signed.headers() {
///     let mut value = String::new();
///     header.write(&mut value)?;
///     // Add it to the request: `authorization` and `x-amz-date`.
/// }
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Signer<'s> {
    credentials: Credentials<'s>,
    region: &'s str,
    service: Service<'s>,
}

impl<'s> Signer<'s> {
    /// A signer.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Scope`] for names that a scope cannot have.
    pub fn new(
        credentials: Credentials<'s>,
        region: &'s str,
        service: Service<'s>,
    ) -> Result<Self, Error> {
        let epoch = Timestamp::new(UnixTime::default())?;
        Scope::new(&epoch, region, service.name)?;
        Ok(Self { credentials, region, service })
    }

    /// The scope of what is signed at this time.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Timestamp`] beyond the year 9999.
    pub fn scope(&self, now: UnixTime) -> Result<Scope<'s>, Error> {
        Ok(self.scope_of(&Timestamp::new(now)?))
    }

    /// Its names were looked at when the signer was made.
    fn scope_of(&self, timestamp: &Timestamp) -> Scope<'s> {
        Scope { date: timestamp.date_bytes(), region: self.region, service: self.service.name }
    }

    /// Signs in the `authorization` header.
    ///
    /// # Errors
    /// [`Error::Value`] for what cannot be signed, [`Error::TooLong`] and [`Error::TooMany`] for more of
    /// it than is read by who verifies.
    pub fn sign<'a>(&self, outgoing: &Outgoing<'a>, now: UnixTime) -> Result<Signed<'a>, Error>
    where
        's: 'a,
    {
        let key = self.credentials.secret.signing_key(&self.scope(now)?);
        self.sign_with(outgoing, &key, now)
    }

    /// The same with a key that was derived before.
    ///
    /// # Errors
    /// As for [`sign`](Self::sign), and [`Error::Value`] with [`Part::Scope`] for the key of another
    /// scope.
    pub fn sign_with<'a>(
        &self,
        outgoing: &Outgoing<'a>,
        key: &SigningKey,
        now: UnixTime,
    ) -> Result<Signed<'a>, Error>
    where
        's: 'a,
    {
        let mut draft = self.draft(outgoing, None, now)?;
        let tag = self.tag(&mut draft, key)?;
        let chunks = match outgoing.payload {
            Payload::Chunks { bytes, trailer } => Some(ChunkSigner::new(
                key.clone(),
                draft.added.timestamp,
                &tag,
                bytes,
                !trailer.is_empty(),
            )),
            _ => None,
        };
        Ok(Signed { draft, tag, chunks })
    }

    /// Signs in the query of the URL, which holds for `expires` seconds: 1 to [`MAX_EXPIRES`].
    ///
    /// # Errors
    /// As for [`sign`](Self::sign); [`Error::Value`] with [`Part::Parameter`] for another `expires` or
    /// for a URL that has parameters of the scheme already, with [`Part::Body`] for a body in chunks.
    pub fn presign<'a>(
        &self,
        outgoing: &Outgoing<'a>,
        expires: u32,
        now: UnixTime,
    ) -> Result<Presigned<'a>, Error>
    where
        's: 'a,
    {
        let key = self.credentials.secret.signing_key(&self.scope(now)?);
        let mut draft = self.draft(outgoing, Some(expires), now)?;
        let tag = self.tag(&mut draft, &key)?;
        Ok(Presigned::new(draft, tag))
    }

    fn draft<'a>(
        &self,
        outgoing: &Outgoing<'a>,
        expires: Option<u32>,
        now: UnixTime,
    ) -> Result<Draft<'a>, Error>
    where
        's: 'a,
    {
        let token = self.credentials.token();
        Draft::new(outgoing, self.service, Timestamp::new(now)?, token, expires)
    }

    #[expect(clippy::redundant_closure_for_method_calls, reason = "its lifetime is not general")]
    fn tag(&self, draft: &mut Draft<'_>, key: &SigningKey) -> Result<Tag, Error> {
        let timestamp = draft.added.timestamp;
        let scope = self.scope_of(&timestamp);
        key.check(&scope)?;
        let digest =
            draft.canonical(self.credentials.id, &scope, |canonical| canonical.digest())?;
        Ok(key.sign(&timestamp, &digest))
    }

    /// The canonical request and the string to sign, to be compared with what another implementation
    /// makes. Neither holds the secret; the canonical request holds the session token if there is one.
    ///
    /// # Errors
    /// As for [`sign`](Self::sign) and, where it `expires`, [`presign`](Self::presign).
    #[cfg(feature = "alloc")]
    pub fn explain(
        &self,
        outgoing: &Outgoing<'_>,
        expires: Option<u32>,
        now: UnixTime,
    ) -> Result<Explained, Error> {
        let mut draft = self.draft(outgoing, expires, now)?;
        let timestamp = draft.added.timestamp;
        let scope = self.scope_of(&timestamp);
        let mut canonical_request = Vec::new();
        let digest = draft.canonical(self.credentials.id, &scope, |canonical| {
            canonical.write(&mut canonical_request);
            canonical.digest()
        })?;
        let mut string_to_sign = Vec::new();
        super::write_string_to_sign(&mut string_to_sign, &timestamp, &scope, &digest);
        // It is text: names, digits and line ends.
        let string_to_sign = String::from_utf8(string_to_sign).unwrap_or_default();
        Ok(Explained { canonical_request, string_to_sign })
    }
}

/// What is signed, in full.
#[cfg(feature = "alloc")]
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explained {
    /// The canonical request: bytes, since values of headers are.
    pub canonical_request: Vec<u8>,
    /// The string to sign, which has the digest of the canonical request.
    pub string_to_sign: String,
}

/// How much there is: among the headers of the canonical request may be a session token.
#[cfg(feature = "alloc")]
impl fmt::Debug for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explained")
            .field("canonical_request_bytes", &self.canonical_request.len())
            .field("string_to_sign_bytes", &self.string_to_sign.len())
            .finish_non_exhaustive()
    }
}

/// A signed request: the headers to send with it.
#[must_use = "the request is signed by these headers"]
pub struct Signed<'a> {
    draft: Draft<'a>,
    tag: Tag,
    chunks: Option<ChunkSigner>,
}

impl Signed<'_> {
    /// The headers to send beside those that were given: `authorization`, `x-amz-date`, and where they
    /// are needed `x-amz-content-sha256`, `x-amz-security-token` and those of chunks.
    pub fn headers(&self) -> impl Iterator<Item = SignedHeader<'_>> {
        let own = self.draft.added.headers();
        let own = own.map(|(name, value)| SignedHeader { name, value: HeaderValue::Text(value) });
        let value = HeaderValue::Authorization(&self.draft, &self.tag);
        own.chain([SignedHeader { name: "authorization", value }])
    }

    /// The same as text.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_headers(&self) -> Vec<(String, String)> {
        let text = |header: SignedHeader<'_>| {
            let mut value = String::with_capacity(header.len());
            // A string takes all that is written into it.
            let _ = header.write(&mut value);
            (String::from(header.name), value)
        };
        self.headers().map(text).collect()
    }

    /// The time that was signed.
    #[must_use]
    pub const fn timestamp(&self) -> Timestamp {
        self.draft.added.timestamp
    }

    /// The signature alone.
    #[must_use]
    pub const fn signature(&self) -> &Tag {
        &self.tag
    }

    /// What signs the chunks, where the body comes in such.
    #[must_use]
    pub fn into_chunks(self) -> Option<ChunkSigner> {
        self.chunks
    }
}

impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("timestamp", &self.timestamp()).finish_non_exhaustive()
    }
}

/// A header to send.
#[derive(Clone, Copy)]
pub struct SignedHeader<'s> {
    name: &'static str,
    value: HeaderValue<'s>,
}

#[derive(Clone, Copy)]
enum HeaderValue<'s> {
    Text(&'s str),
    Authorization(&'s Draft<'s>, &'s Tag),
}

impl SignedHeader<'_> {
    /// The header's name, in lower case.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How long the value is, in bytes.
    #[cfg(feature = "alloc")]
    fn len(&self) -> usize {
        match self.value {
            HeaderValue::Text(text) => text.len(),
            HeaderValue::Authorization(draft, tag) => {
                let text: usize = authorization(draft).map(str::len).iter().sum();
                text + 2 * tag.expose().len()
            }
        }
    }

    /// Writes the value.
    ///
    /// # Errors
    /// [`Error::Write`] where `out` fails.
    pub fn write<W: Write + ?Sized>(&self, out: &mut W) -> Result<(), Error> {
        match self.value {
            HeaderValue::Text(text) => out.write_str(text)?,
            HeaderValue::Authorization(draft, tag) => {
                for piece in authorization(draft) {
                    out.write_str(piece)?;
                }
                tag.write(Encoding::Hex, out)?;
            }
        }
        Ok(())
    }
}

/// What stands before the signature.
fn authorization<'d>(draft: &'d Draft<'_>) -> [&'d str; 6] {
    let (credential, names) = (draft.credential.as_str(), draft.names.as_str());
    [ALGORITHM, " Credential=", credential, ", SignedHeaders=", names, ", Signature="]
}

/// The name alone: a value may be a session token.
impl fmt::Debug for SignedHeader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedHeader").field("name", &self.name).finish_non_exhaustive()
    }
}
