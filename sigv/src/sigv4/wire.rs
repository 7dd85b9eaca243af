use super::fields::NamesText;
use super::percent::Value;
use super::scope::CredentialText;
use super::secret_key::{query_token_digest, token_digest};
use super::text::{collect, held};
use super::{ALGORITHM, MAX_EXPIRES, Params, Text, Timestamp, params};
use crate::scheme::{Headers, MAX_HEADER_BYTES, Part, one, text};
use crate::{Error, Tag};

/// What a message says of its signature, wherever it says so. Texts are copied, since those of a query
/// are percent-encoded.
pub(super) struct Wire {
    pub(super) credential: CredentialText,
    pub(super) names: NamesText,
    pub(super) signature: Text<64>,
    pub(super) timestamp: Timestamp,
    /// What it says of the body, if anything.
    pub(super) payload: Option<Text<64>>,
    /// The digest of the session token.
    pub(super) token: Option<Tag>,
    /// For how many seconds a presigned URL holds; none for a signature in a header.
    pub(super) expires: Option<u32>,
}

impl Wire {
    /// Reads the signature of a message, which has one.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Duplicate`] also where there is one in the headers and one in the
    /// query, [`Error::Malformed`], [`Error::TooLong`] and [`Error::OtherAlgorithm`].
    pub(super) fn read(headers: &dyn Headers, params: &Params<'_>) -> Result<Self, Error> {
        let in_header = one(headers, "authorization", Part::Signature)?.is_some();
        match (in_header, params.is_presigned()) {
            (true, true) => Err(Error::Duplicate(Part::Signature)),
            (false, false) => Err(Error::Missing(Part::Signature)),
            (true, false) => Self::of_headers(headers),
            (false, true) => Self::of_query(headers, params),
        }
    }

    fn of_headers(headers: &dyn Headers) -> Result<Self, Error> {
        let authorization = text(headers, "authorization", Part::Signature)?;
        let [credential, names, signature] = fields(authorization)?;
        let token = optional(headers, "x-amz-security-token", Part::Token)?;
        Ok(Self {
            credential: held(credential, Part::KeyId)?,
            names: held(names, Part::Coverage)?,
            signature: held(signature, Part::Signature)?,
            timestamp: timestamp(headers)?,
            payload: digest(headers)?,
            token: token.map(token_digest),
            expires: None,
        })
    }

    fn of_query(headers: &dyn Headers, params: &Params<'_>) -> Result<Self, Error> {
        let required = |name, part| params.get(name).ok_or(Error::Missing(part));
        if !required(params::ALGORITHM, Part::Parameter)?.is(ALGORITHM) {
            return Err(Error::OtherAlgorithm);
        }
        for (name, part) in [("x-amz-date", Part::Timestamp), ("x-amz-security-token", Part::Token)]
        {
            if one(headers, name, part)?.is_some() {
                return Err(Error::Duplicate(part));
            }
        }
        let signature = required(params::SIGNATURE, Part::Signature)?;
        let date = required(params::DATE, Part::Timestamp)?;
        let date = collect::<16>(date, Part::Timestamp)?;
        Ok(Self {
            credential: collect(required(params::CREDENTIAL, Part::KeyId)?, Part::KeyId)?,
            names: collect(required(params::SIGNED_HEADERS, Part::Coverage)?, Part::Coverage)?,
            signature: collect(signature, Part::Signature)?,
            timestamp: Timestamp::parse(date.as_str())?,
            payload: query_digest(headers, params)?,
            token: params.get(params::SECURITY_TOKEN).map(query_token).transpose()?,
            expires: Some(expires(required(params::EXPIRES, Part::Parameter)?)?),
        })
    }
}

/// Credential, signed headers and signature of an `authorization` header: each once, in any order.
fn fields(authorization: &str) -> Result<[&str; 3], Error> {
    const MALFORMED: Error = Error::Malformed(Part::Signature);
    const NAMES: [&str; 3] = ["Credential", "SignedHeaders", "Signature"];
    let (algorithm, rest) = authorization.split_once(' ').unwrap_or((authorization, ""));
    if algorithm != ALGORITHM {
        return Err(Error::OtherAlgorithm);
    }
    let mut found = [None; 3];
    for field in rest.split(',') {
        let (name, value) = field.trim_matches(' ').split_once('=').ok_or(MALFORMED)?;
        let index = NAMES.iter().position(|known| *known == name).ok_or(MALFORMED)?;
        if found[index].replace(value).is_some() {
            return Err(Error::Duplicate(Part::Signature));
        }
    }
    let [Some(credential), Some(names), Some(signature)] = found else { return Err(MALFORMED) };
    Ok([credential, names, signature])
}

/// `x-amz-date` and, only where that is missing, `date`. The string to sign has the time, so the MAC
/// covers it in both.
fn timestamp(headers: &dyn Headers) -> Result<Timestamp, Error> {
    match optional(headers, "x-amz-date", Part::Timestamp)? {
        Some(date) => Timestamp::parse(date),
        None => Timestamp::parse_date_header(text(headers, "date", Part::Timestamp)?),
    }
}

fn digest(headers: &dyn Headers) -> Result<Option<Text<64>>, Error> {
    let digest = optional(headers, "x-amz-content-sha256", Part::Digest)?;
    digest.map(|digest| held(digest, Part::Digest)).transpose()
}

/// In a presigned request it may stand in the query or in a header.
fn query_digest(headers: &dyn Headers, params: &Params<'_>) -> Result<Option<Text<64>>, Error> {
    let in_query = params.get(params::CONTENT_SHA256);
    let in_query = in_query.map(|value| collect(value, Part::Digest)).transpose()?;
    match (in_query, digest(headers)?) {
        (Some(_), Some(_)) => Err(Error::Duplicate(Part::Digest)),
        (in_query, in_header) => Ok(in_query.or(in_header)),
    }
}

fn query_token(value: Value<'_>) -> Result<Tag, Error> {
    if value.bytes().count() > MAX_HEADER_BYTES {
        return Err(Error::TooLong { part: Part::Token, maximum: MAX_HEADER_BYTES });
    }
    Ok(query_token_digest(value))
}

fn optional<'h>(
    headers: &'h dyn Headers,
    name: &str,
    part: Part,
) -> Result<Option<&'h str>, Error> {
    match one(headers, name, part)? {
        Some(_) => text(headers, name, part).map(Some),
        None => Ok(None),
    }
}

/// 1 to 604,800 without a leading zero.
fn expires(value: Value<'_>) -> Result<u32, Error> {
    const MALFORMED: Error = Error::Malformed(Part::Parameter);
    let text = collect::<6>(value, Part::Parameter)?;
    let is_canonical = text.as_str().bytes().all(|byte| byte.is_ascii_digit());
    let is_canonical = is_canonical && !text.as_str().starts_with('0');
    let expires = text.as_str().parse().ok().filter(|_| is_canonical).ok_or(MALFORMED)?;
    if expires <= MAX_EXPIRES { Ok(expires) } else { Err(MALFORMED) }
}
