use super::sign::may_sign;
use crate::keyring::{KeySet, KeyUse};
use crate::scheme::{Part, Rejection};
use crate::{Error, Tag, UnixTime};

/// Zoom's endpoint validation: the answer to `plainToken` is `encryptedToken`, the tag in hexadecimal
/// under the key that has verified the question: `key` of its proof. While a secret is replaced Zoom
/// may know another one than signs here.
///
/// Answer only what came in a verified message. The token is signed under the key that messages are
/// signed under, so whoever could have any text signed could have a message signed: a token is 1 to 128
/// letters, digits and `-_+/=.`, and no message begins like that.
///
/// ```
/// use creance_sigv::replay::{MemoryStore, Restart};
/// use creance_sigv::scheme::Received;
/// use creance_sigv::webhook::{Outgoing, ZOOM, zoom_validation};
/// use creance_sigv::{Encoding, UnixTime};
///
/// let key = ZOOM.key("a secret token of Zoom")?;
/// let now = UnixTime::from_secs(1_700_000_000);
/// # let store = MemoryStore::new(ZOOM.window(), Restart::DangerousNoBarrier)?;
/// # let body = br#"{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}"#;
/// # let headers = ZOOM.sign(&Outgoing::new(body), &key, now)?.to_headers();
/// let verified = ZOOM.accept(&Received::webhook(&headers, body), &key, &store, now)?;
/// // The token is a member of its body.
/// let tag = zoom_validation("qgg8vlvZRS6UYooatFL8Aw", verified.key(), &key, now)?;
/// let mut encrypted_token = String::new();
/// tag.write(Encoding::Hex, &mut encrypted_token)?;
/// assert!(zoom_validation("v0:1700000000:{}", verified.key(), &key, now).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Malformed`] with [`Part::Token`]; [`Error::UnknownKey`] where the key has left `keys` or was
/// retired since; [`Error::NoSigningKey`] for a decoy and [`Error::OtherAlgorithm`].
pub fn zoom_validation(
    plain_token: &str,
    key: KeyUse<'_>,
    keys: &(impl KeySet + ?Sized),
    now: UnixTime,
) -> Result<Tag, Rejection> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+/=.".contains(&byte);
    if !(1..=128).contains(&plain_token.len()) || !plain_token.bytes().all(is_token) {
        return Err(Error::Malformed(Part::Token).into());
    }
    let known = keys.usable(now).find(|usable| usable.key_use().id() == key.id());
    let key = known.ok_or(Error::UnknownKey)?.key();
    may_sign(key, super::ZOOM.algorithm)?;
    Ok(key.sign(plain_token.as_bytes()))
}
