use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use super::component::Component;
use super::verify::NOT_COVERED;
use crate::content_digest::DigestCheck;
use crate::scheme::{Part, Rejection, Verified};
use crate::{Error, UnixTime};

/// What a signature has covered: the only way to the body.
#[derive(Clone)]
pub struct Covered<'a> {
    pub(super) label: &'a str,
    pub(super) components: Vec<Component>,
    pub(super) expires: Option<UnixTime>,
    pub(super) nonce: Option<Cow<'a, str>>,
    pub(super) tag: Option<Cow<'a, str>>,
    pub(super) body: Option<&'a [u8]>,
}

impl<'a> Covered<'a> {
    /// The body, byte for byte, where its digest is covered and was looked at. Otherwise there is none
    /// here: neither that a body was signed nor that none was.
    #[must_use]
    pub const fn body(&self) -> Option<&'a [u8]> {
        self.body
    }

    /// What else is covered. A field that is not among these is anybody's.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// Whether a component is covered, by itself or in another.
    ///
    /// # Errors
    /// [`Error::Malformed`], as for [`Component::parse`].
    pub fn covers(&self, identifier: &str) -> Result<bool, Error> {
        let wanted = Component::parse(identifier)?;
        Ok(self.components.iter().any(|component| component.covers(&wanted)))
    }

    /// The signature's label, which is not covered.
    #[must_use]
    pub const fn label(&self) -> &'a str {
        self.label
    }

    /// The nonce.
    #[must_use]
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// The application that it was signed for.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The last second in which it holds, by its signer's word.
    #[must_use]
    pub const fn expires(&self) -> Option<UnixTime> {
        self.expires
    }
}

impl<'a> Verified<'a, Covered<'a>> {
    /// The body, byte for byte, as [`Covered::body`].
    #[must_use]
    pub const fn body(&self) -> Option<&'a [u8]> {
        self.shown().body
    }
}

/// All but the body, which is the peer's.
impl fmt::Debug for Covered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Covered")
            .field("label", &self.label)
            .field("components", &self.components)
            .field("expires", &self.expires)
            .field("body_bytes", &self.body.map(<[u8]>::len))
            .finish_non_exhaustive()
    }
}

/// What a signature has covered, with a body that comes in pieces.
///
/// Whoever acts on pieces before [`finish`](Self::finish) acts on what anybody may have sent.
///
/// ```
/// # use creance_sigv::http_signature::{Message, Policy, Signer};
/// # use creance_sigv::{Algorithm, Key, UnixTime, Window};
/// # let (key, _) = Key::generate(Algorithm::Sha256, &mut creance_sigv::rand::rng());
/// # let now = UnixTime::from_secs(1_700_000_000);
/// # let url = "https://example.com/upload";
/// # let request = Message::request("PUT", url, &[("", ""); 0], b"hello, world");
/// # let headers = Signer::for_requests().sign(&request, &key, now)?.to_headers();
/// # let policy = Policy::for_requests(Window::new(300, 5)).allowing_no_key_id();
/// let head = Message::request("PUT", url, &headers, b"");
/// let authentic = policy.verify_head(&head, &key, 1 << 20, now)?;
/// let mut streamed = authentic.dangerous_accept_replays().into_shown();
/// streamed.update(b"hello, ")?;
/// streamed.update(b"world")?;
/// let covered = streamed.finish()?;
/// assert!(covered.covers("content-digest")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "the body is not verified before the end"]
pub struct Streamed<'a> {
    covered: Covered<'a>,
    check: Option<DigestCheck>,
    bytes: u64,
    maximum: u64,
}

impl<'a> Streamed<'a> {
    pub(super) const fn new(
        covered: Covered<'a>,
        check: Option<DigestCheck>,
        maximum: u64,
    ) -> Self {
        Self { covered, check, bytes: 0, maximum }
    }

    /// Adds a piece of the body.
    ///
    /// # Errors
    /// [`Error::NotCovered`] where the signature does not cover the digest of a body, or the policy looks
    /// at none; [`Error::TooLong`] with [`Part::Body`].
    pub fn update(&mut self, piece: &[u8]) -> Result<(), Rejection> {
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
        if self.bytes > self.maximum {
            let maximum = usize::try_from(self.maximum).unwrap_or(usize::MAX);
            return Err(Error::TooLong { part: Part::Body, maximum }.into());
        }
        match &mut self.check {
            Some(check) => check.update(piece),
            None if piece.is_empty() => {}
            None => return Err(NOT_COVERED.into()),
        }
        Ok(())
    }

    /// What is covered, once the body is known to be the one that was signed. It has no body: that is
    /// with the caller already.
    ///
    /// # Errors
    /// [`Error::BodyMismatch`].
    pub fn finish(self) -> Result<Covered<'a>, Rejection> {
        if let Some(check) = self.check {
            check.finish()?;
        }
        Ok(self.covered)
    }
}

impl fmt::Debug for Streamed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streamed").field("covered", &self.covered).finish_non_exhaustive()
    }
}
