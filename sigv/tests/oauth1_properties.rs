//! OAuth 1.0a, for any request: what is signed is verified, what is changed is not, and what is written
//! is what a slow writer writes.

#[path = "common/oauth1.rs"]
mod by_hand;

use by_hand::{NOW, Pairs, base_string, form, token_key};
use creance_sigv::oauth1::{Outgoing, Request, Server};
use creance_sigv::scheme::Received;
use creance_sigv::{Algorithm, Error};
use proptest::prelude::*;

const URL: &str = "https://example.com/a";

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c%&=+ ]{0,4}", "\\PC{0,4}", "[a-zA-Z0-9._~-]{0,6}"]
}

fn application() -> impl Strategy<Value = Pairs> {
    let name = text().prop_filter("of the protocol", |name| !name.starts_with("oauth_"));
    prop::collection::vec((name, text()), 0..6)
}

fn shown<'r>(request: &'r Request<'_>) -> Vec<(&'r str, &'r str)> {
    request.parameters().collect()
}

proptest! {
    #[test]
    fn what_is_signed_is_verified_wherever_it_stands(
        query in application(),
        posted in application(),
        algorithm in prop::sample::select(&[Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512][..]),
    ) {
        let key = token_key(algorithm);
        let (url, posted_form) = (format!("{URL}?{}", form(&query)), form(&posted));
        let outgoing = Outgoing::new("POST", &url).with_nonce("n").with_form(&posted_form);
        let signed = outgoing.sign(&key, NOW).unwrap();

        let mut expected: Pairs = [query, posted].concat();
        let protocol = signed.authorization();
        let protocol = protocol[6..].split(", ").map(|pair| pair.split_once("=\"").unwrap());
        let protocol = protocol.filter(|(name, _)| *name != "oauth_signature");
        expected.extend(protocol.map(|(name, value)| {
            (name.to_owned(), value.trim_end_matches('"').to_owned())
        }));
        prop_assert_eq!(signed.base_string().to_string(), base_string("POST", URL, &expected));

        let in_header = signed.to_headers();
        let content_type = [("Content-Type", "application/x-www-form-urlencoded")];
        let (in_query, in_form) = (signed.url(), signed.form().unwrap());
        let mut all = Vec::new();
        for received in [
            Received::new("POST", &url, &in_header, posted_form.as_bytes()),
            Received::new("POST", &in_query, &content_type, posted_form.as_bytes()),
            Received::new("POST", &url, &content_type, in_form.as_bytes()),
        ] {
            let authentic = Server::new().verify(&received, &key, NOW).unwrap();
            let request = authentic.dangerous_accept_replays().into_shown();
            let parameters: Pairs = shown(&request)
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            all.push(parameters);
        }
        prop_assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    }

    /// What passes in spite of a change says the same: it is written in another way.
    #[test]
    fn a_changed_byte_never_verifies_unless_it_says_the_same(
        query in application(),
        posted in application(),
        place in 0..4_usize,
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let key = token_key(Algorithm::Sha1);
        let (url, posted_form) = (format!("{URL}?{}", form(&query)), form(&posted));
        let outgoing = Outgoing::new("POST", &url).with_nonce("n").with_form(&posted_form);
        let signed = outgoing.sign(&key, NOW).unwrap();
        let content_type = "application/x-www-form-urlencoded";
        let right = ["POST".to_owned(), url.clone(), posted_form.clone(), signed.authorization()];
        let mut bytes = right.clone().map(String::into_bytes);
        if let Some(changed) = (!bytes[place].is_empty()).then(|| at.index(bytes[place].len())) {
            bytes[place][changed] = byte;
        }
        let [method, url, body, authorization] = &bytes;
        let (Ok(method), Ok(url)) = (std::str::from_utf8(method), std::str::from_utf8(url)) else {
            return Ok(());
        };
        let original = [("Authorization", right[3].as_bytes()), ("Content-Type", content_type.as_bytes())];
        let original = Received::new(&right[0], &right[1], &original, right[2].as_bytes());
        let original = Server::new().verify(&original, &key, NOW).unwrap();
        let original = original.dangerous_accept_replays().into_shown();
        let headers = [("Authorization", &authorization[..]), ("Content-Type", content_type.as_bytes())];
        let received = Received::new(method, url, &headers, body);
        if let Ok(authentic) = Server::new().verify(&received, &key, NOW) {
            let request = authentic.dangerous_accept_replays().into_shown();
            prop_assert_eq!(shown(&request), shown(&original));
            prop_assert!(method.eq_ignore_ascii_case("POST"));
            prop_assert_eq!(request.token(), original.token());
            prop_assert_eq!(request.protocol("oauth_nonce"), original.protocol("oauth_nonce"));
        }
    }

    #[test]
    fn any_bytes_are_answered_with_a_value(
        method in ".{0,5}",
        url in prop_oneof![".{0,40}", "https://h/[ -~]{0,40}"],
        header in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "OAuth [ -~]{0,60}".prop_map(String::into_bytes),
            "OAuth (oauth_(nonce|token|x)=\"[a%0-9]{0,4}\",? ?){0,6}".prop_map(String::into_bytes),
        ],
        body in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let headers = [
            ("Authorization", &header[..]),
            ("Content-Type", b"application/x-www-form-urlencoded"),
        ];
        let received = Received::new(&method, &url, &headers, &body);
        let key = token_key(Algorithm::Sha1);
        let rejection = Server::new().verify(&received, &key, NOW).unwrap_err();
        prop_assert!(matches!(rejection.status(), 400 | 401), "{:?}", rejection);
        prop_assert_ne!(*rejection.error(), Error::Mismatch);
    }
}
