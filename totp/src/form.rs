//! How states and settings are serialised.
//!
//! What is stored for years ([`State`], [`Parameters`]) names its version first, and another version
//! is refused: a later one may forbid what this one would allow. What is configured ([`Policy`],
//! [`Throttle`]) needs to name what differs from the default only. All of it is checked on the way in as
//! if it were built by hand, unknown fields are refused, and nothing is allocated.

use serde::de::{Deserializer, Error as _, Unexpected};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::{
    Algorithm, Digits, Error, Parameters, Policy, State, StateParts, Status, Throttle, UnixTime,
};

/// The one version that there is.
struct Version;

impl Version {
    const NUMBER: u32 = 1;
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(Self::NUMBER)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            Self::NUMBER => Ok(Self),
            other => {
                let found = Unexpected::Unsigned(other.into());
                Err(D::Error::invalid_value(found, &"version 1, the only one known here"))
            }
        }
    }
}

/// For an optional number whose field must be there: left out, it would mean something else.
fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Option::deserialize(deserializer)
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "State", deny_unknown_fields)]
struct StateForm {
    version: Version,
    status: Status,
    #[serde(deserialize_with = "required")]
    next: Option<u64>,
    drift: i32,
    failures: u32,
    locked_until: u64,
}

impl From<&State> for StateForm {
    fn from(state: &State) -> Self {
        let StateParts { status, next, drift, failures, locked_until } = state.parts();
        Self {
            version: Version,
            status,
            next,
            drift,
            failures,
            locked_until: locked_until.as_secs(),
        }
    }
}

impl TryFrom<StateForm> for State {
    type Error = Error;

    fn try_from(form: StateForm) -> Result<Self, Error> {
        let StateForm { version: Version, status, next, drift, failures, locked_until } = form;
        let locked_until = UnixTime::from_secs(locked_until);
        Self::from_parts(StateParts { status, next, drift, failures, locked_until })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Status", rename_all = "kebab-case")]
enum StatusForm {
    Pending,
    Active,
    Revoked,
}

impl From<&Status> for StatusForm {
    fn from(status: &Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Active => Self::Active,
            Status::Revoked => Self::Revoked,
        }
    }
}

impl TryFrom<StatusForm> for Status {
    type Error = Error;

    fn try_from(form: StatusForm) -> Result<Self, Error> {
        Ok(match form {
            StatusForm::Pending => Self::Pending,
            StatusForm::Active => Self::Active,
            StatusForm::Revoked => Self::Revoked,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Parameters", deny_unknown_fields)]
struct ParametersForm {
    version: Version,
    algorithm: AlgorithmForm,
    digits: u8,
    #[serde(deserialize_with = "required")]
    period: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Algorithm", rename_all = "lowercase")]
enum AlgorithmForm {
    Sha1,
    Sha256,
    /// No parameters have it: it is read to be refused for what it is.
    Sha384,
    Sha512,
}

impl From<&Parameters> for ParametersForm {
    fn from(parameters: &Parameters) -> Self {
        let algorithm = match parameters.algorithm() {
            Algorithm::Sha1 => AlgorithmForm::Sha1,
            Algorithm::Sha256 => AlgorithmForm::Sha256,
            Algorithm::Sha384 => AlgorithmForm::Sha384,
            Algorithm::Sha512 => AlgorithmForm::Sha512,
        };
        let digits = parameters.digits().get();
        Self { version: Version, algorithm, digits, period: parameters.period() }
    }
}

impl TryFrom<ParametersForm> for Parameters {
    type Error = Error;

    fn try_from(form: ParametersForm) -> Result<Self, Error> {
        let algorithm = match form.algorithm {
            AlgorithmForm::Sha1 => Algorithm::Sha1,
            AlgorithmForm::Sha256 => Algorithm::Sha256,
            AlgorithmForm::Sha384 => Algorithm::Sha384,
            AlgorithmForm::Sha512 => Algorithm::Sha512,
        };
        let parameters =
            Self::hotp().with_algorithm(algorithm)?.with_digits(Digits::new(form.digits)?);
        form.period.map_or(Ok(parameters), |period| parameters.with_period(period))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Policy", default, deny_unknown_fields)]
struct PolicyForm {
    past: u8,
    future: u8,
    look_ahead: u8,
    drift: u8,
    resync: u16,
    throttle: Throttle,
}

impl Default for PolicyForm {
    fn default() -> Self {
        Self::from(&Policy::default())
    }
}

impl From<&Policy> for PolicyForm {
    fn from(policy: &Policy) -> Self {
        Self {
            past: policy.past(),
            future: policy.future(),
            look_ahead: policy.look_ahead(),
            drift: policy.drift(),
            resync: policy.resync(),
            throttle: policy.throttle(),
        }
    }
}

impl TryFrom<PolicyForm> for Policy {
    type Error = Error;

    fn try_from(form: PolicyForm) -> Result<Self, Error> {
        Self::default()
            .with_window(form.past, form.future)?
            .with_look_ahead(form.look_ahead)?
            .with_drift(form.drift)?
            .with_resync(form.resync)
            .map(|policy| policy.with_throttle(form.throttle))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Throttle", default, deny_unknown_fields)]
struct ThrottleForm {
    free: u32,
    first_delay: u64,
    longest_delay: u64,
    stop: u32,
}

impl Default for ThrottleForm {
    fn default() -> Self {
        Self::from(&Throttle::default())
    }
}

impl From<&Throttle> for ThrottleForm {
    fn from(throttle: &Throttle) -> Self {
        Self {
            free: throttle.free(),
            first_delay: throttle.first_delay(),
            longest_delay: throttle.longest_delay(),
            stop: throttle.stop(),
        }
    }
}

impl TryFrom<ThrottleForm> for Throttle {
    type Error = Error;

    fn try_from(form: ThrottleForm) -> Result<Self, Error> {
        Self::new(form.free, form.first_delay, form.longest_delay, form.stop)
    }
}

/// A type is written as its form, and read through it.
macro_rules! by_form {
    ($($type:ty as $form:ty),+ $(,)?) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                <$form>::from(self).serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::try_from(<$form>::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }
    )+};
}

by_form!(
    State as StateForm,
    Status as StatusForm,
    Parameters as ParametersForm,
    Policy as PolicyForm,
    Throttle as ThrottleForm,
);
