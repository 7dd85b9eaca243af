//! The parameters of OAuth 1.0a: a header, a query and a form of any bytes.
//!
//! The first line of the input is an `Authorization` header, the second a query, and the rest a form.
//!
//! * Nothing panics.
//! * A slow reader and a slow writer agree on which queries and forms are read, on the base string, and
//!   on what a proof shows of them.
//! * Moved from the query to the form, the parameters are the same.
//! * A header that is read says the same with a realm, and with a character escaped that need not be.

use std::fmt::Write as _;
use std::sync::LazyLock;

use creance_sigv::oauth1::{Credentials, MAX_PARAMETERS, Request, RequestKey, Server};
use creance_sigv::scheme::{Received, Rejection, Url};
use creance_sigv::{Algorithm, Encoding, Key, UnixTime};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const URL: &str = "https://example.com/a";
const SECRET: &str = "0123456789abcdef";
const FORM: &str = "application/x-www-form-urlencoded";

/// The parameters of the protocol, but for the signature.
const PROTOCOL: [(&str, &str); 4] = [
    ("oauth_consumer_key", "c"),
    ("oauth_nonce", "n"),
    ("oauth_signature_method", "HMAC-SHA256"),
    ("oauth_timestamp", "1700000000"),
];

static KEYS: LazyLock<(RequestKey, Key)> = LazyLock::new(|| {
    let client = Credentials::new("c", SECRET).expect("credentials");
    let key = RequestKey::new(Algorithm::Sha256, &client, None).expect("a key");
    let by_hand = Key::allow_weak(Algorithm::Sha256, format!("{SECRET}&").as_bytes());
    (key, by_hand.expect("a key"))
});

type Pairs = Vec<(String, String)>;

/// Checks the properties above for these bytes.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let [header, query, form] = [(); 3].map(|()| lines.next().unwrap_or_default());
    any_header(header);
    if let Ok(query) = core::str::from_utf8(query) {
        sources(query, form);
    }
}

fn any_header(header: &[u8]) {
    let Ok(text) = core::str::from_utf8(header) else { return };
    let Some(base_string) = base_string_of(text) else { return };
    // White space around a header's value does not belong to it.
    let text = text.trim_matches([' ', '\t']);
    let (scheme, rest) = text.split_once(' ').expect("a scheme");
    if !text.to_ascii_lowercase().contains("realm=") && text.len() < 4000 {
        let realm = format!("{scheme}   realm=\"a, \\\"b\", {}", rest.trim_start_matches(' '));
        assert_eq!(base_string_of(&realm).as_ref(), Some(&base_string), "{realm}");
        let twice = format!("{text}, realm=\"\", realm=\"\"");
        assert_eq!(base_string_of(&twice), None, "{twice}");
    }
    let respelled = text.replacen("oauth_nonce=", "%6fauth_nonce=", 1);
    if respelled.len() <= 4096 {
        assert_eq!(base_string_of(&respelled), Some(base_string), "{respelled}");
    }
    for more in [",", ", a", ", a=", ", a=\"", ", a=\"%\"", ", a=\"+\"", ", oauth_nonce=\"n\"", "x"]
    {
        let longer = format!("{text}{more}");
        assert_eq!(base_string_of(&longer), None, "{longer}");
    }
}

fn base_string_of(header: &str) -> Option<String> {
    let headers = [("Authorization", header)];
    let incoming = Server::new().parse(&Received::new("GET", URL, &headers, b"")).ok()?;
    Some(incoming.base_string().to_string())
}

fn sources(query: &str, form: &[u8]) {
    let url = format!("{URL}?{query}");
    let read = slow_read(query.as_bytes()).zip(slow_read(form));
    let application: Option<Pairs> = read.map(|(query, form)| [query, form].concat());
    let is_url = url.len() <= Url::MAX_BYTES
        && query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
    let is_read = is_url && form.len() <= Server::DEFAULT_MAX_FORM_BYTES;
    let expected = application.filter(|pairs| {
        let is_protocol = pairs.iter().any(|(name, _)| name.starts_with("oauth_"));
        // With those of the protocol and the signature.
        is_read && !is_protocol && pairs.len() + PROTOCOL.len() < MAX_PARAMETERS
    });
    let Some(application) = expected else {
        let header = header(&"A".repeat(44));
        assert!(with_proof(&header, &url, form, |_| ()).is_err(), "{url} {form:?}");
        return;
    };

    let base_string = slow_base_string(&application);
    let mut tag = String::new();
    let signed = KEYS.1.sign(base_string.as_bytes());
    signed.write(Encoding::Base64, &mut tag).expect("a String takes everything");
    let header = header(&tag);
    let sorted = slow_sort(application.clone());
    let expected: Vec<(&str, &str)> =
        sorted.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let same = |request: &Request<'_>| request.parameters().eq(expected.iter().copied());
    let shown = with_proof(&header, &url, form, same);
    assert_eq!(shown, Ok(true), "{base_string}");

    let moved = slow_form(&application);
    if moved.len() <= Server::DEFAULT_MAX_FORM_BYTES {
        assert_eq!(with_proof(&header, URL, moved.as_bytes(), same), Ok(true), "{moved}");
        // One more is another request.
        let more = format!("{moved}&=");
        assert!(with_proof(&header, URL, more.as_bytes(), same).is_err(), "{more}");
    }
}

fn with_proof<T>(
    header: &str,
    url: &str,
    form: &[u8],
    then: impl FnOnce(&Request<'_>) -> T,
) -> Result<T, Rejection> {
    let headers = [("Authorization", header), ("Content-Type", FORM)];
    let received = Received::new("POST", url, &headers, form);
    let authentic = Server::new().verify(&received, &KEYS.0, NOW)?;
    Ok(then(authentic.dangerous_accept_replays().shown()))
}

fn header(tag: &str) -> String {
    let mut header = format!("OAuth oauth_signature=\"{}\"", slow_encode(tag));
    for (name, value) in PROTOCOL {
        write!(header, ", {name}=\"{value}\"").expect("a String takes everything");
    }
    header
}

/// Byte by byte, with everything in one place.
fn slow_read(text: &[u8]) -> Option<Pairs> {
    let pieces = text.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty());
    let pair = |piece: &[u8]| {
        let at = piece.iter().position(|byte| *byte == b'=').unwrap_or(piece.len());
        Some((slow_decode(&piece[..at])?, slow_decode(piece.get(at + 1..).unwrap_or_default())?))
    };
    pieces.map(pair).collect()
}

fn slow_decode(text: &[u8]) -> Option<String> {
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'+' => decoded.push(b' '),
            b'%' => {
                let digits = text.get(at + 1..at + 3)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                let digits = core::str::from_utf8(digits).ok()?;
                decoded.push(u8::from_str_radix(digits, 16).ok()?);
                at += 2;
            }
            byte if (0x21..0x7f).contains(&byte) => decoded.push(byte),
            _ => return None,
        }
        at += 1;
    }
    String::from_utf8(decoded).ok()
}

fn slow_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a String takes everything");
        }
        encoded
    })
}

fn slow_form(pairs: &Pairs) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", slow_encode(name), slow_encode(value)))
        .collect();
    pairs.join("&")
}

fn slow_sort(mut pairs: Pairs) -> Pairs {
    pairs.sort_by_key(|(name, value)| (slow_encode(name), slow_encode(value)));
    pairs
}

fn slow_base_string(application: &Pairs) -> String {
    let protocol = PROTOCOL.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let all = slow_sort([application.as_slice(), &protocol].concat());
    format!("POST&{}&{}", slow_encode(URL), slow_encode(&slow_form(&all)))
}
