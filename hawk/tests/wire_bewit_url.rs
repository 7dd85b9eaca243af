//! Bewits: where in a URL they stand.
#![cfg(feature = "std")]

mod support;

use creance_hawk::{Bewit, Credentials, Error, Request};
use support::bewits::{accept, get, link, refusal, server};
use support::{ID, NOW, key, later, text};

#[test]
fn a_bewit_may_stand_at_any_position() {
    let whole = link("/r?a=1&c=2");
    let bewit = whole.strip_prefix("/r?a=1&c=2&").unwrap();
    for target in [
        format!("/r?{bewit}&a=1&c=2"),
        format!("/r?a=1&{bewit}&c=2"),
        format!("/r?a=1&c=2&{bewit}"),
        format!("https://example.com/r?a=1&{bewit}&c=2"),
    ] {
        assert!(accept(&server(), &get(&target), NOW).is_ok(), "{target}");
    }
    for target in
        [format!("/r?c=2&{bewit}&a=1"), format!("/r?{bewit}"), format!("/x?a=1&{bewit}&c=2")]
    {
        assert_eq!(refusal(&target), Error::BadMac, "{target}");
    }
}

#[test]
fn a_bewit_alone_goes_with_its_question_mark() {
    let target = link("/r");
    assert!(target.starts_with("/r?bewit="));
    assert!(accept(&server(), &get(&target), NOW).is_ok());
}

#[test]
fn a_url_that_ends_with_a_question_mark_gets_its_bewit_behind_an_ampersand() {
    let target = link("/r?");
    assert!(target.starts_with("/r?&bewit="), "{target}");
    assert!(accept(&server(), &get(&target), NOW).is_ok());
    // It is another resource than `/r`.
    let without = target.replace("?&", "?");
    assert_eq!(refusal(&without), Error::BadMac);
}

#[test]
fn the_bewit_goes_before_the_fragment() {
    let key = key();
    let url = "https://example.com/r?a=1#part";
    let request = Request::from_url("GET", url).unwrap();
    let credentials = Credentials::new(ID, &key).unwrap();
    let bewit = Bewit::sign(&credentials, &request, later(300), "").unwrap();
    let link = text(|out| bewit.write_url(url, out));
    assert!(link.starts_with("https://example.com/r?a=1&bewit=") && link.ends_with("#part"));
    assert!(link.contains(&bewit.to_string()));
}

#[test]
fn several_bewits_are_refused() {
    let target = link("/r?a=1");
    let bewit = target.strip_prefix("/r?a=1&").unwrap();
    for target in [
        format!("{target}&{bewit}"),
        format!("{target}&bewit="),
        format!("/r?bewit=x&a=1&{bewit}"),
        format!("/r?{bewit}&{bewit}&{bewit}"),
    ] {
        let error = refusal(&target);
        assert_eq!((error, error.status()), (Error::SeveralBewits, 400), "{target}");
    }
}

#[test]
fn a_url_has_at_most_4096_bytes() {
    let overhead = link("/").len() - "/".len();
    // A bewit's length does not follow from the path's.
    let fits = link(&format!("/{}", "x".repeat(4096 - overhead - 1)));
    assert_eq!(fits.len(), 4096);
    assert!(accept(&server(), &get(&fits), NOW).is_ok());
    let error = refusal(&fits.replacen('/', "/x", 1));
    assert_eq!((error, error.status()), (Error::UrlTooLong { bytes: 4097 }, 400));
}
