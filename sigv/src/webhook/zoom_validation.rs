use crate::keyring::KeySet;
use crate::scheme::{Part, Rejection};
use crate::{Error, Tag, UnixTime};

/// Zoom's endpoint validation: the answer to `plainToken` is `encryptedToken`, the tag in hexadecimal
/// under the key of [`ZOOM`](super::ZOOM).
///
/// Answer only what came in a verified message. The token is signed under the key that messages are
/// signed under, so whoever could have any text signed could have a message signed: a token is 1 to 128
/// letters, digits and `-_+/=.`, and no message begins like that.
///
/// ```
/// use creance_sigv::webhook::{ZOOM, zoom_validation};
/// use creance_sigv::{Encoding, UnixTime};
///
/// let key = ZOOM.key("a secret token of Zoom")?;
/// let mut encrypted_token = String::new();
/// let tag = zoom_validation("qgg8vlvZRS6UYooatFL8Aw", &key, UnixTime::now())?;
/// tag.write(Encoding::Hex, &mut encrypted_token)?;
/// assert!(zoom_validation("v0:1700000000:{}", &key, UnixTime::now()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Malformed`] with [`Part::Token`]; [`Error::NoSigningKey`] and [`Error::OtherAlgorithm`].
pub fn zoom_validation(
    plain_token: &str,
    keys: &(impl KeySet + ?Sized),
    now: UnixTime,
) -> Result<Tag, Rejection> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+/=.".contains(&byte);
    if !(1..=128).contains(&plain_token.len()) || !plain_token.bytes().all(is_token) {
        return Err(Error::Malformed(Part::Token).into());
    }
    let signer = keys.signer(now).ok_or(Error::NoSigningKey)?;
    match signer.key() {
        key if key.is_decoy() => Err(Error::NoSigningKey.into()),
        key if key.algorithm() != super::ZOOM.algorithm => Err(Error::OtherAlgorithm.into()),
        key => Ok(key.sign(plain_token.as_bytes())),
    }
}
