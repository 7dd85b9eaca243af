//! Recovery codes: how they are typed and printed, what is stored of them, and that each lets
//! somebody in once.

mod common;

use common::Fields;
use creance_totp::rand::rng;
use creance_totp::{
    Algorithm, Error, Fault, HashKeys, Key, PasswordHasher, RecoveryCode, RecoveryCodes,
    RecoveryPolicy, RecoverySet, RecoverySetParts, RecoverySheet, Stretch, Throttle, Unavailable,
    UnixTime,
};

const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);

fn key(byte: u8) -> Key {
    Key::new(Algorithm::Sha256, &[byte; 32]).expect("long enough")
}

fn keys() -> HashKeys {
    HashKeys::new(1, key(1)).expect("a key of SHA-256")
}

fn code(text: &str) -> RecoveryCode {
    RecoveryCode::parse(text).expect("a recovery code")
}

/// PBKDF2-HMAC-SHA-256 (RFC 8018, 5.2) with few rounds: a test has no time.
struct Pbkdf2 {
    id: u32,
    rounds: u64,
}

impl PasswordHasher for Pbkdf2 {
    fn id(&self) -> u32 {
        self.id
    }

    fn hash(
        &self,
        password: &[u8],
        salt: &[u8; 16],
        out: &mut [u8; 32],
    ) -> Result<(), Unavailable> {
        let key = Key::allow_weak(Algorithm::Sha256, password).map_err(|_| Unavailable)?;
        let mut block = [&salt[..], &[0, 0, 0, 1]].concat();
        out.fill(0);
        for _ in 0..self.rounds {
            block = key.sign(&block).expose().to_vec();
            out.iter_mut().zip(&block).for_each(|(out, byte)| *out ^= byte);
        }
        Ok(())
    }
}

struct Broken;

impl PasswordHasher for Broken {
    fn id(&self) -> u32 {
        1
    }

    fn hash(&self, _: &[u8], _: &[u8; 16], _: &mut [u8; 32]) -> Result<(), Unavailable> {
        Err(Unavailable)
    }
}

fn short_codes() -> RecoveryCodes {
    let policy = RecoveryPolicy::allow_short(5, 4).expect("in range");
    RecoveryCodes::new(keys()).with_policy(policy).with_hasher(Pbkdf2 { id: 1, rounds: 3 })
}

#[test]
fn codes_are_read_as_people_type_them() {
    let right = code("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    assert_eq!(right.expose(), "0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    for typed in [
        "0123456789abcdefghjkmnpqrstvwxyz",
        "oL23-4567-89ab-cdef-ghjk-mnpq-rstv-wxyz",
        " Oi23 4567\t89AB\r\nCDEF\u{a0}GHJK\u{2013}MNPQ\u{2212}RSTV --WXYZ-",
    ] {
        assert_eq!(code(typed).expose(), right.expose(), "{typed:?}");
    }
    assert_eq!(code("iIlL oO00").expose(), "11110000");
    let (long, spaced) = ("0".repeat(33), format!("{}{}", " ".repeat(253), "0000"));
    for typed in
        ["", "   ", "000", "----", "0000U", "u000", "000!", "0000_0000", "０１２３", "Ä000"]
    {
        assert_eq!(RecoveryCode::parse(typed).err(), Some(Error::RecoveryCode), "{typed:?}");
    }
    for typed in [long, spaced] {
        assert_eq!(RecoveryCode::parse(&typed).err(), Some(Error::RecoveryCode), "{typed:?}");
    }
    let error = Error::RecoveryCode;
    assert_eq!(error.to_string(), "a recovery code is 4 to 32 letters and digits");
    assert_eq!((error.fault(), error.status()), (Fault::Peer, 400));
}

#[test]
fn codes_are_printed_in_groups() {
    for (len, printed) in [
        (4, "0123"),
        (5, "01234"),
        (8, "0123-4567"),
        (10, "01234-56789"),
        (23, "0123-4567-89AB-CDEF-GHJK-MNP"),
        (24, "0123-4567-89AB-CDEF-GHJK-MNPQ"),
        (25, "01234-56789-ABCDE-FGHJK-MNPQR"),
    ] {
        let code = code(&"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[..len]);
        let mut text = String::new();
        code.write(&mut text).expect("writing into a string");
        assert_eq!((text.as_str(), code.characters()), (printed, len));
    }
}

/// All characters come up, each about as often, and all positions are random.
#[test]
fn fresh_codes_use_the_whole_alphabet() {
    let policy = RecoveryPolicy::default();
    let mut counts = [[0_u32; 128]; 24];
    for _ in 0..4_000 {
        let code = RecoveryCode::generate(policy, &mut rng());
        for (at, byte) in code.expose().bytes().enumerate() {
            counts[at][usize::from(byte)] += 1;
        }
    }
    for (byte, at) in (0..128).flat_map(|byte| (0..24).map(move |at| (byte, at))) {
        let character = char::from(u8::try_from(byte).expect("ASCII"));
        let count = counts[at][byte];
        if "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(character) {
            // 125 on average, with a deviation of 11: eight of them either way.
            assert!((37..213).contains(&count), "{character} at {at}: {count}");
        } else {
            assert_eq!(count, 0, "{character} at {at}");
        }
    }
}

#[test]
fn policies_ask_for_entropy() {
    assert_eq!(RecoveryPolicy::new(10, 24), Ok(RecoveryPolicy::default()));
    assert_eq!(RecoveryPolicy::new(1, 23).map(RecoveryPolicy::bits), Ok(115));
    assert_eq!(RecoveryPolicy::new(32, 32).map(RecoveryPolicy::bits), Ok(160));
    for (codes, characters) in [(10, 22), (0, 24), (33, 24), (10, 33), (255, 255)] {
        assert_eq!(RecoveryPolicy::new(codes, characters), Err(Error::Policy));
    }
    for (codes, characters) in [(10, 3), (0, 10), (33, 10), (10, 33), (10, 0)] {
        assert_eq!(RecoveryPolicy::allow_short(codes, characters), Err(Error::Policy));
    }
    let short = |characters| RecoveryPolicy::allow_short(10, characters).expect("in range");
    assert_eq!((short(4).bits(), short(22).is_short(), short(23).is_short()), (20, true, false));
}

#[test]
fn other_implementations_hash_the_same() {
    let mut file = Fields::parse(include_str!("vectors/recovery_computed.json"));
    let _ = file.text("source");
    let cases = file.objects("cases");
    file.end();
    assert_eq!(cases.len(), 40);
    for mut case in cases {
        let key = Key::new(Algorithm::Sha256, &case.bytes("key")).expect("32 bytes");
        let mut recovery = RecoveryCodes::new(HashKeys::new(7, key).expect("of SHA-256"));
        let mut stretch = None;
        if let Some(mut fields) =
            Some(case.take("stretch")).filter(|value| !value.is_null()).map(Fields::of)
        {
            let salt = fields.bytes("salt").try_into().expect("16 bytes");
            stretch = Some(Stretch { hasher: 3, salt });
            recovery = recovery.with_hasher(Pbkdf2 { id: 3, rounds: fields.number("rounds") });
            fields.end();
        }
        let hashes = vec![[0; 32], case.bytes("hash").try_into().expect("32 bytes")];
        let (user, typed) = (case.text("user"), code(&case.text("code")));
        case.end();

        let parts = RecoverySetParts { key: 7, stretch, hashes, ..parts() };
        let mut set = RecoverySet::from_parts(parts).expect("in range");
        let redeemed = recovery.redeem(&mut set, &user, &typed, NOW).expect("its hash is there");
        assert_eq!((redeemed.remaining(), set.parts().used), (1, 0b10));
    }
}

fn parts() -> RecoverySetParts {
    let locked_until = UnixTime::from_secs(0);
    RecoverySetParts {
        key: 1,
        stretch: None,
        hashes: vec![[0; 32]],
        used: 0,
        failures: 0,
        locked_until,
    }
}

#[test]
fn each_code_lets_its_owner_in_once() {
    for recovery in [RecoveryCodes::new(keys()), short_codes()] {
        let (mut set, codes) = recovery.generate("alice", &mut rng()).expect("codes");
        assert_eq!(codes.len(), usize::from(recovery.policy().codes()));
        for (code, left) in codes.iter().zip((0..codes.len()).rev()) {
            assert_eq!(code.characters(), usize::from(recovery.policy().characters()));
            let wrong = recovery.redeem(&mut set, "bob", code, NOW).err();
            assert_eq!(wrong, Some(Error::Mismatch), "it is alice's");
            let redeemed = recovery.redeem(&mut set, "alice", code, NOW).expect("its first use");
            assert_eq!((redeemed.remaining(), set.remaining()), (left, left));
            assert_eq!(set.attempts().failures(), 0, "a success resets the count");
            let again = recovery.redeem(&mut set, "alice", code, NOW).err();
            assert_eq!(again, Some(Error::Replayed));
        }
    }
}

#[test]
fn codes_of_a_set_differ_from_each_other() {
    let policy = RecoveryPolicy::allow_short(32, 4).expect("in range");
    let recovery = short_codes().with_policy(policy);
    let (set, codes) = recovery.generate("alice", &mut rng()).expect("codes");
    let mut texts: Vec<&str> = codes.iter().map(RecoveryCode::expose).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!((texts.len(), set.remaining()), (32, 32));
    assert_eq!(set.parts().used, 0);
}

/// A generator that always says the same is found out, by no endless loop.
#[test]
fn a_stuck_generator_is_refused() {
    struct Stuck;
    impl creance_totp::rand::TryRng for Stuck {
        type Error = std::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Ok(0)
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Ok(0)
        }
        fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
            out.fill(0xff);
            Ok(())
        }
    }
    impl creance_totp::rand::TryCryptoRng for Stuck {}
    let refused = RecoveryCodes::new(keys()).generate("alice", &mut Stuck).err();
    assert_eq!(refused, Some(Error::Random));
    assert_eq!((Error::Random.fault(), Error::Random.code()), (Fault::Outage, "random"));
    assert_eq!(Error::Random.to_string(), "the random generator repeats itself");
}

#[test]
fn codes_are_replaced_by_a_new_set() {
    let recovery = RecoveryCodes::new(keys());
    let (old, codes) = recovery.generate("alice", &mut rng()).expect("codes");
    let (new, _) = recovery.generate("alice", &mut rng()).expect("codes");
    // Replaced between the reservation and the look-up.
    let reserved = recovery.reserve(&old, NOW).expect("an attempt");
    let lookup = reserved.look_up(&recovery, "alice", &codes[0]).expect("a hash");
    assert_eq!(lookup.redeem(&new).err(), Some(Error::Mismatch));
    assert_eq!(lookup.redeem(&old).map(|redeemed| redeemed.remaining()), Ok(9));
}

#[test]
fn keys_are_replaced() {
    let (set, codes) = RecoveryCodes::new(keys()).generate("alice", &mut rng()).expect("codes");
    let both = HashKeys::new(2, key(2)).and_then(|keys| keys.with_other(1, key(1))).expect("two");
    let both = RecoveryCodes::new(both);
    assert_eq!(
        both.redeem(&mut set.clone(), "alice", &codes[0], NOW).expect("known").remaining(),
        9
    );
    let (newer, _) = both.generate("alice", &mut rng()).expect("codes");
    assert_eq!((set.parts().key, newer.parts().key), (1, 2));

    let gone = RecoveryCodes::new(HashKeys::new(2, key(2)).expect("a key"));
    let error =
        gone.redeem(&mut set.clone(), "alice", &codes[0], NOW).expect_err("its key is gone");
    assert_eq!((error, error.fault()), (Error::UnknownKey { id: 1 }, Fault::Outage));
    let other = RecoveryCodes::new(HashKeys::new(1, key(3)).expect("a key"));
    let error = other.redeem(&mut set.clone(), "alice", &codes[0], NOW).expect_err("another key");
    assert_eq!(error, Error::Mismatch);
}

#[test]
fn hash_keys_are_of_sha_256_and_have_ids_of_their_own() {
    let sha1 = Key::new(Algorithm::Sha1, &[1; 20]).expect("long enough");
    for key in [sha1, Key::decoy(Algorithm::Sha256)] {
        assert_eq!(HashKeys::new(1, key.clone()).err(), Some(Error::HashKey));
        assert_eq!(keys().with_other(2, key).err(), Some(Error::HashKey));
    }
    assert_eq!(keys().with_other(1, key(2)).err(), Some(Error::ServiceKey));
    let message = "a sealing key has 32 bytes, and every key an id of its own";
    assert_eq!(Error::ServiceKey.to_string(), message);
}

#[test]
fn short_codes_need_their_password_hash() {
    let without = RecoveryCodes::new(keys())
        .with_policy(RecoveryPolicy::allow_short(10, 22).expect("in range"));
    assert_eq!(without.generate("alice", &mut rng()).err(), Some(Error::NoPasswordHasher));
    assert_eq!(Error::NoPasswordHasher.fault(), Fault::Caller);

    let recovery = short_codes();
    let (set, codes) = recovery.generate("alice", &mut rng()).expect("codes");
    let (other, _) = recovery.generate("alice", &mut rng()).expect("codes");
    let salt = |set: &RecoverySet| set.parts().stretch.expect("they are short").salt;
    assert_ne!(salt(&set), salt(&other));
    let redeem = |recovery: &RecoveryCodes| {
        recovery.redeem(&mut set.clone(), "alice", &codes[0], NOW).map(|done| done.remaining())
    };
    assert_eq!(redeem(&without), Err(Error::NoPasswordHasher));
    // The cost was changed since: what was made before is still known.
    let newer = RecoveryCodes::new(keys()).with_hasher(Pbkdf2 { id: 2, rounds: 4 });
    assert_eq!(redeem(&newer), Err(Error::NoPasswordHasher));
    assert_eq!(redeem(&newer.with_hasher(Pbkdf2 { id: 1, rounds: 3 })), Ok(4));
    // The password hash counts, not only its number.
    assert_eq!(
        redeem(&RecoveryCodes::new(keys()).with_hasher(Pbkdf2 { id: 1, rounds: 4 })),
        Err(Error::Mismatch)
    );

    assert_no_failure_counts(&set, &codes[0]);
    let broken = RecoveryCodes::new(keys()).with_hasher(Broken);
    assert_eq!(redeem(&broken), Err(Error::HasherUnavailable));
    assert_eq!(Error::HasherUnavailable.fault(), Fault::Outage);
    let broken = broken.with_policy(short_codes().policy());
    assert_eq!(broken.generate("alice", &mut rng()).err(), Some(Error::HasherUnavailable));
}

/// What the service lacks is no failure of the person.
fn assert_no_failure_counts(set: &RecoverySet, code: &RecoveryCode) {
    let other_key = HashKeys::new(2, key(2)).expect("a key of SHA-256");
    for (recovery, expected) in [
        (RecoveryCodes::new(keys()), Error::NoPasswordHasher),
        (RecoveryCodes::new(other_key), Error::UnknownKey { id: 1 }),
        (RecoveryCodes::new(keys()).with_hasher(Broken), Error::HasherUnavailable),
    ] {
        let mut after = set.clone();
        assert_eq!(recovery.redeem(&mut after, "alice", code, NOW).err(), Some(expected));
        assert_eq!(after.attempts().failures(), 0, "{expected}");
        let is_transient = expected == Error::HasherUnavailable;
        assert_eq!(recovery.reserve(set, NOW).is_ok(), is_transient, "{expected}");
    }
}

#[test]
fn guesses_are_throttled_and_end() {
    let recovery =
        RecoveryCodes::new(keys()).with_throttle(Throttle::new(2, 10, 40, 5).expect("one"));
    let (mut set, codes) = recovery.generate("alice", &mut rng()).expect("codes");
    let guess = code("0000 0000");
    let mut now = NOW;
    for wait in [0, 10, 20, 40] {
        assert_eq!(recovery.redeem(&mut set, "alice", &guess, now).err(), Some(Error::Mismatch));
        if wait > 0 {
            let until = now.saturating_add(wait);
            let early =
                recovery.redeem(&mut set, "alice", &codes[0], until.saturating_sub(1)).err();
            assert_eq!(early, Some(Error::Throttled { until }));
            now = until;
        }
    }
    assert_eq!(recovery.redeem(&mut set, "alice", &guess, now).err(), Some(Error::Mismatch));
    let ended = recovery.redeem(&mut set, "alice", &codes[0], UnixTime::MAX).err();
    assert_eq!(ended, Some(Error::Locked { failures: 5 }));
    assert_eq!(set.remaining(), 10);
    let mut set = set.unlocked();
    assert_eq!(recovery.redeem(&mut set, "alice", &codes[0], now).expect("again").remaining(), 9);
}

#[test]
fn stored_sets_are_validated() {
    let with = |change: fn(&mut RecoverySetParts)| {
        let mut parts = parts();
        change(&mut parts);
        RecoverySet::from_parts(parts.clone()).map(|set| assert_eq!(*set.parts(), parts))
    };
    assert_eq!(with(|_| ()), Ok(()));
    assert_eq!(with(|parts| parts.hashes.clear()), Err(Error::State));
    assert_eq!(with(|parts| parts.hashes = vec![[1; 32]; 32]), Ok(()));
    assert_eq!(with(|parts| parts.hashes = vec![[1; 32]; 33]), Err(Error::State));
    assert_eq!(with(|parts| parts.used = 1), Ok(()));
    assert_eq!(with(|parts| parts.used = 2), Err(Error::State));
    let all = |parts: &mut RecoverySetParts| {
        (parts.hashes, parts.used) = (vec![[1; 32]; 32], u32::MAX);
    };
    assert_eq!(with(all), Ok(()));
    assert_eq!(with(|parts| parts.failures = 100), Ok(()));
    assert_eq!(with(|parts| parts.failures = 101), Err(Error::State));
}

#[test]
fn nothing_secret_is_shown() {
    let recovery = short_codes();
    let (set, codes) = recovery.generate("alice", &mut rng()).expect("codes");
    let reserved = recovery.reserve(&set, NOW).expect("an attempt");
    let lookup = reserved.look_up(&recovery, "alice", &codes[0]).expect("a hash");
    assert_eq!(format!("{lookup:?}"), "RecoveryLookup { .. }");
    assert_eq!(
        format!("{set:?}"),
        "RecoverySet { codes: 5, remaining: 5, attempts: Attempts { failures: 0, locked_until: \
         UnixTime(0) }, .. }"
    );
    assert_eq!(format!("{:?}", set.parts()), "RecoverySetParts { key: 1, hashes: 5, .. }");
    assert_eq!(format!("{:?}", codes[0]), "RecoveryCode { characters: 4, .. }");
    assert!(format!("{recovery:?}").ends_with("keys: HashKeys { ids: [1] }, .. }"));
}

#[test]
fn a_sheet_has_each_code_on_a_line() {
    let codes = [code("0123-4567"), code("89AB-CDEF")];
    let sheet = RecoverySheet {
        issuer: "\u{202e}Exam\u{1b}[2Jple",
        account: "al\u{feff}ice\n 3  0000-0000",
        date: "2026-11-21",
        codes: &codes,
    };
    let mut text = String::new();
    sheet.write(&mut text).expect("writing into a string");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "Exam[2Jple: recovery codes for alice 3  0000-0000");
    assert_eq!(lines[lines.len() - 2..], [" 1  0123-4567", " 2  89AB-CDEF"]);
    assert!(lines.contains(&"No employee of the service will ever ask you for one."));
    assert_eq!(sheet.to_text().expect("text").expose(), text);
    let one = code("01234567").to_text().expect("text");
    assert_eq!((one.expose(), format!("{one:?}").as_str()), ("0123-4567", "Sensitive { .. }"));
}
