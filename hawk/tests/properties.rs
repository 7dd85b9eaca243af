//! What has to hold for every header and bewit: what is written parses back, what was changed never
//! verifies, and nothing panics. The same and more is fuzzed in `fuzz/`; this runs everywhere.

use creance_hawk::sigv::{Algorithm, Key, UnixTime, Window};
use creance_hawk::{
    Authorization, Bewit, BewitBuffer, Challenge, Credentials, Error, Incoming,
    MessageAuthorization, Request, Scheme, Server, ServerAuthorization,
};
use proptest::prelude::*;

const ID: &str = "dh37fgj492je";
const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);
const TARGET: &str = "/resource/1?b=1&a=2";

/// Every character that a value may have.
const VALUE: &str = "[ !#-\\[\\]-~]{1,24}";

fn key(algorithm: Algorithm) -> Key {
    Key::new(algorithm, &[b'k'; 64]).unwrap()
}

fn server() -> Server {
    Server::new(creance_hawk::Authority::new("example.com", 8000).unwrap()).with_bewits(3600)
}

/// What a server says to a request with this header, as bytes on the wire.
fn receive(header: &[u8], key: &Key) -> Result<(), Error> {
    let server = server();
    let mut incoming = Incoming::new("GET", TARGET, Scheme::Http);
    incoming.header("Authorization", header)?;
    match server.authenticate(&incoming, |id| (id == ID).then_some(key), NOW) {
        Ok(_) => Ok(()),
        Err(rejection) => Err(*rejection.error()),
    }
}

/// What a server says to a link with a bewit.
fn open(link: &str, key: &Key) -> Result<(), Error> {
    let server = server();
    let incoming = Incoming::new("GET", link, Scheme::Http);
    let mut buffer = BewitBuffer::new();
    match server.accept_bewit(&incoming, &mut buffer, |id| (id == ID).then_some(key), NOW) {
        Ok(_) => Ok(()),
        Err(rejection) => Err(*rejection.error()),
    }
}

/// A header with every attribute.
fn full_header(key: &Key) -> String {
    let request = Request::new("GET", TARGET, "example.com", 8000).unwrap();
    let header = Credentials::new(ID, key).unwrap().header(&request);
    let header = header.payload(Some("text/plain"), b"Thank you for flying Hawk").unwrap();
    header.ext("some-app-ext-data").app("app").dlg("dlg").sign(NOW, "j4h3g2").unwrap().to_header()
}

fn link(key: &Key, ext: &str) -> String {
    let request = Request::new("GET", TARGET, "example.com", 8000).unwrap();
    let credentials = Credentials::new(ID, key).unwrap();
    let bewit = Bewit::sign(&credentials, &request, NOW.saturating_add(300), ext).unwrap();
    let mut link = String::new();
    bewit.write_url(TARGET, &mut link).unwrap();
    link
}

/// The bytes that are tried in the place of another one: each bit flipped, and what the grammar is
/// made of.
fn replacements(byte: u8) -> impl Iterator<Item = u8> {
    let flipped = (0..8).map(move |bit| byte ^ 1 << bit);
    let special = b"\0\t\n\r \"\\,=&?;#%+/-_AaZz09\x7f\x80\xc3\xff".iter().copied();
    flipped.chain(special).filter(move |other| *other != byte)
}

#[test]
fn a_header_with_a_changed_byte_never_verifies() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let header = full_header(&key).into_bytes();
        assert_eq!(receive(&header, &key), Ok(()));
        for position in 0..header.len() {
            for other in replacements(header[position]) {
                let mut changed = header.clone();
                let byte = core::mem::replace(&mut changed[position], other);
                // The scheme's name in another case, and a tab for a space between attributes, are
                // other spellings of the same header.
                let same_scheme = position < 4 && byte.eq_ignore_ascii_case(&other);
                let same_space = byte == b' ' && other == b'\t';
                let verdict = receive(&changed, &key);
                assert_eq!(
                    verdict.is_ok(),
                    same_scheme || same_space,
                    "{verdict:?}: {}",
                    changed.escape_ascii()
                );
            }
        }
    }
}

#[test]
fn a_header_with_a_byte_more_or_less_never_verifies() {
    let key = key(Algorithm::Sha256);
    let header = full_header(&key).into_bytes();
    for position in 0..header.len() {
        let mut shorter = header.clone();
        let byte = shorter.remove(position);
        // Behind a comma white space is optional.
        let same = position > 0 && header[position - 1..=position] == *b", ";
        assert_eq!(receive(&shorter, &key).is_ok(), same, "{}", shorter.escape_ascii());

        let mut longer = header.clone();
        longer.insert(position, byte);
        let same = byte == b' ';
        assert_eq!(receive(&longer, &key).is_ok(), same, "{}", longer.escape_ascii());
    }
    for end in 0..header.len() {
        assert!(receive(&header[..end], &key).is_err());
    }
}

#[test]
fn a_link_with_a_changed_byte_never_opens() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let link = link(&key, "some data: ünïcode");
        assert_eq!(open(&link, &key), Ok(()));
        for position in 0..link.len() {
            for other in replacements(link.as_bytes()[position]) {
                let mut changed = link.clone().into_bytes();
                changed[position] = other;
                let Ok(changed) = String::from_utf8(changed) else { continue };
                assert!(open(&changed, &key).is_err(), "{changed}");
            }
            assert!(open(&link[..position], &key).is_err());
            let changed = [&link[..position], &link[position + 1..]].concat();
            assert!(open(&changed, &key).is_err(), "{changed}");
        }
    }
}

#[test]
fn a_response_or_challenge_with_a_changed_byte_never_verifies() {
    let key = key(Algorithm::Sha256);
    let header = full_header(&key);
    let authorization = Authorization::parse(&header).unwrap();
    let request = Request::new("GET", TARGET, "example.com", 8000).unwrap();
    let authentic =
        authorization.authenticate(&request, Some(&key), Window::default(), NOW).unwrap();
    let response = authentic.dangerous_accept_replays().respond().ext("server-ext");
    let response = response.payload(None, b"body").unwrap().sign().unwrap().to_string();
    let credentials = Credentials::new(ID, &key).unwrap();
    let builder = credentials.header(&request).ext("some-app-ext-data").app("app").dlg("dlg");
    let signed = builder.sign(NOW, "j4h3g2").unwrap();
    every_change(&response, "", |response| signed.verify_response(Some(response)).is_ok());

    let challenge = Challenge::sign(&key, NOW).unwrap().to_string();
    // The message is for people and is not covered.
    every_change(&challenge, "Stale timestamp", |challenge| {
        Challenge::parse(challenge)
            .and_then(|challenge| challenge.verify(&key))
            .is_ok_and(|time| time.is_some())
    });
}

/// Changes every byte outside of `uncovered`; only other spellings may pass.
fn every_change(text: &str, uncovered: &str, passes: impl Fn(&str) -> bool) {
    assert!(passes(text));
    let free = text.find(uncovered).filter(|_| !uncovered.is_empty());
    let free = free.map_or(0..0, |start| start..start + uncovered.len());
    for position in (0..text.len()).filter(|position| !free.contains(position)) {
        let byte = text.as_bytes()[position];
        for other in replacements(byte) {
            let mut changed = text.to_owned().into_bytes();
            changed[position] = other;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            let same_scheme = position < 4 && byte.eq_ignore_ascii_case(&other);
            let same_space = byte == b' ' && other == b'\t';
            assert_eq!(passes(&changed), same_scheme || same_space, "{changed:?}");
        }
    }
}

/// Bytes of all kinds, or a right header or link with a piece replaced.
fn mangled() -> impl Strategy<Value = String> {
    let key = key(Algorithm::Sha256);
    let right = prop_oneof![
        Just(full_header(&key)),
        Just(link(&key, "ext")),
        Just(String::from("http://example.com:8000/r?a=1&bewit=QUJD&c=2#part")),
        Just(Challenge::sign(&key, NOW).unwrap().to_string()),
    ];
    let piece = prop_oneof![any::<String>(), "[\"\\\\,= \t&?bewit=a-z0-9]{0,12}"];
    let replaced = (right, any::<prop::sample::Index>(), 0..8_usize, piece).prop_map(
        |(right, at, len, piece)| {
            let at = at.index(right.len());
            let end = (at + len).min(right.len());
            [&right[..at], &piece, &right[end..]].concat()
        },
    );
    prop_oneof![any::<String>(), "[ -~]{0,300}", replaced]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_signed_parses_back(
        algorithm in prop::sample::select(&Algorithm::ALL[..]),
        id in VALUE,
        nonce in VALUE,
        ext in prop::option::of(VALUE),
        app_dlg in prop::option::of((VALUE, prop::option::of(VALUE))),
        payload in prop::option::of(prop::collection::vec(any::<u8>(), 0..40)),
        secs in 0..=9_999_999_999_999_999_999_u64,
    ) {
        let key = key(algorithm);
        let request = Request::new("PUT", TARGET, "example.com", 8000)?;
        let mut header = Credentials::new(&id, &key)?.header(&request);
        if let Some(ext) = &ext {
            header = header.ext(ext);
        }
        if let Some((app, dlg)) = &app_dlg {
            header = header.app(app);
            if let Some(dlg) = dlg {
                header = header.dlg(dlg);
            }
        }
        if let Some(payload) = &payload {
            header = header.payload(None, payload)?;
        }
        let now = UnixTime::from_secs(secs);
        let signed = header.sign(now, &nonce)?;
        let text = signed.to_header();
        prop_assert_eq!(text.len(), signed.len());

        let parsed = Authorization::parse(&text)?;
        prop_assert_eq!((parsed.id(), parsed.nonce(), parsed.ts()), (&*id, &*nonce, now));
        prop_assert_eq!(parsed.ext(), ext.as_deref());
        let app = app_dlg.as_ref().map(|(app, _)| app.as_str());
        let dlg = app_dlg.as_ref().and_then(|(_, dlg)| dlg.as_deref());
        prop_assert_eq!((parsed.app(), parsed.dlg()), (app, dlg));
        prop_assert_eq!(parsed.hash(), signed.hash());
        let authentic = parsed.authenticate(&request, Some(&key), Window::new(0, 0), now)?;
        let accepted = authentic.dangerous_accept_replays();
        if let Some(payload) = &payload {
            let verified = accepted.verify_payload(None, payload)?;
            prop_assert_eq!(verified.into_payload(), payload);
        } else {
            let rejection = accepted.verify_payload(None, b"").unwrap_err();
            prop_assert_eq!(*rejection.error(), Error::MissingHash);
        }
    }

    #[test]
    fn what_cannot_be_written_is_refused(value in any::<String>()) {
        let key = key(Algorithm::Sha256);
        let request = Request::new("GET", TARGET, "example.com", 8000)?;
        let credentials = Credentials::new(ID, &key)?;
        let allowed = |byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
        let signed = credentials.header(&request).ext(&value).sign(NOW, "n");
        prop_assert_eq!(signed.is_ok(), value.bytes().all(allowed));
        if let Ok(signed) = signed {
            let text = signed.to_header();
            prop_assert_eq!(Authorization::parse(&text)?.ext().unwrap_or(""), value);
        }
    }

    #[test]
    fn a_bewit_that_is_signed_parses_back(
        algorithm in prop::sample::select(&Algorithm::ALL[..]),
        id in VALUE,
        ext in "[^\\\\]{0,40}",
        secs in 1..=9_999_999_999_999_999_999_u64,
    ) {
        let key = key(algorithm);
        let request = Request::new("GET", TARGET, "example.com", 8000)?;
        let exp = UnixTime::from_secs(secs);
        let text = Bewit::sign(&Credentials::new(&id, &key)?, &request, exp, &ext)?.to_string();
        let mut buffer = BewitBuffer::new();
        let bewit = Bewit::parse(&text, &mut buffer)?;
        prop_assert_eq!((bewit.id(), bewit.exp(), bewit.ext()), (&*id, exp, &*ext));
        let before = exp.saturating_sub(1);
        prop_assert!(bewit.authenticate(&request, Some(&key), before).is_ok());
        let rejection = bewit.authenticate(&request, Some(&key), exp).unwrap_err();
        prop_assert_eq!(rejection.code(), "bewit-expired");
    }

    #[test]
    fn nothing_panics_on_any_text(text in mangled()) {
        let key = key(Algorithm::Sha256);
        let _ = Authorization::parse(&text);
        let _ = ServerAuthorization::parse(&text);
        let _ = Challenge::parse(&text).and_then(|challenge| challenge.verify(&key));
        let _ = Bewit::parse(&text, &mut BewitBuffer::new());
        let _ = Request::from_url("GET", &text);
        let _ = Request::new(&text, &text, &text, 80);
        let _ = MessageAuthorization::new(&text, "1", &text, &text, &text);
        let _ = Credentials::new(&text, &key);
        let _ = open(&text, &key);
    }

    #[test]
    fn nothing_panics_on_any_bytes(
        name in prop::sample::select(&["Host", "Authorization", "Content-Type", "Forwarded"][..]),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let key = key(Algorithm::Sha256);
        let _ = receive(&bytes, &key);
        let server = server();
        let mut incoming = Incoming::new("GET", TARGET, Scheme::Http);
        let _ = incoming.header(name, &bytes);
        let _ = server.request(&incoming);
        let _ = server.authorization(&incoming);
    }
}
