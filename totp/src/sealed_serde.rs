//! How a sealed secret is serialised: as its text.

use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::SealedSecret;

impl Serialize for SealedSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SealedSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = SealedSecret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a sealed secret of 1 to {} bytes in Base64url", SealedSecret::MAX_BYTES)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SealedSecret, E> {
        // What was found stays out of the message.
        text.parse().map_err(|_| E::invalid_value(Unexpected::Other("other text"), &self))
    }
}
