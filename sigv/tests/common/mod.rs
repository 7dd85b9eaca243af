//! What several test files need.
#![allow(dead_code, reason = "each test file is a program of its own and uses a part")]

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// Naive on purpose: it shares nothing with the code under test.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "odd number of hexadecimal digits");
    let digit = |byte: u8| char::from(byte).to_digit(16).expect("a hexadecimal digit");
    text.as_bytes()
        .as_chunks::<2>()
        .0
        .iter()
        .map(|[high, low]| u8::try_from(digit(*high) << 4 | digit(*low)).unwrap())
        .collect()
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

/// A JSON object whose every key has to be asked for: what the driver does not know fails the
/// test instead of being skipped.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn parse(json: &str) -> Self {
        Self::of(serde_json::from_str(json).expect("valid JSON"))
    }

    pub(crate) fn of(value: Value) -> Self {
        match value {
            Value::Object(map) => Self(map),
            other => panic!("an object was expected, not {other}"),
        }
    }

    pub(crate) fn take(&mut self, key: &str) -> Value {
        self.0.remove(key).unwrap_or_else(|| panic!("{key} is missing in {:?}", self.0))
    }

    /// A key that some have.
    pub(crate) fn optional(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key)
    }

    pub(crate) fn text(&mut self, key: &str) -> String {
        self.take(key).as_str().unwrap_or_else(|| panic!("{key} is not a string")).to_owned()
    }

    pub(crate) fn bytes(&mut self, key: &str) -> Vec<u8> {
        hex(&self.text(key))
    }

    pub(crate) fn flag(&mut self, key: &str) -> bool {
        self.take(key).as_bool().unwrap_or_else(|| panic!("{key} is not a boolean"))
    }

    pub(crate) fn objects(&mut self, key: &str) -> Vec<Self> {
        match self.take(key) {
            Value::Array(values) => values.into_iter().map(Self::of).collect(),
            other => panic!("{key} is not an array but {other}"),
        }
    }

    /// Nothing is left.
    pub(crate) fn end(self) {
        assert!(self.0.is_empty(), "unknown keys: {:?}", self.0);
    }
}
