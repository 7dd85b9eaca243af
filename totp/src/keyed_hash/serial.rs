//! As Base64url text. It is no secret where the key is one, and written in constant time all the same.

use core::fmt;

use creance_sigv::Encoding;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::KeyedHash;

impl Serialize for KeyedHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Text(self))
    }
}

struct Text<'a>(&'a KeyedHash);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Encoding::Base64Url.encode(&self.0.0, f)
    }
}

impl<'de> Deserialize<'de> for KeyedHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = KeyedHash;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("43 characters of Base64url")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<KeyedHash, E> {
        let mut hash = KeyedHash([0; KeyedHash::LEN]);
        let decoded = Encoding::Base64Url.decode(text, &mut hash.0);
        decoded.map(|()| hash).map_err(|_| E::custom("a hash is 43 characters of Base64url"))
    }
}
