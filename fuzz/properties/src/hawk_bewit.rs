//! Bewits: any request target, any text, any change of a link that was signed.
//!
//! * Reading a bewit agrees with a slow reader of its text.
//! * Taking the bewit out of a target agrees with a slow rule: a bewit signed for what the rule says
//!   is left opens the target, and where the rule finds none nothing is opened.
//! * What is signed is parsed back and opens its link; a link that was changed in what it says does
//!   not.

use arbitrary::{Result, Unstructured};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use creance_hawk::{
    AuthenticBewit, Authority, Bewit, BewitBuffer, Credentials, Error, Incoming, Request, Scheme,
    Server,
};
use creance_sigv::{Algorithm, UnixTime};

use crate::edit::{EDITS, edit};
use crate::grammar::timestamp;
use crate::keys::{ID, key, look_up};

const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);
const ALGORITHM: Algorithm = Algorithm::Sha256;

/// Checks the properties above. A line break ends the target; what follows chooses a link to sign
/// and its changes.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    let (target, rest) = match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[][..]),
    };
    if let Ok(target) = core::str::from_utf8(target) {
        reads(target);
        takes_out(target);
    }
    let _ = signs(&mut Unstructured::new(rest));
}

/// What a slow reader finds in a bewit: id, expiry, MAC and application data.
fn slow_parts(text: &str) -> Option<[String; 4]> {
    let decoded = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() <= 3072)?;
    let decoded = String::from_utf8(decoded).ok()?;
    let parts: Vec<String> = decoded.split('\\').map(str::to_owned).collect();
    let parts: [String; 4] = parts.try_into().ok()?;
    let required = parts[..3].iter().all(|part| !part.is_empty());
    (required && timestamp(&parts[1]).is_some()).then_some(parts)
}

fn reads(text: &str) {
    let mut buffer = BewitBuffer::new();
    match (Bewit::parse(text, &mut buffer), slow_parts(text)) {
        (Ok(bewit), Some([id, exp, _, ext])) => {
            assert_eq!((bewit.id(), bewit.ext()), (id.as_str(), ext.as_str()));
            assert_eq!(Some(bewit.exp().as_secs()), timestamp(&exp));
        }
        (Err(_), None) => {}
        (bewit, parts) => panic!("{bewit:?}, but {parts:?}: {text:?}"),
    }
}

/// What is left of a target without its bewit, and the bewit.
#[derive(Debug, PartialEq, Eq)]
struct Left {
    resource: String,
    bewit: String,
}

/// The slow rule, on a list of parameters.
fn left_of(target: &str) -> core::result::Result<Option<Left>, Error> {
    // An authority that is malformed is refused even where it has no say.
    if authority_of(target).is_some_and(|authority| !is_authority(authority)) {
        return Err(Error::Host);
    }
    if !target.chars().all(|c| c.is_ascii_graphic()) {
        return Err(Error::Resource);
    }
    let resource = if target.starts_with('/') || target == "*" {
        target.to_owned()
    } else {
        let authority = authority_of(target).ok_or(Error::Resource)?;
        let path = &target[target.find("://").map_or(0, |at| at + 3) + authority.len()..];
        // Without a path the client signed `/`, which is not in the URL.
        if !path.starts_with('/') {
            return Ok(None);
        }
        path.to_owned()
    };
    let Some((path, query)) = resource.split_once('?') else { return Ok(None) };
    let mut parameters: Vec<&str> = query.split('&').collect();
    let mut found = (0..parameters.len()).filter(|i| parameters[*i].starts_with("bewit="));
    let Some(index) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        return Err(Error::SeveralBewits);
    }
    if resource.len() > 4096 {
        return Err(Error::UrlTooLong { bytes: resource.len() });
    }
    let bewit = parameters.remove(index)["bewit=".len()..].to_owned();
    // A lone `&` behind it would make a second link of the same bewit.
    let dangling = parameters.len() == index + 1 && parameters[index].is_empty();
    if bewit.is_empty() || dangling {
        return Ok(None);
    }
    let resource = match parameters.as_slice() {
        [] => path.to_owned(),
        left => format!("{path}?{}", left.join("&")),
    };
    Ok(Some(Left { resource, bewit }))
}

/// The authority of an absolute URL, not empty.
fn authority_of(target: &str) -> Option<&str> {
    let (scheme, rest) = target.split_once("://")?;
    let known = ["http", "https"].contains(&scheme.to_lowercase().as_str());
    rest.split(['/', '?']).next().filter(|authority| known && !authority.is_empty())
}

/// A host, and perhaps a port behind the last colon.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (text, ""),
    };
    let number = port.trim_start_matches('0');
    let is_port = port.chars().all(|c| c.is_ascii_digit())
        && number.len() <= 5
        && number.parse().unwrap_or(0) <= 65_535_u32;
    let inside = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let (name, allowed) = inside.map_or((host, "-._~!$&'()*+,;="), |address| (address, ":."));
    is_port
        && !name.is_empty()
        && host.len() <= Authority::MAX_HOST_LEN
        && name.chars().all(|c| c.is_ascii_alphanumeric() || allowed.contains(c))
}

fn takes_out(target: &str) {
    match left_of(target) {
        Err(expected) => assert_eq!(open("GET", target), Err(expected), "{target:?}"),
        Ok(None) => assert_eq!(open("GET", target), Err(Error::NoAuthorization), "{target:?}"),
        Ok(Some(left)) => {
            // Nobody but the holder of the key can have made one that opens it.
            assert!(open("GET", target).is_err(), "{target:?}");
            let signed = match sign(&left.resource, NOW.saturating_add(60), "ext") {
                Ok(signed) => signed,
                Err(error) => {
                    assert_eq!(error, Error::TooLong);
                    assert!(left.resource.len() > 3900);
                    return;
                }
            };
            let at = value_at(target);
            let link = [&target[..at], &signed, &target[at + left.bewit.len()..]].concat();
            if link.len() <= 4096 {
                assert_eq!(open("GET", &link), Ok(()), "{link:?}");
                assert_eq!(open("HEAD", &link), Ok(()), "{link:?}");
                assert_eq!(open("POST", &link), Err(Error::BewitMethod), "{link:?}");
                for more in ["&", "&&", "=", "#", "&a=1", "&bewit=", "A"] {
                    assert!(open("GET", &format!("{link}{more}")).is_err(), "{link:?} {more}");
                }
            }
        }
    }
}

/// Where the value of the one parameter begins: at the front of the query, or behind a `&`.
fn value_at(target: &str) -> usize {
    let query = target.find('?').expect("a query");
    let before = if target[query..].starts_with("?bewit=") {
        Some(0)
    } else {
        target[query..].find("&bewit=")
    };
    query + before.expect("the parameter") + "?bewit=".len()
}

/// What a server answers that takes bewits.
fn open(method: &str, target: &str) -> core::result::Result<(), Error> {
    let server = Server::new(Authority::new("example.com", 443)?).with_bewits(u64::MAX);
    let incoming = Incoming::new(method, target, Scheme::Https);
    let mut buffer = BewitBuffer::new();
    match server.accept_bewit(&incoming, &mut buffer, |id| look_up(id, ALGORITHM), NOW) {
        Ok(authentic) => is_for(target, &authentic),
        Err(rejection) => Err(*rejection.error()),
    }
}

/// The proof says what the bewit said.
fn is_for(target: &str, authentic: &AuthenticBewit<'_>) -> core::result::Result<(), Error> {
    let left = left_of(target)?.expect("an open target has a bewit");
    let [id, exp, _, ext] = slow_parts(&left.bewit).expect("it was read");
    assert_eq!((authentic.id(), authentic.ext()), (id.as_str(), ext.as_str()));
    assert_eq!(Some(authentic.exp().as_secs()), timestamp(&exp));
    assert!(id == ID && authentic.exp() > NOW);
    Ok(())
}

fn sign(resource: &str, exp: UnixTime, ext: &str) -> core::result::Result<String, Error> {
    let request = Request::new("GET", resource, "example.com", 443)?;
    let credentials = Credentials::new(ID, key(ALGORITHM))?;
    Bewit::sign(&credentials, &request, exp, ext).map(|bewit| bewit.to_string())
}

fn signs(choices: &mut Unstructured<'_>) -> Result<()> {
    const CHARACTERS: &[u8] = b"/abc?&=bewit.~%2f;@:+A";
    if choices.is_empty() {
        return Ok(());
    }
    let exp = match choices.int_in_range(0..=3)? {
        0 => UnixTime::from_secs(choices.arbitrary()?),
        life => NOW.saturating_add(life),
    };
    let ext: &str = choices.arbitrary()?;
    let resource = String::from("/") + &crate::edit::text(choices, CHARACTERS, 0, 30)?;
    let bewit = match sign(&resource, exp, ext) {
        Ok(bewit) => bewit,
        Err(Error::Value { .. }) => {
            assert!(ext.contains('\\'));
            return Ok(());
        }
        Err(Error::Timestamp) => {
            assert!(exp.to_string().len() > 19);
            return Ok(());
        }
        Err(Error::SeveralBewits) => {
            assert!(has_bewit(&resource), "{resource:?}");
            return Ok(());
        }
        Err(Error::TooLong) => {
            assert!(ext.len() > 2900, "{} bytes", ext.len());
            return Ok(());
        }
        Err(error) => panic!("{error:?}"),
    };
    let [id, exp_text, _, same] = slow_parts(&bewit).expect("what was signed");
    assert_eq!((id.as_str(), timestamp(&exp_text), same.as_str()), (ID, Some(exp.as_secs()), ext));
    reads(&bewit);

    let separator = if resource.contains('?') { '&' } else { '?' };
    let link = format!("{resource}{separator}bewit={bewit}");
    assert!(!has_bewit(&resource), "{resource:?}");
    let said = left_of(&link);
    assert_eq!(open("GET", &link).is_ok(), exp > NOW, "{link:?}");

    let mut changed = link.clone();
    for _ in 0..EDITS {
        if choices.is_empty() {
            break;
        }
        let Some(next) = edit(&changed, choices)? else { continue };
        changed = next;
        let same = exp > NOW && left_of(&changed) == said;
        assert_eq!(open("GET", &changed).is_ok(), same, "{changed:?}");
    }
    Ok(())
}

/// Whether a query has the parameter already, with or without a value.
fn has_bewit(resource: &str) -> bool {
    let query = resource.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|parameter| parameter.starts_with("bewit="))
}
