use core::fmt::Write as _;

use super::outgoing::is_left_out;
use super::payload::{PayloadText, decimal};
use super::percent::Value;
use super::scope::CredentialText;
use super::target::Target;
use super::{
    Canonical, Fields, MAX_EXPIRES, Names, Outgoing, Params, Path, Payload, Scope, Service, Text,
    Timestamp, params,
};
use crate::scheme::{Headers, MAX_HEADER_BYTES, Part};
use crate::{Error, Tag};

/// A list of signed headers.
pub(super) type NamesText = Text<2048>;

/// Everything of a request to be signed that a canonical request borrows from.
pub(super) struct Draft<'a> {
    pub(super) outgoing: Outgoing<'a>,
    pub(super) target: Target<'a>,
    pub(super) timestamp: Timestamp,
    pub(super) credential: CredentialText,
    pub(super) payload: PayloadText,
    pub(super) bytes: Text<20>,
    pub(super) names: NamesText,
    pub(super) token: Option<&'a str>,
    /// For how long a presigned URL holds; none for a signature in a header.
    pub(super) expires: Option<Text<20>>,
    pub(super) has_digest: bool,
    service: Service<'a>,
}

impl<'a> Draft<'a> {
    /// # Errors
    /// [`Error::Value`], [`Error::TooLong`] and [`Error::TooMany`] for what cannot be signed.
    pub(super) fn new(
        outgoing: &Outgoing<'a>,
        service: Service<'a>,
        timestamp: Timestamp,
        token: Option<&'a str>,
        expires: Option<u32>,
    ) -> Result<Self, Error> {
        if expires.is_some_and(|expires| !(1..=MAX_EXPIRES).contains(&expires)) {
            return Err(Error::Value(Part::Parameter));
        }
        if !is_method(outgoing.method) {
            return Err(Error::Value(Part::Method));
        }
        if !token.is_none_or(is_token) {
            return Err(Error::Value(Part::Token));
        }
        // Where nothing says what the body is, its digest counts; so all else has to be said.
        let has_digest = service.has_digest_header()
            || !matches!(outgoing.payload, Payload::Body(_) | Payload::Digest(_));
        let bytes = match outgoing.payload {
            Payload::Chunks { .. } if expires.is_some() => return Err(Error::Value(Part::Body)),
            Payload::Chunks { bytes, .. } => decimal(bytes),
            _ => Text::new(),
        };
        Ok(Self {
            outgoing: *outgoing,
            target: Target::split(outgoing.url).map_err(as_value)?,
            timestamp,
            credential: Text::new(),
            payload: outgoing.payload.text(),
            bytes,
            names: Text::new(),
            token,
            expires: expires.map(|expires| decimal(expires.into())),
            has_digest,
            service,
        })
    }

    /// The canonical request's digest. Fills in, on the way, the credential and the list of names.
    #[expect(clippy::redundant_closure_for_method_calls, reason = "its lifetime is not general")]
    pub(super) fn digest(&mut self, id: &str, scope: &Scope<'_>) -> Result<Tag, Error> {
        self.credential = Text::new();
        write!(self.credential, "{id}/{scope}").map_err(|_| Error::Value(Part::KeyId))?;
        let fields = self.fields();
        let names = self.signed_names(&fields)?;
        let mut list = NamesText::new();
        write!(list, "{names}").map_err(|_| Error::Value(Part::Coverage))?;
        self.names = list;
        self.with_canonical(|canonical| canonical.digest())
    }

    /// Shows the canonical request, once there is the list of names.
    pub(super) fn with_canonical<T>(
        &self,
        show: impl FnOnce(&Canonical<'_>) -> T,
    ) -> Result<T, Error> {
        let fields = self.fields();
        let names = Names::parse(self.names.as_str())?;
        let mut params = Params::parse(self.target.query).map_err(as_value)?;
        let is_signed = match self.expires {
            Some(_) => params.has_own(),
            None => params.is_presigned(),
        };
        if is_signed {
            return Err(Error::Value(Part::Parameter));
        }
        if self.expires.is_some() {
            for (name, value) in self.parameters() {
                params.push(Value::Plain(name), Value::Plain(value))?;
            }
        }
        params.sort();
        Ok(show(&Canonical {
            method: self.outgoing.method,
            path: Path::new(self.target.path, &self.service),
            params: &params,
            is_presigned: self.expires.is_some(),
            fields: &fields,
            names: &names,
            payload: self.payload.as_str(),
        }))
    }

    /// The parameters that a presigned URL has beside the signature.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let expires = self.expires.as_ref().map(Text::as_str);
        [
            (params::ALGORITHM, Some(super::canonical::ALGORITHM)),
            (params::CONTENT_SHA256, self.has_digest_param().then(|| self.payload.as_str())),
            (params::CREDENTIAL, Some(self.credential.as_str())),
            (params::DATE, Some(self.timestamp.as_str())),
            (params::EXPIRES, expires),
            (params::SECURITY_TOKEN, self.token),
            (params::SIGNED_HEADERS, Some(self.names.as_str())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }

    /// S3 presumes that a presigned URL does not sign the body, others that it does.
    fn has_digest_param(&self) -> bool {
        let is_unsigned = matches!(self.outgoing.payload, Payload::Unsigned);
        is_unsigned != self.service.presigns_without_body()
    }

    /// The headers that the scheme adds where the signature is in one.
    pub(super) fn own_headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let digest = if self.has_digest { self.payload.as_str() } else { "" };
        let trailer = match self.outgoing.payload {
            Payload::Chunks { trailer, .. } => trailer,
            _ => "",
        };
        // None of them has an empty value.
        [
            ("x-amz-content-sha256", digest),
            ("x-amz-date", self.timestamp.as_str()),
            ("x-amz-decoded-content-length", self.bytes.as_str()),
            ("x-amz-security-token", self.token.unwrap_or_default()),
            ("x-amz-trailer", trailer),
        ]
        .into_iter()
        .filter(|(_, value)| self.expires.is_none() && !value.is_empty())
    }

    fn fields(&self) -> Fields<'_> {
        let mut fields = Fields::new(self.outgoing.headers);
        if !has_header(self.outgoing.headers, "host") {
            fields.add("host", self.target.host());
        }
        self.own_headers().for_each(|(name, value)| fields.add(name, value));
        fields
    }

    fn signed_names<'f>(&'f self, fields: &Fields<'f>) -> Result<Names<'f>, Error> {
        let mut names = Names::new();
        let mut refusal = None;
        let headers: &'f dyn Headers = self.outgoing.headers;
        headers.visit(&mut |name, _| {
            let is_own = fields.own().any(|own| own.0.eq_ignore_ascii_case(name));
            let added = match name {
                _ if is_own => Err(Error::Value(Part::Header)),
                _ if is_left_out(name) => Ok(()),
                _ => names.insert(name),
            };
            refusal = refusal.or(added.err());
        });
        refusal.map_or(Ok(()), Err)?;
        fields.own().try_for_each(|(name, _)| names.insert(name))?;
        let mut total = 0;
        names.iter().try_for_each(|name| fields.check(name, &mut total)).map_err(as_value)?;
        Ok(names)
    }
}

/// What is malformed in a message that we write is the caller's own.
fn as_value(error: Error) -> Error {
    match error {
        Error::Malformed(part) | Error::Missing(part) | Error::Duplicate(part) => {
            Error::Value(part)
        }
        other => other,
    }
}

pub(super) fn has_header(headers: &dyn Headers, name: &str) -> bool {
    let mut is_there = false;
    headers.visit(&mut |candidate, _| is_there |= candidate.eq_ignore_ascii_case(name));
    is_there
}

/// RFC 9110, 9.1: a token; no method has more than a few letters.
pub(super) fn is_method(method: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=32).contains(&method.len()) && method.bytes().all(is_known)
}

fn is_token(token: &str) -> bool {
    (1..=MAX_HEADER_BYTES).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_graphic())
}
