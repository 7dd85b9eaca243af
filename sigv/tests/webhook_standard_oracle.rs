//! Standard Webhooks against its own library: what one signs the other verifies, and what was tampered
//! with both refuse. Where they differ, it is said why.
#![cfg(feature = "std")]

use core::convert::Infallible;

use creance_sigv::rand::{Rng, RngExt, TryRng};
use creance_sigv::scheme::{Part, Received};
use creance_sigv::webhook::{Outgoing, STANDARD};
use creance_sigv::{Encoding, Error, Key, UnixTime};
use http::{HeaderMap, HeaderName, HeaderValue};
use standardwebhooks::Webhook;

const CASES: usize = 2_000;

/// Steele, Lea and Flood's `SplitMix`: the same cases in each run.
struct SplitMix(u64);

impl TryRng for SplitMix {
    type Error = Infallible;

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(z ^ z >> 31)
    }

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| u32::try_from(word >> 32).expect("32 bits"))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = self.try_next_u64()?.to_le_bytes()[7];
        }
        Ok(())
    }
}

type Pairs = Vec<(String, Vec<u8>)>;

struct Case {
    ours: Key,
    theirs: Webhook,
    id: String,
    time: u64,
    body: String,
}

/// A generated case; the time is within the window of the system's clock, which the other side reads.
fn case(rng: &mut impl Rng) -> Case {
    let mut bytes = vec![0; rng.random_range(24..=64)];
    rng.fill_bytes(&mut bytes);
    let mut secret = String::from(if rng.random() { "whsec_" } else { "" });
    Encoding::Base64.encode(&bytes, &mut secret).unwrap();
    let visible: Vec<char> = ('!'..='~').filter(|character| *character != '.').collect();
    let id = (0..rng.random_range(1..=60)).map(|_| visible[rng.random_range(0..visible.len())]);
    let id = id.collect();
    let offset = rng.random_range(0..=580);
    let text = |rng: &mut dyn Rng| match rng.random_range(0..8) {
        0 => '.',
        1 => '\n',
        2 => 'é',
        3 => '😀',
        4 => '\0',
        _ => char::from(rng.random_range(b' '..=b'~')),
    };
    let body = (0..rng.random_range(0..300)).map(|_| text(rng)).collect();
    Case {
        ours: STANDARD.key(&secret).unwrap(),
        theirs: Webhook::new(&secret).unwrap(),
        id,
        time: UnixTime::now().as_secs() - 290 + offset,
        body,
    }
}

impl Case {
    fn pairs(&self, signature: &str) -> Pairs {
        vec![
            ("webhook-id".into(), self.id.clone().into_bytes()),
            ("webhook-timestamp".into(), self.time.to_string().into_bytes()),
            ("webhook-signature".into(), signature.into()),
        ]
    }

    fn we_verify(&self, headers: &Pairs, body: &[u8]) -> Result<(), Error> {
        let received = Received::webhook(headers, body);
        let verdict = STANDARD.verify(&received, &self.ours, UnixTime::now());
        verdict.map(|_| ()).map_err(|rejection| *rejection.error())
    }

    fn they_verify(&self, headers: &Pairs, body: &[u8]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            let Ok(value) = HeaderValue::from_bytes(value) else { return false };
            map.append(name, value);
        }
        self.theirs.verify(body, &map).is_ok()
    }

    fn they_sign(&self) -> Pairs {
        let time = i64::try_from(self.time).unwrap();
        self.pairs(&self.theirs.sign(&self.id, time, self.body.as_bytes()).unwrap())
    }

    fn we_sign(&self) -> Pairs {
        let outgoing = Outgoing::new(self.body.as_bytes()).with_id(&self.id);
        let time = UnixTime::from_secs(self.time);
        let headers = STANDARD.sign(&outgoing, &self.ours, time).unwrap().to_headers();
        headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect()
    }
}

#[test]
fn what_one_signs_the_other_verifies() {
    let mut rng = SplitMix(4);
    for number in 0..CASES {
        let case = case(&mut rng);
        let (theirs, ours) = (case.they_sign(), case.we_sign());
        assert_eq!(theirs, ours, "case {number}");
        assert_eq!(case.we_verify(&theirs, case.body.as_bytes()), Ok(()), "case {number}");
        assert!(case.they_verify(&ours, case.body.as_bytes()), "case {number}");
    }
}

/// One byte of one of the four things that matter, or one of them gone.
fn tamper(headers: &mut Pairs, body: &mut Vec<u8>, rng: &mut impl Rng) {
    let which = rng.random_range(0..4);
    let value = headers.get_mut(which).map_or(body, |(_, value)| value);
    match rng.random_range(0..3) {
        0 if !value.is_empty() => {
            let at = rng.random_range(0..value.len());
            value[at] ^= 1 << rng.random_range(0..7);
        }
        1 if !value.is_empty() => {
            let at = rng.random_range(0..value.len());
            value.remove(at);
        }
        _ => {
            let at = rng.random_range(0..=value.len());
            value.insert(at, rng.random_range(b'!'..=b'~'));
        }
    }
}

#[test]
fn what_was_tampered_with_is_refused_by_both() {
    let mut rng = SplitMix(5);
    let mut refused = 0;
    for number in 0..CASES {
        let case = case(&mut rng);
        let signed = if number % 2 == 0 { case.we_sign() } else { case.they_sign() };
        let (mut headers, mut body) = (signed.clone(), case.body.clone().into_bytes());
        tamper(&mut headers, &mut body, &mut rng);
        let (ours, theirs) = (case.we_verify(&headers, &body), case.they_verify(&headers, &body));
        match (ours, theirs) {
            (Err(_), false) => refused += 1,
            // Both read a list and find the right tag in it.
            (Ok(()), true) => assert_eq!(headers[1], signed[1], "case {number}"),
            (ours, theirs) => {
                let time = String::from_utf8_lossy(&headers[1].1).into_owned();
                assert_eq!((ours, theirs), (Err(Error::Timestamp), true), "case {number}");
                assert_eq!(time.trim_start_matches(['+', '0']), case.time.to_string());
            }
        }
    }
    assert!(refused > CASES * 9 / 10, "{refused}");
}

/// Each difference there is, with its reason.
#[test]
fn the_differences_are_these() {
    let mut rng = SplitMix(6);
    let case = case(&mut rng);
    let right = case.we_sign();
    let verdicts = |headers: &Pairs, body: &[u8]| {
        (case.we_verify(headers, body), case.they_verify(headers, body))
    };
    assert_eq!(verdicts(&right, case.body.as_bytes()), (Ok(()), true));

    // A time has one spelling with us: the text is signed as it stands. They sign the number again.
    for prefix in ["+", "0"] {
        let mut headers = right.clone();
        headers[1].1 = format!("{prefix}{}", case.time).into_bytes();
        let verdict = verdicts(&headers, case.body.as_bytes());
        assert_eq!(verdict, (Err(Error::Timestamp), true));
    }
    // Two headers of a name: they take the first, another reader the last.
    for (at, part) in [(0, Part::Id), (1, Part::Timestamp), (2, Part::Signature)] {
        let mut headers = right.clone();
        headers.push((headers[at].0.clone(), b"1".to_vec()));
        let verdict = verdicts(&headers, case.body.as_bytes());
        assert_eq!(verdict, (Err(Error::Duplicate(part)), true));
    }
    // An id with a full stop could be shifted into the time; the standard's text warns of it.
    let dotted = Case { id: "a.b".into(), ..self::case(&mut rng) };
    let headers = dotted.they_sign();
    let body = dotted.body.as_bytes();
    assert_eq!(dotted.we_verify(&headers, body), Err(Error::Malformed(Part::Id)));
    assert!(dotted.they_verify(&headers, body));
    // More than eight tags: we look at none, they compute once and look at all.
    let mut headers = right.clone();
    let tag = String::from_utf8(headers[2].1.clone()).unwrap();
    headers[2].1 = ["v1,x ".repeat(8), tag].concat().into_bytes();
    let verdict = verdicts(&headers, case.body.as_bytes());
    let too_many = Error::TooMany { part: Part::Signature, maximum: 8 };
    assert_eq!(verdict, (Err(too_many), true));
    // A body that is no UTF-8: we verify bytes, they refuse it.
    let bytes = b"\xff\xfe";
    let outgoing = Outgoing::new(bytes).with_id(&case.id);
    let time = UnixTime::from_secs(case.time);
    let headers = STANDARD.sign(&outgoing, &case.ours, time).unwrap().to_headers();
    let headers: Pairs = headers.into_iter().map(|(n, v)| (n, v.into_bytes())).collect();
    assert_eq!(verdicts(&headers, bytes), (Ok(()), false));
    // A secret of less than 24 bytes, or of none: they make a key of it.
    assert_eq!(STANDARD.key("whsec_").unwrap_err(), Error::EmptyKey);
    assert!(Webhook::new("whsec_").is_ok() && Webhook::new("whsec_AAAA").is_ok());
    assert!(STANDARD.key("whsec_AAAA").is_err());
}
