//! How much a sender can make us do before anything of him is known.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::craft::{Craft, NOW, code, keys, verifier};
use creance_sigv::scheme::Received;

/// A request whose signature is of the right form and wrong.
struct Forged {
    url: String,
    headers: Vec<(String, String)>,
}

impl Forged {
    fn new(change: impl FnOnce(&mut Craft)) -> Self {
        let (url, headers) = Craft::with(change).signed();
        // What is put behind is not signed.
        let separator = if url.contains('?') { '&' } else { '?' };
        Self { url: format!("{url}{separator}zz=1"), headers }
    }

    fn refuse(&self) -> Duration {
        let keys = keys();
        let received = Received::new("GET", &self.url, &self.headers, b"");
        let start = Instant::now();
        let verdict = black_box(verifier().verify(&received, &keys, NOW));
        let time = start.elapsed();
        assert_eq!(code(verdict), "mismatch");
        time
    }
}

/// How many times as long the one takes as the other: the shortest of several runs, since a busy machine
/// makes some of them longer and none shorter.
fn ratio(one: &Forged, other: &Forged) -> f64 {
    let mut shortest = [Duration::MAX; 2];
    for _ in 0..30 {
        shortest = [shortest[0].min(one.refuse()), shortest[1].min(other.refuse())];
    }
    shortest[0].as_secs_f64() / shortest[1].as_secs_f64()
}

/// 127 parameters of one length.
fn query(prefix: &str) -> Forged {
    let pairs: Vec<String> = (0..127).map(|index| format!("{prefix}{index:03}=")).collect();
    Forged::new(|it| it.query = [pairs.join("&"), pairs.join("&")])
}

#[test]
fn parameters_with_the_prefix_of_the_scheme_cost_as_much_as_others() {
    let hostile = query(&format!("x-amz-{}", "a".repeat(52)));
    let plain = query(&"a".repeat(58));
    let ratio = ratio(&hostile, &plain);
    assert!(ratio < 4.0, "{ratio}");
}

/// They have to be sorted.
#[test]
fn parameters_that_begin_alike_cost_as_much_as_others() {
    let alike = query(&"a".repeat(58));
    let pairs: Vec<String> =
        (0..127).map(|index| format!("{index:03}{}=", "a".repeat(58))).collect();
    let plain = Forged::new(|it| it.query = [pairs.join("&"), pairs.join("&")]);
    let ratio = ratio(&alike, &plain);
    assert!(ratio < 2.5, "{ratio}");
}
