//! Secrets at rest: what another implementation sealed opens here and the other way round, and what
//! was changed or moved does not open.
#![cfg(feature = "seal")]

mod common;

use std::collections::HashSet;
use std::convert::Infallible;

use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305};
use common::{Fields, hex};
use creance_totp::rand::{TryCryptoRng, TryRng, rng};
use creance_totp::{
    Error, Fault, KeyBytes, SealContext, SealKeys, SealedSecret, Secret, SecretSealer,
};
use proptest::prelude::*;

const ALICE: SealContext<'_> = SealContext::new("alice", "phone");

fn key(byte: u8) -> KeyBytes {
    KeyBytes::from_slice(&[byte; SealKeys::KEY_BYTES]).expect("short enough")
}

fn secret() -> Secret {
    Secret::from_bytes(b"12345678901234567890").expect("long enough")
}

/// A generator that gives these bytes, and no more.
struct Given(Vec<u8>);

impl TryRng for Given {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unimplemented!("only bytes are taken")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unimplemented!("only bytes are taken")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.copy_from_slice(&self.0.drain(..out.len()).collect::<Vec<u8>>());
        Ok(())
    }
}

impl TryCryptoRng for Given {}

#[test]
fn another_implementation_seals_the_same() {
    let mut file = Fields::parse(include_str!("vectors/sealed_computed.json"));
    let _ = file.text("source");
    let cases = file.objects("cases");
    file.end();
    assert_eq!(cases.len(), 40);
    for mut case in cases {
        let id = u32::try_from(case.number("key_id")).expect("32 bits");
        let key = KeyBytes::from_slice(&case.bytes("key")).expect("short enough");
        let keys = SealKeys::new(id, &key).expect("32 bytes");
        let (user, credential) = (case.text("user"), case.text("credential"));
        let context = SealContext::new(&user, &credential);
        let mut nonce = Given(case.bytes("nonce"));
        let secret = Secret::allow_weak_bytes(&case.bytes("secret")).expect("a secret");
        let text = case.text("sealed");
        case.end();

        let sealed = keys.seal(&secret, context, &mut nonce).expect("it seals");
        assert_eq!(sealed.to_string(), text);
        assert!(nonce.0.is_empty(), "the whole nonce is random");
        let parsed: SealedSecret = text.parse().expect("a sealed secret");
        assert_eq!(keys.open(&parsed, context).expect("it opens").expose(), secret.expose());
    }
}

/// draft-irtf-cfrg-xchacha-03, A.3.1, through the crate that does the work.
#[test]
fn the_cipher_is_that_of_the_draft() {
    let key: [u8; 32] = core::array::from_fn(|i| 0x80 + u8::try_from(i).expect("small"));
    let nonce: [u8; 24] = core::array::from_fn(|i| 0x40 + u8::try_from(i).expect("small"));
    let mut text = *b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip \
        for the future, sunscreen would be it.";
    let tag = XChaCha20Poly1305::new(&key.into())
        .encrypt_inout_detached(
            &nonce.into(),
            &hex("50515253c0c1c2c3c4c5c6c7"),
            text.as_mut_slice().into(),
        )
        .expect("short enough");
    assert_eq!(text[..16], hex("bd6d179d3e83d43b9576579493c0e939"));
    assert_eq!(text[96..], hex("21f9664c97637da9768812f615c68b13b52e"));
    assert_eq!(tag[..], hex("c0875924c1c7987947deafd8780acf49"));
}

#[test]
fn each_byte_counts() {
    let keys = SealKeys::new(7, &key(1)).expect("a key").with_other(6, &key(2)).expect("another");
    let sealed = keys.seal(&secret(), ALICE, &mut rng()).expect("it seals");
    let bytes = sealed.as_bytes();
    assert_eq!(bytes.len(), 1 + 4 + 24 + 20 + 16);
    for position in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.to_vec();
            changed[position] ^= 1 << bit;
            let id = u32::from_be_bytes(changed[1..5].try_into().expect("four bytes"));
            // The id names another key: one that is there, or one that is not.
            let expected =
                if id == 7 || id == 6 { Error::Sealed } else { Error::UnknownKey { id } };
            let changed = SealedSecret::from_bytes(&changed).expect("as long as before");
            assert_eq!(keys.open(&changed, ALICE).err(), Some(expected), "{position}, {bit}");
        }
    }
}

#[test]
fn nothing_opens_that_is_cut_or_longer() {
    let keys = SealKeys::new(0, &key(1)).expect("a key");
    let sealed = keys.seal(&secret(), ALICE, &mut rng()).expect("it seals");
    let bytes = [sealed.as_bytes(), &[0; 200]].concat();
    for len in (1..bytes.len()).filter(|len| *len != sealed.as_bytes().len()) {
        let cut = SealedSecret::from_bytes(&bytes[..len]).expect("in range");
        assert_eq!(keys.open(&cut, ALICE).err(), Some(Error::Sealed), "{len}");
    }
}

/// Someone with the key, and a mistake: what is inside is no secret.
#[test]
fn an_empty_secret_does_not_open() {
    let (nonce, header) = ([3; 24], [1, 0, 0, 0, 9]);
    let mut bound = b"creance sealed secret".to_vec();
    bound.extend_from_slice(&header);
    for part in ["alice", "phone"] {
        bound.extend_from_slice(&5u64.to_be_bytes());
        bound.extend_from_slice(part.as_bytes());
    }
    let seal = |text: &mut [u8]| {
        let cipher = XChaCha20Poly1305::new(&[1; 32].into());
        let tag = cipher.encrypt_inout_detached(&nonce.into(), &bound, (&mut *text).into());
        let parts = [&header[..], &nonce, text, &tag.expect("short enough")];
        SealedSecret::from_bytes(&parts.concat()).expect("in range")
    };
    let keys = SealKeys::new(9, &key(1)).expect("a key");
    assert!(keys.open(&seal(&mut [5; 1]), ALICE).is_ok());
    assert!(keys.open(&seal(&mut [5; 128]), ALICE).is_ok());
    assert_eq!(keys.open(&seal(&mut []), ALICE).err(), Some(Error::Sealed));
    assert_eq!(keys.open(&seal(&mut [5; 129]), ALICE).err(), Some(Error::Sealed));
}

#[test]
fn no_two_contexts_are_one() {
    let keys = SealKeys::new(1, &key(1)).expect("a key");
    let parts = ["", "a", "b", "ab", "aa", "a\0", "\0a", "\0", "\0\0\0\0\0\0\0\u{1}a"];
    let contexts = || parts.iter().flat_map(|user| parts.map(|of| SealContext::new(user, of)));
    for own in contexts() {
        let sealed = keys.seal(&secret(), own, &mut rng()).expect("it seals");
        for other in contexts() {
            let opened = keys.open(&sealed, other).map(|secret| secret.expose().to_vec());
            let expected =
                if own == other { Ok(secret().expose().to_vec()) } else { Err(Error::Sealed) };
            assert_eq!(opened, expected, "{own:?}, {other:?}");
        }
    }
}

#[test]
fn keys_are_replaced_without_a_moment_of_refusal() {
    let old = SealKeys::new(1, &key(1)).expect("a key");
    let stored = old.seal(&secret(), ALICE, &mut rng()).expect("it seals");
    assert!(old.reseal(&stored, ALICE, &mut rng()).expect("it opens").is_none());

    // First every process learns the new key, then it seals, then the old one goes.
    let prepared =
        SealKeys::new(1, &key(1)).expect("a key").with_other(2, &key(2)).expect("another");
    assert!(prepared.is_current(&stored));
    let both = SealKeys::new(2, &key(2)).expect("a key").with_other(1, &key(1)).expect("another");
    assert_eq!((both.current_id(), both.is_current(&stored)), (2, false));
    let resealed = both.reseal(&stored, ALICE, &mut rng()).expect("it opens").expect("anew");
    let new = SealKeys::new(2, &key(2)).expect("a key");
    for keys in [&prepared, &both, &new] {
        assert_eq!(keys.open(&resealed, ALICE).expect("it opens").expose(), secret().expose());
    }

    // Removed too early: an outage, and not the fault of whoever logs in.
    let error = new.open(&stored, ALICE).expect_err("its key is gone");
    assert_eq!((error, error.fault()), (Error::UnknownKey { id: 1 }, Fault::Outage));
    assert_eq!(error.to_string(), "the key 1 is not known");
    let error = new.reseal(&stored, ALICE, &mut rng()).expect_err("its key is gone");
    assert_eq!(error, Error::UnknownKey { id: 1 });
    // Another key under the old id.
    let wrong = SealKeys::new(1, &key(3)).expect("a key");
    let error = wrong.open(&stored, ALICE).expect_err("not its key");
    assert_eq!((error, error.fault()), (Error::Sealed, Fault::Caller));
    assert_eq!(error.to_string(), "the sealed secret does not open");
    // A secret of somebody else is not sealed anew for this one.
    let mallory = SealContext::new("mallory", "phone");
    assert_eq!(both.reseal(&stored, mallory, &mut rng()).err(), Some(Error::Sealed));
}

#[test]
fn keys_have_32_bytes_and_ids_of_their_own() {
    for len in (0..=64).filter(|len| *len != 32) {
        let key = KeyBytes::from_slice(&vec![1; len]).expect("short enough");
        assert_eq!(SealKeys::new(1, &key).err(), Some(Error::ServiceKey), "{len}");
    }
    let keys =
        || SealKeys::new(1, &key(1)).expect("a key").with_other(2, &key(2)).expect("another");
    for id in [1, 2] {
        assert_eq!(keys().with_other(id, &key(3)).err(), Some(Error::ServiceKey));
    }
    assert_eq!(format!("{keys:?}", keys = keys()), "SealKeys { ids: [1, 2] }");
}

#[test]
fn it_never_seals_alike_and_serves_as_an_object() {
    let keys = SealKeys::new(1, &key(1)).expect("a key");
    let object: &dyn SecretSealer = &keys;
    let mut rng = rng();
    let nonces: HashSet<Vec<u8>> = (0..100)
        .map(|_| {
            object.seal(&secret(), ALICE, &mut rng).expect("it seals").as_bytes()[5..29].to_vec()
        })
        .collect();
    assert_eq!(nonces.len(), 100);
}

#[test]
fn sealed_text_is_bounded_and_has_one_spelling() {
    let of_len = |len: usize| SealedSecret::from_bytes(&vec![0xa5; len]);
    let longest = of_len(SealedSecret::MAX_BYTES).expect("in range");
    assert_eq!(longest.to_string().parse(), Ok(longest.clone()));
    assert_eq!(of_len(0), Err(Error::Sealed));
    assert_eq!(of_len(SealedSecret::MAX_BYTES + 1), Err(Error::Sealed));
    for text in ["", "A", "AB", "AA=", "AA==", "A A", "AA\n", "AÄ", "+/8", &format!("{longest}AA")]
    {
        assert_eq!(text.parse::<SealedSecret>(), Err(Error::Sealed), "{text:?}");
    }
    assert_eq!(format!("{longest:?}"), "SealedSecret { bytes: 1024, .. }");
}

#[cfg(feature = "serde")]
#[test]
fn sealed_secrets_are_serialised_as_text() {
    let sealed = SealedSecret::from_bytes(b"anything").expect("in range");
    let json = serde_json::to_string(&sealed).expect("it serialises");
    assert_eq!(json, "\"YW55dGhpbmc\"");
    assert_eq!(serde_json::from_str::<SealedSecret>(&json).expect("it parses"), sealed);
    for wrong in ["\"\"", "\"YW55dGhpbmd\"", "[1]", "null", "12"] {
        assert!(serde_json::from_str::<SealedSecret>(wrong).is_err(), "{wrong}");
    }
    let error = serde_json::from_str::<SealedSecret>("\"c2VjcmV0*\"").expect_err("not Base64url");
    assert!(!error.to_string().contains("c2Vj"), "{error}");
}

proptest! {
    /// Any secret comes back for its own user and credential, and for nobody else.
    #[test]
    fn what_is_sealed_opens(
        bytes in prop::collection::vec(any::<u8>(), 1..=Secret::MAX_BYTES),
        (user, credential) in (".{0,20}", ".{0,20}"),
        (other_user, other_credential) in (".{0,20}", ".{0,20}"),
        id: u32,
    ) {
        let keys = SealKeys::new(id, &key(4)).expect("a key");
        let (own, other) =
            (SealContext::new(&user, &credential), SealContext::new(&other_user, &other_credential));
        let secret = Secret::allow_weak_bytes(&bytes).expect("in range");
        let sealed = keys.seal(&secret, own, &mut rng()).expect("it seals");
        let parsed: SealedSecret = sealed.to_string().parse().expect("its own text");
        let opened = keys.open(&parsed, own).expect("it opens");
        prop_assert_eq!(opened.expose(), &bytes);
        prop_assert_eq!(keys.open(&parsed, other).is_ok(), own == other);
    }

    /// Anything may be in the store.
    #[test]
    fn nothing_opens_that_was_not_sealed(bytes in prop::collection::vec(any::<u8>(), 1..=200)) {
        let keys = SealKeys::new(1, &key(4)).expect("a key");
        let mut bytes = bytes;
        let sealed = SealedSecret::from_bytes(&bytes).expect("in range");
        prop_assert!(keys.open(&sealed, ALICE).is_err());
        for (place, byte) in bytes.iter_mut().zip([1, 0, 0, 0, 1]) {
            *place = byte;
        }
        let sealed = SealedSecret::from_bytes(&bytes).expect("in range");
        prop_assert_eq!(keys.open(&sealed, ALICE).err(), Some(Error::Sealed));
    }
}
