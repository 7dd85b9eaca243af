use alloc::vec::Vec;

use super::Supposed;
use crate::scheme::{Cause, SecretKind};
use crate::webhook::SecretForm;
use crate::wiped::wipe;
use crate::{Algorithm, Encoding, Key, KeyBytes};

/// A key, as one of the suppositions makes it.
pub(super) type Secret = Key;

/// The keys that a secret's text may stand for, first the one that the scheme makes of it.
pub(crate) fn supposed(
    form: SecretForm<'_>,
    algorithm: Algorithm,
    secret: &str,
) -> Vec<Supposed<Secret>> {
    let trimmed = secret.trim();
    let space = if trimmed == secret { None } else { Some(Cause::SecretWhiteSpace) };
    let mut keys = Vec::new();
    let mut add = |causes: Vec<Cause>, key: Option<Key>| keys.extend(key.map(|key| (causes, key)));

    add(Vec::new(), form.weak_key(algorithm, secret).ok());
    if let Some(space) = space {
        add(Vec::from([space]), form.weak_key(algorithm, trimmed).ok());
    } else if matches!(form, SecretForm::Text | SecretForm::ShortText { .. }) {
        // The other side has read it from a file with a newline at its end.
        let mut line = [secret.as_bytes(), b"\n"].concat();
        let key = Key::allow_weak(algorithm, &line).ok();
        wipe(&mut line);
        add(Vec::from([Cause::SecretWhiteSpace]), key);
    }
    for (kind, key) in kinds(algorithm, trimmed) {
        let cause = Cause::SecretKind(kind);
        add(space.into_iter().chain([cause]).collect(), Some(key));
    }
    keys
}

fn kinds(algorithm: Algorithm, text: &str) -> impl Iterator<Item = (SecretKind, Key)> {
    let bare = text.split_once('_').map_or(text, |(_, bare)| bare);
    let raw = |text: &str| Key::allow_weak(algorithm, text.as_bytes()).ok();
    let decoded = move |encoding, text: &str| {
        let bytes = KeyBytes::decode(encoding, text).ok()?;
        Key::allow_weak(algorithm, bytes.expose()).ok()
    };
    let (unpadded, unpadded_bare) = (text.trim_end_matches('='), bare.trim_end_matches('='));
    [
        (SecretKind::Text, raw(text)),
        (SecretKind::TextWithoutPrefix, raw(bare)),
        (SecretKind::Base64, decoded(Encoding::Base64, text)),
        (SecretKind::Base64, decoded(Encoding::Base64, bare)),
        (SecretKind::Base64, decoded(Encoding::Base64Url, unpadded)),
        (SecretKind::Base64, decoded(Encoding::Base64Url, unpadded_bare)),
        (SecretKind::Hex, SecretForm::Hex.weak_key(algorithm, text).ok()),
        (SecretKind::Hex, SecretForm::Hex.weak_key(algorithm, bare).ok()),
    ]
    .into_iter()
    .filter_map(|(kind, key)| Some((kind, key?)))
}
