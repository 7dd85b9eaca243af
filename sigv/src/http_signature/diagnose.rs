use alloc::format;
use alloc::string::{String, ToString};

use super::base::Base;
use super::component::{Component, Name};
use super::message::Message;
use super::policy::{BodyRule, Policy};
use super::verify::Read;
use crate::codec::percent::{Unit, escape, units};
use crate::content_digest::ContentDigest;
use crate::keyring::KeySet;
use crate::scheme::{Cause, Diagnosis, SecretKind};
use crate::webhook::SecretForm;
use crate::webhook::diagnose::messages::bodies;
use crate::webhook::diagnose::secrets::supposed;
use crate::{Algorithm, Error, UnixTime};

impl Policy {
    /// Why a message is not accepted, by the usual causes: a clock, what is not covered, another port,
    /// scheme, path or method, a secret that was read in another way, a body that was written again. For
    /// whoever connects two systems, who will want [`explain`](Self::explain) beside it. `secret` is the
    /// text that the key was made of, where there is one: in a key it cannot be spelled in another way.
    ///
    /// Of use with messages of one's own only: it takes far more time than a verification, and what it
    /// finds is not for the peer.
    ///
    /// ```
    /// use creance_sigv::http_signature::{Message, Policy, Signer};
    /// use creance_sigv::scheme::{Cause, SecretKind};
    /// use creance_sigv::{Algorithm, Encoding, Key, KeyBytes, UnixTime, Window};
    ///
    /// let text = "c2VjcmV0IHRoYXQgd2FzIG1hZGUgb2YgYnl0ZXM=";
    /// let decoded = KeyBytes::decode(Encoding::Base64, text)?;
    /// let theirs = Key::from_provider(Algorithm::Sha256, decoded.expose())?;
    /// let now = UnixTime::from_secs(1_700_000_000);
    /// let request = Message::request("GET", "https://example.com/", &[("", ""); 0], b"");
    /// let headers = Signer::for_requests().sign(request, &theirs, now)?.to_headers();
    ///
    /// // The server has taken the text as it stands.
    /// let ours = Key::from_provider(Algorithm::Sha256, text.as_bytes())?;
    /// let received = Message::request("GET", "https://example.com/", &headers, b"");
    /// let policy = Policy::for_requests(Window::new(300, 5)).allowing_no_key_id();
    /// let diagnosis = policy.diagnose(received, &ours, Some(text), now);
    /// assert_eq!(diagnosis.causes(), [Cause::SecretKind(SecretKind::Base64)]);
    /// # Ok::<(), creance_sigv::Error>(())
    /// ```
    #[must_use]
    pub fn diagnose<'a>(
        &self,
        message: impl Into<Message<'a>>,
        keys: &(impl KeySet + ?Sized),
        secret: Option<&str>,
        now: UnixTime,
    ) -> Diagnosis {
        let message = message.into();
        let mut diagnosis = Diagnosis::default();
        if let Err(error) = self.look(&message, (keys, secret), now, &mut diagnosis) {
            diagnosis.add(Cause::Unreadable(error));
        }
        diagnosis
    }

    fn look(
        &self,
        message: &Message<'_>,
        (keys, secret): (&(impl KeySet + ?Sized), Option<&str>),
        now: UnixTime,
        diagnosis: &mut Diagnosis,
    ) -> Result<(), Error> {
        let read = Read::new(self, message, keys, now)?;
        let base = Base::new(message, &read.components, &read.params)?;
        match read.matching(&base, keys, now) {
            Ok(_) => {}
            Err(Error::Mismatch) => {
                other_messages(&base, diagnosis, |base| read.matching(base, keys, now).is_ok());
                if let (Some(secret), []) = (secret, diagnosis.causes()) {
                    other_secrets(&read, &base, secret, diagnosis);
                }
                if diagnosis.causes().is_empty() {
                    return Ok(());
                }
            }
            Err(error) => return Err(error),
        }
        self.judge(&read, message, now, diagnosis);
        Ok(())
    }

    /// What else is wrong where the signature is right, perhaps under a supposition.
    fn judge(
        &self,
        read: &Read<'_>,
        message: &Message<'_>,
        now: UnixTime,
        diagnosis: &mut Diagnosis,
    ) {
        match (read.check(self, Some(message.body), now), read.created()) {
            (Err(Error::TooOld { .. } | Error::TooNew { .. }), Some(created)) => {
                diagnosis.add(Cause::Skew { behind: behind(created, now) });
            }
            (Err(error), _) => return diagnosis.add(Cause::Refused(error)),
            (Ok(_), _) => {}
        }
        if self.body != BodyRule::Ignored && read.covers_body() {
            match ContentDigest::parse(message.headers) {
                Ok(digest) => look_at_body(&digest, message.body, diagnosis),
                Err(error) => diagnosis.add(Cause::Refused(error)),
            }
        }
        if diagnosis.causes().is_empty() {
            diagnosis.add(Cause::Right);
        }
    }
}

fn other_messages(
    base: &Base<'_, '_>,
    diagnosis: &mut Diagnosis,
    is_right: impl Fn(&Base<'_, '_>) -> bool,
) {
    for (cause, suspect) in SUSPECTS {
        if base.supposing(suspect).is_some_and(|base| is_right(&base)) {
            diagnosis.add(cause);
        }
    }
}

/// The first of the keys that the secret's text may stand for under which the message is right, as it
/// came or with one usual change.
fn other_secrets(read: &Read<'_>, base: &Base<'_, '_>, secret: &str, diagnosis: &mut Diagnosis) {
    for (mut causes, key) in supposed(SecretForm::Text, Algorithm::Sha256, secret) {
        if causes.is_empty() {
            // The key that is in the ring was not made so.
            causes.push(Cause::SecretKind(SecretKind::Text));
        }
        let is_right = |base: &Base<'_, '_>| read.is_right(base, &key);
        let mut found = Diagnosis::default();
        if !is_right(base) {
            other_messages(base, &mut found, is_right);
            if found.causes().is_empty() {
                continue;
            }
        }
        causes.iter().chain(found.causes()).for_each(|cause| diagnosis.add(*cause));
        return;
    }
}

fn behind(created: UnixTime, now: UnixTime) -> i64 {
    let signed = |secs| i64::try_from(secs).unwrap_or(i64::MAX);
    if created <= now {
        signed(now.seconds_since(created))
    } else {
        -signed(created.seconds_since(now))
    }
}

/// The first cause that explains the digest: one body may be several of them.
fn look_at_body(digest: &ContentDigest, body: &[u8], diagnosis: &mut Diagnosis) {
    let Err(error) = digest.verify(body) else { return };
    let found = bodies(body).into_iter().find(|(_, other)| digest.verify(other).is_ok());
    diagnosis.add(found.map_or(Cause::Refused(error), |(cause, _)| cause));
}

/// What a signer may have signed in the place of a value.
type Suspect = fn(&Component, &str) -> Option<String>;

const SUSPECTS: [(Cause, Suspect); 11] = [
    (Cause::Port, |component, value| without_port(component, value)),
    (Cause::Port, |component, value| with_port(component, value, "443")),
    (Cause::Port, |component, value| with_port(component, value, "80")),
    (Cause::UrlScheme, other_scheme),
    (Cause::TrailingSlash, |component, value| {
        with_path(component, value, |path| match path.strip_suffix('/') {
            Some(shorter) => shorter.to_string(),
            None => format!("{path}/"),
        })
    }),
    (Cause::PathEncoding, |component, value| with_path(component, value, decoded)),
    (Cause::PathEncoding, |component, value| {
        with_path(component, value, |path| path.replace('%', "%25"))
    }),
    (Cause::PathEncoding, |component, value| {
        with_path(component, value, |path| path.replace("%25", "%"))
    }),
    (Cause::MethodCase, |component, value| {
        matches!(component.name, Name::Method).then(|| value.to_ascii_uppercase())
    }),
    (Cause::MethodCase, |component, value| {
        matches!(component.name, Name::Method).then(|| value.to_ascii_lowercase())
    }),
    (Cause::MethodCase, |component, value| {
        let (first, rest) = value.split_at_checked(1)?;
        let capital = || format!("{}{}", first.to_ascii_uppercase(), rest.to_ascii_lowercase());
        matches!(component.name, Name::Method).then(capital)
    }),
];

/// Scheme, authority, and the rest of a URL.
fn split(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    Some((scheme, authority, rest))
}

fn with_authority(
    component: &Component,
    value: &str,
    change: impl Fn(&str) -> String,
) -> Option<String> {
    match component.name {
        Name::Authority => Some(change(value)),
        Name::TargetUri => {
            let (scheme, authority, rest) = split(value)?;
            Some(format!("{scheme}://{}{rest}", change(authority)))
        }
        _ => None,
    }
}

fn host(authority: &str) -> &str {
    let bracket = authority.rfind(']').map_or(0, |at| at + 1);
    let port = authority.get(bracket..).and_then(|rest| rest.find(':'));
    port.and_then(|at| authority.get(..bracket + at)).unwrap_or(authority)
}

fn without_port(component: &Component, value: &str) -> Option<String> {
    with_authority(component, value, |authority| host(authority).to_string())
}

fn with_port(component: &Component, value: &str, port: &str) -> Option<String> {
    with_authority(component, value, |authority| format!("{}:{port}", host(authority)))
}

fn other_scheme(component: &Component, value: &str) -> Option<String> {
    let other = |scheme: &str| if scheme == "https" { "http" } else { "https" };
    match component.name {
        Name::Scheme => Some(other(value).to_string()),
        Name::TargetUri => {
            let (scheme, authority, rest) = split(value)?;
            Some(format!("{}://{authority}{rest}", other(scheme)))
        }
        _ => None,
    }
}

fn with_path(
    component: &Component,
    value: &str,
    change: impl Fn(&str) -> String,
) -> Option<String> {
    let (front, rest) = match component.name {
        Name::Path | Name::RequestTarget => ("", value),
        Name::TargetUri => {
            let (_, _, rest) = split(value)?;
            value.split_at_checked(value.len() - rest.len())?
        }
        _ => return None,
    };
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    Some(format!("{front}{}{query}", change(path)))
}

/// A path whose percent-encoded visible ASCII characters and spaces are written as they are.
fn decoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for unit in units(path.as_bytes()) {
        match unit {
            Unit::Lone => text.push('%'),
            Unit::Escape(byte) if !matches!(byte, b' '..=b'~') => text.push_str(escape(byte)),
            Unit::Plain(byte) | Unit::Escape(byte) => text.push(char::from(byte)),
        }
    }
    text
}
