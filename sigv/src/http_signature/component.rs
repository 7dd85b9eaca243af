use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use crate::Error;
use crate::scheme::{Part, is_token};
use crate::structured::{self, Bare, Item};

/// The identifier of something that a signature covers: a field or a derived component, and how its
/// value is taken (RFC 9421, 2).
///
/// ```
/// use creance_sigv::http_signature::Component;
///
/// let digest = Component::parse("content-digest")?;
/// assert_eq!(digest.to_string(), r#""content-digest""#);
/// assert_eq!(digest, Component::parse(r#""content-digest""#)?);
/// assert!(Component::parse(r#""@query-param";name="Pet""#).is_ok());
/// assert!(Component::parse(r#""@method";req"#)?.is_of_request());
/// // Upper case, a parameter that nobody knows.
/// assert!(Component::parse("Content-Digest").is_err());
/// assert!(Component::parse(r#""date";if"#).is_err());
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct Component {
    /// As it came, in strict spelling: parameters keep their order.
    text: String,
    pub(super) name: Name,
    pub(super) form: Form,
    of_request: bool,
}

/// What a component is.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Name {
    Method,
    TargetUri,
    Authority,
    Scheme,
    RequestTarget,
    Path,
    Query,
    /// By its name, as it is encoded.
    QueryParam(String),
    Status,
    Field(String),
}

/// How a field's value is taken.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// Its lines, joined.
    Lines,
    /// `sf`: parsed and written in the one spelling.
    Structured,
    /// `key`: one member of a dictionary. Whether `sf` stood beside it changes nothing but the
    /// identifier.
    Member { key: String, with_sf: bool },
    /// `bs`: each line as bytes.
    Bytes,
}

const MALFORMED: Error = Error::Malformed(Part::Component);

impl Component {
    /// Reads an identifier: a bare name, or a name in quotes with parameters.
    ///
    /// # Errors
    /// [`Error::Malformed`] with [`Part::Component`], for a name that is not in lower case or not known,
    /// and for parameters that are not known, `tr` among them: trailers are not read.
    pub fn parse(identifier: &str) -> Result<Self, Error> {
        if identifier.starts_with('"') {
            let item = structured::item(identifier.as_bytes());
            return Self::read(&item.map_err(|_| MALFORMED)?);
        }
        let mut quoted = String::new();
        structured::write_string(identifier, &mut quoted).map_err(|_| MALFORMED)?;
        let item = structured::item(quoted.as_bytes());
        Self::read(&item.map_err(|_| MALFORMED)?)
    }

    pub(super) fn read(item: &Item<'_>) -> Result<Self, Error> {
        let params = Parameters::read(item)?;
        let name = Name::read(item.as_str().ok_or(MALFORMED)?, params.name)?;
        let form = match (params.key, params.sf, params.bs) {
            (None, false, false) => Form::Lines,
            (None, true, false) => Form::Structured,
            (None, false, true) => Form::Bytes,
            (Some(key), with_sf, false) => Form::Member { key: key.to_owned(), with_sf },
            _ => return Err(MALFORMED),
        };
        let is_field = matches!(name, Name::Field(_));
        if !is_field && form != Form::Lines || name == Name::Status && params.req {
            return Err(MALFORMED);
        }
        let mut text = String::new();
        item.write(&mut text);
        Ok(Self { text, name, form, of_request: params.req })
    }

    /// The identifier in its strict spelling, parameters in their order.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is taken from the request that a response answers (`req`).
    #[must_use]
    pub const fn is_of_request(&self) -> bool {
        self.of_request
    }

    /// Whether covering this component covers `other` as well. A target URI holds scheme, authority,
    /// path and query, and a query its parameters; a field is covered in each form that takes the whole
    /// value. That a parameter of a covered query is there, and once only, is not said by this.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.of_request == other.of_request && (self == other || self.holds(other))
    }

    fn holds(&self, other: &Self) -> bool {
        match (&self.name, &other.name) {
            (Name::TargetUri, part) => matches!(
                part,
                Name::Authority
                    | Name::Scheme
                    | Name::RequestTarget
                    | Name::Path
                    | Name::Query
                    | Name::QueryParam(_)
            ),
            (Name::RequestTarget, part) => {
                matches!(part, Name::Path | Name::Query | Name::QueryParam(_))
            }
            (Name::Query, Name::QueryParam(_)) => true,
            (Name::Field(name), Name::Field(other_name)) if name == other_name => {
                other.form == Form::Lines && !matches!(self.form, Form::Member { .. })
            }
            _ => false,
        }
    }

    /// Whether it covers the digest of this message's own body, with each of its algorithms.
    pub(super) fn covers_body(&self) -> bool {
        let is_digest = matches!(&self.name, Name::Field(name) if name == CONTENT_DIGEST);
        is_digest && !self.of_request && !matches!(self.form, Form::Member { .. })
    }

    /// How errors name it.
    pub(super) fn part(&self) -> Part {
        match &self.name {
            Name::Method => Part::Method,
            Name::Authority => Part::Host,
            Name::TargetUri | Name::Scheme | Name::RequestTarget | Name::Path | Name::Query => {
                Part::Url
            }
            Name::QueryParam(_) => Part::Parameter,
            Name::Status => Part::Status,
            Name::Field(name) if name == CONTENT_DIGEST => Part::Digest,
            Name::Field(_) => Part::Header,
        }
    }
}

pub(super) const CONTENT_DIGEST: &str = "content-digest";

/// The same component: parameters have no order (RFC 9421, 2).
impl PartialEq for Component {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.form == other.form && self.of_request == other.of_request
    }
}

impl Eq for Component {}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The parameters of an identifier.
#[derive(Default)]
struct Parameters<'i> {
    sf: bool,
    bs: bool,
    req: bool,
    key: Option<&'i str>,
    name: Option<&'i str>,
}

impl<'i> Parameters<'i> {
    fn read(item: &'i Item<'_>) -> Result<Self, Error> {
        let mut read = Self::default();
        for (key, value) in item.params.iter() {
            match (key, value) {
                ("sf", Bare::Boolean(true)) => read.sf = true,
                ("bs", Bare::Boolean(true)) => read.bs = true,
                ("req", Bare::Boolean(true)) => read.req = true,
                ("key", Bare::String(member)) => read.key = Some(member.as_str()),
                ("name", Bare::String(name)) => read.name = Some(name.as_str()),
                _ => return Err(MALFORMED),
            }
        }
        Ok(read)
    }
}

impl Name {
    fn read(name: &str, of_query: Option<&str>) -> Result<Self, Error> {
        let name = match (name, of_query) {
            ("@query-param", Some(name)) => return Ok(Self::QueryParam(name.to_owned())),
            (name, None) => name,
            _ => return Err(MALFORMED),
        };
        Ok(match name {
            "@method" => Self::Method,
            "@target-uri" => Self::TargetUri,
            "@authority" => Self::Authority,
            "@scheme" => Self::Scheme,
            "@request-target" => Self::RequestTarget,
            "@path" => Self::Path,
            "@query" => Self::Query,
            "@status" => Self::Status,
            field if is_field_name(field) => Self::Field(field.to_owned()),
            _ => return Err(MALFORMED),
        })
    }
}

/// A token in lower case: in another case the same field could stand in the list twice.
fn is_field_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| is_token(byte) && !byte.is_ascii_uppercase())
}
