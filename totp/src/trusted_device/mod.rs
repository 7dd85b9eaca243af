//! Devices that are asked for no code for a while.

mod policy;
mod record;
#[cfg(feature = "serde")]
mod serial;
mod token;
mod trust;

pub use policy::DevicePolicy;
pub use record::{DeviceId, TrustedDevice, TrustedDevices};
pub use token::DeviceToken;
pub use trust::{DeviceTrust, Trusted};
