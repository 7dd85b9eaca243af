use super::fields::NamesText;
use super::outgoing::is_left_out;
use super::payload::{PayloadText, decimal};
use super::percent::Value;
use super::scope::CredentialText;
use super::target::Target;
use super::{
    ALGORITHM, Canonical, Fields, MAX_EXPIRES, Outgoing, Params, Path, Payload, Scope, Service,
    Text, Timestamp, params,
};
use crate::Error;
use crate::scheme::{MAX_HEADER_BYTES, Part};

/// Everything of a request to be signed that a canonical request borrows from.
pub(super) struct Draft<'a> {
    pub(super) outgoing: Outgoing<'a>,
    pub(super) added: Added<'a>,
    pub(super) credential: CredentialText,
    pub(super) names: NamesText,
    service: Service<'a>,
}

/// What the scheme says beside the credential, the names and the signature.
pub(super) struct Added<'a> {
    pub(super) timestamp: Timestamp,
    payload: PayloadText,
    /// The length of a body in chunks, and what comes behind it.
    bytes: Text<20>,
    trailer: &'a str,
    token: Option<&'a str>,
    /// For how long a presigned URL holds; none for a signature in a header.
    expires: Option<Text<20>>,
    /// Whether what stands for the body is said.
    says_payload: bool,
}

impl<'a> Draft<'a> {
    /// # Errors
    /// [`Error::Value`] for what cannot be signed.
    pub(super) fn new(
        outgoing: &Outgoing<'a>,
        service: Service<'a>,
        timestamp: Timestamp,
        token: Option<&'a str>,
        expires: Option<u32>,
    ) -> Result<Self, Error> {
        if !is_method(outgoing.method) {
            return Err(Error::Value(Part::Method));
        }
        Ok(Self {
            outgoing: *outgoing,
            added: Added::new(&outgoing.payload, service, timestamp, token, expires)?,
            credential: Text::new(),
            names: Text::new(),
            service,
        })
    }

    /// Shows the canonical request. Fills in, on the way, the credential and the list of names.
    ///
    /// # Errors
    /// [`Error::Value`], [`Error::TooLong`] and [`Error::TooMany`] for what cannot be signed.
    pub(super) fn canonical<T>(
        &mut self,
        id: &str,
        scope: &Scope<'_>,
        show: impl FnOnce(&Canonical<'_>) -> T,
    ) -> Result<T, Error> {
        let Self { outgoing, added, credential, names, service } = self;
        *credential = scope.credential_of(id)?;
        let target = Target::split(outgoing.url).map_err(as_value)?;
        let mut fields = Fields::new(outgoing.headers);
        fields.take(is_left_out).map_err(as_value)?;
        added.headers().try_for_each(|(name, value)| fields.add(name, value)).map_err(as_value)?;
        if !fields.contain("host") {
            fields.add("host", target.host())?;
        }
        fields.write_names(names)?;

        let mut params = Params::new();
        params.read(target.query).map_err(as_value)?;
        let presigns = added.expires.is_some();
        if params.is_presigned() || presigns && params.has_own() {
            return Err(Error::Value(Part::Parameter));
        }
        if presigns {
            for (name, value) in added.parameters(credential, names) {
                params.push(Value::Plain(name), Value::Plain(value))?;
            }
        }
        params.sort();
        Ok(show(&Canonical {
            method: outgoing.method,
            path: Path::new(target.path, service),
            params: &params,
            is_presigned: presigns,
            fields: &fields,
            names,
            payload: &added.payload,
        }))
    }
}

impl<'a> Added<'a> {
    fn new(
        payload: &Payload<'a>,
        service: Service<'_>,
        timestamp: Timestamp,
        token: Option<&'a str>,
        expires: Option<u32>,
    ) -> Result<Self, Error> {
        if expires.is_some_and(|expires| !(1..=MAX_EXPIRES).contains(&expires)) {
            return Err(Error::Value(Part::Parameter));
        }
        if !token.is_none_or(is_token) {
            return Err(Error::Value(Part::Token));
        }
        let (bytes, trailer) = match *payload {
            Payload::Chunks { .. } if expires.is_some() => return Err(Error::Value(Part::Body)),
            Payload::Chunks { bytes, trailer } => (decimal(bytes), trailer),
            _ => (Text::new(), ""),
        };
        let says_payload = match expires {
            // S3 presumes that a presigned URL does not sign the body, others that it does.
            Some(_) => matches!(payload, Payload::Unsigned) != service.presigns_without_body(),
            // Where nothing says what the body is, its digest counts; so all else has to be said.
            None => {
                service.has_digest_header()
                    || !matches!(payload, Payload::Body(_) | Payload::Digest(_))
            }
        };
        Ok(Self {
            timestamp,
            payload: payload.text(),
            bytes,
            trailer,
            token,
            expires: expires.map(|expires| decimal(expires.into())),
            says_payload,
        })
    }

    /// The headers that the scheme adds where the signature is in one.
    pub(super) fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let payload = if self.says_payload { self.payload.as_str() } else { "" };
        // None of them has an empty value.
        [
            ("x-amz-content-sha256", payload),
            ("x-amz-date", self.timestamp.as_str()),
            ("x-amz-decoded-content-length", self.bytes.as_str()),
            ("x-amz-security-token", self.token.unwrap_or_default()),
            ("x-amz-trailer", self.trailer),
        ]
        .into_iter()
        .filter(|(_, value)| self.expires.is_none() && !value.is_empty())
    }

    /// The parameters that a presigned URL has beside the signature.
    pub(super) fn parameters<'s>(
        &'s self,
        credential: &'s str,
        names: &'s str,
    ) -> impl Iterator<Item = (&'static str, &'s str)> {
        let expires = self.expires.as_ref().map(Text::as_str);
        [
            (params::ALGORITHM, Some(ALGORITHM)),
            (params::CONTENT_SHA256, self.says_payload.then(|| self.payload.as_str())),
            (params::CREDENTIAL, Some(credential)),
            (params::DATE, Some(self.timestamp.as_str())),
            (params::EXPIRES, expires),
            (params::SECURITY_TOKEN, self.token),
            (params::SIGNED_HEADERS, Some(names)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// What is malformed in a message that we write is the caller's own.
pub(super) fn as_value(error: Error) -> Error {
    match error {
        Error::Malformed(part) | Error::Missing(part) | Error::Duplicate(part) => {
            Error::Value(part)
        }
        other => other,
    }
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
