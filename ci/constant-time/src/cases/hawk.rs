//! Hawk: everything that a server or a client verifies, with the key's bytes secret.

use creance_hawk::{
    Accepted, Authorization, Bewit, BewitBuffer, Challenge, Credentials, Error, Incoming,
    MessageAuthorization, Request, Scheme, Server,
};
use creance_sigv::replay::{FixedStore, Restart};
use creance_sigv::{Algorithm, Key, UnixTime, Window};

use super::{for_each_algorithm, key_material, secret, shown};
use crate::{Case, Expected};

const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);
const WINDOW: Window = Window::new(60, 60);
const BODY: &[u8] = b"Thank you for flying Hawk";

pub(super) fn cases() -> Vec<Case> {
    for_each_algorithm(|algorithm| {
        let case = |name: &str, expected, run: fn(&Keys)| {
            let name = format!("hawk/{algorithm}/{name}");
            Case::new(name, expected, move || run(&Keys::new(algorithm)))
        };
        vec![
            case("header/right", Expected::Verdict, header_right),
            case("header/wrong", Expected::Verdict, header_wrong),
            case("header/stale", Expected::Verdict, header_stale),
            // Nothing here is secret but that it is not: the same work, with a decoy's state.
            case("header/unknown-id", Expected::Silence, header_unknown_id),
            case("header/sign", Expected::Silence, header_sign),
            case("response/sign", Expected::Verdict, response_sign),
            case("payload/right", Expected::Verdict, payload_right),
            case("payload/wrong", Expected::Verdict, payload_wrong),
            case("response/right", Expected::Verdict, response_right),
            case("response/wrong", Expected::Verdict, response_wrong),
            case("challenge/right", Expected::Verdict, challenge_right),
            case("challenge/wrong", Expected::Verdict, challenge_wrong),
            case("bewit/right", Expected::Verdict, bewit_right),
            case("bewit/wrong", Expected::Verdict, bewit_wrong),
            case("bewit/unknown-id", Expected::Silence, bewit_unknown_id),
            case("message/right", Expected::Verdict, message_right),
            case("message/wrong", Expected::Verdict, message_wrong),
        ]
    })
}

/// One key twice: `public` prepares what the peer sends, `secret` is used by the side that is
/// watched.
struct Keys {
    public: Key,
    secret: Key,
}

impl Keys {
    fn new(algorithm: Algorithm) -> Self {
        let material = key_material(algorithm.output_len());
        Self {
            public: Key::new(algorithm, &material).unwrap(),
            secret: Key::new(algorithm, &secret(&material)).unwrap(),
        }
    }

    /// The header of a peer who has the key.
    fn header(&self) -> String {
        let signed = peer(&self.public)
            .header(&request())
            .payload(Some("text/plain"), BODY)
            .unwrap()
            .ext("some-app-ext-data")
            .app("app")
            .dlg("dlg")
            .sign(NOW, "j4h3g2")
            .unwrap();
        signed.to_header()
    }

    /// The header as a server that has `key` accepts it.
    fn accepted<'a>(key: &'a Key, header: &'a str) -> Accepted<'a> {
        let authorization = Authorization::parse(header).unwrap();
        let key = Some(key);
        let authentic = authorization.authenticate(&request(), key, WINDOW, NOW).unwrap();
        let mut rng = creance_sigv::rand::rng();
        let store = FixedStore::<8>::new(WINDOW, Restart::DangerousNoBarrier, &mut rng);
        authentic.claim(&store, NOW).unwrap()
    }
}

fn peer(key: &Key) -> Credentials<'_> {
    Credentials::new("dh37fgj492je", key).unwrap()
}

fn request() -> Request<'static> {
    Request::new("POST", "/resource/1?b=1&a=2", "example.com", 8000).unwrap()
}

/// `text` with the first character of the value of `attribute` changed, which stays Base64.
fn with_other(text: &str, attribute: &str) -> String {
    let at = text.find(attribute).unwrap() + attribute.len();
    let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
    let mut changed = text.to_owned();
    changed.replace_range(at..=at, other);
    changed
}

fn header_right(keys: &Keys) {
    let header = keys.header();
    let accepted = Keys::accepted(&keys.secret, &header);
    assert_eq!(accepted.id(), "dh37fgj492je");
}

fn header_wrong(keys: &Keys) {
    let header = with_other(&keys.header(), "mac=\"");
    let authorization = Authorization::parse(&header).unwrap();
    let rejection =
        authorization.authenticate(&request(), Some(&keys.secret), WINDOW, NOW).unwrap_err();
    assert_eq!(*rejection.error(), Error::BadMac);

    // The whole way, as a server goes it.
    let server = Server::new(creance_hawk::Authority::new("example.com", 8000).unwrap());
    let mut incoming = Incoming::new("POST", "/resource/1?b=1&a=2", Scheme::Http);
    incoming.header("Authorization", header.as_bytes()).unwrap();
    let rejection = server.authenticate(&incoming, |_| Some(&keys.secret), NOW).unwrap_err();
    assert_eq!(rejection.status(), 401);
}

fn header_stale(keys: &Keys) {
    let header = keys.header();
    let authorization = Authorization::parse(&header).unwrap();
    let late = NOW.saturating_add(61);
    let rejection =
        authorization.authenticate(&request(), Some(&keys.secret), WINDOW, late).unwrap_err();
    assert_eq!(rejection.code(), "stale-timestamp");
}

fn header_unknown_id(keys: &Keys) {
    let header = keys.header();
    let authorization = Authorization::parse(&header).unwrap();
    let rejection = authorization.authenticate(&request(), None, WINDOW, NOW).unwrap_err();
    assert_eq!(*rejection.error(), Error::UnknownCredentials);
}

fn header_sign(keys: &Keys) {
    // The text is made without asking the secret, too: it may be written into any buffer.
    let sign = |key| {
        let request = request();
        let header = peer(key).header(&request).payload(None, BODY).unwrap().ext("data");
        shown(header.sign(NOW, "j4h3g2").unwrap().to_header().as_bytes())
    };
    assert_eq!(sign(&keys.secret), sign(&keys.public));

    let message = |key| {
        let builder = peer(key).message("example.com", 8000).unwrap();
        let mut mac = String::new();
        builder.sign(BODY, NOW, "j4h3g2").unwrap().write_mac(&mut mac).unwrap();
        shown(mac.as_bytes())
    };
    assert_eq!(message(&keys.secret), message(&keys.public));

    let request = request();
    let bewit = |key| {
        let bewit = Bewit::sign(&peer(key), &request, NOW, "ext").unwrap();
        shown(bewit.to_string().as_bytes())
    };
    assert_eq!(bewit(&keys.secret), bewit(&keys.public));
}

/// What a server sends that has found the peer to be authentic: its response, or its time.
fn response_sign(keys: &Keys) {
    let header = keys.header();
    let respond = |key| {
        let response = Keys::accepted(key, &header).respond().payload(None, BODY).unwrap();
        shown(response.sign().unwrap().to_string().as_bytes())
    };
    assert_eq!(respond(&keys.secret), respond(&keys.public));

    let challenge = |key| shown(Challenge::sign(key, NOW).unwrap().to_string().as_bytes());
    assert_eq!(challenge(&keys.secret), challenge(&keys.public));
}

fn payload_right(keys: &Keys) {
    let header = keys.header();
    let verified =
        Keys::accepted(&keys.secret, &header).verify_payload(Some("text/plain"), secret(BODY));
    assert_eq!(shown(verified.unwrap().payload()), BODY);
}

fn payload_wrong(keys: &Keys) {
    let header = keys.header();
    let payload = secret(b"Thank you for flying Dove");
    let rejection =
        Keys::accepted(&keys.secret, &header).verify_payload(Some("text/plain"), payload);
    assert_eq!(*rejection.unwrap_err().error(), Error::BadHash);
}

/// What a server answers that has the key.
fn response(keys: &Keys) -> String {
    let header = keys.header();
    let response = Keys::accepted(&keys.public, &header).respond().ext("server-ext");
    response.payload(Some("text/html"), BODY).unwrap().sign().unwrap().to_string()
}

/// Verifies `response` as the client that made the request.
fn verify_response(keys: &Keys, response: &str, body: &[u8]) -> Result<(), Error> {
    let request = request();
    let header = peer(&keys.secret).header(&request).payload(Some("text/plain"), BODY)?;
    let header = header.ext("some-app-ext-data").app("app").dlg("dlg");
    let signed = header.sign(NOW, "j4h3g2")?;
    let authentic = signed.verify_response(Some(response))?;
    authentic.verify_payload(Some("text/html"), secret(body)).map(|_| ())
}

fn response_right(keys: &Keys) {
    assert_eq!(verify_response(keys, &response(keys), BODY), Ok(()));
}

fn response_wrong(keys: &Keys) {
    let response = response(keys);
    let forged = with_other(&response, "mac=\"");
    assert_eq!(verify_response(keys, &forged, BODY), Err(Error::BadMac));
    assert_eq!(verify_response(keys, &response, b"another body"), Err(Error::BadHash));
}

/// The challenge that tells a late peer the time.
fn challenge(keys: &Keys) -> String {
    let header = keys.header();
    let authorization = Authorization::parse(&header).unwrap();
    let late = NOW.saturating_add(1000);
    let rejection =
        authorization.authenticate(&request(), Some(&keys.public), WINDOW, late).unwrap_err();
    rejection.www_authenticate().unwrap().to_string()
}

fn challenge_right(keys: &Keys) {
    let challenge = challenge(keys);
    let time = Challenge::parse(&challenge).unwrap().verify(&keys.secret).unwrap();
    assert_eq!(time.unwrap().ts(), NOW.saturating_add(1000));
}

fn challenge_wrong(keys: &Keys) {
    let challenge = with_other(&challenge(keys), "tsm=\"");
    let verdict = Challenge::parse(&challenge).unwrap().verify(&keys.secret);
    assert_eq!(verdict, Err(Error::BadMac));
}

/// The value of the parameter `bewit`, signed for the resource.
fn bewit(key: &Key, resource: &str) -> String {
    let request = Request::new("GET", resource, "example.com", 8000).unwrap();
    Bewit::sign(&peer(key), &request, NOW.saturating_add(300), "ext").unwrap().to_string()
}

fn authenticate_bewit(text: &str, key: Option<&Key>) -> Result<(), Error> {
    let mut buffer = BewitBuffer::new();
    let request = Request::new("GET", "/file", "example.com", 8000)?;
    let bewit = Bewit::parse(text, &mut buffer)?;
    bewit.authenticate(&request, key, NOW).map(|_| ()).map_err(|rejection| *rejection.error())
}

fn bewit_right(keys: &Keys) {
    let text = bewit(&keys.public, "/file");
    assert_eq!(authenticate_bewit(&text, Some(&keys.secret)), Ok(()));
}

fn bewit_wrong(keys: &Keys) {
    let text = bewit(&keys.public, "/another-file");
    assert_eq!(authenticate_bewit(&text, Some(&keys.secret)), Err(Error::BadMac));
}

fn bewit_unknown_id(keys: &Keys) {
    let text = bewit(&keys.public, "/file");
    assert_eq!(authenticate_bewit(&text, None), Err(Error::UnknownCredentials));
}

fn verify_message(keys: &Keys, signed_port: u16, message: &[u8]) -> Result<(), Error> {
    let signed = peer(&keys.public).message("example.com", signed_port)?;
    let signed = signed.sign(BODY, NOW, "j4h3g2")?;
    let mut mac = String::new();
    signed.write_mac(&mut mac)?;
    let received =
        MessageAuthorization::new(signed.id(), signed.ts(), signed.nonce(), signed.hash(), &mac)?;
    let mut rng = creance_sigv::rand::rng();
    let store = FixedStore::<8>::new(WINDOW, Restart::DangerousNoBarrier, &mut rng);
    let error = |rejection: creance_hawk::Rejection| *rejection.error();
    let key = Some(&keys.secret);
    let authentic = received.authenticate("example.com", 8000, key, WINDOW, NOW).map_err(error)?;
    let accepted = authentic.claim(&store, NOW).map_err(error)?;
    accepted.verify(secret(message)).map(|_| ()).map_err(error)
}

fn message_right(keys: &Keys) {
    assert_eq!(verify_message(keys, 8000, BODY), Ok(()));
}

fn message_wrong(keys: &Keys) {
    assert_eq!(verify_message(keys, 8001, BODY), Err(Error::BadMac));
    assert_eq!(verify_message(keys, 8000, b"another message"), Err(Error::BadHash));
}
