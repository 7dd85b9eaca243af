//! Presigned URLs.

use crate::craft::{DATE, HOST, NOW, TICKETS, code, keys, verdict, verifier};
use creance_sigv::scheme::Part;
use creance_sigv::sigv4::{Credentials, Outgoing, Payload, Service, Signer, Verifier};
use creance_sigv::{Error, UnixTime};

/// A presigned URL and what is asked of it.
fn presigned(expires: u32) -> String {
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", TICKETS).unwrap();
    let url = format!("https://{HOST}/open?day=1");
    let outgoing = Outgoing::new("GET", &url, Payload::Body(b""));
    signer.presign(&outgoing, expires, NOW).unwrap().to_url().unwrap()
}

fn host() -> Vec<(String, String)> {
    vec![("host".to_owned(), HOST.to_owned())]
}

#[test]
fn a_url_is_taken_only_where_that_is_agreed_on_and_until_it_ends() {
    let at = |verifier: Verifier<'_>, url: &str, now: u64| {
        code(verdict(&verifier, "GET", url, &host(), b"", UnixTime::from_secs(now)))
    };
    let (url, now) = (presigned(3_600), NOW.as_secs());
    assert_eq!(at(verifier(), &url, now), "other-algorithm");
    let hour = || verifier().with_presigned(3_600);
    assert_eq!(at(hour(), &url, now), "ok");
    assert_eq!(at(hour(), &url, now + 3_600), "ok");
    assert_eq!(at(hour(), &url, now + 3_601), "expired");
    assert_eq!(at(hour(), &url, u64::MAX), "expired");
    assert_eq!(at(hour(), &url, now - 900), "ok");
    assert_eq!(at(hour(), &url, now - 901), "too-new");
    assert_eq!(at(verifier().with_presigned(3_599), &url, now), "long-life");
    assert_eq!(at(verifier().with_presigned(u32::MAX), &presigned(604_800), now), "ok");
    assert_eq!(hour().window(), creance_sigv::Window::new(3_600, 900));
    assert_eq!(verifier().window(), creance_sigv::Window::new(900, 900));
    assert_eq!(verifier().with_presigned(60).window(), creance_sigv::Window::new(900, 900));

    for expires in ["0", "604801", "01", "+1", "-1", "1.0", "", "1e3", "99999999999999999999"] {
        let url = url.replace("Expires=3600", &format!("Expires={expires}"));
        let verdict = at(verifier().with_presigned(604_800), &url, now);
        assert!(matches!(verdict, "malformed" | "too-long"), "{expires}: {verdict}");
    }
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", TICKETS).unwrap();
    let outgoing = Outgoing::new("GET", &url, Payload::Body(b""));
    assert!(signer.presign(&outgoing, 60, NOW).is_err(), "signed already");
    assert!(signer.sign(&outgoing, NOW).is_err(), "signed already");
    let outgoing = Outgoing::new("GET", "https://h/", Payload::Body(b""));
    assert!(signer.presign(&outgoing, 0, NOW).is_err());
    assert!(signer.presign(&outgoing, 604_801, NOW).is_err());
}

#[test]
fn a_url_has_each_parameter_once_and_nothing_of_it_in_headers() {
    let verifier = verifier().with_presigned(3_600);
    let url = presigned(3_600);
    let with = |more: &str, headers: &Vec<(String, String)>| {
        code(verdict(&verifier, "GET", &format!("{url}{more}"), headers, b"", NOW))
    };
    assert_eq!(with("", &host()), "ok");
    for more in [
        "&X-Amz-Date=20150830T123600Z",
        "&x-amz-date=20150830T123600Z",
        "&X%2DAmz%2DDate=20150830T123600Z",
        "&X-AMZ-SIGNATURE=00",
        "&X-Amz-Expires=1",
    ] {
        assert_eq!(with(more, &host()), "duplicate", "{more}");
    }
    for (name, value) in
        [("X-Amz-Date", DATE), ("X-Amz-Security-Token", "token"), ("Authorization", "Bearer token")]
    {
        let mut headers = host();
        headers.push((name.to_owned(), value.to_owned()));
        assert_eq!(with("", &headers), "duplicate", "{name}");
    }
    for name in ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"] {
        let other = url.replace(&format!("X-Amz-{name}="), "Other=");
        let refusal = verdict(&verifier, "GET", &other, &host(), b"", NOW).unwrap_err();
        assert!(matches!(refusal.code(), "missing" | "no-signature"), "{name}: {refusal:?}");
        // Another case is another name.
        let lower = url.replace(&format!("X-Amz-{name}="), &format!("x-amz-{name}="));
        assert!(verdict(&verifier, "GET", &lower, &host(), b"", NOW).is_err(), "{name}");
    }
    let other = url.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1");
    assert_eq!(code(verdict(&verifier, "GET", &other, &host(), b"", NOW)), "other-algorithm");
    // The spelling of a parameter is nothing, its value is.
    assert_eq!(
        code(verdict(&verifier, "GET", &url.replace("%2F", "%2f"), &host(), b"", NOW)),
        "ok"
    );
    assert_eq!(code(verdict(&verifier, "GET", &url, &host(), b"x", NOW)), "mismatch");
}

/// Wherever among the others they stand, and whichever of them there are.
#[test]
fn a_url_that_has_parameters_of_the_scheme_is_not_signed_again() {
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", TICKETS).unwrap();
    let refused = Some(Error::Value(Part::Parameter));
    for query in ["X-Amz-Signature=00", "a=1&X-Amz-Credential=c", "X-Amz-Algorithm=a&b=2"] {
        let url = format!("https://{HOST}/?{query}");
        let outgoing = Outgoing::new("GET", &url, Payload::Body(b""));
        assert_eq!(signer.sign(&outgoing, NOW).err(), refused, "{query}");
        assert_eq!(signer.presign(&outgoing, 60, NOW).err(), refused, "{query}");
    }
    // A URL may have another one of them; it is no signature, but what presigning adds would be beside it.
    for query in ["x-amz-meta=1", "X-Amz-Date=1&b=2"] {
        let url = format!("https://{HOST}/?{query}");
        let outgoing = Outgoing::new("GET", &url, Payload::Body(b""));
        assert!(signer.sign(&outgoing, NOW).is_ok(), "{query}");
        assert_eq!(signer.presign(&outgoing, 60, NOW).err(), refused, "{query}");
    }
}

#[test]
fn a_url_has_no_control_characters_and_no_fragment() {
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", TICKETS).unwrap();
    for odd in ["\0", "\n", "\u{1f}", "\u{7f}", "\u{85}", "\u{9f}", "#", "#f"] {
        for place in ["a", "a?b", "\u{e4}"] {
            let url = format!("https://{HOST}/{place}{odd}");
            let outgoing = Outgoing::new("GET", &url, Payload::Body(b""));
            assert_eq!(signer.sign(&outgoing, NOW).err(), Some(Error::Value(Part::Url)), "{url:?}");
            let refusal = verdict(&verifier(), "GET", &url, &host(), b"", NOW).unwrap_err();
            assert_eq!(refusal.error(), &Error::Malformed(Part::Url), "{url:?}");
        }
    }
    let url = format!("https://{HOST}/\u{e4}?\u{a0}");
    let outgoing = Outgoing::new("GET", &url, Payload::Body(b""));
    assert!(signer.sign(&outgoing, NOW).is_ok());
}

/// S3 says nothing of the body in a URL, so it is nobody's.
#[test]
fn a_url_of_s3_covers_no_body_unless_it_says_so() {
    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", Service::S3).unwrap();
    let url = format!("https://{HOST}/o");
    let presign = |payload| {
        signer.presign(&Outgoing::new("PUT", &url, payload), 60, NOW).unwrap().to_url().unwrap()
    };
    let strict = Verifier::new("r", Service::S3).unwrap().with_presigned(60);
    let (unsigned, signed) = (presign(Payload::Unsigned), presign(Payload::Body(b"x")));
    assert_eq!(code(verdict(&strict, "PUT", &unsigned, &host(), b"x", NOW)), "not-covered");
    let lax = strict.allow_unsigned_payload();
    assert_eq!(code(verdict(&lax, "PUT", &unsigned, &host(), b"x", NOW)), "ok");
    assert_eq!(code(verdict(&strict, "PUT", &signed, &host(), b"x", NOW)), "ok");
    assert_eq!(code(verdict(&strict, "PUT", &signed, &host(), b"y", NOW)), "body-mismatch");
    let stripped: Vec<&str> = signed.split('&').filter(|it| !it.contains("Sha256")).collect();
    assert_eq!(code(verdict(&lax, "PUT", &stripped.join("&"), &host(), b"y", NOW)), "mismatch");
}
