//! How a state is stored: with a version, and checked on the way in.

use core::fmt;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::keyed_hash::KeyedHash;
use crate::out_of_band::sends::Sends;
use crate::out_of_band::state::{Current, OutOfBandState, Phase};
use crate::{Attempts, Error, OutOfBandPolicy, Throttle, UnixTime};

const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFields {
    version: u8,
    request: Option<RequestFields>,
    serial: u64,
    failures: u32,
    locked_until: u64,
    sends: Sends,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestFields {
    request: KeyedHash,
    code: CodeFields,
    expires: u64,
    seen: u64,
    tries: u8,
    sends: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CodeFields {
    Waiting(KeyedHash),
    Used,
    Expired,
}

impl Serialize for OutOfBandState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = StateFields {
            version: VERSION,
            request: self.current.as_ref().map(RequestFields::of),
            serial: self.serial,
            failures: self.attempts.failures(),
            locked_until: self.attempts.locked_until().as_secs(),
            sends: self.sends,
        };
        fields.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for OutOfBandState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        StateFields::deserialize(deserializer)?.checked().map_err(D::Error::custom)
    }
}

impl StateFields {
    fn checked(self) -> Result<OutOfBandState, Error> {
        let serial_is_right = self.request.is_none() || self.serial >= 1;
        let is_known = self.version == VERSION;
        if !is_known || !serial_is_right || self.failures > Throttle::MAX_STOP {
            return Err(Error::State);
        }
        let locked_until = UnixTime::from_secs(self.locked_until);
        Ok(OutOfBandState {
            current: self.request.map(RequestFields::checked).transpose()?,
            serial: self.serial,
            attempts: Attempts::from_parts(self.failures, locked_until),
            sends: self.sends,
        })
    }
}

impl RequestFields {
    fn of(current: &Current) -> Self {
        Self {
            request: current.request,
            code: match current.phase {
                Phase::Waiting(hash) => CodeFields::Waiting(hash),
                Phase::Used => CodeFields::Used,
                Phase::Expired => CodeFields::Expired,
            },
            expires: current.expires.as_secs(),
            seen: current.seen.as_secs(),
            tries: current.tries,
            sends: current.sends,
        }
    }

    /// No code lives longer than any policy allows, nor has more tries, whatever was stored.
    fn checked(self) -> Result<Current, Error> {
        let left = self.expires.checked_sub(self.seen).ok_or(Error::State)?;
        let counts_are_right = self.tries <= OutOfBandPolicy::MAX_TRIES
            && (1..=OutOfBandPolicy::MAX_SENDS).contains(&self.sends);
        if left > OutOfBandPolicy::MAX_LIFETIME || !counts_are_right {
            return Err(Error::State);
        }
        Ok(Current {
            request: self.request,
            phase: match self.code {
                CodeFields::Waiting(hash) => Phase::Waiting(hash),
                CodeFields::Used => Phase::Used,
                CodeFields::Expired => Phase::Expired,
            },
            expires: UnixTime::from_secs(self.expires),
            seen: UnixTime::from_secs(self.seen),
            tries: self.tries,
            sends: self.sends,
        })
    }
}

impl Serialize for Sends {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.as_slice().iter().map(|time| time.as_secs()))
    }
}

impl<'de> Deserialize<'de> for Sends {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(SendsVisitor)
    }
}

struct SendsVisitor;

impl<'de> Visitor<'de> for SendsVisitor {
    type Value = Sends;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {} times in their order", Sends::MAX)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut times: A) -> Result<Sends, A::Error> {
        let mut sends = Sends::NONE;
        while let Some(time) = times.next_element()? {
            let time = UnixTime::from_secs(time);
            let is_in_order = sends.as_slice().last().is_none_or(|last| *last <= time);
            if !is_in_order || sends.as_slice().len() == Sends::MAX {
                return Err(A::Error::custom(Error::State));
            }
            sends = sends.pushed(time);
        }
        Ok(sends)
    }
}
