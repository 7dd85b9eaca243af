use core::fmt;

use super::scope::{MAX_NAME_BYTES, TERMINATOR};
use super::{Scope, SecretKey, Text, Timestamp, write_string_to_sign};
use crate::scheme::Part;
use crate::{Algorithm, Error, Key, Tag};

/// A key derived for one day, region and service, which it is bound to.
///
/// Who holds it can sign and verify within that scope, and cannot get at the secret: a service may be
/// given it instead.
#[derive(Clone)]
pub struct SigningKey {
    key: Key,
    date: [u8; 8],
    region: Text<MAX_NAME_BYTES>,
    service: Text<MAX_NAME_BYTES>,
}

impl SigningKey {
    pub(super) fn derive(secret: &Key, scope: &Scope<'_>) -> Self {
        let mut key = secret.clone();
        for step in [scope.date(), scope.region, scope.service, TERMINATOR] {
            key = next(&key, step);
        }
        Self { key, date: scope.date, region: name(scope.region), service: name(scope.service) }
    }

    /// The day: `YYYYMMDD`.
    #[must_use]
    pub fn date(&self) -> &str {
        core::str::from_utf8(&self.date).unwrap_or_default()
    }

    /// The region.
    #[must_use]
    pub fn region(&self) -> &str {
        self.region.as_str()
    }

    /// The service.
    #[must_use]
    pub fn service(&self) -> &str {
        self.service.as_str()
    }

    /// Whether it is for this scope.
    #[must_use]
    pub fn is_for(&self, scope: &Scope<'_>) -> bool {
        *scope == self.scope()
    }

    /// # Errors
    /// [`Error::Value`] with [`Part::Scope`] where it is for another one.
    pub(super) fn check(&self, scope: &Scope<'_>) -> Result<(), Error> {
        if self.is_for(scope) { Ok(()) } else { Err(Error::Value(Part::Scope)) }
    }

    pub(super) fn scope(&self) -> Scope<'_> {
        Scope { date: self.date, region: self.region(), service: self.service() }
    }

    /// The signature of a canonical request.
    pub(super) fn sign(&self, timestamp: &Timestamp, canonical: &Tag) -> Tag {
        let scope = self.scope();
        self.key.sign_with(|mac| write_string_to_sign(mac, timestamp, &scope, canonical))
    }

    pub(super) const fn key(&self) -> &Key {
        &self.key
    }
}

/// A name of a scope, which has been looked at: there is room for it. Beside a key nothing is left
/// unwritten, or it could hold what lay there before.
fn name(name: &str) -> Text<MAX_NAME_BYTES> {
    let mut text = Text::zero_filled();
    text.clear();
    let _ = text.try_push_str(name);
    text
}

/// One step of the chain. What comes out of each is as good as a key, so it is wiped.
fn next(key: &Key, step: &str) -> Key {
    let mut tag: Tag = key.sign(step.as_bytes());
    let next = Key::allow_weak(Algorithm::Sha256, tag.expose());
    tag.wipe();
    // A tag is never empty.
    next.unwrap_or(Key::decoy(Algorithm::Sha256))
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("date", &self.date())
            .field("region", &self.region())
            .field("service", &self.service())
            .finish_non_exhaustive()
    }
}

/// The signing keys of one secret that were used last, so that each is derived once a day.
///
/// ```
/// use creance_sigv::sigv4::{Scope, SecretKey, SigningKeys, Timestamp};
///
/// let secret = SecretKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")?;
/// let timestamp = Timestamp::parse("20150830T123600Z")?;
/// let scope = Scope::new(&timestamp, "us-east-1", "s3")?;
/// let mut keys = SigningKeys::<4>::new(&secret);
/// assert!(keys.get(&scope).is_for(&scope));
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SigningKeys<'s, const N: usize> {
    secret: &'s SecretKey,
    keys: [Option<SigningKey>; N],
    oldest: usize,
}

impl<'s, const N: usize> SigningKeys<'s, N> {
    /// None yet of this secret's.
    #[must_use]
    pub const fn new(secret: &'s SecretKey) -> Self {
        const { assert!(N > 0, "there has to be room for one key") };
        Self { secret, keys: [const { None }; N], oldest: 0 }
    }

    /// The key of this scope, derived where it is not here. It takes the place of the one that has been
    /// here longest.
    pub fn get(&mut self, scope: &Scope<'_>) -> &SigningKey {
        let is_it = |key: &Option<SigningKey>| key.as_ref().is_some_and(|key| key.is_for(scope));
        let at = self.keys.iter().position(is_it).unwrap_or_else(|| {
            let at = self.oldest;
            self.keys[at] = None;
            self.oldest = (at + 1) % N;
            at
        });
        self.keys[at].get_or_insert_with(|| self.secret.signing_key(scope))
    }
}
