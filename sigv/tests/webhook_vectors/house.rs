//! Schemes that carry their signature elsewhere than in a header of its own, and such as no constant is
//! for: written as a house's own templates.

use creance_sigv::scheme::Headers;
use creance_sigv::webhook::{ADYEN, Layout, Outgoing, Parts, Piece, SecretForm, Source, Template};
use creance_sigv::{Algorithm, Encoding, Key, UnixTime};

use super::{assert_both, pairs};
use crate::common::Fields;

#[test]
fn adyen() {
    let mut file = Fields::parse(include_str!("../vectors/adyen.json"));
    assert!(file.text("scheme").contains("hexdecode(key)"));
    let source = file.text("source");
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 1);
    for mut case in cases {
        let key = ADYEN.key(&case.text("key_hex")).unwrap();
        let (message, signature) = (case.text("message"), case.text("signature"));
        case.end();
        assert_parts(&ADYEN, &key, &Outgoing::new(message.as_bytes()), &signature, &source);
    }
    file.end();
}

/// For a scheme that carries its signature elsewhere than in a header.
fn assert_parts(
    template: &Template<'_>,
    key: &Key,
    outgoing: &Outgoing<'_>,
    signature: &str,
    name: &str,
) {
    let mut parts = Parts::new(template, signature).expect(name);
    parts = parts.with_method(outgoing.method()).with_url(outgoing.url());
    parts = parts.with_headers(outgoing.headers());
    parts = parts.with_body(outgoing.body());
    let now = UnixTime::default();
    let authentic = template.verify_parts(parts, key, now).expect(name);
    assert_eq!(authentic.dangerous_accept_replays().body(), outgoing.body(), "{name}");
    let mut written = String::new();
    let signed = template.sign(outgoing, key, now).expect(name);
    signed.signature().write(&mut written).unwrap();
    assert_eq!(written, signature, "{name}");
}

/// Authy signs a nonce, the method, the URL and the sorted parameters, which we hand over as the body.
const AUTHY: Template<'static> = Template::new(
    "authy",
    "X-Authy-Signature",
    &[
        Piece::Id(Source::Header("X-Authy-Signature-Nonce")),
        Piece::Text("|"),
        Piece::Method,
        Piece::Text("|"),
        Piece::Url,
        Piece::Text("|"),
        Piece::Body,
    ],
)
.with_encoding(Encoding::Base64);

#[test]
fn authy() {
    let mut file = Fields::parse(include_str!("../vectors/authy.json"));
    assert!(file.text("scheme").contains("X-Authy-Signature"));
    let source = file.text("source");
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 2);
    for mut case in cases {
        let key = AUTHY.allow_weak_key(&case.text("key")).unwrap();
        let (signed, signature) = (case.text("signed_string"), case.text("signature"));
        case.end();
        let [nonce, method, url, params] = signed.split('|').collect::<Vec<_>>()[..] else {
            panic!("{signed}");
        };
        let headers =
            pairs([("X-Authy-Signature-Nonce", nonce), ("X-Authy-Signature", &signature)]);
        let outgoing =
            Outgoing::new(params.as_bytes()).with_id(nonce).with_method(method).with_url(url);
        assert_both(&AUTHY, &key, &outgoing, UnixTime::default(), &headers, &source);
    }
    file.end();
}

/// Azure Cosmos signs the kind and the name of a resource, which stand in no header, and the date.
const COSMOS: Template<'static> = Template::new(
    "azure-cosmos",
    "",
    &[
        Piece::Method,
        Piece::Text("\n"),
        Piece::Header("resource-type"),
        Piece::Text("\n"),
        Piece::Header("resource-link"),
        Piece::Text("\n"),
        Piece::Header("x-ms-date"),
        Piece::Text("\n\n"),
    ],
)
.with_source(Source::Given)
.with_encoding(Encoding::Base64)
.with_secret(SecretForm::Base64 { prefix: "", minimum: 64, maximum: 64 });

#[test]
fn azure_cosmos() {
    let mut file = Fields::parse(include_str!("../vectors/azure_cosmos.json"));
    assert!(file.text("scheme").contains("base64decode(key)"));
    let source = file.text("source");
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 1);
    for mut case in cases {
        let key = COSMOS.key(&case.text("key_b64")).unwrap();
        let (signed, signature) = (case.text("string_to_sign"), case.text("signature"));
        case.end();
        let [method, kind, link, date, "", ""] = signed.split('\n').collect::<Vec<_>>()[..] else {
            panic!("{signed}");
        };
        let headers = [("resource-type", kind), ("resource-link", link), ("x-ms-date", date)];
        let headers: &dyn Headers = &headers;
        let outgoing = Outgoing::new(b"").with_method(method).with_headers(headers);
        assert_parts(&COSMOS, &key, &outgoing, &signature, &source);
    }
    file.end();
}

/// Duo signs its date, the method, host, path and sorted parameters; the tag is the password of
/// `Authorization: Basic`, behind a name.
const DUO: Template<'static> = Template::new(
    "duo",
    "",
    &[
        Piece::Header("Date"),
        Piece::Text("\n"),
        Piece::Method,
        Piece::Text("\n"),
        Piece::Host,
        Piece::Text("\n"),
        Piece::Path,
        Piece::Text("\n"),
        Piece::Body,
    ],
)
.with_source(Source::Given)
.with_layout(Layout::Single("test_ikey:"));

#[test]
fn duo() {
    let mut file = Fields::parse(include_str!("../vectors/duo.json"));
    assert!(file.text("scheme").contains("Authorization: Basic"));
    let source = file.text("source");
    let cases = file.objects("vectors");
    assert_eq!(cases.len(), 2);
    for mut case in cases {
        let name = case.text("alg");
        let algorithm: Algorithm =
            name.strip_prefix("HMAC-").unwrap().replace("SHA", "sha").parse().unwrap();
        let template = DUO.with_algorithm(algorithm);
        let key = template.key(&case.text("skey")).unwrap();
        let signature = format!("{}:{}", case.text("ikey"), case.text("password_hex"));
        let canonical = case.text("canonical");
        case.end();
        let [date, method, host, path, params] = canonical.split('\n').collect::<Vec<_>>()[..]
        else {
            panic!("{canonical}");
        };
        let url = format!("https://{host}{path}");
        let headers = [("Date", date)];
        let outgoing = Outgoing::new(params.as_bytes())
            .with_method(method)
            .with_url(&url)
            .with_headers(&headers);
        assert_parts(&template, &key, &outgoing, &signature, &format!("{source}: {name}"));
    }
    file.end();
}
