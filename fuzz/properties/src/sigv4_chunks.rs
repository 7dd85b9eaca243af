//! Bodies in signed chunks: any bytes instead of the frames that were signed.
//!
//! * What is framed is read, in pieces of any size.
//! * What is given out is a part of what was signed, from its beginning; the whole of it where the end is
//!   accepted, with the trailer that was signed.
//! * In which pieces the bytes come makes no difference.

use arbitrary::{Result, Unstructured};
use creance_sigv::UnixTime;
use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::scheme::{Received, Rejection};
use creance_sigv::sigv4::{
    ChunkLimits, Credentials, Outgoing, Payload, SecretKey, Service, Signer, Verifier,
};

use crate::edit::{EDITS, text};

const NOW: UnixTime = UnixTime::from_secs(1_369_353_600);
const URL: &str = "https://h/o";

/// Checks the properties above for a body made of these bytes.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    // What runs out of bytes has nothing to check.
    let _ = run(&mut Unstructured::new(data));
}

/// What is signed.
struct Signed {
    data: Vec<u8>,
    trailer: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    framed: Vec<u8>,
}

type Verdict = (Vec<u8>, core::result::Result<Vec<(String, Vec<u8>)>, Rejection>);

fn run(choices: &mut Unstructured<'_>) -> Result<()> {
    let keys = keys();
    let signed = sign(&keys, choices)?;
    let piece = choices.int_in_range(1..=200)?;
    let (given, verdict) = read(&signed, &signed.framed, piece, &keys);
    assert_eq!(given, signed.data);
    assert_eq!(verdict, Ok(expected(&signed)));
    let mut framed = signed.framed.clone();
    for _ in 0..EDITS {
        tamper(&mut framed, choices)?;
        properties(&signed, &framed, piece, &keys);
    }
    let instead: &[u8] = choices.arbitrary()?;
    properties(&signed, instead, piece, &keys);
    Ok(())
}

fn properties(signed: &Signed, framed: &[u8], piece: usize, keys: &Keyring<1, SecretKey>) {
    let (given, verdict) = read(signed, framed, piece, keys);
    assert!(signed.data.starts_with(&given));
    if let Ok(trailer) = &verdict {
        assert_eq!(given, signed.data);
        assert_eq!(*trailer, expected(signed));
    }
    assert_eq!(read(signed, framed, framed.len().max(1), keys), (given, verdict));
}

fn expected(signed: &Signed) -> Vec<(String, Vec<u8>)> {
    signed.trailer.iter().map(|it| (it.0.clone(), it.1.trim().as_bytes().to_vec())).collect()
}

fn keys() -> Keyring<1, SecretKey> {
    let mut keys = Keyring::new();
    let secret = SecretKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY").expect("long enough");
    keys.insert(KeyEntry::new("AKID", secret).expect("an id")).expect("a place");
    keys
}

fn sign(keys: &Keyring<1, SecretKey>, choices: &mut Unstructured<'_>) -> Result<Signed> {
    let len = choices.int_in_range(0..=64)?;
    let data = choices.bytes(len)?.to_vec();
    let trailer = if choices.arbitrary()? {
        vec![("x-a".to_owned(), text(choices, b"ab: =/", 0, 6)?)]
    } else {
        Vec::new()
    };
    let names = if trailer.is_empty() { "" } else { "x-a" };
    let credentials = Credentials::of_ring(keys, NOW).expect("active");
    let signer = Signer::new(credentials, "r", Service::S3).expect("a scope");
    let payload = Payload::Chunks { bytes: data.len() as u64, trailer: names };
    let request = signer.sign(&Outgoing::new("PUT", URL, payload), NOW).expect("signable");
    let headers = request.to_headers();
    let mut chunks = request.into_chunks().expect("in chunks");
    let mut framed = Vec::new();
    for data in data.chunks(choices.int_in_range(1..=64)?) {
        chunks.write(data, &mut framed).expect("as announced");
    }
    let end = if trailer.is_empty() {
        chunks.finish(&mut framed)
    } else {
        chunks.finish_with_trailer(&trailer, &mut framed)
    };
    end.expect("as announced");
    Ok(Signed { data, trailer, headers, framed })
}

fn read(signed: &Signed, framed: &[u8], piece: usize, keys: &Keyring<1, SecretKey>) -> Verdict {
    let verifier = Verifier::new("r", Service::S3).expect("a scope").with_chunks();
    let received = Received::new("PUT", URL, &signed.headers, b"");
    let genuine = verifier.verify(&received, keys, NOW).expect("signed");
    let request = genuine.dangerous_accept_replays().into_shown();
    let decoder = request.into_chunks(ChunkLimits::new(64, 64)).expect("short");
    let mut decoder = decoder.expect("in chunks");
    let mut given = Vec::new();
    for piece in framed.chunks(piece) {
        if let Err(refusal) = decoder.update(piece, |data| given.extend_from_slice(data)) {
            return (given, Err(refusal));
        }
    }
    (given, decoder.finish().map(|trailer| trailer.headers().to_vec()))
}

/// Replaces, removes or repeats a stretch, or drops a tail.
fn tamper(framed: &mut Vec<u8>, choices: &mut Unstructured<'_>) -> Result<()> {
    let at = choices.int_in_range(0..=framed.len())?;
    let end = choices.int_in_range(at..=framed.len().min(at + 100))?;
    match choices.int_in_range(0..=3)? {
        0 => drop(framed.splice(at..end, choices.arbitrary::<&[u8]>()?.iter().take(100).copied())),
        1 => drop(framed.drain(at..end)),
        2 => {
            let stretch = framed[at..end].to_vec();
            let to = choices.int_in_range(0..=framed.len())?;
            drop(framed.splice(to..to, stretch));
        }
        _ => framed.truncate(at),
    }
    Ok(())
}
