//! What each MAC is over. The vectors are files that can be read and made again.
#![cfg(feature = "std")]

mod support;
#[path = "support/vectors.rs"]
mod vectors;

use creance_hawk::sigv::{Algorithm, Encoding, Key, UnixTime, Window};
use creance_hawk::{
    Authorization, Bewit, Challenge, Credentials, Error, Field, HeaderBuilder,
    MessageAuthorization, PayloadHash, Request,
};
use support::{
    ID, NOW, SECRET, URL, authenticate, by_hand, header, header_with, key, key_of, mac, request,
    text,
};
use vectors::{Fields, cases, files};

#[test]
fn every_vector_of_every_file_holds() {
    for (name, file) in files() {
        let run = match file.peek("kind") {
            "header" => run_header,
            "response" => run_response,
            "bewit" => run_bewit,
            "message" => run_message,
            "timestamp" => run_timestamp,
            "payload" => run_payload,
            other => panic!("{name}: nothing runs vectors of the kind {other}"),
        };
        let kind = file.peek("kind").to_owned();
        cases(file, &kind).into_iter().for_each(run);
    }
}

fn algorithm(case: &mut Fields) -> Algorithm {
    case.text("algorithm").parse().unwrap()
}

fn key_in(case: &mut Fields) -> Key {
    let algorithm = algorithm(case);
    Key::new(algorithm, case.text("key").as_bytes()).unwrap()
}

/// A request with its header, as a vector describes them.
struct Sent {
    name: String,
    id: String,
    key: Key,
    method: String,
    url: String,
    ts: UnixTime,
    nonce: String,
    ext: Option<String>,
    app: Option<String>,
    dlg: Option<String>,
    content_type: Option<String>,
    payload: Option<String>,
    hash: Option<String>,
    canonical: String,
    mac: String,
}

impl Sent {
    fn of(mut case: Fields) -> Self {
        let sent = Self {
            name: case.text("name"),
            id: case.text("id"),
            key: key_in(&mut case),
            method: case.text("method"),
            url: case.text("url"),
            ts: UnixTime::from_secs(case.number("ts")),
            nonce: case.text("nonce"),
            ext: case.optional("ext"),
            app: case.optional("app"),
            dlg: case.optional("dlg"),
            content_type: case.optional("content_type"),
            payload: case.optional("payload"),
            hash: case.optional("hash"),
            canonical: case.text("canonical"),
            mac: case.text("mac"),
        };
        case.end();
        sent
    }

    fn request(&self) -> Request<'_> {
        Request::from_url(&self.method, &self.url).unwrap()
    }

    fn builder(&self) -> HeaderBuilder<'_> {
        let mut builder = Credentials::new(&self.id, &self.key).unwrap().header(&self.request());
        if let Some(payload) = &self.payload {
            builder = builder.payload(self.content_type.as_deref(), payload.as_bytes()).unwrap();
        }
        builder = builder.ext(self.ext.as_deref().unwrap_or(""));
        builder = self.app.iter().fold(builder, |builder, app| builder.app(app));
        self.dlg.iter().fold(builder, |builder, dlg| builder.dlg(dlg))
    }
}

fn run_header(case: Fields) {
    let sent = Sent::of(case);
    let request = sent.request();
    let signed = sent.builder().sign(sent.ts, &sent.nonce).unwrap();
    assert_eq!(text(|out| signed.write_canonical(out)), sent.canonical, "{}", sent.name);
    assert_eq!(signed.hash(), sent.hash.as_deref(), "{}", sent.name);
    let header = signed.to_header();
    assert!(header.contains(&format!("mac=\"{}\"", sent.mac)), "{}: {header}", sent.name);
    let parsed = Authorization::parse(&header).unwrap();
    let window = Window::new(0, 0);
    let _ = parsed.authenticate(&request, Some(&sent.key), window, sent.ts).unwrap();
}

fn run_response(mut case: Fields) {
    let requests = files().into_iter().find(|(name, _)| name == "header").unwrap().1;
    let requests = cases(requests, "header").into_iter().map(Sent::of);
    let wanted = case.text("request");
    let sent = requests.into_iter().find(|sent| sent.name == wanted).unwrap();
    let request = sent.request();
    let signed = sent.builder().sign(sent.ts, &sent.nonce).unwrap();
    let to_server = signed.to_header();

    // At the server.
    let parsed = Authorization::parse(&to_server).unwrap();
    let authentic =
        parsed.authenticate(&request, Some(&sent.key), Window::new(0, 0), sent.ts).unwrap();
    let (name, ext) = (case.text("name"), case.optional("ext"));
    let (payload, content_type) = (case.optional("payload"), case.optional("content_type"));
    let mut response = authentic.dangerous_accept_replays().respond();
    if let Some(payload) = &payload {
        response = response.payload(content_type.as_deref(), payload.as_bytes()).unwrap();
    }
    let response = response.ext(ext.as_deref().unwrap_or("")).sign().unwrap();
    assert_eq!(text(|out| response.write_canonical(out)), case.text("canonical"), "{name}");
    assert_eq!(response.hash(), case.optional("hash").as_deref(), "{name}");
    let header = response.to_string();
    assert!(header.contains(&format!("mac=\"{}\"", case.text("mac"))), "{name}: {header}");

    // At the client, which gets it from the reference.
    let from_reference = case.text("header");
    assert_eq!(header, from_reference, "{name}");
    let response = signed.verify_response(Some(&from_reference)).unwrap();
    assert_eq!(response.ext(), ext.as_deref());
    if let Some(payload) = payload {
        let verified = response.verify_payload(content_type.as_deref(), payload.as_bytes());
        assert_eq!(verified.unwrap().into_payload(), payload.as_bytes());
    }
    case.end();
}

fn run_bewit(mut case: Fields) {
    let (name, id, key) = (case.text("name"), case.text("id"), key_in(&mut case));
    let (url, ext) = (case.text("url"), case.optional("ext").unwrap_or_default());
    let exp = UnixTime::from_secs(case.number("exp"));
    let request = Request::from_url("GET", &url).unwrap();
    let credentials = Credentials::new(&id, &key).unwrap();
    let signed = Bewit::sign(&credentials, &request, exp, &ext).unwrap();
    assert_eq!(text(|out| signed.write_canonical(out)), case.text("canonical"), "{name}");
    assert_eq!(text(|out| signed.mac().write(Encoding::Base64, out)), case.text("mac"), "{name}");
    assert_eq!(signed.to_string(), case.text("bewit"), "{name}");
    case.end();
}

fn run_message(mut case: Fields) {
    let (name, id, key) = (case.text("name"), case.text("id"), key_in(&mut case));
    let (host, port) = (case.text("host"), u16::try_from(case.number("port")).unwrap());
    let (ts, nonce) = (UnixTime::from_secs(case.number("ts")), case.text("nonce"));
    let message = case.text("message");
    let to = Credentials::new(&id, &key).unwrap().message(&host, port).unwrap();
    let signed = to.sign(message.as_bytes(), ts, &nonce).unwrap();
    assert_eq!(text(|out| signed.write_canonical(out)), case.text("canonical"), "{name}");
    let (hash, mac) = (case.text("hash"), case.text("mac"));
    assert_eq!(signed.hash(), hash, "{name}");
    assert_eq!(text(|out| signed.write_mac(out)), mac, "{name}");
    let received = MessageAuthorization::new(&id, signed.ts(), &nonce, &hash, &mac).unwrap();
    let window = Window::new(0, 0);
    let _ = received.authenticate(&host, port, Some(&key), window, ts).unwrap();
    case.end();
}

fn run_timestamp(mut case: Fields) {
    let (name, key) = (case.text("name"), key_in(&mut case));
    let (ts, tsm) = (case.number("ts"), case.text("tsm"));
    assert_eq!(mac(&key, &case.text("canonical")), tsm, "{name}");
    let header = format!("Hawk ts=\"{ts}\", tsm=\"{tsm}\", error=\"Stale timestamp\"");
    let signed = Challenge::sign(&key, UnixTime::from_secs(ts)).unwrap();
    assert_eq!(signed.to_string(), header, "{name}");
    let time = Challenge::parse(&header).unwrap().verify(&key).unwrap().unwrap();
    assert_eq!(time.ts().as_secs(), ts, "{name}");
    case.end();
}

fn run_payload(mut case: Fields) {
    let (name, algorithm) = (case.text("name"), algorithm(&mut case));
    let (content_type, payload) = (case.optional("content_type"), case.text("payload"));
    let hash = PayloadHash::of(algorithm, content_type.as_deref(), payload.as_bytes()).unwrap();
    assert_eq!(hash.as_str(), case.text("hash"), "{name}");
    case.end();
}

#[test]
fn a_get_is_signed_as_in_the_protocol_document() {
    let header = header_with(&key(), &request(), |header| header.ext("some-app-ext-data"));
    assert_eq!(
        header,
        "Hawk id=\"dh37fgj492je\", ts=\"1353832234\", nonce=\"j4h3g2\", \
         ext=\"some-app-ext-data\", mac=\"6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=\""
    );
}

#[test]
fn a_post_is_signed_as_in_the_protocol_document() {
    let request = Request::from_url("POST", URL).unwrap();
    let header = header_with(&key(), &request, |header| {
        header
            .payload(Some("text/plain"), b"Thank you for flying Hawk")
            .unwrap()
            .ext("some-app-ext-data")
    });
    assert_eq!(
        header,
        "Hawk id=\"dh37fgj492je\", ts=\"1353832234\", nonce=\"j4h3g2\", \
         hash=\"Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=\", ext=\"some-app-ext-data\", \
         mac=\"aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw=\""
    );
}

/// Changes each line of a canonical message that is signed by hand; the server has to notice.
#[test]
fn every_line_counts() {
    let attributes =
        "ts=\"1353832234\", nonce=\"j4h3g2\", hash=\"h\", ext=\"e\", app=\"a\", dlg=\"d\"";
    let lines = [
        "hawk.1.header",
        "1353832234",
        "j4h3g2",
        "GET",
        "/resource/1?b=1&a=2",
        "example.com",
        "8000",
        "h",
        "e",
        "a",
        "d",
    ];
    let canonical = |lines: &[&str]| lines.join("\n") + "\n";
    let key = key();
    let right = by_hand(attributes, &canonical(&lines));
    let _ = authenticate(&right, &request(), &key).unwrap();
    for index in 0..lines.len() {
        for other in ["x", ""] {
            let mut lines = lines;
            lines[index] = other;
            let wrong = by_hand(attributes, &canonical(&lines));
            let rejection = authenticate(&wrong, &request(), &key).unwrap_err();
            assert_eq!(rejection.error(), &Error::BadMac, "{other:?} in line {index}");
        }
    }
    let unended = canonical(&lines);
    let wrong = by_hand(attributes, unended.trim_end());
    assert_eq!(authenticate(&wrong, &request(), &key).unwrap_err().error(), &Error::BadMac);
}

#[test]
fn the_mac_of_one_purpose_is_none_of_another() {
    for purpose in ["response", "bewit", "message", "payload", "ts"] {
        let canonical = format!(
            "hawk.1.{purpose}\n1353832234\nj4h3g2\nGET\n/resource/1?b=1&a=2\nexample.com\n8000\n\n\n"
        );
        let header = by_hand("ts=\"1353832234\", nonce=\"j4h3g2\"", &canonical);
        let key = key();
        let rejection = authenticate(&header, &request(), &key).unwrap_err();
        assert_eq!(rejection.error(), &Error::BadMac, "{purpose}");
    }
}

#[test]
fn a_backslash_and_a_line_break_in_ext_are_two_characters_each() {
    let key = key();
    let credentials = Credentials::new(ID, &key).unwrap();
    let request = Request::from_url("GET", "http://example.com/").unwrap();
    let signed = Bewit::sign(&credentials, &request, NOW, "a\nb").unwrap();
    assert_eq!(
        text(|out| signed.write_canonical(out)),
        "hawk.1.bewit\n1353832234\n\nGET\n/\nexample.com\n80\n\na\\nb\n"
    );
    // A backslash cannot get into a bewit, nor into a header: there is no text to escape.
    let refused = Bewit::sign(&credentials, &request, NOW, "a\\b").unwrap_err();
    assert_eq!(refused, Error::Value { field: Field::Ext });
}

#[test]
fn sha256_is_the_default_and_no_other_algorithm_is_fallen_back_to() {
    assert_eq!(Algorithm::default(), Algorithm::Sha256);
    let request = request();
    for signing in Algorithm::ALL {
        let secret = SECRET.repeat(2);
        let signing_key = Key::new(signing, secret.as_bytes()).unwrap();
        let header = header(&signing_key, &request);
        for verifying in Algorithm::ALL {
            let key = Key::new(verifying, secret.as_bytes()).unwrap();
            let result = authenticate(&header, &request, &key);
            match result {
                Ok(_) => assert_eq!(signing, verifying),
                Err(rejection) => {
                    assert_ne!(signing, verifying);
                    assert_eq!(rejection.error(), &Error::BadMac);
                }
            }
        }
    }
}

#[test]
fn algorithms_are_asked_for_by_their_names() {
    for (name, algorithm) in [
        ("sha1", Algorithm::Sha1),
        ("sha256", Algorithm::Sha256),
        ("sha384", Algorithm::Sha384),
        ("sha512", Algorithm::Sha512),
    ] {
        assert_eq!(name.parse(), Ok(algorithm));
    }
    for name in ["SHA1", "sha-1", "", "md5", "hmac-sha256"] {
        assert!(name.parse::<Algorithm>().is_err(), "{name}");
    }
}

#[test]
fn another_key_gives_another_mac() {
    let (key, other) = (key(), key_of("another secret of at least 32 bytes!!"));
    let header = header(&other, &request());
    assert_eq!(authenticate(&header, &request(), &key).unwrap_err().error(), &Error::BadMac);
}
