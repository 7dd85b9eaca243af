//! Secrets are not shown, not compared by `==`, not too short, and made from the generator given.

mod common;

use std::convert::Infallible;
use std::fmt::Debug;

use common::to_hex;
use creance_sigv::keyring::{GrowingKeyring, KeyEntry, KeySet, Keyring, SharedKeyring};
use creance_sigv::rand::{TryCryptoRng, TryRng};
use creance_sigv::{
    Algorithm, Encoding, Error, Fault, Hasher, Hkdf, Key, KeyBytes, Mac, ReceivedTag, Tag, TagText,
    UnixTime,
};

/// A generator that counts. The trait is a promise of unpredictability; this one is a test's.
struct Counting(u8);

impl TryRng for Counting {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = self.0;
            self.0 = self.0.wrapping_add(1);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

/// Every way in which four neighbouring bytes of `secret` could stand in a text.
fn assert_hidden(shown: &str, secret: &[u8]) {
    let shown = shown.to_lowercase();
    for part in secret.windows(4) {
        let mut base64 = String::new();
        // Three bytes from a group's start: four characters that do not depend on the rest.
        Encoding::Base64.encode(&part[..3], &mut base64).expect("a String takes everything");
        let decimal = part.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut forms = vec![to_hex(part), decimal.join(","), decimal.join(", "), base64];
        forms.extend(std::str::from_utf8(part).map(str::to_owned));
        forms.push(format!("{part:02x?}").replace(['[', ']'], ""));
        for form in forms {
            let form = form.to_lowercase();
            assert!(!shown.contains(&form), "{form} in {shown}");
        }
    }
}

/// What `Debug` prints is the same for two values that differ in the secret only.
fn assert_redacted<T: Debug>(values: [&T; 2], secrets: &[&[u8]], expected: &str) {
    for value in values {
        assert_eq!(format!("{value:?}"), expected);
        for shown in [format!("{value:?}"), format!("{value:#?}"), format!("{value:02x?}")] {
            for secret in secrets {
                assert_hidden(&shown, secret);
            }
        }
    }
    assert_eq!(format!("{:#?}", values[0]), format!("{:#?}", values[1]));
}

#[test]
fn the_search_for_shown_secrets_finds_them() {
    let secret = [200, 201, 202, 203, 204];
    let found =
        |shown: String| std::panic::catch_unwind(|| assert_hidden(&shown, &secret)).is_err();
    let mut base64 = String::new();
    Encoding::Base64.encode(&secret, &mut base64).unwrap();
    assert!(found(format!("{secret:?}")));
    assert!(found(format!("{secret:02x?}")));
    assert!(found(format!("{secret:02X?}")));
    assert!(found(to_hex(&secret)));
    assert!(found(base64));
    assert!(!found("Key { algorithm: Sha256, .. }".to_owned()));
}

#[test]
fn debug_shows_neither_keys_nor_tags() {
    let algorithm = Algorithm::Sha256;
    let (one, other) = ([0x5a; 32], *b"correct horse battery staple 42!");
    let keys = [&one, &other].map(|bytes| Key::new(algorithm, bytes).expect("long enough"));
    let tags = [keys[0].sign(b"message"), keys[1].sign(b"message")];
    let macs = [keys[0].begin(), keys[1].begin()];
    let bytes = [&one, &other].map(|bytes| KeyBytes::from_slice(bytes).expect("fits"));
    let received = [&tags[0], &tags[1]]
        .map(|tag| ReceivedTag::from_slice(algorithm, tag.expose()).expect("full length"));
    let hashers = [&one, &other].map(|bytes| {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher
    });
    let texts = [&tags[0], &tags[1]].map(|tag| tag.text(Encoding::Hex));
    let secrets = [
        &one[..],
        &other,
        tags[0].expose(),
        tags[1].expose(),
        texts[0].expose(),
        texts[1].expose(),
    ];

    let key = "Key { algorithm: Sha256, .. }";
    assert_redacted([&keys[0], &keys[1]], &secrets, key);
    assert_redacted([&bytes[0], &bytes[1]], &secrets, "KeyBytes { .. }");
    assert_redacted([&macs[0], &macs[1]], &secrets, "Mac { algorithm: Sha256, .. }");
    assert_redacted([&tags[0], &tags[1]], &secrets, "Tag { algorithm: Sha256, .. }");
    assert_redacted([&texts[0], &texts[1]], &secrets, "TagText { len: 64, .. }");
    assert_redacted([&received[0], &received[1]], &secrets, "ReceivedTag { len: 32, .. }");
    assert_redacted([&hashers[0], &hashers[1]], &secrets, "Hasher { algorithm: Sha256, .. }");
}

#[test]
fn debug_shows_no_key_of_a_ring_and_no_derived_one() {
    let algorithm = Algorithm::Sha256;
    let (one, other) = ([0x5a; 32], *b"eleven xylophones by quartz light");
    let secrets = [&one[..], &other];
    let keys = [&one[..], &other].map(|bytes| Key::new(algorithm, bytes).expect("long enough"));

    let derivations = keys.clone().map(Hkdf::from_key);
    assert_redacted([&derivations[0], &derivations[1]], &secrets, "Hkdf { algorithm: Sha256, .. }");

    let end = UnixTime::from_secs(9);
    let entries = keys.map(|key| KeyEntry::new("7", key).expect("an id").with_not_after(end));
    let entry = "KeyEntry { id: \"7\", state: Active, not_before: UnixTime(0), not_after: UnixTime(9), .. }";
    assert_redacted([&entries[0], &entries[1]], &secrets, entry);

    let ring = format!("[{entry}]");
    let fixed = entries.each_ref().map(|entry| {
        let mut ring = Keyring::<2>::new();
        ring.insert(entry.clone()).expect("a place");
        ring
    });
    assert_redacted([&fixed[0], &fixed[1]], &secrets, &ring);
    let shared = entries.map(|entry| {
        let ring = SharedKeyring::default();
        ring.insert(entry).expect("new");
        ring
    });
    assert_redacted([&shared[0], &shared[1]], &secrets, &ring);
    let snapshots = shared.each_ref().map(SharedKeyring::snapshot);
    assert_redacted([&*snapshots[0], &*snapshots[1]], &secrets, &ring);

    let usable = snapshots.each_ref().map(|ring| ring.signer(end).expect("an active key"));
    let key_use =
        "KeyUse { id: \"7\", index: 0, state: Active, is_current: true, is_early: false }";
    assert_redacted(
        [&usable[0], &usable[1]],
        &secrets,
        &format!("Usable {{ key: Key {{ algorithm: Sha256, .. }}, use_: {key_use} }}"),
    );
    let slots = snapshots.each_ref().map(|ring| ring.entries().next().expect("one"));
    let held = format!("Slot {{ held: Entry({entry}), index: 0 }}");
    assert_redacted([&slots[0], &slots[1]], &secrets, &held);
}

/// Fails to compile where the type has the trait: two impls would then answer to `_`.
macro_rules! assert_lacks {
    ($type:ty: $($trait:path),+ $(,)?) => {$(
        const _: fn() = || {
            trait Ambiguous<A> {
                fn name() {}
            }
            struct HasTheTrait;
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + $trait> Ambiguous<HasTheTrait> for T {}
            let _ = <$type as Ambiguous<_>>::name;
        };
    )+};
}

macro_rules! assert_opaque {
    ($($type:ty),+) => {$(
        assert_lacks!(
            $type: Copy, Default, Eq, PartialEq, PartialEq<[u8]>, PartialEq<&'static [u8]>,
            PartialEq<Vec<u8>>, PartialOrd, Ord, std::hash::Hash, AsRef<[u8]>,
            std::borrow::Borrow<[u8]>, std::ops::Deref, Into<Vec<u8>>, std::fmt::Display,
            std::fmt::LowerHex, std::fmt::UpperHex,
        );
    )+};
}

assert_opaque!(Key, KeyBytes, Mac, Tag, TagText, ReceivedTag, Hasher);
assert_opaque!(Hkdf, KeyEntry);
macro_rules! assert_ring_opaque {
    ($($type:ty),+) => {$(
        assert_lacks!(
            $type: Copy, Eq, PartialEq, PartialOrd, Ord, std::hash::Hash, AsRef<[u8]>,
            std::ops::Deref, std::fmt::Display,
        );
    )+};
}

// Unlike a key, an empty ring is a default.
assert_ring_opaque!(Keyring<2>, GrowingKeyring, SharedKeyring);
assert_lacks!(Tag: PartialEq<ReceivedTag>);
assert_lacks!(ReceivedTag: PartialEq<Tag>);

/// Where the crate does not know `serde`, nobody can serialise its types: the orphan rule forbids
/// the impl outside, and the first dependency on it inside makes this fail.
#[test]
fn nothing_can_be_serialised() {
    let manifest = include_str!("../Cargo.toml");
    let dependencies = manifest.split("\n[").find(|table| table.starts_with("dependencies]"));
    assert!(!dependencies.expect("a table of dependencies").contains("serde"));
}

#[test]
fn keys_have_a_minimum_length_that_depends_on_where_they_come_from() {
    let outputs = [20, 32, 48, 64];
    for (algorithm, output) in Algorithm::ALL.into_iter().zip(outputs) {
        let bytes = [7; 200];
        let short = |bytes, minimum| Some(Error::ShortKey { algorithm, bytes, minimum });
        for len in 1..=bytes.len() {
            let key = &bytes[..len];
            let own = Key::new(algorithm, key).err();
            assert_eq!(own, if len < output { short(len, output) } else { None }, "{len}");
            let provider = Key::from_provider(algorithm, key).err();
            assert_eq!(provider, if len < 16 { short(len, 16) } else { None }, "{len}");
            assert_eq!(Key::allow_weak(algorithm, key).err(), None, "{len}");
        }
        for refused in [
            Key::new(algorithm, b"").err(),
            Key::from_provider(algorithm, b"").err(),
            Key::allow_weak(algorithm, b"").err(),
        ] {
            assert_eq!(refused, Some(Error::EmptyKey));
        }
    }
}

#[test]
fn the_messages_on_short_keys_tell_lengths_only() {
    let error = Key::new(Algorithm::Sha512, b"hunter2").unwrap_err();
    assert_eq!(error.to_string(), "the key has 7 bytes, at least 64 are required for sha512");
    let error = Key::from_provider(Algorithm::Sha1, b"hunter2").unwrap_err();
    assert_eq!(error.to_string(), "the key has 7 bytes, at least 16 are required for sha1");
    assert_eq!(error.fault(), Fault::Caller);
    let error = Key::allow_weak(Algorithm::Sha1, b"").unwrap_err();
    assert_eq!(error.to_string(), "an HMAC key must not be empty");
    assert_eq!(error.fault(), Fault::Caller);
}

#[test]
fn a_mismatch_tells_nothing_but_itself() {
    let key = Key::allow_weak(Algorithm::Sha256, b"key").expect("not empty");
    let received = ReceivedTag::from_slice(Algorithm::Sha256, &[0; 32]).expect("full length");
    let error = key.verify(b"message", &received).unwrap_err();
    assert_eq!(error, Error::Mismatch);
    assert_eq!(error.to_string(), "the values differ");
    assert_eq!(error.fault(), Fault::Peer);
}

#[test]
fn a_tag_of_another_algorithm_does_not_verify() {
    for ours in Algorithm::ALL {
        let key = Key::allow_weak(ours, b"key").expect("not empty");
        for theirs in Algorithm::ALL {
            let tag = Key::allow_weak(theirs, b"key").expect("not empty").sign(b"message");
            let received = ReceivedTag::from_slice(theirs, tag.expose()).expect("full length");
            let expected = if ours == theirs { Ok(()) } else { Err(Error::Mismatch) };
            assert_eq!(key.verify(b"message", &received), expected, "{ours}, {theirs}");
        }
    }
}

#[test]
fn a_generated_key_is_the_generators_next_bytes() {
    for algorithm in Algorithm::ALL {
        let mut rng = Counting(1);
        let (key, bytes) = Key::generate(algorithm, &mut rng);
        let expected: Vec<u8> = (1..).take(algorithm.output_len()).collect();
        assert_eq!(bytes.expose(), expected, "{algorithm}");
        let same = Key::new(algorithm, &expected).expect("as long as the output");
        assert_eq!(key.algorithm(), algorithm);
        assert_eq!(key.sign(b"message").expose(), same.sign(b"message").expose());

        let (_, next) = Key::generate(algorithm, &mut rng);
        assert_eq!(usize::from(next.expose()[0]), 1 + algorithm.output_len());
    }
}

#[test]
fn the_systems_generator_gives_a_different_key_each_time() {
    let mut rng = creance_sigv::rand::rng();
    let keys: Vec<_> = (0..100)
        .map(|_| KeyBytes::generate(Algorithm::Sha256, &mut rng).expose().to_vec())
        .collect();
    for (i, key) in keys.iter().enumerate() {
        assert_eq!(key.len(), 32);
        assert!(!keys[..i].contains(key));
    }
}

#[test]
fn a_key_that_was_handed_over_as_text_comes_back() {
    let (key, bytes) = Key::generate(Algorithm::Sha384, &mut Counting(0xf0));
    for encoding in [Encoding::Base64, Encoding::Base64Url, Encoding::Hex] {
        let mut text = String::new();
        bytes.write(encoding, &mut text).expect("a String takes everything");
        let back = KeyBytes::decode(encoding, &text).expect("canonical");
        let back = Key::new(Algorithm::Sha384, back.expose()).expect("long enough");
        assert_eq!(back.sign(b"message").expose(), key.sign(b"message").expose());
    }
}

/// The decoy is for spending time. It is not the empty key, nor one of zeros.
#[test]
fn the_decoy_makes_no_tag_of_a_real_key() {
    for algorithm in Algorithm::ALL {
        let decoy = Key::decoy(algorithm);
        assert_eq!(decoy.algorithm(), algorithm);
        let zero = Key::allow_weak(algorithm, &[0]).expect("not empty");
        assert_ne!(decoy.sign(b"message").expose(), zero.sign(b"message").expose());
    }
}

#[test]
fn an_error_of_the_writer_is_passed_on() {
    struct Full;
    impl std::fmt::Write for Full {
        fn write_str(&mut self, _: &str) -> std::fmt::Result {
            Err(std::fmt::Error)
        }
    }
    let bytes = KeyBytes::from_slice(b"secret").expect("fits");
    assert!(bytes.write(Encoding::Hex, &mut Full).is_err());
}
