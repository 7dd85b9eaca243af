//! One line of input, and the fields in it.

use creance_hawk::sigv::{Algorithm, Encoding, Key, UnixTime};
use serde_json::{Map, Value};

use crate::answer::Failure;

/// The fields of one case.
#[derive(Debug)]
pub(crate) struct Case(Map<String, Value>);

impl Case {
    pub(crate) fn parse(line: &[u8]) -> Result<Self, Failure> {
        match serde_json::from_slice(line) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(Failure::message("the line is not a JSON object")),
            Err(error) => Err(Failure::Message(format!("the line is not JSON: {error}"))),
        }
    }

    /// The fields of an object inside a case.
    pub(crate) const fn new(fields: Map<String, Value>) -> Self {
        Self(fields)
    }

    /// A field that is there; null counts as absent.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// An object inside the case.
    pub(crate) fn case(&self, name: &str) -> Result<Self, Failure> {
        let fields = self.value(name).and_then(Value::as_object);
        fields.cloned().map(Self).ok_or_else(|| wrong(name, "an object"))
    }

    /// The objects of a list.
    pub(crate) fn cases(&self, name: &str) -> Result<Vec<Self>, Failure> {
        let bad = || wrong(name, "a list of objects");
        let values = self.value(name).and_then(Value::as_array).ok_or_else(bad)?;
        let fields = values.iter().map(|value| value.as_object().cloned().map(Self));
        fields.collect::<Option<_>>().ok_or_else(bad)
    }

    /// A list of texts.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<&str>>, Failure> {
        let bad = || wrong(name, "a list of texts");
        let Some(value) = self.value(name) else { return Ok(None) };
        let texts = value.as_array().ok_or_else(bad)?.iter().map(Value::as_str);
        texts.collect::<Option<_>>().map(Some).ok_or_else(bad)
    }

    /// A list of pairs of text; absent means an empty one.
    pub(crate) fn pairs(&self, name: &str) -> Result<Vec<(&str, &str)>, Failure> {
        let Some(value) = self.value(name) else { return Ok(Vec::new()) };
        let bad = || wrong(name, "a list of pairs of text");
        let pair = |value| pair(value).ok_or_else(bad);
        value.as_array().ok_or_else(bad)?.iter().map(pair).collect()
    }

    pub(crate) fn text(&self, name: &str) -> Result<&str, Failure> {
        self.optional_text(name)?.ok_or_else(|| wrong(name, "text"))
    }

    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<&str>, Failure> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.as_str().map(Some).ok_or_else(|| wrong(name, "text"))
    }

    /// A flag; absent means no.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Failure> {
        let Some(value) = self.value(name) else { return Ok(false) };
        value.as_bool().ok_or_else(|| wrong(name, "true or false"))
    }

    /// A whole number, as JSON number or in digits.
    pub(crate) fn number(&self, name: &str) -> Result<u64, Failure> {
        self.optional_number(name)?.ok_or_else(|| wrong(name, "a whole number"))
    }

    pub(crate) fn optional_number(&self, name: &str) -> Result<Option<u64>, Failure> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = match value {
            Value::String(text) => text.parse().ok(),
            other => other.as_u64(),
        };
        number.map(Some).ok_or_else(|| wrong(name, "a whole number"))
    }

    pub(crate) fn optional_int32(&self, name: &str) -> Result<Option<i32>, Failure> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
        number.map(Some).ok_or_else(|| wrong(name, "a whole number of 32 bits"))
    }

    pub(crate) fn port(&self) -> Result<u16, Failure> {
        let port = u16::try_from(self.number("port")?);
        port.map_err(|_| wrong("port", "a number up to 65535"))
    }

    /// A time as it will be written: a number's digits, or text as it is.
    pub(crate) fn time_text(&self, name: &str) -> Result<String, Failure> {
        match self.value(name) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => Err(wrong(name, "a number or text")),
        }
    }

    /// A time that we go by ourselves.
    pub(crate) fn time(&self, name: &str) -> Result<UnixTime, Failure> {
        let text = self.time_text(name)?;
        UnixTime::parse(&text).map_err(|error| Failure::Message(format!("{name}: {error}")))
    }

    pub(crate) fn algorithm(&self) -> Result<Algorithm, Failure> {
        self.text("algorithm")?.parse().map_err(Failure::message)
    }

    /// The algorithm of one-time passwords, which are mostly said to be by `SHA1`: in any case.
    pub(crate) fn otp_algorithm(&self) -> Result<Algorithm, Failure> {
        self.text("algorithm")?.to_ascii_lowercase().parse().map_err(Failure::message)
    }

    /// `key` as text or `keyB64`, for the case's algorithm, however weak it is.
    pub(crate) fn key(&self) -> Result<Key, Failure> {
        let bytes = self.bytes("key")?.ok_or_else(|| wrong("key", "text"))?;
        Key::allow_weak(self.algorithm()?, &bytes).map_err(Failure::message)
    }

    /// A key in hexadecimal, likewise.
    pub(crate) fn hex_key(&self, name: &str) -> Result<Key, Failure> {
        self.key_of(self.algorithm()?, name)
    }

    /// A key of one-time passwords, likewise.
    pub(crate) fn otp_key(&self) -> Result<Key, Failure> {
        self.key_of(self.otp_algorithm()?, "secret_hex")
    }

    /// A key in hexadecimal, for an algorithm that the case does not say.
    pub(crate) fn key_of(&self, algorithm: Algorithm, name: &str) -> Result<Key, Failure> {
        Key::allow_weak(algorithm, &self.hex(name)?).map_err(Failure::message)
    }

    /// A field `name` with text, or `nameB64` with any bytes.
    pub(crate) fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let encoded = format!("{name}B64");
        match (self.optional_text(name)?, self.optional_text(&encoded)?) {
            (Some(_), Some(_)) => Err(Failure::Message(format!("{name} and {encoded}"))),
            (Some(text), None) => Ok(Some(text.as_bytes().to_vec())),
            (None, Some(text)) => decode(&encoded, Encoding::Base64, text).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// A field in hexadecimal.
    pub(crate) fn hex(&self, name: &str) -> Result<Vec<u8>, Failure> {
        decode(name, Encoding::Hex, self.text(name)?)
    }
}

fn decode(name: &str, encoding: Encoding, text: &str) -> Result<Vec<u8>, Failure> {
    let bad = || wrong(name, &encoding.to_string());
    let mut bytes = vec![0; encoding.decoded_len(text).ok_or_else(bad)?];
    encoding.decode(text, &mut bytes).map_err(|_| bad())?;
    Ok(bytes)
}

fn pair(value: &Value) -> Option<(&str, &str)> {
    let [name, value] = value.as_array()?.as_slice() else { return None };
    Some((name.as_str()?, value.as_str()?))
}

fn wrong(name: &str, expected: &str) -> Failure {
    Failure::Message(format!("the field {name} has to be {expected}"))
}
