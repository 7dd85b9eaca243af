//! How a list of devices is stored: with a version, and checked on the way in.

use alloc::string::String;
use alloc::vec::Vec;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::keyed_hash::KeyedHash;
use crate::{DeviceId, DevicePolicy, Error, TrustedDevice, TrustedDevices, UnixTime};

const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListFields {
    version: u8,
    next_id: u64,
    devices: Vec<DeviceFields>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceFields {
    id: u64,
    hash: KeyedHash,
    label: String,
    issued: u64,
    expires: u64,
    last_used: u64,
}

impl Serialize for TrustedDevices {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let devices = self.devices.iter().map(DeviceFields::of).collect();
        ListFields { version: VERSION, next_id: self.next_id, devices }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TrustedDevices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ListFields::deserialize(deserializer)?.checked().map_err(D::Error::custom)
    }
}

impl ListFields {
    fn checked(self) -> Result<TrustedDevices, Error> {
        let ids_rise = self.devices.is_sorted_by(|a, b| a.id < b.id);
        let ids_are_used_up = self.devices.last().is_none_or(|last| last.id < self.next_id);
        let are_few = self.devices.len() <= DevicePolicy::MAX_DEVICES;
        if self.version != VERSION || !ids_rise || !ids_are_used_up || !are_few {
            return Err(Error::State);
        }
        let devices = self.devices.into_iter().map(DeviceFields::checked);
        Ok(TrustedDevices { devices: devices.collect::<Result<_, _>>()?, next_id: self.next_id })
    }
}

impl DeviceFields {
    fn of(device: &TrustedDevice) -> Self {
        Self {
            id: device.id.get(),
            hash: device.hash,
            label: device.label.clone(),
            issued: device.issued.as_secs(),
            expires: device.expires.as_secs(),
            last_used: device.last_used.as_secs(),
        }
    }

    /// No device is trusted for longer than any policy allows, whatever was stored.
    fn checked(self) -> Result<TrustedDevice, Error> {
        let lifetime = self.expires.checked_sub(self.issued).ok_or(Error::State)?;
        let is_used_later = self.last_used >= self.issued;
        let label = TrustedDevice::checked_label(&self.label).map_err(|_| Error::State)?;
        if lifetime > DevicePolicy::MAX_LIFETIME || !is_used_later {
            return Err(Error::State);
        }
        Ok(TrustedDevice {
            id: DeviceId::new(self.id),
            hash: self.hash,
            label,
            issued: UnixTime::from_secs(self.issued),
            expires: UnixTime::from_secs(self.expires),
            last_used: UnixTime::from_secs(self.last_used),
        })
    }
}
