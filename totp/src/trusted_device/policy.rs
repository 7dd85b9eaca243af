use crate::Error;

/// For how long a device is trusted, and how many of them a user may have.
///
/// The default: 30 days, ten devices. NIST SP 800-63B, 4.1.3 asks for a whole new login once in 30
/// days at least; for what has to reach AAL2 trust no device for longer than the 12 hours of 4.2.3,
/// or none at all.
///
/// ```
/// use creance_totp::DevicePolicy;
///
/// let for_a_week = DevicePolicy::default().with_lifetime(7 * 24 * 3_600)?;
/// assert_eq!(for_a_week.lifetime(), 604_800);
/// assert!(DevicePolicy::default().with_lifetime(365 * 24 * 3_600).is_err());
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DevicePolicy {
    lifetime: u64,
    most: usize,
}

impl DevicePolicy {
    /// The longest that any device is trusted, in seconds: 90 days.
    pub const MAX_LIFETIME: u64 = 90 * 24 * 3_600;

    /// The most devices that any user may have.
    pub const MAX_DEVICES: usize = 32;

    /// Sets for how many seconds a device is trusted.
    ///
    /// # Errors
    /// [`Error::Policy`] for 0, and beyond [`MAX_LIFETIME`](Self::MAX_LIFETIME).
    pub const fn with_lifetime(self, seconds: u64) -> Result<Self, Error> {
        if seconds == 0 || seconds > Self::MAX_LIFETIME {
            return Err(Error::Policy);
        }
        Ok(Self { lifetime: seconds, ..self })
    }

    /// Sets how many devices a user may have. One more takes the place of the one that was not used
    /// for the longest time: to refuse it would leave a person with old browsers that are long gone
    /// in front of a locked door.
    ///
    /// # Errors
    /// [`Error::Policy`] for 0, and beyond [`MAX_DEVICES`](Self::MAX_DEVICES).
    pub const fn with_most(self, devices: usize) -> Result<Self, Error> {
        if devices == 0 || devices > Self::MAX_DEVICES {
            return Err(Error::Policy);
        }
        Ok(Self { most: devices, ..self })
    }

    /// Seconds for which a device is trusted.
    #[must_use]
    pub const fn lifetime(self) -> u64 {
        self.lifetime
    }

    /// How many devices a user may have.
    #[must_use]
    pub const fn most(self) -> usize {
        self.most
    }
}

impl Default for DevicePolicy {
    fn default() -> Self {
        Self { lifetime: 30 * 24 * 3_600, most: 10 }
    }
}
