//! What the operator is told, word by word, and what the peer is.
#![cfg(feature = "std")]

mod support;

use std::collections::BTreeSet;

use creance_hawk::sigv::Fault;
use creance_hawk::sigv::replay::Refusal;
use creance_hawk::{Attribute, Error, Field, Rejection};
use support::{NOW, authenticate, earlier, header_at, key, later, request};

/// Every variant: message, code and status.
#[rustfmt::skip]
const ERRORS: &[(Error, &str, &str, u16)] = &[
    (Error::HeaderTooLong { bytes: 4097 }, "the header has 4097 bytes, at most 4096 are read", "header-too-long", 400),
    (Error::HeaderSyntax { at: 5 }, "the header's syntax is wrong at byte 5", "header-syntax", 400),
    (Error::ForbiddenCharacter { at: 9 }, "the header has a forbidden character at byte 9", "forbidden-character", 400),
    (Error::EmptyAttribute(Attribute::Ext), "the attribute ext is empty", "empty-attribute", 400),
    (Error::UnknownAttribute { at: 5 }, "the header has an unknown attribute at byte 5", "unknown-attribute", 400),
    (Error::DuplicateAttribute(Attribute::Id), "the attribute id occurs twice", "duplicate-attribute", 400),
    (Error::MissingAttribute(Attribute::Mac), "the attribute mac is missing", "missing-attribute", 400),
    (Error::Timestamp, "the attribute ts or the bewit's expiry is not 1 to 19 digits without leading zero", "timestamp-syntax", 400),
    (Error::DlgWithoutApp, "dlg stands without app", "dlg-without-app", 400),
    (Error::Method, "the method is not a token", "method-syntax", 400),
    (Error::Resource, "the request target cannot be authenticated", "resource-syntax", 400),
    (Error::Host, "the host is malformed", "host-syntax", 400),
    (Error::MissingHost, "the host is missing", "missing-host", 400),
    (Error::AuthorityMismatch, "Host, :authority and the request target name different authorities", "authority-mismatch", 400),
    (Error::UnknownAuthority, "the authority is not one of the configured ones", "unknown-authority", 400),
    (Error::Forwarded, "the forwarded host is missing or malformed", "forwarded-syntax", 400),
    (Error::DuplicateHeader("host"), "the header host occurs twice", "duplicate-header", 400),
    (Error::NotText("host"), "the header host is not text", "header-not-text", 400),
    (Error::MultipleAuthentications, "the request has an Authorization header and a bewit", "multiple-authentications", 400),
    (Error::UrlTooLong { bytes: 4097 }, "the request target has 4097 bytes, at most 4096 are read", "url-too-long", 400),
    (Error::BewitEncoding, "the bewit is not unpadded Base64url of UTF-8 text", "bewit-encoding", 400),
    (Error::BewitStructure, "the bewit does not have the parts id, exp, mac and ext", "bewit-structure", 400),
    (Error::SeveralBewits, "the request has several bewits", "several-bewits", 400),
    (Error::ContentType, "the content type holds a control character", "content-type-syntax", 400),
    (Error::NoAuthorization, "the request has no Hawk authentication", "no-authorization", 401),
    (Error::UnknownCredentials, "the credentials are unknown", "unknown-credentials", 401),
    (Error::BadMac, "the MAC is wrong", "bad-mac", 401),
    (Error::StaleTimestamp { ts: 1, now: 99 }, "the timestamp 1 is outside the window around 99", "stale-timestamp", 401),
    (Error::Replay, "the nonce was used before", "replay", 401),
    (Error::MissingHash, "the payload's hash is missing", "missing-hash", 401),
    (Error::BadHash, "the payload's hash is wrong", "bad-hash", 401),
    (Error::BewitsDisabled, "bewits are not enabled", "bewits-disabled", 401),
    (Error::BewitMethod, "a bewit is for GET and HEAD only", "bewit-method", 401),
    (Error::BewitExpired { exp: 1, now: 2 }, "the bewit expired at 1, it is 2", "bewit-expired", 401),
    (Error::BewitLife { life: 61, maximum: 60 }, "the bewit has 61 s to live, at most 60 are allowed", "bewit-life", 401),
    (Error::PayloadTooLong { maximum: 5 }, "the payload is longer than 5 bytes", "payload-too-long", 413),
    (Error::CredentialsUnavailable, "the credentials cannot be looked up now", "credentials-unavailable", 503),
    (Error::Store(Refusal::Full), "the replay store is full", "store-unavailable", 503),
    (Error::NoServerAuthorization, "the response has no Server-Authorization header", "no-server-authorization", 401),
    (Error::UnprovenTime, "the challenge has ts without tsm", "unproven-time", 401),
    (Error::Value { field: Field::Nonce }, "the value of nonce is empty or has a character that cannot be written", "value", 500),
    (Error::Url, "the URL is not an absolute http or https URL without user information", "url", 500),
    (Error::TooLong, "the result would have more than 4096 bytes", "too-long", 500),
    (Error::NoAuthority, "no authority is configured", "no-authority", 500),
    (Error::Write, "the output could not be written", "write", 500),
];

/// The other answers of a store, which share a variant.
#[rustfmt::skip]
const REFUSALS: &[(Error, &str, &str, u16)] = &[
    (Error::Store(Refusal::Quota), "the credential has used up its share of the replay store", "quota", 429),
    (Error::Store(Refusal::OutsideWindow), "the timestamp is outside the replay store's window", "store-window", 500),
    (Error::Store(Refusal::Unavailable), "the replay store is not available", "store-unavailable", 503),
    (Error::Store(Refusal::Restarted { until: NOW }), "the replay store restarted; it can answer for timestamps after 1353832234", "store-unavailable", 503),
    (Error::Store(Refusal::ClockBehind { mark: NOW }), "the clock is behind the replay store's mark of 1353832234", "store-unavailable", 503),
];

#[test]
fn every_error_says_what_is_wrong() {
    for (error, message, code, status) in ERRORS.iter().chain(REFUSALS) {
        assert_eq!(error.to_string(), *message);
        assert_eq!((error.code(), error.status()), (*code, *status), "{message}");
    }
}

#[test]
fn no_variant_is_left_out() {
    let source = include_str!("../src/error.rs");
    assert_eq!(source.matches("#[error(").count(), ERRORS.len());
    let variant = |error: &Error| {
        let debug = format!("{error:?}");
        debug.split([' ', '(']).next().unwrap().to_owned()
    };
    let variants: BTreeSet<_> = ERRORS.iter().map(|(error, ..)| variant(error)).collect();
    assert_eq!(variants.len(), ERRORS.len());
}

#[test]
fn codes_are_unique_and_in_kebab_case() {
    let codes: BTreeSet<_> = ERRORS.iter().map(|(_, _, code, _)| *code).collect();
    assert_eq!(codes.len(), ERRORS.len());
    for code in codes {
        let words: Vec<_> = code.split('-').collect();
        let is_word =
            |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
        assert!(words.iter().all(is_word), "{code}");
    }
}

#[test]
fn the_fault_is_the_peers_the_callers_or_nobodys() {
    for (error, message, _, status) in ERRORS.iter().chain(REFUSALS) {
        let fault = match status {
            400 | 401 | 413 | 429 => Fault::Peer,
            500 => Fault::Caller,
            _ => Fault::Outage,
        };
        assert_eq!(error.fault(), fault, "{message}");
    }
}

#[test]
fn the_peer_is_told_the_status_and_nothing_else() {
    for (error, message, _, status) in ERRORS.iter().chain(REFUSALS) {
        let rejection = Rejection::from(*error);
        let told = match status {
            400 => "the request's authentication is malformed",
            401 => "the request is not authenticated",
            413 => "the payload is too long",
            429 => "too many requests",
            503 => "authentication is not available now",
            _ => "authentication is misconfigured",
        };
        assert_eq!((rejection.status(), rejection.to_string().as_str()), (*status, told));
        let challenge = rejection.www_authenticate().map(|challenge| challenge.to_string());
        assert_eq!(challenge.as_deref(), (*status == 401).then_some("Hawk"), "{message}");
        // The operator gets the reason.
        assert_eq!(rejection.error(), error);
        let source = std::error::Error::source(&rejection).unwrap();
        assert_eq!(source.to_string(), *message);
    }
}

#[test]
fn the_time_is_told_in_the_challenge_of_a_stale_timestamp() {
    let key = key();
    for ts in [earlier(61), later(61)] {
        let header = header_at(&key, ts, "n");
        let rejection = authenticate(&header, &request(), &key).unwrap_err();
        assert_eq!(
            rejection.www_authenticate().unwrap().to_string(),
            "Hawk ts=\"1353832234\", tsm=\"2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0=\", \
             error=\"Stale timestamp\""
        );
        assert_eq!(rejection.to_string(), "the request is not authenticated");
        assert_eq!(rejection.retry_after(NOW), None);
    }
}

#[test]
fn fields_and_attributes_have_the_names_of_the_wire() {
    for (field, name) in [
        (Field::Id, "id"),
        (Field::Nonce, "nonce"),
        (Field::Hash, "hash"),
        (Field::Ext, "ext"),
        (Field::App, "app"),
        (Field::Dlg, "dlg"),
        (Field::Mac, "mac"),
    ] {
        assert_eq!(field.to_string(), name);
    }
    for (attribute, name) in [
        (Attribute::Id, "id"),
        (Attribute::Ts, "ts"),
        (Attribute::Nonce, "nonce"),
        (Attribute::Hash, "hash"),
        (Attribute::Ext, "ext"),
        (Attribute::Mac, "mac"),
        (Attribute::App, "app"),
        (Attribute::Dlg, "dlg"),
        (Attribute::Tsm, "tsm"),
        (Attribute::Error, "error"),
    ] {
        assert_eq!((attribute.name(), attribute.to_string().as_str()), (name, name));
    }
}
