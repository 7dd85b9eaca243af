//! What a diagnosis says, and what it never says.
#![cfg(feature = "std")]

mod support;

use std::collections::BTreeSet;

use creance_hawk::explain::{Cause, Inquiry, compare};
use creance_hawk::sigv::{Algorithm, Encoding, Key};
use creance_hawk::{Authority, Authorization, Credentials, PayloadHash, Request};
use support::{ID, NONCE, NOW, SECRET, WINDOW, by_hand, header_with, key, later, text};

fn authority() -> Authority {
    Authority::new("api.example.com", 443).unwrap()
}

#[test]
fn a_report_names_the_mistake_and_shows_both_messages() {
    let (key, client) = (key(), Request::from_url("GET", "http://example.com/r?a=1").unwrap());
    let header = header_with(&key, &client, |header| header.ext("e").app("a").dlg("d"));
    let request = Request::new("GET", "/r?a=1", "example.com", 8080).unwrap();
    let authorization = Authorization::parse(&header).unwrap();
    let inquiry = Inquiry::new(&request, &authorization, Algorithm::Sha256, SECRET.as_bytes());
    let diagnosis = inquiry.at(later(90), WINDOW).diagnose();
    assert_eq!(
        diagnosis.to_string(),
        "the client signed port 80 and the server verifies 8080: configure the authority that \
         clients use, not the one behind the proxy\n\
         the client's clock is 90 s behind: set it, or let the client use the time of the \
         server's challenge\n\
         canonical messages, as verified and as signed:\n\
         \x20           ours           theirs\n\
         \x20 type      hawk.1.header  hawk.1.header\n\
         \x20 ts        1353832234     1353832234\n\
         \x20 nonce     j4h3g2         j4h3g2\n\
         \x20 method    GET            GET\n\
         \x20 resource  /r?a=1         /r?a=1\n\
         \x20 host      example.com    example.com\n\
         * port      8080           80\n\
         \x20 hash      (empty)        (empty)\n\
         \x20 ext       e              e\n\
         \x20 app       a              a\n\
         \x20 dlg       d              d\n\
         \x20 end       line break     line break\n"
    );
}

#[test]
fn a_report_without_a_mistake_says_so() {
    let (key, request) = (key(), support::request());
    let header = support::header(&key, &request);
    let authorization = Authorization::parse(&header).unwrap();
    let inquiry = Inquiry::new(&request, &authorization, Algorithm::Sha256, SECRET.as_bytes());
    let diagnosis = inquiry.at(NOW, WINDOW).diagnose();
    assert_eq!((diagnosis.causes(), diagnosis.signed()), (&[][..], None));
    assert_eq!(
        diagnosis.to_string(),
        "nothing is wrong with what was looked into\n\
         canonical message:\n\
         \x20 type      hawk.1.header\n\
         \x20 ts        1353832234\n\
         \x20 nonce     j4h3g2\n\
         \x20 method    GET\n\
         \x20 resource  /resource/1?b=1&a=2\n\
         \x20 host      example.com\n\
         \x20 port      8000\n\
         \x20 hash      (empty)\n\
         \x20 ext       (empty)\n"
    );
}

#[test]
fn a_report_that_found_no_explanation_says_so() {
    let header = by_hand("ts=\"1353832234\", nonce=\"j4h3g2\", hash=\"h\"", "anything");
    let authorization = Authorization::parse(&header).unwrap();
    let request = support::request();
    let inquiry = Inquiry::new(&request, &authorization, Algorithm::Sha256, SECRET.as_bytes());
    let diagnosis = inquiry.payload(Some("text/plain"), b"x").diagnose();
    assert_eq!(diagnosis.causes(), [Cause::UnknownMac, Cause::UnknownHash]);
    assert_eq!(diagnosis.signed(), None);
    let report = diagnosis.to_string();
    assert!(report.starts_with(
        "none of the usual causes explains the MAC: compare the canonical message with the \
         client's, and if they are the same, the keys\n\
         none of the usual causes explains the hash: compare the payload's bytes and the content \
         type as they are sent with those that came\n\
         canonical message:\n"
    ));
}

#[test]
fn both_sides_see_the_same_message() {
    let (key, request) = (key(), support::request());
    let credentials = Credentials::new(ID, &key).unwrap();
    let header = credentials.header(&request).payload(None, b"x").unwrap().ext("e").app("a");
    let signed = header.sign(NOW, NONCE).unwrap();
    let at_client = text(|out| signed.write_canonical(out));
    let header = signed.to_header();
    let authorization = Authorization::parse(&header).unwrap();
    let inquiry = Inquiry::new(&request, &authorization, Algorithm::Sha256, SECRET.as_bytes());
    let diagnosis = inquiry.diagnose();
    assert_eq!(diagnosis.canonical(), at_client);
    assert_eq!(compare(diagnosis.canonical(), &at_client).differences().count(), 0);
}

/// One of each, and a word that its advice must have.
#[rustfmt::skip]
fn causes() -> Vec<(Cause, &'static str)> {
    let text = |text: &str| text.to_owned();
    vec![
        (Cause::Port { signed: 80, verified: 8000 }, "port 80"),
        (Cause::Host { signed: text("a.example") }, "\"a.example\""),
        (Cause::Authority { signed: text("a.example:80") }, "\"a.example:80\""),
        (Cause::TrailingDot, "trailing dot"),
        (Cause::HostCase, "lower case"),
        (Cause::HostBrackets, "brackets"),
        (Cause::HostWithPort, "port behind it"),
        (Cause::PrefixAdded { prefix: text("/api") }, "did not sign the prefix \"/api\""),
        (Cause::PrefixStripped { prefix: text("/api") }, "signed the prefix \"/api\""),
        (Cause::TrailingSlash, "trailing slash"),
        (Cause::QueryLeftOut, "sign the query"),
        (Cause::TrailingQuestionMark, "trailing `?`"),
        (Cause::Fragment, "fragment"),
        (Cause::PercentEncoding, "percent-encoding"),
        (Cause::PlusForSpace, "`%20`"),
        (Cause::WholeUrl, "whole URL"),
        (Cause::EmptyPath, "empty path"),
        (Cause::PathNormalised, "dot segments"),
        (Cause::PathParameters, "`;`"),
        (Cause::QueryOrder, "sorted"),
        (Cause::Method { signed: "POST" }, "method POST"),
        (Cause::MethodCase, "upper case"),
        (Cause::TimestampUnit, "another ts"),
        (Cause::HashLeftOut, "hash without signing"),
        (Cause::ExtLeftOut, "ext without signing"),
        (Cause::AppLeftOut, "app without signing"),
        (Cause::DlgLeftOut, "dlg without signing"),
        (Cause::MacSpelling, "MAC is right"),
        (Cause::EmptyKey, "secret is empty"),
        (Cause::KeyDecoded { encoding: Encoding::Base64 }, "decodes the secret from Base64:"),
        (Cause::KeyEncoded { encoding: Encoding::Hex }, "hexadecimal text"),
        (Cause::KeyEncoded { encoding: Encoding::Base64Url }, "Base64url text"),
        (Cause::KeySpace, "white space"),
        (Cause::Algorithm { signed: Algorithm::Sha1 }, "signs with sha1"),
        (Cause::UnknownMac, "explains the MAC"),
        (Cause::HashMissing, "send its hash"),
        (Cause::ContentTypeNotNormalised, "before `;`"),
        (Cause::ContentType { hashed: "" }, "no content type"),
        (Cause::ContentType { hashed: "text/plain" }, "content type text/plain"),
        (Cause::LineBreakAtEnd, "payload's end"),
        (Cause::LineBreaks, "were converted"),
        (Cause::EmptyBody, "empty payload"),
        (Cause::HashAlgorithm { hashed: Algorithm::Sha512 }, "with sha512"),
        (Cause::HashOfBodyAlone, "`hawk.1.payload`"),
        (Cause::HashSpelling, "hash is right"),
        (Cause::UnknownHash, "explains the hash"),
        (Cause::Milliseconds, "send seconds"),
        (Cause::TimeZone { minutes: 330, ahead: true }, "5:30 h ahead"),
        (Cause::Clock { seconds: 61, ahead: false }, "61 s behind"),
    ]
}

#[test]
fn every_cause_says_what_to_change() {
    let causes = causes();
    for (cause, words) in &causes {
        let advice = cause.to_string();
        assert!(advice.contains(words), "{cause:?}: {advice}");
        assert!(
            advice.contains(": ") && !advice.ends_with('.') && !advice.contains("  "),
            "{advice}"
        );
    }
    let advice: BTreeSet<_> = causes.iter().map(|(cause, _)| cause.to_string()).collect();
    assert_eq!(advice.len(), causes.len());
    // None is left out: each variant stands on a line of its own, behind four spaces.
    let source = include_str!("../src/explain/cause.rs");
    let list = source.split("pub enum Cause {").nth(1).unwrap();
    let is_variant = |line: &&str| {
        line.strip_prefix("    ")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    let variants = list.lines().filter(is_variant).count();
    let kinds: BTreeSet<_> = causes
        .iter()
        .map(|(cause, _)| format!("{cause:?}").split([' ', '(']).next().unwrap().to_owned())
        .collect();
    assert_eq!(kinds.len(), variants);
}

/// Looks for a secret in every form in which it could stand in a text.
fn assert_hidden(report: &str, secret: &[u8]) {
    let mut forms: Vec<_> = [Encoding::Base64, Encoding::Base64Url, Encoding::Hex]
        .map(|encoding| text(|out| encoding.encode(&secret[..12], out)))
        .to_vec();
    forms.push(text(|out| Encoding::Hex.encode(&secret[..12], out)).to_uppercase());
    forms.push(format!("{:?}", &secret[..12]).trim_matches(['[', ']']).to_owned());
    forms.extend(std::str::from_utf8(&secret[..12]).map(str::to_owned));
    for form in forms {
        assert!(!report.contains(&form), "{form} in {report}");
    }
}

/// Everything that comes out of an inquiry.
fn printed(inquiry: &Inquiry<'_>) -> String {
    let diagnosis = inquiry.diagnose();
    let signed = diagnosis.signed().unwrap_or("");
    let comparison = compare(diagnosis.canonical(), signed);
    let causes = diagnosis.causes();
    let words: Vec<_> = causes.iter().map(ToString::to_string).collect();
    format!(
        "{diagnosis}{diagnosis:?}{diagnosis:#?}{inquiry:?}{inquiry:#?}{}{signed}{comparison}\
         {comparison:?}{causes:?}{words:?}",
        diagnosis.canonical()
    )
}

#[test]
fn no_report_holds_the_secret_or_what_was_computed_with_it() {
    let base64 = text(|out| Encoding::Base64.encode(SECRET.as_bytes(), out));
    let hex = text(|out| Encoding::Hex.encode(SECRET.as_bytes(), out));
    let secrets = [SECRET, &base64, &hex, &format!("{SECRET}\n")].map(str::to_owned);
    let request = Request::new("POST", "/r", "example.com", 8080).unwrap();
    let targets = ["http://example.com:8080/r", "http://example.com/r", "http://example.com/other"];
    let others = [authority()];
    for server in &secrets {
        for client in &secrets {
            for target in targets {
                let key = Key::allow_weak(Algorithm::Sha256, client.as_bytes()).unwrap();
                let sent = Request::from_url("POST", target).unwrap();
                let header =
                    header_with(&key, &sent, |header| header.payload(None, b"sent").unwrap());
                let authorization = Authorization::parse(&header).unwrap();
                let inquiry =
                    Inquiry::new(&request, &authorization, Algorithm::Sha256, server.as_bytes())
                        .payload(Some("text/plain"), b"received")
                        .at(later(7200), WINDOW)
                        .path_prefixes(&["/api"])
                        .authorities(&others);
                let printed = printed(&inquiry);
                assert_hidden(&printed, server.as_bytes());
                assert_hidden(&printed, client.as_bytes());
                assert_hidden(&printed, SECRET.as_bytes());
                let server = Key::allow_weak(Algorithm::Sha256, server.as_bytes()).unwrap();
                let canonical = inquiry.diagnose().canonical().to_owned();
                assert_hidden(&printed, server.sign(canonical.as_bytes()).expose());
                assert_hidden(&printed, key.sign(canonical.as_bytes()).expose());
                // Nor the MAC that was received: with it, the request could be sent again.
                let mac = header.split("mac=\"").nth(1).unwrap().split('"').next().unwrap();
                assert!(!printed.contains(&mac[..12]));
                // Nor a payload hash that was computed here.
                for content_type in [None, Some("text/plain")] {
                    let hash =
                        PayloadHash::of(Algorithm::Sha256, content_type, b"received").unwrap();
                    assert!(!printed.contains(&hash.as_str()[..12]));
                }
            }
        }
    }
}

#[test]
fn debug_shows_neither_nonce_nor_messages() {
    let (key, request) = (key(), support::request());
    let header = support::header(&key, &request);
    let authorization = Authorization::parse(&header).unwrap();
    let inquiry = Inquiry::new(&request, &authorization, Algorithm::Sha256, SECRET.as_bytes());
    let diagnosis = inquiry.diagnose();
    assert_eq!(format!("{diagnosis:?}"), "Diagnosis { causes: [], .. }");
    let comparison = compare(diagnosis.canonical(), "hawk.1.header\n1353832234\nother\n");
    let printed = format!("{inquiry:?} {comparison:?} {:?}", comparison.differences().next());
    assert!(!printed.contains(NONCE) && !printed.contains("other"), "{printed}");
}

#[test]
fn messages_are_compared_field_by_field() {
    let ours = "hawk.1.header\n1\nn\nGET\n/r\nexample.com\n80\nh\ne\na\nd\n";
    let names =
        ["type", "ts", "nonce", "method", "resource", "host", "port", "hash", "ext", "app", "dlg"];
    let lines: Vec<_> = ours.lines().collect();
    for (index, name) in names.into_iter().enumerate() {
        let mut lines = lines.clone();
        lines[index] = "x";
        let theirs = lines.join("\n") + "\n";
        let comparison = compare(ours, &theirs);
        let differences: Vec<_> = comparison.differences().collect();
        assert_eq!(differences.len(), 1);
        assert_eq!(differences[0].field(), name);
        assert_eq!(
            (differences[0].ours(), differences[0].theirs()),
            (ours.lines().nth(index), Some("x"))
        );
    }
}

#[test]
fn any_text_is_compared() {
    let fields =
        |ours: &str, theirs: &str| -> Vec<(&'static str, Option<String>, Option<String>)> {
            let comparison = compare(ours, theirs);
            assert!(comparison.to_string().lines().all(|line| !line.contains(char::is_control)));
            let own = |text: Option<&str>| text.map(str::to_owned);
            let differences = comparison.differences();
            differences.map(|row| (row.field(), own(row.ours()), own(row.theirs()))).collect()
        };
    let own = |text: &str| Some(text.to_owned());
    assert_eq!(fields("", ""), []);
    assert_eq!(fields("a\n", "a\n"), []);
    assert_eq!(fields("a\n", "a"), [("end", own("line break"), None)]);
    assert_eq!(fields("a\nb\n", "a\n"), [("ts", own("b"), None)]);
    assert_eq!(fields("a\n", "a\r\n"), [("type", own("a"), own("a\r"))]);
    assert_eq!(fields("a\n\n", "a\n"), [("ts", own(""), None)]);
    assert_eq!(fields("\n", ""), [("type", own(""), None), ("end", own("line break"), None)]);
    let twelve = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
    let eleven = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n";
    assert_eq!(fields(eleven, twelve), [("more", None, own("12"))]);
    for odd in
        ["\u{0}\u{1b}[31m\u{202e}", "\u{1f985}\n\u{e9}", &"x".repeat(10_000), &"\n".repeat(1000)]
    {
        assert_eq!(fields(odd, odd), []);
        assert_ne!(fields(odd, "y\n"), []);
    }
}

#[test]
fn nothing_invisible_stays_invisible() {
    let shown = compare("a \n\u{feff}b\n\\n\n", " a\n\u{202e}\t\u{1b}\n\\n\n").to_string();
    assert_eq!(
        shown,
        "            ours        theirs\n\
         * type      a\\u{20}     \\u{20}a\n\
         * ts        \\u{feff}b   \\u{202e}\\t\\u{1b}\n\
         \x20 nonce     \\\\n         \\\\n\n\
         \x20 end       line break  line break\n"
    );
}

#[test]
fn verification_does_not_know_of_explanations() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() || path.ends_with("lib.rs") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        assert_eq!(code.filter(|line| line.contains("explain")).count(), 0, "{}", path.display());
        read += 1;
    }
    assert!(read > 20);
}

proptest::proptest! {
    /// Whatever the peer sends and the server has been given.
    #[test]
    fn no_inquiry_panics(
        target in "[/*?]([!-~]{0,20}|(%[0-9a-fA-F]{0,2}|\\.\\.|/|;|#|=|&|\\?|\\+){0,12})",
        host in "[a-z.]{1,9}|\\[[0-9a-f:]{1,9}\\]",
        mac in "[ -!#-\\[\\]-~]{1,130}",
        ts in 0..=9_999_999_999_999_999_999_u64,
        secret in proptest::collection::vec(proptest::num::u8::ANY, 0..300),
        prefix in ".{0,5}",
        content_type in proptest::option::of(".{0,20}"),
        body in proptest::collection::vec(proptest::num::u8::ANY, 0..40),
    ) {
        let header = format!("Hawk id=\"i\", ts=\"{ts}\", nonce=\"n\", mac=\"{mac}\", hash=\"{mac}\"");
        let authorization = Authorization::parse(&header).unwrap();
        if let Ok(request) = Request::new("GET", &target, &host, 80) {
            let diagnosis = Inquiry::new(&request, &authorization, Algorithm::Sha256, &secret)
                .payload(content_type.as_deref(), &body)
                .at(NOW, WINDOW)
                .path_prefixes(&[&prefix])
                .diagnose();
            let expected = if secret.is_empty() { Cause::EmptyKey } else { Cause::UnknownMac };
            proptest::prop_assert_eq!(&diagnosis.causes()[..2], &[expected, Cause::UnknownHash]);
            proptest::prop_assert!(!diagnosis.to_string().is_empty());
        }
    }
}
