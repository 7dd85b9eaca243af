//! What a line is answered with.

use std::fmt;

use creance_hawk::Rejection;
use serde_json::{Map, Value, json};

/// The fields of an answer, or why there are none.
pub(crate) type Answer = Result<Map<String, Value>, Failure>;

/// Why an op was not done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No such op.
    Unsupported,
    /// The case is not one, or nothing could be made of it.
    Message(String),
    /// A verification refused.
    Refused { code: &'static str, status: Option<u16>, www: Option<String> },
}

impl Failure {
    /// Something that could not be made, or a field that cannot be used.
    pub(crate) fn message(error: impl fmt::Display) -> Self {
        Self::Message(error.to_string())
    }

    /// A verification that refused, as a server answers it.
    pub(crate) fn refused(rejection: impl Into<Rejection>) -> Self {
        let rejection = rejection.into();
        Self::Refused {
            code: rejection.code(),
            status: Some(rejection.status()),
            www: rejection.www_authenticate().map(|www| www.to_string()),
        }
    }

    /// A verification that refused, where no server answers: at a client, or outside HTTP.
    pub(crate) fn refused_by_client(error: &creance_hawk::Error) -> Self {
        Self::Refused { code: error.code(), status: None, www: None }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Unsupported => json!({ "unsupported": true }),
            Self::Message(message) => json!({ "error": message }),
            Self::Refused { code, status, www } => Value::Object(object([
                ("ok", false.into()),
                ("error", code.into()),
                ("status", status.into()),
                ("www", www.into()),
            ])),
        }
    }
}

/// An answer's fields; those that are null are left out.
pub(crate) fn object<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    let there = fields.into_iter().filter(|(_, value)| !value.is_null());
    there.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Seconds, or any number: as text where another reader's floating point could not hold it.
pub(crate) fn number(value: u64) -> Value {
    const EXACT: u64 = 1 << 53;
    if value <= EXACT { value.into() } else { value.to_string().into() }
}

/// What a writing function of the libraries writes.
pub(crate) fn written(write: impl FnOnce(&mut String) -> fmt::Result) -> Result<Value, Failure> {
    let mut text = String::new();
    write(&mut text).map_err(Failure::message)?;
    Ok(text.into())
}
