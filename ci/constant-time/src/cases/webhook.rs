//! Templates: the provider's secret as text, and verifications of what comes with right and wrong tags.

use creance_sigv::keyring::{KeyEntry, KeySet, Keyring};
use creance_sigv::scheme::{MAX_TAGS, Received};
use creance_sigv::webhook::{
    ADYEN, DROPBOX, GITHUB, LINE, LINEAR, Layout, MAILGUN, META, Outgoing, PADDLE, PAGERDUTY,
    Parts, Piece, SHOPIFY, SLACK, SQUARE, STANDARD, STRIPE, SVIX, SecretForm, Template, WEBSUB,
    ZOOM,
};
use creance_sigv::{Algorithm, Encoding, Error, Key, UnixTime};

use super::keys::secret_text;
use super::{key_material, secret};
use crate::{Case, Expected};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
/// One of them reads the time in it.
const BODY: &[u8] = b"{\"webhookTimestamp\":1700000000000,\"text\":\"not ASCII: \xc3\xa4\xff\"}";
const URL: &str = "https://example.com/hooks?a=1";

/// All that are verified in the same way: a scheme more is a line more.
const SCHEMES: &[&Template<'static>] = &[
    &STANDARD, &SVIX, &GITHUB, &META, &WEBSUB, &STRIPE, &SLACK, &ZOOM, &SHOPIFY, &SQUARE, &LINE,
    &DROPBOX, &LINEAR, &PAGERDUTY, &PADDLE, &MAILGUN, &ADYEN, &HOUSE,
];

/// What the providers' do not have: other pieces, a digest of the body, another algorithm.
const HOUSE: Template<'static> = Template::new(
    "house",
    "House-Signature",
    &[
        Piece::Method,
        Piece::Text("\n"),
        Piece::Host,
        Piece::Target,
        Piece::Text("\n"),
        Piece::BodyDigest(Algorithm::Sha256, Encoding::Base64),
    ],
)
.with_layout(Layout::List { separator: ',', prefix: "" })
.with_algorithm(Algorithm::Sha512)
.with_encoding(Encoding::Base64Url);

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = SCHEMES.iter().copied().flat_map(of_scheme).collect();
    cases.extend(secret_cases());
    cases
}

fn of_scheme(scheme: &'static Template<'static>) -> Vec<Case> {
    let name = scheme.name();
    let case = |what: &str, run: fn(&'static Template<'static>)| {
        Case::new(format!("webhook/{name}/{what}"), Expected::Verdict, move || run(scheme))
    };
    let mut cases = vec![case("right", right), case("wrong", wrong), case("two-keys", two_keys)];
    if joined(scheme, &["a", "b"]).is_some() {
        cases.push(case("eight-tags", eight_tags));
    }
    // Of the others the body does not come in pieces, or the tag not in a header.
    if !["linear", "mailgun", "adyen"].contains(&name) {
        cases.push(case("pieces", pieces));
    }
    cases
}

fn right(scheme: &'static Template<'static>) {
    let keys = watched(scheme, 1);
    assert_eq!(verify(scheme, &signature(scheme, &public(scheme, 1)), &keys), Ok(()));
}

fn wrong(scheme: &'static Template<'static>) {
    let keys = watched(scheme, 1);
    let sent = signature(scheme, &public(scheme, 2));
    assert_eq!(verify(scheme, &sent, &keys), Err(Error::Mismatch));
    let right = signature(scheme, &public(scheme, 1));
    // A shorter one: lengths are public.
    assert_eq!(verify(scheme, &right[..right.len() - 2], &keys), Err(Error::Mismatch));
}

/// The right key is the first, the second or none.
fn two_keys(scheme: &'static Template<'static>) {
    let mut ring = Keyring::<2>::new();
    for (id, key) in [("first", watched(scheme, 1)), ("second", watched(scheme, 2))] {
        ring.insert(KeyEntry::new(id, key).unwrap()).unwrap();
    }
    for (key, verdict) in [(1, Ok(())), (2, Ok(())), (3, Err(Error::Mismatch))] {
        assert_eq!(verify(scheme, &signature(scheme, &public(scheme, key)), &ring), verdict);
    }
}

/// The right tag at the first place, in the middle, at the last and nowhere.
fn eight_tags(scheme: &'static Template<'static>) {
    let keys = watched(scheme, 1);
    let right = signature(scheme, &public(scheme, 1));
    let forged: Vec<String> =
        (2..2 + MAX_TAGS).map(|key| signature(scheme, &public(scheme, key))).collect();
    for place in [0, 3, MAX_TAGS - 1, MAX_TAGS] {
        let mut sent: Vec<&str> = forged.iter().map(String::as_str).collect();
        if let Some(at) = sent.get_mut(place) {
            *at = &right;
        }
        let verdict = if place < MAX_TAGS { Ok(()) } else { Err(Error::Mismatch) };
        assert_eq!(verify(scheme, &joined(scheme, &sent).unwrap(), &keys), verdict);
    }
}

/// The body comes in pieces, under the first key, the second and none of ours.
fn pieces(scheme: &'static Template<'static>) {
    let mut ring = Keyring::<2>::new();
    for (id, key) in [("first", watched(scheme, 1)), ("second", watched(scheme, 2))] {
        ring.insert(KeyEntry::new(id, key).unwrap()).unwrap();
    }
    for (key, expected) in [(1, Ok(())), (2, Ok(())), (3, Err(Error::Mismatch))] {
        let signed = scheme.sign(&outgoing(), &public(scheme, key), NOW).unwrap();
        let headers = signed.to_headers();
        let received = Received::new("POST", URL, &headers, b"");
        let mut running = scheme.begin(&received, &ring, 1000, NOW).unwrap();
        BODY.chunks(7).for_each(|piece| running.update(piece).unwrap());
        let verdict = running.finish().map(drop).map_err(|rejection| *rejection.error());
        assert_eq!(verdict, expected);
    }
}

/// Several signatures in one value, where the scheme has that.
fn joined(scheme: &Template<'_>, signatures: &[&str]) -> Option<String> {
    let separator = match scheme.name() {
        "standard" | "svix" => " ",
        "pagerduty" | "house" => ",",
        "stripe" | "paddle" => return Some(joined_fields(scheme, signatures)),
        _ => return None,
    };
    Some(signatures.join(separator))
}

/// The first with its time, of the others the tag.
fn joined_fields(scheme: &Template<'_>, signatures: &[&str]) -> String {
    let separator = if scheme.name() == "stripe" { ',' } else { ';' };
    let tags = signatures
        .iter()
        .skip(1)
        .map(|signature| signature.rsplit(separator).next().expect("a split has a part"));
    signatures.iter().take(1).copied().chain(tags).collect::<Vec<_>>().join(&separator.to_string())
}

fn material(scheme: &Template<'_>, number: usize) -> (Algorithm, Vec<u8>) {
    let algorithm = if scheme.name() == "house" { Algorithm::Sha512 } else { Algorithm::Sha256 };
    let mut bytes = key_material(algorithm.output_len());
    bytes[0] = number.to_le_bytes()[0];
    (algorithm, bytes)
}

fn public(scheme: &Template<'_>, number: usize) -> Key {
    let (algorithm, bytes) = material(scheme, number);
    Key::new(algorithm, &bytes).unwrap()
}

fn watched(scheme: &Template<'_>, number: usize) -> Key {
    let (algorithm, bytes) = material(scheme, number);
    Key::new(algorithm, &secret(&bytes)).unwrap()
}

fn outgoing() -> Outgoing<'static> {
    Outgoing::new(BODY).with_id("msg-1").with_method("POST").with_url(URL)
}

/// What the sender writes.
fn signature(scheme: &Template<'static>, key: &Key) -> String {
    let signed = scheme.sign(&outgoing(), key, NOW).unwrap();
    let mut text = String::new();
    signed.signature().write(&mut text).unwrap();
    text
}

fn verify(
    scheme: &'static Template<'static>,
    signature: &str,
    keys: &impl KeySet,
) -> Result<(), Error> {
    let parts = Parts::new(scheme, signature)?.with_method("POST").with_url(URL).with_body(BODY);
    let parts = parts.with_time("1700000000")?.with_id("msg-1")?;
    let verdict = scheme.verify_parts(parts, keys, NOW);
    verdict
        .map(|authentic| _ = authentic.dangerous_accept_replays())
        .map_err(|rejection| *rejection.error())
}

fn secret_cases() -> Vec<Case> {
    let form = |secret| STANDARD.with_secret(secret);
    let base64 = form(SecretForm::Base64 { prefix: "whsec_", minimum: 24, maximum: 64 });
    vec![
        Case::new("secret/text", Expected::Verdict, move || {
            is_the_key(
                form(SecretForm::Text),
                "x7 sixteen bytes or more",
                b"x7 sixteen bytes or more",
            );
        }),
        Case::new("secret/base64", Expected::Verdict, move || {
            for len in [24, 25, 26, 32, 64] {
                let bytes = key_material(len);
                let text = text_of(Encoding::Base64, &bytes);
                is_the_key(base64, &text, &bytes);
                is_the_key(base64, &format!("whsec_{text}"), &bytes);
            }
        }),
        // As far as the prefix goes, and not of the alphabet.
        Case::new("secret/base64-refused", Expected::Verdict, move || {
            let text = text_of(Encoding::Base64, &key_material(33));
            for wrong in ["whsec-", "whseC_", "Whsec_", "whsec_whsec_", "wh", " whsec_", "!"] {
                let wrong = format!("{wrong}{text}");
                let refused = base64.key(&secret_text(Encoding::Base64, wrong)).unwrap_err();
                assert_eq!(refused, Error::KeyEncoding { encoding: Encoding::Base64 });
            }
        }),
        Case::new("secret/hex", Expected::Verdict, move || {
            for len in [16, 17, 32, 64, 256] {
                let bytes = key_material(len);
                let lower = text_of(Encoding::Hex, &bytes);
                is_the_key(form(SecretForm::Hex), &lower, &bytes);
                is_the_key(form(SecretForm::Hex), &lower.to_uppercase(), &bytes);
            }
        }),
        Case::new("secret/hex-every-character", Expected::Verdict, move || {
            let scheme = form(SecretForm::Hex);
            for character in '\0'..='\u{7f}' {
                for position in [0, 13, 63] {
                    let mut text = text_of(Encoding::Hex, &key_material(32));
                    text.replace_range(position..=position, character.encode_utf8(&mut [0; 4]));
                    let verdict = scheme.key(&secret_text(Encoding::Hex, text));
                    assert_eq!(verdict.is_ok(), character.is_ascii_hexdigit(), "{character:?}");
                }
            }
        }),
    ]
}

/// The key of a watched text verifies what the key of its bytes signs.
fn is_the_key(scheme: Template<'static>, text: &str, bytes: &[u8]) {
    let sent = Key::from_provider(Algorithm::Sha256, bytes).unwrap().sign(b"message");
    let watched = secret_text(Encoding::Base64, text.to_owned());
    for key in [scheme.key(&watched), scheme.allow_weak_key(&watched)] {
        let computed = key.unwrap().sign(b"message");
        assert_eq!(creance_sigv::ct::verify(computed.expose(), sent.expose()), Ok(()));
    }
}

fn text_of(encoding: Encoding, bytes: &[u8]) -> String {
    let mut text = String::new();
    encoding.encode(bytes, &mut text).unwrap();
    text
}
