//! Codes beside totp-rs: the same ones are made, and the same ones are taken.
//!
//! The seed is printed where a test fails, and can be set by `CREANCE_SEED`.

use creance_totp::{
    Algorithm, Code, Digits, Error, MatchedStep, Secret, Steam, SteamCode, Totp, UnixTime,
};

const CASES: usize = 6_000;

/// A small generator (`SplitMix64`): a seed is all there is to repeat a run.
struct Random(u64);

impl Random {
    /// Each test with a sequence of its own.
    fn seeded(test: u64) -> Self {
        let seed = match std::env::var("CREANCE_SEED") {
            Ok(seed) => seed.parse().expect("CREANCE_SEED is a number"),
            Err(_) => UnixTime::now().as_secs(),
        };
        println!("CREANCE_SEED={seed}");
        Self(seed ^ test << 56)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.next() % (last - first + 1)
    }

    fn small(&mut self, first: u8, last: u8) -> u8 {
        u8::try_from(self.between(first.into(), last.into())).expect("small")
    }

    fn bytes(&mut self, first: u64, last: u64) -> Vec<u8> {
        (0..self.between(first, last)).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// Of every magnitude alike, as far as `limit`.
    fn time(&mut self, limit: u64) -> u64 {
        let bits = self.between(0, 63);
        (self.next() >> bits).min(limit)
    }
}

/// The same generator on both sides.
struct Pair {
    ours: Totp,
    rival: totp_rs::Totp,
    skew: u8,
}

impl Pair {
    fn of(random: &mut Random) -> Self {
        let (algorithm, rivals) = match random.between(0, 2) {
            0 => (Algorithm::Sha1, totp_rs::Algorithm::SHA1),
            1 => (Algorithm::Sha256, totp_rs::Algorithm::SHA256),
            _ => (Algorithm::Sha512, totp_rs::Algorithm::SHA512),
        };
        let (digits, period, skew) =
            (random.small(6, 8), random.between(1, 120), random.small(0, 3));
        let secret = random.bytes(16, 64);
        let key = Secret::from_bytes(&secret).and_then(|secret| secret.key(algorithm));
        let ours = Totp::new(key.expect("a key"), Digits::new(digits).expect("6 to 8"));
        let rival = totp_rs::Builder::new()
            .with_algorithm(rivals)
            .with_digits(digits)
            .with_step_duration(period)
            .with_skew(skew.into())
            .with_secret(secret)
            .build()
            .expect("RFC 6238");
        Self { ours: ours.with_period(period).expect("not zero"), rival, skew }
    }

    fn verify(&self, code: &Code, time: u64) -> Option<u64> {
        let verdict = self.ours.verify(code, UnixTime::from_secs(time), self.skew, self.skew);
        assert!(matches!(verdict, Ok(_) | Err(Error::Mismatch)));
        verdict.ok().map(MatchedStep::step)
    }

    /// Where several steps of the window have the code, totp-rs tells the first one, and we tell the
    /// last: that is the one to remember.
    fn is_explained(&self, ours: Option<u64>, rivals: Option<u64>, code: &str) -> bool {
        let has_code = |step| self.ours.generate_step(step).expose() == code;
        match (ours, rivals) {
            (Some(ours), Some(rivals)) => rivals < ours && has_code(rivals) && has_code(ours),
            _ => false,
        }
    }
}

#[test]
fn the_same_codes_are_made() {
    let mut random = Random::seeded(1);
    for _ in 0..CASES {
        let pair = Pair::of(&mut random);
        let time = random.time(u64::MAX);
        let ours = pair.ours.generate(UnixTime::from_secs(time)).expect("after 1970");
        assert_eq!(
            ours.expose(),
            pair.rival.generate(time).to_string(),
            "{:?} at {time}",
            pair.ours
        );
    }
}

#[test]
fn the_same_codes_are_taken() {
    let mut random = Random::seeded(2);
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..CASES {
        let pair = Pair::of(&mut random);
        let period = pair.ours.period();
        // Beyond it totp-rs computes the end of its window without a check, and panics or wraps.
        let time = random.time(u64::MAX - 8 * period);
        let typed_at = (time + random.between(0, 8) * period).saturating_sub(4 * period);
        let made = pair.rival.generate(typed_at).to_string();
        let wrong = format!("{:0width$}", random.between(0, 999_999), width = made.len());
        for text in [made, wrong] {
            let ours = pair.verify(&Code::parse(&text).expect("a code"), time);
            let rivals = pair.rival.check(&text, time);
            let is_same = ours == rivals || pair.is_explained(ours, rivals, &text);
            assert!(is_same, "{:?} at {time}, {text}: {ours:?}, {rivals:?}", pair.ours);
            *if ours.is_some() { &mut taken } else { &mut refused } += 1;
        }
    }
    assert!(taken > CASES / 5 && refused > CASES / 2, "{taken} taken, {refused} refused");
}

#[test]
fn the_same_codes_of_steam_are_made_and_taken() {
    let mut random = Random::seeded(3);
    for _ in 0..CASES {
        let secret = random.bytes(16, 64);
        let steam = Steam::new(&Secret::from_bytes(&secret).expect("long enough")).expect("a key");
        let rival = totp_rs::Builder::new()
            .with_algorithm(totp_rs::Algorithm::Steam)
            .with_digits(5)
            .with_secret(secret)
            .build()
            .expect("Steam");
        let time = random.time(u64::MAX - 300);
        let code = steam.generate(UnixTime::from_secs(time));
        assert_eq!(code.expose(), rival.generate(time).to_string());

        let later = time + random.between(0, 120);
        let typed = SteamCode::parse(code.expose()).expect("a code");
        let verdict = steam.verify(&typed, UnixTime::from_secs(later), 1, 1);
        let rivals = rival.check(code.expose(), later);
        assert_eq!(verdict.map(MatchedStep::step).ok(), rivals, "{time}, {later}");
    }
}
