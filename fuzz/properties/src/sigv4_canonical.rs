//! The canonical request of AWS Signature Version 4: any URL, any header.
//!
//! * It is the one that a slow program makes, written from the description and unlike ours.
//! * What is signed is verified, in a header and in the URL.
//! * A request that was changed is taken if its canonical form is the same, and only then.

use arbitrary::{Result, Unstructured};
use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::scheme::{Received, Url};
use creance_sigv::sigv4::{Credentials, Outgoing, Payload, SecretKey, Service, Signer, Verifier};
use creance_sigv::{Error, UnixTime};

use crate::edit::{EDITS, edit, text};

const NOW: UnixTime = UnixTime::from_secs(1_440_938_160);

/// Every byte of a target that has a meaning, and some that have none.
const TARGET: &[u8] = b"//..aZ09-_~%%25%2F%41%C3%A4  +?&&==!*'();:@,#\"<[|^`\x7f";

type Pairs = Vec<(String, String)>;

/// Checks the properties above for a request made of these bytes.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    // What runs out of bytes has nothing to check.
    let _ = run(&mut Unstructured::new(data));
}

#[derive(Clone)]
struct Call {
    service: Service<'static>,
    target: String,
    headers: Pairs,
}

fn run(choices: &mut Unstructured<'_>) -> Result<()> {
    let mut call = Call {
        service: match choices.int_in_range(0..=2)? {
            0 => Service::S3,
            1 => Service::new("s"),
            _ => Service::new("s").without_normalization(),
        },
        target: String::new(),
        headers: Vec::new(),
    };
    for _ in 0..choices.int_in_range(0..=3)? {
        let name = text(choices, b"abcAB-x", 1, 3)?;
        call.headers.push((name, text(choices, b"  ,a\"\tB", 0, 8)?));
    }
    call.target = if choices.arbitrary()? {
        text(choices, TARGET, 0, 40)?
    } else {
        choices.arbitrary::<&str>()?.to_owned()
    };
    let keys = keys();
    let Ok(canonical) = canonical(&call, &keys) else { return Ok(()) };
    assert_eq!(canonical, slow(&call), "{}", call.target);
    let (url, signature, presigned) = sign(&call, &keys);
    assert!(is_taken(&call, &url, &signature, &keys));
    if let Some(presigned) = presigned.filter(|url| url.len() <= Url::MAX_BYTES) {
        assert!(is_taken(&call, &presigned, &vec![], &keys));
    }
    for _ in 0..EDITS {
        tampered(&call, &canonical, &signature, &keys, choices)?;
    }
    Ok(())
}

/// One small change to the target or to a header.
fn tampered(
    call: &Call,
    canonical_before: &str,
    signature: &Pairs,
    keys: &Keyring<1, SecretKey>,
    choices: &mut Unstructured<'_>,
) -> Result<()> {
    let mut changed = call.clone();
    let index = choices.choose_index(call.headers.len() + 1)?;
    let place = match changed.headers.get_mut(index) {
        Some(header) if choices.arbitrary()? => &mut header.0,
        Some(header) => &mut header.1,
        None => &mut changed.target,
    };
    let Some(edited) = edit(place, choices)? else { return Ok(()) };
    *place = edited;
    let after = canonical(&changed, keys);
    let is_same = after.is_ok_and(|after| after == canonical_before);
    assert_eq!(is_taken(&changed, &url(&changed), signature, keys), is_same, "{}", changed.target);
    Ok(())
}

fn keys() -> Keyring<1, SecretKey> {
    let mut keys = Keyring::new();
    let secret = SecretKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY").expect("long enough");
    keys.insert(KeyEntry::new("AKID", secret).expect("an id")).expect("a place");
    keys
}

fn signer<'k>(call: &Call, keys: &'k Keyring<1, SecretKey>) -> Signer<'k> {
    let credentials = Credentials::of_ring(keys, NOW).expect("active");
    Signer::new(credentials, "r", call.service).expect("a scope")
}

/// The path begins with a slash, so that the host ends there.
fn url(call: &Call) -> String {
    format!("https://h/{}", call.target)
}

fn canonical(call: &Call, keys: &Keyring<1, SecretKey>) -> core::result::Result<String, Error> {
    let url = url(call);
    let outgoing = Outgoing::new("GET", &url, Payload::Body(b"")).with_headers(&call.headers);
    let explained = signer(call, keys).explain(&outgoing, None, NOW)?;
    Ok(String::from_utf8(explained.canonical_request).expect("made of text"))
}

/// URL, headers and presigned URL. There is none of a URL that has parameters of the scheme, or too many.
fn sign(call: &Call, keys: &Keyring<1, SecretKey>) -> (String, Pairs, Option<String>) {
    let (url, signer) = (url(call), signer(call, keys));
    let outgoing = Outgoing::new("GET", &url, Payload::Body(b"")).with_headers(&call.headers);
    let headers = signer.sign(&outgoing, NOW).expect("explained before").to_headers();
    let presigned = signer.presign(&outgoing, 60, NOW).ok();
    let presigned = presigned.map(|presigned| presigned.to_url().expect("writing into a string"));
    (url, headers, presigned)
}

fn is_taken(call: &Call, url: &str, more: &Pairs, keys: &Keyring<1, SecretKey>) -> bool {
    let headers: Pairs = call.headers.iter().chain(more).cloned().collect();
    let verifier = Verifier::new("r", call.service).expect("a scope").with_presigned(60);
    verifier.verify(&Received::new("GET", url, &headers, b""), keys, NOW).is_ok()
}

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The canonical request as the description has it, step by step.
fn slow(call: &Call) -> String {
    let whole = format!("/{}", call.target);
    let (path, query) = whole.split_once('?').unwrap_or((&whole, ""));
    let path = match call.service {
        Service::S3 => {
            let segments = path.split('/').map(|segment| encode(&decode(segment, false)));
            segments.collect::<Vec<_>>().join("/")
        }
        service if service == Service::new("s") => encode_path(&normalize(path)),
        _ => encode_path(path),
    };
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encode(&decode(name, true)), encode(&decode(value, true))))
        .collect();
    pairs.sort();
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();

    let mut headers: Vec<(String, String)> = call
        .headers
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value.trim_matches([' ', '\t'])))
        .map(|(name, value)| {
            let words: Vec<&str> = value.split(' ').filter(|word| !word.is_empty()).collect();
            (name, words.join(" "))
        })
        .collect();
    headers.push(("host".to_owned(), "h".to_owned()));
    headers.push(("x-amz-date".to_owned(), "20150830T123600Z".to_owned()));
    if call.service == Service::S3 {
        headers.push(("x-amz-content-sha256".to_owned(), EMPTY.to_owned()));
    }
    // By name alone, so that values keep their order.
    headers.sort_by(|one, other| one.0.cmp(&other.0));
    let mut names: Vec<String> = headers.iter().map(|header| header.0.clone()).collect();
    names.dedup();
    let lines: Vec<String> = names
        .iter()
        .map(|name| {
            let values = headers.iter().filter(|header| header.0 == *name);
            let values: Vec<&str> = values.map(|header| header.1.as_str()).collect();
            format!("{name}:{}\n", values.join(","))
        })
        .collect();
    let (query, lines, names) = (query.join("&"), lines.concat(), names.join(";"));
    format!("GET\n{path}\n{query}\n{lines}\n{names}\n{EMPTY}")
}

fn normalize(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    let end = if kept.is_empty() || !matches!(last, "" | "." | "..") { "" } else { "/" };
    format!("/{}{end}", kept.join("/"))
}

fn encode_path(path: &str) -> String {
    let segments = path.split('/').map(|segment| encode(segment.as_bytes()));
    segments.collect::<Vec<_>>().join("/")
}

fn encode(bytes: &[u8]) -> String {
    let one = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(*byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    bytes.iter().map(one).collect()
}

fn decode(text: &str, is_form: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' if is_form => b' ',
            b'%' => {
                let digits = [rest.next().expect("checked"), rest.next().expect("checked")];
                let digits = core::str::from_utf8(&digits).expect("two digits");
                u8::from_str_radix(digits, 16).expect("two digits")
            }
            _ => byte,
        });
    }
    bytes
}
