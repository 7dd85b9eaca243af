use alloc::vec::Vec;
use core::fmt;

use chacha20poly1305::{AeadInOut, Key, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use creance_sigv::rand::CryptoRng;
use zeroize::Zeroize;

use crate::key_ring::KeyRing;
use crate::{Error, KeyBytes, SealContext, SealedSecret, Secret, SecretSealer};

/// Seals secrets with XChaCha20-Poly1305 under keys of the service.
///
/// A sealed secret is a version byte, the key's id, 24 random bytes of nonce, the encrypted secret
/// and a tag. The tag covers all that, the user's id and the credential's. Nonces of that size never
/// meet by chance, however many secrets a key seals.
///
/// To replace a key: give the new one to every process by [`with_other`](Self::with_other), then
/// make it the current one, the old one being the other; [reseal](SecretSealer::reseal) what is
/// stored; drop the old one.
///
/// ```
/// use creance_totp::{
///     Algorithm, Error, KeyBytes, SealContext, SealKeys, SealedSecret, Secret, SecretSealer, rand,
/// };
///
/// let mut rng = rand::rng();
/// let old = KeyBytes::generate(Algorithm::Sha256, &mut rng);
/// let keys = SealKeys::new(1, &old)?;
///
/// let secret = Secret::generate(Algorithm::Sha1, &mut rng);
/// let alice = SealContext::new("alice", "phone");
/// let stored = keys.seal(&secret, alice, &mut rng)?.to_string();
///
/// let sealed: SealedSecret = stored.parse()?;
/// assert_eq!(keys.open(&sealed, alice)?.expose(), secret.expose());
/// let mallory = SealContext::new("mallory", "phone");
/// assert_eq!(keys.open(&sealed, mallory).err(), Some(Error::Sealed));
///
/// let new = KeyBytes::generate(Algorithm::Sha256, &mut rng);
/// let keys = SealKeys::new(2, &new)?.with_other(1, &old)?;
/// let resealed = keys.reseal(&sealed, alice, &mut rng)?.expect("it was sealed with the old key");
/// assert!(keys.is_current(&resealed));
/// # Ok::<(), Error>(())
/// ```
pub struct SealKeys {
    keys: KeyRing<XChaCha20Poly1305>,
}

impl SealKeys {
    /// The bytes of a key.
    pub const KEY_BYTES: usize = 32;

    /// One key, under an id of the caller's choosing. Never give an id to another key later.
    ///
    /// # Errors
    /// [`Error::ServiceKey`] unless it has exactly 32 bytes.
    pub fn new(id: u32, key: &KeyBytes) -> Result<Self, Error> {
        Ok(Self { keys: KeyRing::new(id, cipher(key)?) })
    }

    /// Adds a key that opens only: an older one, or one that will become the current one when every
    /// process knows it.
    ///
    /// # Errors
    /// [`Error::ServiceKey`] unless it has exactly 32 bytes, and for an id that is there already.
    pub fn with_other(self, id: u32, key: &KeyBytes) -> Result<Self, Error> {
        Ok(Self { keys: self.keys.with(id, cipher(key)?)? })
    }

    /// The id of the key that seals.
    #[must_use]
    pub fn current_id(&self) -> u32 {
        self.keys.current().0
    }
}

impl SecretSealer for SealKeys {
    fn seal(
        &self,
        secret: &Secret,
        context: SealContext<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<SealedSecret, Error> {
        let (id, cipher) = self.keys.current();
        let mut nonce = XNonce::default();
        rng.fill_bytes(&mut nonce);

        let mut buffer = Buffer([0; Secret::MAX_BYTES]);
        let text = buffer.holding(secret.expose())?;
        let tag = cipher
            .encrypt_inout_detached(&nonce, &bound(id, context), text.into())
            .map_err(|_| Error::Sealed)?;
        let parts: [&[u8]; 5] = [&[VERSION], &id.to_be_bytes(), &nonce, text, &tag];
        SealedSecret::from_bytes(&parts.concat())
    }

    fn open(&self, sealed: &SealedSecret, context: SealContext<'_>) -> Result<Secret, Error> {
        let Parts { id, nonce, text, tag } = Parts::of(sealed).ok_or(Error::Sealed)?;
        let cipher = self.keys.find(id)?;
        let mut buffer = Buffer([0; Secret::MAX_BYTES]);
        let opened = buffer.holding(text)?;
        cipher
            .decrypt_inout_detached(&nonce, &bound(id, context), (&mut *opened).into(), &tag)
            .map_err(|_| Error::Sealed)?;
        // How strong it has to be was decided where the secret was made.
        Secret::allow_weak_bytes(opened).map_err(|_| Error::Sealed)
    }

    fn is_current(&self, sealed: &SealedSecret) -> bool {
        Parts::of(sealed).is_some_and(|parts| parts.id == self.current_id())
    }
}

impl fmt::Debug for SealKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealKeys").field("ids", &self.keys).finish()
    }
}

fn cipher(key: &KeyBytes) -> Result<XChaCha20Poly1305, Error> {
    let key: &Key = key.expose().try_into().map_err(|_| Error::ServiceKey)?;
    Ok(XChaCha20Poly1305::new(key))
}

/// The format's version, the first byte.
const VERSION: u8 = 1;

/// A sealed secret in its parts.
struct Parts<'a> {
    id: u32,
    nonce: XNonce,
    text: &'a [u8],
    tag: Tag,
}

impl<'a> Parts<'a> {
    fn of(sealed: &'a SealedSecret) -> Option<Self> {
        let (version, rest) = sealed.as_bytes().split_first()?;
        let (id, rest) = rest.split_first_chunk()?;
        let (nonce, rest) = rest.split_first_chunk::<24>()?;
        let (text, tag) = rest.split_last_chunk::<16>()?;
        let id = u32::from_be_bytes(*id);
        let parts = Self { id, nonce: (*nonce).into(), text, tag: (*tag).into() };
        (*version == VERSION).then_some(parts)
    }
}

/// The associated data: what the tag covers besides the secret. The lengths keep user and credential
/// apart, so no two contexts give the same bytes.
fn bound(id: u32, context: SealContext<'_>) -> Vec<u8> {
    let mut bound = Vec::from(*b"creance sealed secret");
    bound.push(VERSION);
    bound.extend_from_slice(&id.to_be_bytes());
    for part in [context.user(), context.credential()] {
        bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bound.extend_from_slice(part.as_bytes());
    }
    bound
}

/// A secret on its way in or out, wiped after use.
struct Buffer([u8; Secret::MAX_BYTES]);

impl Buffer {
    fn holding(&mut self, bytes: &[u8]) -> Result<&mut [u8], Error> {
        let place = self.0.get_mut(..bytes.len()).ok_or(Error::Sealed)?;
        place.copy_from_slice(bytes);
        Ok(place)
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
