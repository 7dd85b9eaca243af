use core::future::Future;

use creance_sigv::rand::CryptoRng;

use super::account::Account;
use super::{Event, Passed, Rejection, SecondFactor, Way};
use crate::transition::{Local, at_once, update};
use crate::{AsyncStateStore, DeviceId, DeviceToken, Error, StateStore, TrustedDevices, UnixTime};

impl<S: StateStore<Record = Account>, K> SecondFactor<S, K> {
    /// Trusts the device that the person is on: whoever sends this token from now on need not show
    /// the second factor, until the policy's time is over. Send it as a cookie as
    /// [`DeviceTrust`](crate::DeviceTrust) tells.
    ///
    /// `label` is what its owner knows it by.
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::Reauthenticate`] where the proof is too old, was itself given by a
    /// device, or is of a factor that is not in use any more; [`Error::DeviceLabel`]; those of the
    /// store.
    pub fn trust_device(
        &self,
        proof: &Passed,
        label: &str,
        now: UnixTime,
        mut rng: impl CryptoRng,
    ) -> Result<DeviceToken, Rejection> {
        let token = DeviceToken::generate(&mut rng);
        at_once(self.trust_device_in(&Local(&self.store), proof, label, token, now))
    }

    /// Verifies the token of a device. Ask for the password all the same, and before.
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::UnknownDevice`], [`Error::Expired`], [`Error::NotEnrolled`]; those
    /// of the store. Then ask for a code.
    pub fn verify_device(
        &self,
        user: &str,
        token: &DeviceToken,
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        at_once(self.verify_device_in(&Local(&self.store), user, token, now))
    }

    /// Forgets a device. That takes no proof: it only takes trust away.
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::UnknownDevice`]; those of the store.
    pub fn revoke_device(
        &self,
        user: &str,
        device: DeviceId,
        now: UnixTime,
    ) -> Result<(), Rejection> {
        at_once(self.revoke_device_in(&Local(&self.store), user, device, now))
    }

    /// Forgets all devices: when the password was changed, or somebody logs out everywhere.
    ///
    /// # Errors
    /// A [`Rejection`]: [`Error::NotEnrolled`]; those of the store.
    pub fn revoke_devices(&self, user: &str, now: UnixTime) -> Result<(), Rejection> {
        at_once(self.revoke_devices_in(&Local(&self.store), user, now))
    }
}

impl<S: AsyncStateStore<Record = Account>, K> SecondFactor<S, K> {
    /// [`trust_device`](Self::trust_device) in a store across the network. The generator is not held
    /// while the store is waited for.
    ///
    /// # Errors
    /// Those of [`trust_device`](Self::trust_device).
    pub fn trust_device_async(
        &self,
        proof: &Passed,
        label: &str,
        now: UnixTime,
        mut rng: impl CryptoRng,
    ) -> impl Future<Output = Result<DeviceToken, Rejection>> {
        let token = DeviceToken::generate(&mut rng);
        self.trust_device_in(&self.store, proof, label, token, now)
    }

    /// [`verify_device`](Self::verify_device) in a store across the network.
    ///
    /// # Errors
    /// Those of [`verify_device`](Self::verify_device).
    pub async fn verify_device_async(
        &self,
        user: &str,
        token: &DeviceToken,
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        self.verify_device_in(&self.store, user, token, now).await
    }

    /// [`revoke_device`](Self::revoke_device) in a store across the network.
    ///
    /// # Errors
    /// Those of [`revoke_device`](Self::revoke_device).
    pub async fn revoke_device_async(
        &self,
        user: &str,
        device: DeviceId,
        now: UnixTime,
    ) -> Result<(), Rejection> {
        self.revoke_device_in(&self.store, user, device, now).await
    }

    /// [`revoke_devices`](Self::revoke_devices) in a store across the network.
    ///
    /// # Errors
    /// Those of [`revoke_devices`](Self::revoke_devices).
    pub async fn revoke_devices_async(&self, user: &str, now: UnixTime) -> Result<(), Rejection> {
        self.revoke_devices_in(&self.store, user, now).await
    }
}

impl<S, K> SecondFactor<S, K> {
    async fn trust_device_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        proof: &Passed,
        label: &str,
        token: DeviceToken,
        now: UnixTime,
    ) -> Result<DeviceToken, Rejection> {
        let user = proof.user();
        let stored = update(store, user, |account| {
            let (account, _) = self.authorised(proof, account, now)?;
            let issued = self.devices.issue(&account.devices, user, &token, label, now);
            let (devices, device) = issued?;
            Ok((account.with_devices(devices), device))
        });
        let stored = stored.await;
        let device = stored.map_err(|error| self.refused(user, now, Way::Device, error))?;
        self.tell(user, now, Event::DeviceTrusted { device });
        Ok(token)
    }

    async fn verify_device_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        token: &DeviceToken,
        now: UnixTime,
    ) -> Result<Passed, Rejection> {
        let way = Way::Device;
        let found = update(store, user, |account| {
            let Some((account, factor)) =
                account.and_then(|account| account.factor.as_ref().map(|factor| (account, factor)))
            else {
                // The same work for whoever is not known.
                let _ = self.devices.verify(&TrustedDevices::new(), user, token, now);
                return Err(Error::NotEnrolled);
            };
            let trusted = self.devices.verify(&account.devices, user, token, now)?;
            let passed = Passed::new(user, factor, way, now);
            Ok((account.with_devices(trusted.devices().clone()), passed))
        });
        let passed = found.await.map_err(|error| self.refused(user, now, way, error))?;
        self.tell(user, now, Event::Accepted { way });
        Ok(passed)
    }

    async fn revoke_device_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        device: DeviceId,
        now: UnixTime,
    ) -> Result<(), Rejection> {
        let stored = update(store, user, |account| {
            let account = account.ok_or(Error::UnknownDevice)?;
            Ok((account.with_devices(account.devices.without(device)?), ()))
        });
        stored.await.map_err(|error| self.refused(user, now, Way::Device, error))?;
        self.tell(user, now, Event::DeviceRevoked { device });
        Ok(())
    }

    async fn revoke_devices_in<T: AsyncStateStore<Record = Account>>(
        &self,
        store: &T,
        user: &str,
        now: UnixTime,
    ) -> Result<(), Rejection> {
        let stored = update(store, user, |account| {
            let account = account.ok_or(Error::NotEnrolled)?;
            Ok((account.with_devices(account.devices.without_any()), account.devices.len()))
        });
        let stored = stored.await;
        let devices = stored.map_err(|error| self.refused(user, now, Way::Device, error))?;
        self.tell(user, now, Event::DevicesRevoked { devices });
        Ok(())
    }
}
