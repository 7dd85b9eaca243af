use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::component::Component;
use super::input::{Candidate, HMAC_SHA256, Parameters, candidates, check_once};
use crate::keyring::KeySet;
use crate::scheme::{Headers, Part};
use crate::{Error, UnixTime, Window};

/// What a verifier demands of a signature.
///
/// * Every component of its list is covered, and the digest of the body if there is a body.
/// * `created` is there and lies within the window; `expires`, if it is there, has not passed.
/// * `keyid` names the key, and no other is tried. The key decides on the algorithm: where the message
///   names one, it has to be `hmac-sha256`.
/// * Of several signatures one is verified: that of the label or tag which is asked for, and among these
///   the first whose key is known. The others prove nothing.
///
/// ```
/// use creance_sigv::Window;
/// use creance_sigv::http_signature::Policy;
///
/// let policy = Policy::new(Window::new(300, 5), ["@method", "@target-uri", "content-type"])?
///     .with_tag("my-application")
///     .requiring_nonce();
/// assert!(Policy::new(Window::new(300, 5), []).is_err());
/// # Ok::<(), creance_sigv::Error>(())
/// ```
#[derive(Clone)]
pub struct Policy {
    required: Vec<Component>,
    window: Window,
    pub(super) body: BodyRule,
    label: Option<String>,
    tag: Option<String>,
    needs_nonce: bool,
    needs_key_id: bool,
}

/// What becomes of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyRule {
    /// Its digest is covered, unless there is none.
    Digest,
    /// Its digest is covered, also if it is empty.
    DigestAlways,
    /// Nobody looks at it, and the proof has none.
    Ignored,
}

impl Policy {
    /// A policy that demands these components, and a time of signing within `window`: its past is the
    /// maximum age of `created`.
    ///
    /// # Errors
    /// [`Error::Value`] with [`Part::Coverage`] for an empty list; [`Error::Malformed`] and
    /// [`Error::Duplicate`] as for [`Component::parse`].
    pub fn new<'c>(
        window: Window,
        required: impl IntoIterator<Item = &'c str>,
    ) -> Result<Self, Error> {
        let required = required.into_iter().map(Component::parse);
        let required = required.collect::<Result<Vec<_>, _>>()?;
        check_once(&required)?;
        if required.is_empty() {
            return Err(Error::Value(Part::Coverage));
        }
        Ok(Self::of(window, required))
    }

    /// Requests whose method, authority, path and query are covered, each for itself or in
    /// `@target-uri`.
    #[must_use]
    pub fn for_requests(window: Window) -> Self {
        Self::of(window, known(&REQUEST))
    }

    /// Responses whose status is covered, and method and target URI of the request that they answer:
    /// otherwise a response to another request would do.
    #[must_use]
    pub fn for_responses(window: Window) -> Self {
        Self::of(window, known(&RESPONSE))
    }

    fn of(window: Window, required: Vec<Component>) -> Self {
        Self {
            required,
            window,
            body: BodyRule::Digest,
            label: None,
            tag: None,
            needs_nonce: false,
            needs_key_id: true,
        }
    }

    /// Looks only at the signature of this label. A label is not covered by the signature, and anybody
    /// on the way may rename it: what a signature is for is told by a [tag](Self::with_tag).
    #[must_use]
    pub fn with_label(mut self, label: &str) -> Self {
        self.label = Some(label.to_owned());
        self
    }

    /// Looks only at signatures with this `tag`, which is covered: a signature that was made for another
    /// application is none for this one.
    #[must_use]
    pub fn with_tag(mut self, tag: &str) -> Self {
        self.tag = Some(tag.to_owned());
        self
    }

    /// Demands a `nonce`. Without one, a message is told from others by all that is signed: the same
    /// request twice in one second is then a replay.
    #[must_use]
    pub const fn requiring_nonce(mut self) -> Self {
        self.needs_nonce = true;
        self
    }

    /// Demands the digest of the body also if the body is empty.
    #[must_use]
    pub const fn requiring_digest(mut self) -> Self {
        self.body = BodyRule::DigestAlways;
        self
    }

    /// Takes messages whatever their body is, and shows none: for those that are acted on by their
    /// headers alone.
    #[must_use]
    pub const fn without_body(mut self) -> Self {
        self.body = BodyRule::Ignored;
        self
    }

    /// Takes a signature without `keyid`, too, where the two sides have agreed on the key otherwise:
    /// each usable key is tried. Where there is a `keyid` nothing changes.
    #[must_use]
    pub const fn allowing_no_key_id(mut self) -> Self {
        self.needs_key_id = false;
        self
    }

    /// How far `created` may be off: what a replay store has to be made for.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    /// The components that have to be covered.
    #[must_use]
    pub fn required(&self) -> &[Component] {
        &self.required
    }

    /// The one signature that is looked at. Where several would do it is the first whose key is known,
    /// and where none is, the first, so that as much is done as for one that is known.
    pub(super) fn select<'a>(
        &self,
        headers: &'a dyn Headers,
        keys: &(impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Candidate<'a>, Error> {
        let mut candidates = candidates(headers)?;
        candidates.retain(|candidate| {
            self.label.as_deref().is_none_or(|label| candidate.label == label)
                && self.tag.as_deref().is_none_or(|tag| candidate.app_tag() == Some(tag))
        });
        let known = candidates.iter().position(|candidate| {
            let key = candidate.key_id().and_then(|id| keys.find(id, now));
            candidate.may_be_hmac() && key.is_some()
        });
        let hmac = candidates.iter().position(Candidate::may_be_hmac);
        let chosen = known.or(hmac).unwrap_or(0);
        if chosen < candidates.len() {
            Ok(candidates.swap_remove(chosen))
        } else {
            Err(Error::Missing(Part::Signature))
        }
    }

    /// What the parameters have to say. All of them are covered by the signature.
    pub(super) fn check_parameters(
        &self,
        parameters: &Parameters<'_>,
        now: UnixTime,
    ) -> Result<UnixTime, Error> {
        if parameters.algorithm().is_some_and(|name| name != HMAC_SHA256) {
            return Err(Error::OtherAlgorithm);
        }
        if self.needs_key_id && parameters.key_id().is_none() {
            return Err(Error::Missing(Part::KeyId));
        }
        match parameters.nonce() {
            None if self.needs_nonce => return Err(Error::Missing(Part::Id)),
            Some(nonce) if nonce.is_empty() => return Err(Error::Malformed(Part::Id)),
            _ => {}
        }
        let created = parameters.created().ok_or(Error::Missing(Part::Timestamp))?;
        match parameters.expires() {
            Some(expires) if expires < created => return Err(Error::Malformed(Part::Timestamp)),
            Some(expires) if expires < now => {
                return Err(Error::Expired { ago: now.seconds_since(expires) });
            }
            _ => {}
        }
        self.window.check(created, now)?;
        Ok(created)
    }

    /// # Errors
    /// [`Error::NotCovered`] with the part that is missing.
    pub(super) fn check_coverage(
        &self,
        components: &[Component],
        body: Option<&[u8]>,
    ) -> Result<(), Error> {
        for required in &self.required {
            if !components.iter().any(|component| component.covers(required)) {
                return Err(Error::NotCovered(required.part()));
            }
        }
        let has_body = body.is_some_and(|body| !body.is_empty());
        let needs_digest = match self.body {
            BodyRule::Digest => has_body,
            BodyRule::DigestAlways => true,
            BodyRule::Ignored => false,
        };
        if needs_digest && !components.iter().any(Component::covers_body) {
            return Err(Error::NotCovered(Part::Digest));
        }
        Ok(())
    }
}

/// What [`Policy::for_requests`] demands, and [`Signer::for_requests`](super::Signer::for_requests)
/// covers.
pub(super) const REQUEST: [&str; 4] = ["@method", "@authority", "@path", "@query"];

/// Likewise of responses.
pub(super) const RESPONSE: [&str; 3] = ["@status", "\"@method\";req", "\"@target-uri\";req"];

/// Identifiers of ours, which are right.
pub(super) fn known(identifiers: &[&str]) -> Vec<Component> {
    identifiers.iter().filter_map(|identifier| Component::parse(identifier).ok()).collect()
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("required", &self.required)
            .field("window", &self.window)
            .field("body", &self.body)
            .field("label", &self.label)
            .field("tag", &self.tag)
            .field("needs_nonce", &self.needs_nonce)
            .field("needs_key_id", &self.needs_key_id)
            .finish()
    }
}
