use creance_sigv::ct::{self, Choice};

use crate::keyed_hash::{KeyedHash, checked};
use crate::{
    DeviceId, DevicePolicy, DeviceToken, Error, Key, TrustedDevice, TrustedDevices, UnixTime,
};

/// Decides about devices that are trusted: issues their tokens and verifies them.
///
/// It holds the service's key and no state: what is remembered is in [`TrustedDevices`], one for each
/// user.
///
/// Send the token as a cookie that scripts and other sites do not get and that no other host can set:
///
/// ```text
/// Set-Cookie: __Host-device=<token>; Max-Age=2592000; Path=/; Secure; HttpOnly; SameSite=Lax
/// ```
///
/// with the policy's lifetime as `Max-Age`. The cookie stands in for the second factor only: ask for
/// the password all the same, and look at the token after it was right.
///
/// ```
/// use creance_totp::{
///     Algorithm, DevicePolicy, DeviceToken, DeviceTrust, Error, Key, TrustedDevices, UnixTime, rand,
/// };
///
/// let (key, _to_keep) = Key::generate(Algorithm::Sha256, &mut rand::rng());
/// let trust = DeviceTrust::new(key, DevicePolicy::default())?;
/// let now = UnixTime::from_secs(1_700_000_000);
///
/// // After a code was right, and its owner ticked "trust this device".
/// let token = DeviceToken::generate(&mut rand::rng());
/// let (devices, id) = trust.issue(&TrustedDevices::new(), "alice", &token, "Firefox, home", now)?;
///
/// // A week later.
/// let later = now.saturating_add(7 * 24 * 3_600);
/// let trusted = trust.verify(&devices, "alice", &token, later)?;
/// assert_eq!(trusted.device(), id);
///
/// // Lost.
/// let devices = devices.without(id)?;
/// assert_eq!(trust.verify(&devices, "alice", &token, later).unwrap_err(), Error::UnknownDevice);
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DeviceTrust {
    key: Key,
    older: Option<Key>,
    policy: DevicePolicy,
}

const LABEL: &str = "creance trusted device";

impl DeviceTrust {
    /// Trust under a key of the service, which is kept apart from the store and is the same in all of
    /// its processes. It may be the one that other hashes are made with: each use has a label of its
    /// own.
    ///
    /// To replace it see [`with_older`](Self::with_older).
    ///
    /// # Errors
    /// [`Error::HashKey`] for a key that is not one of SHA-256, or the decoy.
    pub fn new(key: Key, policy: DevicePolicy) -> Result<Self, Error> {
        Ok(Self { key: checked(key)?, older: None, policy })
    }

    /// Takes tokens that are hashed under an older key as well. Each is hashed under the present one
    /// when it is used, if the [list](Trusted::devices) is stored then. Keep the older key for as long
    /// as the policy's lifetime, and drop it: the devices that were not used meanwhile have expired.
    ///
    /// # Errors
    /// [`Error::HashKey`].
    pub fn with_older(self, key: Key) -> Result<Self, Error> {
        Ok(Self { older: Some(checked(key)?), ..self })
    }

    /// What it goes by.
    #[must_use]
    pub const fn policy(&self) -> DevicePolicy {
        self.policy
    }

    /// Trusts one more device of `user`, under a fresh token: the list to store, and the device's
    /// number. Send the token when the list is stored.
    ///
    /// `label` tells its owner which one it is, in 100 bytes at most without control and invisible
    /// characters; it may be empty. Devices whose time is over are removed, and where there are
    /// more than the policy allows, the one that was not used for the longest time.
    ///
    /// # Errors
    /// [`Error::DeviceLabel`]; [`Error::State`] when all numbers are used up.
    pub fn issue(
        &self,
        devices: &TrustedDevices,
        user: &str,
        token: &DeviceToken,
        label: &str,
        now: UnixTime,
    ) -> Result<(TrustedDevices, DeviceId), Error> {
        let device = TrustedDevice {
            id: DeviceId::new(devices.next_id),
            hash: self.hash(user, token),
            label: TrustedDevice::checked_label(label)?,
            issued: now,
            expires: now.saturating_add(self.policy.lifetime()),
            last_used: now,
        };
        let id = device.id;
        let mut next = self.bounded(devices).without_expired(now);
        // A token that is not fresh after all moves: revoking its one device has to be the end of it.
        next.devices.retain(|other| other.hash.verify(&device.hash).is_err());
        next.push(device, self.policy.most())?;
        Ok((next, id))
    }

    /// Verifies the token that a device of `user` sent.
    ///
    /// A policy whose lifetime was made shorter counts for devices that were trusted before, too.
    ///
    /// For a user that is not known pass an empty list: the hash is made all the same.
    ///
    /// # Errors
    /// [`Error::UnknownDevice`] where no device of this user has it; [`Error::Expired`].
    pub fn verify(
        &self,
        devices: &TrustedDevices,
        user: &str,
        token: &DeviceToken,
        now: UnixTime,
    ) -> Result<Trusted, Error> {
        let hash = self.hash(user, token);
        let mut next = self.bounded(devices);
        let at = self.find(&next, user, token, &hash, now)?;
        let device = next.devices.get_mut(at).ok_or(Error::UnknownDevice)?;
        device.last_used = device.last_used.max(now);
        device.hash = hash;
        let device = device.id;
        Ok(Trusted { devices: next.without_expired(now), device })
    }

    /// Verifies a token and gives its device a fresh one in its place, so that one that was stolen and
    /// used is worth nothing after its owner comes back. The device stays the same, and so does the
    /// end of the trust in it.
    ///
    /// The new token counts, and may be sent, when the list is stored. Do it once for each login and
    /// not for each request: those that run at the same time would hold the old one.
    ///
    /// # Errors
    /// Those of [`verify`](Self::verify).
    pub fn rotate(
        &self,
        devices: &TrustedDevices,
        user: &str,
        token: &DeviceToken,
        fresh: &DeviceToken,
        now: UnixTime,
    ) -> Result<Trusted, Error> {
        let mut trusted = self.verify(devices, user, token, now)?;
        let hash = self.hash(user, fresh);
        let mut of_it =
            trusted.devices.devices.iter_mut().filter(|device| device.id == trusted.device);
        of_it.next().ok_or(Error::UnknownDevice)?.hash = hash;
        Ok(trusted)
    }

    /// Where the token's device is in the list. All of them are compared. Which one it is becomes
    /// public by the verdicts, and is none of the secrets: its number is what the caller is told.
    fn find(
        &self,
        devices: &TrustedDevices,
        user: &str,
        token: &DeviceToken,
        hash: &KeyedHash,
        now: UnixTime,
    ) -> Result<usize, Error> {
        let older = self.older.as_ref().map(|key| hash_of(key, user, token));
        let mut found = Err(Error::UnknownDevice);
        for (at, device) in devices.iter().enumerate() {
            let is_older = older.as_ref().map(|older| device.hash.equals(older));
            let is_it = device.hash.equals(hash) | is_older.unwrap_or(Choice::from(0));
            if ct::decide(is_it).is_ok() {
                found = if device.is_live(now) { Ok(at) } else { Err(Error::Expired) };
            }
        }
        found
    }

    /// The list with no device trusted for longer than the policy says now.
    pub(crate) fn bounded(&self, devices: &TrustedDevices) -> TrustedDevices {
        let mut next = devices.clone();
        for device in &mut next.devices {
            let end = device.issued.saturating_add(self.policy.lifetime());
            device.expires = device.expires.min(end);
        }
        next
    }

    fn hash(&self, user: &str, token: &DeviceToken) -> KeyedHash {
        hash_of(&self.key, user, token)
    }
}

fn hash_of(key: &Key, user: &str, token: &DeviceToken) -> KeyedHash {
    KeyedHash::new(key, LABEL, &[user.as_bytes(), token.expose()])
}

/// Proof that a device is trusted.
#[derive(Clone, Debug)]
#[must_use = "it tells which device is trusted"]
pub struct Trusted {
    devices: TrustedDevices,
    device: DeviceId,
}

impl Trusted {
    /// The device.
    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.device
    }

    /// The next list: the device's last use noted, the token replaced if it was
    /// [rotated](DeviceTrust::rotate), and without those whose time is over. After a rotation it has
    /// to be stored, before the new token is sent; otherwise it may be.
    #[must_use]
    pub const fn devices(&self) -> &TrustedDevices {
        &self.devices
    }
}
