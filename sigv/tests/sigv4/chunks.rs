//! Bodies in signed chunks: the published examples, what is read of them, and what is not.

use crate::common::{Fields, to_hex};
use creance_sigv::UnixTime;
use creance_sigv::keyring::{KeyEntry, Keyring};
use creance_sigv::scheme::{Received, Rejection};
use creance_sigv::sigv4::{
    ChunkDecoder, ChunkLimits, Credentials, Outgoing, Payload, SecretKey, Service, Signer,
    Timestamp, Verifier,
};
use proptest::prelude::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const NOW: UnixTime = UnixTime::from_secs(1_369_353_600);
const URL: &str = "https://s3.amazonaws.com/examplebucket/chunkObject.txt";
const LIMITS: ChunkLimits = ChunkLimits::new(65_536, 100_000);

type Pairs = Vec<(String, String)>;

fn keys() -> Keyring<1, SecretKey> {
    let mut keys = Keyring::new();
    keys.insert(KeyEntry::new("AKID", SecretKey::new(SECRET).unwrap()).unwrap()).unwrap();
    keys
}

/// A request whose body comes in chunks: its headers, and its body with the frames.
struct Framed {
    headers: Pairs,
    body: Vec<u8>,
}

impl Framed {
    fn new(data: &[u8], chunk: usize, trailer: &[(&str, &str)]) -> Self {
        let keys = keys();
        let names: Vec<&str> = trailer.iter().map(|header| header.0).collect();
        let names = names.join(",");
        let payload = Payload::Chunks { bytes: data.len() as u64, trailer: &names };
        let signer =
            Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", Service::S3).unwrap();
        let signed = signer.sign(&Outgoing::new("PUT", URL, payload), NOW).unwrap();
        let headers = signed.to_headers();
        let mut chunks = signed.into_chunks().unwrap();
        let mut body = Vec::new();
        for data in data.chunks(chunk) {
            chunks.write(data, &mut body).unwrap();
        }
        match trailer {
            [] => chunks.finish(&mut body).unwrap(),
            _ => chunks.finish_with_trailer(&trailer, &mut body).unwrap(),
        }
        Self { headers, body }
    }

    /// Reads the body in pieces; what was given out comes along with an error.
    fn read(&self, limits: ChunkLimits, piece: usize) -> (Vec<u8>, Result<Pairs, Rejection>) {
        let keys = keys();
        let verifier = Verifier::new("r", Service::S3).unwrap().with_chunks();
        let received = Received::new("PUT", URL, &self.headers, b"");
        let verified = match verifier.verify(&received, &keys, NOW) {
            Ok(authentic) => authentic.dangerous_accept_replays(),
            Err(refusal) => return (Vec::new(), Err(refusal)),
        };
        assert_eq!(verified.shown().body(), None, "no chunk is verified yet");
        match verified.into_shown().into_chunks(limits) {
            Ok(decoder) => read(decoder.expect("it comes in chunks"), &self.body, piece),
            Err(error) => (Vec::new(), Err(error.into())),
        }
    }
}

fn read(
    mut decoder: ChunkDecoder<'_>,
    body: &[u8],
    piece: usize,
) -> (Vec<u8>, Result<Pairs, Rejection>) {
    let mut data = Vec::new();
    for piece in body.chunks(piece) {
        if let Err(refusal) = decoder.update(piece, |chunk| data.extend_from_slice(chunk)) {
            let again = decoder.update(b"x", |_| panic!("nothing comes after an error"));
            assert_eq!(again, Err(refusal));
            assert_eq!(decoder.finish().err(), Some(refusal));
            return (data, Err(refusal));
        }
    }
    let trailer = decoder.finish().map(|trailer| {
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
        trailer.headers().iter().map(|header| (header.0.clone(), text(&header.1))).collect()
    });
    (data, trailer)
}

fn pairs(fields: &serde_json::Value) -> Pairs {
    let object = fields.as_object().unwrap().clone();
    object.into_iter().map(|(name, value)| (name, value.as_str().unwrap().to_owned())).collect()
}

#[test]
fn the_published_examples_are_signed_and_read() {
    let mut file = Fields::parse(include_str!("../vectors/aws_sigv4_chunks.json"));
    assert!(file.text("source").contains("Amazon S3"));
    let (id, secret) = (file.text("access_key_id"), file.text("secret_access_key"));
    let now = Timestamp::parse(&file.text("timestamp")).unwrap().time();
    let (region, url) = (file.text("region"), file.text("url"));
    let mut body = Fields::of(file.take("body"));
    let byte = body.bytes("byte")[0];
    let number =
        |fields: &mut Fields, key| usize::try_from(fields.take(key).as_u64().unwrap()).unwrap();
    let data = vec![byte; number(&mut body, "count")];
    let chunk = number(&mut body, "chunk");
    body.end();
    let secret_key = SecretKey::new(&secret).unwrap();
    let credentials = Credentials::new(&id, &secret_key).unwrap();
    let signer = Signer::new(credentials, &region, Service::S3).unwrap();
    let mut keys = Keyring::<1, SecretKey>::new();
    keys.insert(KeyEntry::new(&id, secret_key.clone()).unwrap()).unwrap();

    let mut count = 0;
    for mut case in file.objects("cases") {
        let name = case.text("name");
        let (mut headers, trailer) = (pairs(&case.take("headers")), pairs(&case.take("trailer")));
        let names = trailer.first().map_or("", |header| header.0.as_str());
        let payload = Payload::Chunks { bytes: data.len() as u64, trailer: names };
        let outgoing = Outgoing::new("PUT", &url, payload).with_headers(&headers);
        let signed = signer.sign(&outgoing, now).unwrap();
        assert_eq!(to_hex(signed.signature().expose()), case.text("seed"), "{name}");
        let own = signed.to_headers();
        let mut chunks = signed.into_chunks().unwrap();
        let mut one_by_one = chunks.clone();
        let mut signatures: Vec<String> = data
            .chunks(chunk)
            .map(|data| one_by_one.sign(data).unwrap().signature().to_owned())
            .collect();
        signatures.push(one_by_one.sign_end().unwrap().signature().to_owned());
        if !trailer.is_empty() {
            signatures.push(to_hex(one_by_one.sign_trailer(&trailer).unwrap().expose()));
        }
        assert_eq!(serde_json::json!(signatures), case.take("chunks"), "{name}");

        let mut framed = Vec::new();
        data.chunks(chunk).for_each(|data| chunks.write(data, &mut framed).unwrap());
        if trailer.is_empty() {
            chunks.finish(&mut framed).unwrap();
        } else {
            chunks.finish_with_trailer(&trailer, &mut framed).unwrap();
        }
        assert_eq!(framed.len(), number(&mut case, "bytes"), "{name}");
        case.end();

        headers.extend(own);
        let received = Received::new("PUT", &url, &headers, b"");
        let verifier = Verifier::new(&region, Service::S3).unwrap().with_chunks();
        for piece in [1, 7, 1_000, 100_000] {
            let authentic = verifier.verify(&received, &keys, now).unwrap();
            let request = authentic.dangerous_accept_replays().into_shown();
            let decoder = request.into_chunks(LIMITS).unwrap().unwrap();
            assert_eq!(
                read(decoder, &framed, piece),
                (data.clone(), Ok(trailer.clone())),
                "{name}"
            );
        }
        count += 1;
    }
    file.end();
    assert_eq!(count, 2);
}

/// Clients differ in the empty lines around a trailer, and in the line ends within.
#[test]
fn trailers_are_read_as_clients_write_them() {
    let framed = Framed::new(b"hello", 5, &[("x-amz-checksum-crc32c", "mnG7TA==")]);
    let text = String::from_utf8(framed.body.clone()).unwrap();
    let expected = vec![("x-amz-checksum-crc32c".to_owned(), "mnG7TA==".to_owned())];
    let variants = [
        text.clone(),
        text.replace("\r\nx-amz-checksum", "\r\n\r\nx-amz-checksum"),
        text.replace("mnG7TA==\r\n", "mnG7TA==\n\r\n"),
        text.strip_suffix("\r\n").unwrap().to_owned(),
    ];
    for body in variants {
        let framed = Framed { headers: framed.headers.clone(), body: body.into_bytes() };
        assert_eq!(framed.read(LIMITS, 3), (b"hello".to_vec(), Ok(expected.clone())));
    }
}

/// Each of these is a body that somebody on the way has changed.
#[test]
fn chunks_can_be_neither_changed_nor_dropped_nor_moved() {
    let framed = Framed::new(b"aaaabbbbcc", 4, &[]);
    let text = String::from_utf8(framed.body.clone()).unwrap();
    assert_eq!(framed.read(LIMITS, 9), (b"aaaabbbbcc".to_vec(), Ok(vec![])));
    let line = 1 + ";chunk-signature=".len() + 64 + 2;
    let chunk = |index: usize| &text[index * (line + 6)..(index + 1) * (line + 6)];
    let (last, end) = text[2 * (line + 6)..].split_at(line + 4);
    let (first, second) = (chunk(0), chunk(1));
    let changes = [
        ("data", text.replace("bbbb", "bbbc"), "aaaa", "mismatch"),
        ("first data", text.replace("aaaa", "aaab"), "", "mismatch"),
        ("order", [second, first, last, end].concat(), "", "mismatch"),
        ("drop", [first, last, end].concat(), "aaaa", "mismatch"),
        ("double", [first, first, second, last, end].concat(), "aaaa", "mismatch"),
        ("end missing", [first, second, last].concat(), "aaaabbbbcc", "malformed"),
        ("end early", [first, end].concat(), "aaaa", "malformed"),
        ("end cut", text[..text.len() - 1].to_owned(), "aaaabbbbcc", "malformed"),
        ("more behind", format!("{text}0"), "aaaabbbbcc", "malformed"),
        ("size with a zero", text.replacen("4;", "04;", 1), "", "malformed"),
        ("size with a sign", text.replacen("4;", "+4;", 1), "", "malformed"),
        ("size too large", text.replacen("4;", "b;", 1), "", "body-too-long"),
        ("size enormous", text.replacen("4;", "ffffffffffffffff;", 1), "", "body-too-long"),
        ("size beyond", text.replacen("4;", "fffffffffffffffff;", 1), "", "malformed"),
        ("no signature", text.replacen(";chunk-signature=", "\r\n", 1), "", "malformed"),
        ("line end", text.replacen("\r\n", "\n", 1), "", "malformed"),
        ("data end", text.replacen("aaaa\r\n", "aaaaXX", 1), "aaaa", "malformed"),
        ("upper case", text.to_uppercase(), "", "malformed"),
        ("nothing", String::new(), "", "malformed"),
    ];
    for (what, body, data, code) in changes {
        for piece in [1, 5, 1_000] {
            let framed =
                Framed { headers: framed.headers.clone(), body: body.clone().into_bytes() };
            let (given, verdict) = framed.read(LIMITS, piece);
            assert_eq!(String::from_utf8(given).unwrap(), data, "{what}");
            assert_eq!(verdict.unwrap_err().code(), code, "{what}");
        }
    }
}

#[test]
fn trailers_can_be_neither_changed_nor_dropped_nor_added_to() {
    let framed =
        Framed::new(b"hello", 5, &[("x-amz-checksum-crc32c", "mnG7TA=="), ("x-amz-meta", "1")]);
    let text = String::from_utf8(framed.body.clone()).unwrap();
    let signature = text.find("x-amz-trailer-signature").unwrap();
    for (what, body, code) in [
        ("value", text.replace("mnG7TA==", "mnG7TB=="), "mismatch"),
        ("drop", text.replace("x-amz-meta:1\r\n", ""), "malformed"),
        (
            "double",
            text.replace("x-amz-meta:1\r\n", "x-amz-meta:1\r\nx-amz-meta:1\r\n"),
            "malformed",
        ),
        ("one more", text.replace("x-amz-meta:1\r\n", "x-amz-meta:1\r\nother:1\r\n"), "malformed"),
        ("no colon", text.replace("x-amz-meta:1", "x-amz-meta"), "malformed"),
        ("no signature", text[..signature].to_owned(), "malformed"),
        ("half a line", text[..text.len() - 4].to_owned(), "malformed"),
        ("behind it", text.replace("\r\n\r\n", "\r\nx-amz-meta:1\r\n\r\n"), "malformed"),
        ("blank lines", text.replace("x-amz-meta", "\r\n\r\n\r\nx-amz-meta"), "malformed"),
    ] {
        let framed = Framed { headers: framed.headers.clone(), body: body.into_bytes() };
        let (data, verdict) = framed.read(LIMITS, 11);
        assert_eq!(data, b"hello", "{what}");
        assert_eq!(verdict.unwrap_err().code(), code, "{what}");
    }
    // Under a signature for chunks alone no trailer is read.
    let plain = Framed::new(b"hello", 5, &[]);
    let mut body = plain.body.clone();
    body.truncate(body.len() - 2);
    body.extend_from_slice(b"x-amz-meta:1\r\n\r\n");
    let plain = Framed { headers: plain.headers, body };
    assert_eq!(plain.read(LIMITS, 11).1.unwrap_err().code(), "malformed");
}

#[test]
fn limits_hold_and_lengths_are_the_announced_ones() {
    let framed = Framed::new(&[7; 100], 40, &[]);
    assert!(framed.read(ChunkLimits::new(40, 100), 9).1.is_ok());
    let (data, verdict) = framed.read(ChunkLimits::new(39, 100), 9);
    assert_eq!((data.len(), verdict.unwrap_err().status()), (0, 413));
    let (data, verdict) = framed.read(ChunkLimits::new(40, 99), 9);
    assert_eq!((data.len(), verdict.unwrap_err().status()), (0, 413));

    let mut other = Framed::new(&[7; 100], 40, &[]);
    for header in &mut other.headers {
        header.1 = header.1.replace("100", "101");
    }
    assert_eq!(other.read(LIMITS, 9).1.unwrap_err().code(), "mismatch", "the length is signed");

    let keys = keys();
    let signer = Signer::new(Credentials::of_ring(&keys, NOW).unwrap(), "r", Service::S3).unwrap();
    let outgoing = Outgoing::new("PUT", URL, Payload::Chunks { bytes: 3, trailer: "" });
    let mut chunks = signer.sign(&outgoing, NOW).unwrap().into_chunks().unwrap();
    assert!(chunks.sign(b"").is_err(), "an empty chunk is the end");
    assert!(chunks.sign(b"four").is_err(), "more than was announced");
    assert!(chunks.sign(b"12").is_ok());
    assert!(chunks.sign_end().is_err(), "less than was announced");
    assert!(chunks.sign_trailer(&[("a", "b")]).is_err(), "not announced");
    assert!(signer.presign(&outgoing, 60, NOW).is_err(), "there are no chunks behind a URL");
}

#[test]
fn chunks_are_read_only_where_they_are_agreed_on() {
    let framed = Framed::new(b"hello", 5, &[]);
    let received = Received::new("PUT", URL, &framed.headers, &framed.body);
    let verifier = Verifier::new("r", Service::S3).unwrap();
    let refusal = verifier.verify(&received, &keys(), NOW).unwrap_err();
    assert_eq!(refusal.code(), "other-algorithm");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_framed_is_read(
        data in proptest::collection::vec(any::<u8>(), 0..300),
        chunk in 1..200_usize,
        piece in 1..400_usize,
        value in "[!-~]{0,10}",
    ) {
        let plain = Framed::new(&data, chunk, &[]);
        prop_assert_eq!(plain.read(LIMITS, piece), (data.clone(), Ok(vec![])));
        let with = Framed::new(&data, chunk, &[("x-a", &value)]);
        prop_assert_eq!(with.read(LIMITS, piece), (data, Ok(vec![("x-a".to_owned(), value)])));
    }

    /// Whatever is changed, what is given out is a part of what was signed, from its beginning.
    #[test]
    fn what_is_changed_gives_no_other_data(
        data in proptest::collection::vec(any::<u8>(), 1..100),
        chunk in 1..50_usize,
        at in any::<prop::sample::Index>(),
        bit in 0..8_u8,
        piece in 1..200_usize,
    ) {
        let mut framed = Framed::new(&data, chunk, &[]);
        let at = at.index(framed.body.len());
        framed.body[at] ^= 1_u8 << bit;
        let (given, verdict) = framed.read(LIMITS, piece);
        prop_assert!(data.starts_with(&given));
        // The digits of a size alone have two spellings.
        let is_size = framed.body[at].is_ascii_hexdigit() && framed.body[at].is_ascii_uppercase();
        prop_assert!(verdict.is_err() || is_size);
    }

    #[test]
    fn nothing_panics(body in proptest::collection::vec(any::<u8>(), 0..300), piece in 1..50_usize) {
        let framed = Framed::new(b"hello", 5, &[("x-a", "b")]);
        let (given, verdict) = Framed { headers: framed.headers, body }.read(LIMITS, piece);
        prop_assert!(given.is_empty() && verdict.is_err());
    }
}
