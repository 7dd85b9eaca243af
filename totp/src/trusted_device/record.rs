use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::disguise::is_disguise;
use crate::keyed_hash::KeyedHash;
use crate::{DevicePolicy, Error, UnixTime};

/// The public number of a device in its user's list: for a page that shows the devices and revokes
/// one. It is never given to another device, so a page from yesterday revokes the right one or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(u64);

impl DeviceId {
    /// A device's number, as it came back from a page.
    #[must_use]
    pub const fn new(id: u64) -> Self {
        Self(id)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is remembered of a device that is trusted. It holds no secret.
#[derive(Clone, Debug)]
pub struct TrustedDevice {
    pub(super) id: DeviceId,
    pub(super) hash: KeyedHash,
    pub(super) label: String,
    pub(super) issued: UnixTime,
    pub(super) expires: UnixTime,
    pub(super) last_used: UnixTime,
}

impl TrustedDevice {
    /// The longest label, in bytes.
    pub const MAX_LABEL: usize = 100;

    /// How far behind the clock that issued a token the one that verifies it may be, in seconds. What
    /// was issued further in the future than that was issued by a clock that was wrong, and would be
    /// trusted for as long as the clock was ahead.
    pub const MAX_CLOCK_SKEW: u64 = 60;

    /// Its number.
    #[must_use]
    pub const fn id(&self) -> DeviceId {
        self.id
    }

    /// What its owner knows it by. It was chosen from outside: escape it for where it is shown.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// When the trust began.
    #[must_use]
    pub const fn issued(&self) -> UnixTime {
        self.issued
    }

    /// The first second in which it is not trusted any more.
    #[must_use]
    pub const fn expires(&self) -> UnixTime {
        self.expires
    }

    /// When it was last used, as far as that was stored.
    #[must_use]
    pub const fn last_used(&self) -> UnixTime {
        self.last_used
    }

    /// Whether its time has begun and is not over.
    #[must_use]
    pub fn is_live(&self, now: UnixTime) -> bool {
        self.issued <= now.saturating_add(Self::MAX_CLOCK_SKEW) && now < self.expires
    }

    pub(super) fn checked_label(label: &str) -> Result<String, Error> {
        let label = label.trim();
        if label.len() > Self::MAX_LABEL || label.contains(is_disguise) {
            return Err(Error::DeviceLabel);
        }
        Ok(label.into())
    }
}

/// The devices of one user that are asked for no code: what is stored of them, and changed by a
/// [`DeviceTrust`](crate::DeviceTrust).
///
/// Every change gives the next list, to be stored in the place of this one by compare-and-set, see
/// [`StateStore`](crate::StateStore).
///
/// Trust in a device is trust in the second factor that was shown on it. When the factor is replaced,
/// reset or revoked, when the password is changed, or when a person asks to log out everywhere,
/// [revoke all](Self::without_any) of them.
#[derive(Clone, Debug, Default)]
pub struct TrustedDevices {
    pub(super) devices: Vec<TrustedDevice>,
    pub(super) next_id: u64,
}

impl TrustedDevices {
    /// No device yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { devices: Vec::new(), next_id: 0 }
    }

    /// The devices in the order in which they were trusted, those included whose time is over and
    /// that no change has removed yet.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &TrustedDevice> {
        self.devices.iter()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.devices.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    /// The list without one device.
    ///
    /// # Errors
    /// [`Error::UnknownDevice`] where it is not in the list.
    pub fn without(&self, id: DeviceId) -> Result<Self, Error> {
        let mut next = self.clone();
        next.devices.retain(|device| device.id != id);
        if next.len() == self.len() { Err(Error::UnknownDevice) } else { Ok(next) }
    }

    /// The list without any device. Their numbers stay used up.
    #[must_use]
    pub const fn without_any(&self) -> Self {
        Self { devices: Vec::new(), next_id: self.next_id }
    }

    /// The list without the devices whose time is over.
    #[must_use]
    pub fn without_expired(&self, now: UnixTime) -> Self {
        // Not those from a future that a clock set back has made: it may be set right again.
        let rest = self.devices.iter().filter(|device| now < device.expires);
        Self { devices: rest.cloned().collect(), next_id: self.next_id }
    }

    /// Adds a device, in the place of those that were not used for the longest time where there are
    /// too many.
    pub(super) fn push(&mut self, device: TrustedDevice, most: usize) -> Result<(), Error> {
        self.next_id = device.id.0.checked_add(1).ok_or(Error::State)?;
        while self.devices.len() >= most.clamp(1, DevicePolicy::MAX_DEVICES) {
            let stalest = self.devices.iter().map(|device| (device.last_used, device.id)).min();
            self.devices.retain(|device| Some(device.id) != stalest.map(|(_, id)| id));
        }
        self.devices.push(device);
        Ok(())
    }
}
