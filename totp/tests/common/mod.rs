//! What several test files need.
#![allow(dead_code, reason = "each test file is a program of its own and uses a part")]

pub(crate) mod out_of_band;

use creance_totp::{Algorithm, Code, Key};
use serde_json::{Map, Value};

/// The seed of both RFCs, repeated to `len` bytes.
pub(crate) fn seed(len: usize) -> Vec<u8> {
    b"1234567890".iter().copied().cycle().take(len).collect()
}

pub(crate) fn rfc_key(algorithm: Algorithm) -> Key {
    Key::new(algorithm, &seed(algorithm.output_len())).expect("long enough")
}

/// RFC 4226, 5.3 and 5.4 as they are written: an index into the MAC, and a remainder.
pub(crate) fn naive_truncation(mac: &[u8]) -> u32 {
    let offset = usize::from(mac[mac.len() - 1] & 0x0f);
    u32::from_be_bytes(mac[offset..offset + 4].try_into().expect("four")) & 0x7fff_ffff
}

pub(crate) fn naive_code(mac: &[u8], digits: u8) -> String {
    let value = naive_truncation(mac) % 10_u32.pow(u32::from(digits));
    format!("{value:0width$}", width = usize::from(digits))
}

pub(crate) fn code(text: &str) -> Code {
    Code::parse(text).expect("a code")
}

/// Naive on purpose.
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

    pub(crate) fn optional(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key)
    }

    /// A remark for readers of the file, where there is one.
    pub(crate) fn skip(&mut self, key: &str) {
        self.0.remove(key);
    }

    pub(crate) fn text(&mut self, key: &str) -> String {
        self.take(key).as_str().unwrap_or_else(|| panic!("{key} is not a string")).to_owned()
    }

    pub(crate) fn optional_text(&mut self, key: &str) -> Option<String> {
        self.0.contains_key(key).then(|| self.text(key))
    }

    pub(crate) fn bytes(&mut self, key: &str) -> Vec<u8> {
        hex(&self.text(key))
    }

    pub(crate) fn number(&mut self, key: &str) -> u64 {
        self.take(key).as_u64().unwrap_or_else(|| panic!("{key} is not a number"))
    }

    pub(crate) fn small(&mut self, key: &str) -> u8 {
        u8::try_from(self.number(key)).unwrap_or_else(|_| panic!("{key} is too large"))
    }

    /// A name as the RFCs write it, without the dash.
    pub(crate) fn algorithm(&mut self, key: &str) -> Algorithm {
        self.text(key).to_lowercase().parse().expect("a known algorithm")
    }

    pub(crate) fn object(&mut self, key: &str) -> Self {
        Self::of(self.take(key))
    }

    pub(crate) fn objects(&mut self, key: &str) -> Vec<Self> {
        match self.take(key) {
            Value::Array(values) => values.into_iter().map(Self::of).collect(),
            other => panic!("{key} is not an array but {other}"),
        }
    }

    /// The table of seeds in hexadecimal, by algorithm.
    pub(crate) fn seeds(&mut self) -> impl Fn(Algorithm) -> Key + use<> {
        let mut seeds = self.object("seeds");
        let keys = ["SHA1", "SHA256", "SHA512"].map(|name| {
            let algorithm = name.to_lowercase().parse().expect("a known algorithm");
            Key::new(algorithm, &seeds.bytes(name)).expect("long enough")
        });
        seeds.end();
        move |algorithm| {
            let key = keys.iter().find(|key| key.algorithm() == algorithm);
            key.expect("a seed for each algorithm").clone()
        }
    }

    /// Nothing is left.
    pub(crate) fn end(self) {
        assert!(self.0.is_empty(), "unknown keys: {:?}", self.0);
    }
}
