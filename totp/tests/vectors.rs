//! Published and computed codes: RFC 4226, RFC 6238, and files made by independent code.

mod common;

use common::{Fields, code, hex, naive_code, naive_truncation, rfc_key};
use creance_totp::{Algorithm, Digits, Error, Hotp, Key, Totp, UnixTime};

#[test]
fn rfc_4226_is_met() {
    let mut file = Fields::parse(include_str!("vectors/rfc4226_hotp.json"));
    assert!(file.text("source").starts_with("RFC 4226 Appendix D"));
    assert_eq!(file.text("secret_base32"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    let key = Key::new(file.algorithm("algorithm"), &file.bytes("secret_hex")).expect("long");
    let hotp = Hotp::new(key.clone(), Digits::new(file.small("digits")).expect("six"));
    let eight = Hotp::new(key.clone(), Digits::Eight);
    let cases = file.objects("cases");
    assert_eq!(cases.len(), 10);
    for mut case in cases {
        let counter = case.number("counter");
        let mac = case.bytes("hmac_hex");
        assert_eq!(key.sign(&counter.to_be_bytes()).expose(), mac, "{counter}");

        let truncated = case.number("truncated");
        assert_eq!(u64::from(naive_truncation(&mac)), truncated, "{counter}");
        assert_eq!(format!("{truncated:08x}"), case.text("truncated_hex"));
        let expected = format!("{:08}", truncated % 100_000_000);
        assert_eq!(eight.generate(counter).expose(), expected, "{counter}");
        let expected = case.text("code");
        assert_eq!(hotp.generate(counter).expose(), expected, "{counter}");
        let matched = hotp.verify(&code(&expected), counter, 0).expect("the code matches");
        assert_eq!(matched.counter(), counter);
        case.end();
    }

    // The truncation itself is tested on this example inside the crate; here the file is checked.
    let mut example = file.object("truncation_example");
    let mac = hex(&example.text("hmac_hex"));
    assert_eq!(u64::from(mac[19] & 0x0f), example.number("offset"));
    assert_eq!(u64::from(naive_truncation(&mac)), example.number("dbc"));
    assert_eq!(naive_code(&mac, 6), example.text("code"));
    example.end();
    file.end();
}

#[test]
fn rfc_6238_is_met() {
    let mut file = Fields::parse(include_str!("vectors/rfc6238_totp.json"));
    assert_eq!(file.text("source"), "RFC 6238 Appendix B");
    assert!(file.text("note").contains("Appendix A"));
    let digits = Digits::new(file.small("digits")).expect("eight");
    let (period, t0) = (file.number("period"), UnixTime::from_secs(file.number("t0")));
    let mut seeds = file.object("seeds");
    let totps = ["SHA1", "SHA256", "SHA512"].map(|name| {
        let algorithm: Algorithm = name.to_lowercase().parse().expect("known");
        let mut seed = seeds.object(name);
        let bytes = seed.bytes("hex");
        assert_eq!(bytes.len() as u64, seed.number("bytes"));
        assert!(seed.text("base32").starts_with("GEZDGNBVGY3TQOJQ"));
        seed.end();
        let key = Key::new(algorithm, &bytes).expect("long enough");
        Totp::new(key, digits).with_period(period).expect("not zero").with_t0(t0)
    });
    seeds.end();

    let cases = file.objects("cases");
    assert_eq!(cases.len(), 18);
    for mut case in cases {
        let algorithm = case.algorithm("algorithm");
        let totp = totps.iter().find(|totp| totp.algorithm() == algorithm).expect("three seeds");
        let (time, step) = (UnixTime::from_secs(case.number("time")), case.number("step"));
        assert_eq!(case.text("step_hex"), format!("{step:016X}"));
        let expected = case.text("code");
        case.end();
        assert_eq!(totp.step_at(time), Ok(step));
        assert_eq!(totp.generate(time).expect("a code").expose(), expected, "{algorithm}, {time}");
        assert_eq!(totp.generate_step(step).expose(), expected);
        let matched = totp.verify(&code(&expected), time, 0, 0).expect("the code matches");
        assert_eq!(matched.step(), step);
    }
    file.end();
}

#[test]
fn codes_at_the_ends_of_the_counters_range_are_met() {
    let mut file = Fields::parse(include_str!("vectors/hotp_extremes_computed.json"));
    assert!(file.text("source").starts_with("computed"));
    let key = file.seeds();
    let (mut cases, mut nine) = (0, 0);
    for mut case in file.objects("cases") {
        let counter = case.number("counter");
        let key = key(case.algorithm("algorithm"));
        let expected = case.text("code");
        match Digits::new(case.small("digits")) {
            Ok(digits) => {
                let hotp = Hotp::new(key, digits);
                assert_eq!(hotp.generate(counter).expose(), expected, "{counter}");
                let matched = hotp.verify(&code(&expected), counter, 255).expect("matches");
                assert_eq!(matched.counter(), counter);
            }
            // Nine digits are not made here; their last eight are.
            Err(error) => {
                assert_eq!(error, Error::Digits { digits: 9 });
                let hotp = Hotp::new(key, Digits::Eight);
                assert_eq!(hotp.generate(counter).expose(), &expected[1..], "{counter}");
                nine += 1;
            }
        }
        case.end();
        cases += 1;
    }
    file.end();
    assert_eq!((cases, nine), (61, 21));
}

#[test]
fn leading_zeros_are_kept() {
    let mut file = Fields::parse(include_str!("vectors/hotp_leading_zeros_computed.json"));
    assert!(file.text("source").starts_with("computed"));
    let key = Key::new(file.algorithm("algorithm"), &file.bytes("secret_hex")).expect("long");
    let hotp = Hotp::new(key, Digits::new(file.small("digits")).expect("six"));
    let cases = file.objects("cases");
    assert_eq!(cases.len(), 18);
    for mut case in cases {
        let (counter, expected) = (case.number("counter"), case.text("code"));
        case.end();
        assert!(expected.starts_with("00"));
        assert_eq!(hotp.generate(counter).expose(), expected, "{counter}");
        assert!(hotp.verify(&code(&expected), counter, 0).is_ok());
        // The code as a number, as a program writes it that lost the zeros.
        let shortened = expected.trim_start_matches('0');
        assert_eq!(creance_totp::Code::parse(shortened).unwrap_err(), Error::Code);
    }
    file.end();
}

#[test]
fn every_combination_of_algorithm_digits_period_and_start_is_met() {
    let mut file = Fields::parse(include_str!("vectors/totp_grid_computed.json"));
    assert!(file.text("source").starts_with("computed"));
    assert_eq!(file.text("oathtool_checked"), "60 random cases, 0 differ");
    let key = file.seeds();
    let cases = file.objects("cases");
    assert_eq!(cases.len(), 3 * 3 * 4 * 2 * 3);
    for mut case in cases {
        let digits = Digits::new(case.small("digits")).expect("6 to 8");
        let totp = Totp::new(key(case.algorithm("algorithm")), digits)
            .with_period(case.number("period"))
            .expect("not zero")
            .with_t0(UnixTime::from_secs(case.number("t0")));
        let (time, step) = (UnixTime::from_secs(case.number("time")), case.number("step"));
        let expected = case.text("code");
        case.end();
        assert_eq!(totp.step_at(time), Ok(step), "{totp:?} at {time}");
        assert_eq!(totp.generate(time).expect("a code").expose(), expected, "{totp:?} at {time}");
        let matched = totp.verify(&code(&expected), time, 1, 1).expect("the code matches");
        assert_eq!(matched.step(), step);
    }
    file.end();
}

/// Every algorithm and number of digits beside the RFC's text done naively; all sixteen places
/// of the truncation occur.
#[test]
fn many_codes_agree_with_the_definition() {
    for algorithm in Algorithm::ALL {
        let key = rfc_key(algorithm);
        let mut places = [0; 16];
        for counter in (0..3000).chain(u64::MAX - 100..=u64::MAX) {
            let tag = key.sign(&counter.to_be_bytes());
            let mac = tag.expose();
            places[usize::from(mac[mac.len() - 1] & 0x0f)] += 1;
            for digits in [Digits::Six, Digits::Seven, Digits::Eight] {
                let expected = naive_code(mac, digits.get());
                let hotp = Hotp::new(key.clone(), digits);
                assert_eq!(hotp.generate(counter).expose(), expected, "{algorithm}, {counter}");
            }
        }
        assert!(places.iter().all(|count| *count > 100), "{places:?}");
    }
}
