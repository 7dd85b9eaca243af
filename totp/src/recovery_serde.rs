//! How a set of recovery codes is serialised: versioned, and validated on the way in.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use creance_sigv::Encoding;
use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Unexpected, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};

use crate::{RecoveryPolicy, RecoverySet, RecoverySetParts, Stretch, UnixTime};

const VERSION: u8 = 1;

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "RecoverySet", deny_unknown_fields)]
struct Wire {
    version: u8,
    key: u32,
    stretch: Option<WireStretch>,
    hashes: Hashes,
    used: u32,
    failures: u32,
    locked_until: u64,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Stretch", deny_unknown_fields)]
struct WireStretch {
    hasher: u32,
    salt: Text<16>,
}

impl Serialize for RecoverySet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = self.parts();
        let stretch = parts.stretch;
        let wire = Wire {
            version: VERSION,
            key: parts.key,
            stretch: stretch
                .map(|Stretch { hasher, salt }| WireStretch { hasher, salt: Text(salt) }),
            hashes: Hashes(parts.hashes.iter().copied().map(Text).collect()),
            used: parts.used,
            failures: parts.failures,
            locked_until: parts.locked_until.as_secs(),
        };
        wire.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RecoverySet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        if wire.version != VERSION {
            let found = Unexpected::Unsigned(wire.version.into());
            return Err(D::Error::invalid_value(found, &"version 1 of a recovery set"));
        }
        let stretch = wire.stretch.map(|stretch| {
            let WireStretch { hasher, salt: Text(salt) } = stretch;
            Stretch { hasher, salt }
        });
        let parts = RecoverySetParts {
            key: wire.key,
            stretch,
            hashes: wire.hashes.0.into_iter().map(|Text(hash)| hash).collect(),
            used: wire.used,
            failures: wire.failures,
            locked_until: UnixTime::from_secs(wire.locked_until),
        };
        Self::from_parts(parts).map_err(D::Error::custom)
    }
}

/// Hashes, no more of them than a set has.
struct Hashes(Vec<Text<32>>);

impl Serialize for Hashes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl<'de> Deserialize<'de> for Hashes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(HashesVisitor)
    }
}

struct HashesVisitor;

impl<'de> Visitor<'de> for HashesVisitor {
    type Value = Hashes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1 to {} hashes", RecoveryPolicy::MAX_CODES)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Hashes, A::Error> {
        let mut hashes = Vec::new();
        while let Some(hash) = sequence.next_element()? {
            if hashes.len() == usize::from(RecoveryPolicy::MAX_CODES) {
                return Err(A::Error::invalid_length(hashes.len() + 1, &self));
            }
            hashes.push(hash);
        }
        Ok(Hashes(hashes))
    }
}

/// Bytes as Base64url.
struct Text<const N: usize>([u8; N]);

impl<const N: usize> Serialize for Text<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::new();
        Encoding::Base64Url.encode(&self.0, &mut text).map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Text<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor<const N: usize>;

impl<const N: usize> Visitor<'_> for TextVisitor<N> {
    type Value = Text<N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N} bytes in Base64url")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text<N>, E> {
        let mut bytes = [0; N];
        let decoded = Encoding::Base64Url.decode(text, &mut bytes);
        // What was found stays out of the message.
        decoded.map_err(|_| E::invalid_value(Unexpected::Other("other text"), &self))?;
        Ok(Text(bytes))
    }
}
