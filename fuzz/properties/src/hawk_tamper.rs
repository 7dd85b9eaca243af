//! Requests and responses: any that can be signed, and any change on the way.
//!
//! * What is signed is accepted, once, and says what it said; the response to it is accepted, too.
//! * A change that the receiver would understand differently is refused, and so is a request that is
//!   moved to another method, resource, host, port, key, time or body.

use arbitrary::{Result, Unstructured};
use creance_hawk::{Accepted, Authorization, Credentials, Error, Request, ServerAuthorization};
use creance_sigv::replay::{FixedStore, Restart};
use creance_sigv::{Algorithm, Key, UnixTime, Window};

use crate::edit::{EDITS, edit, text};
use crate::grammar::Header;
use crate::keys::{ID, key, other_key};

const WINDOW: Window = Window::new(60, 10);
const VALUE: &[u8] = b" !#$%&'()*+,-./0123456789:;<=>?@ABCXYZ[]^_`abcxyz{|}~";
const TOKEN: &[u8] = b"GETPOSTHEADgetpost!#$%&'*+-.^_`|~0";
const HOST: &[u8] = b"example.EXAMPLE-0123456789_~";
const TARGET: &[u8] = b"/abcABC?&=%2f.;@:~+*#\"{}|^`[]";
const BODY_TYPE: &[u8] = b"text/plainTEXT; charset=utf-8 ";

/// Checks the properties above for what these bytes choose.
///
/// # Panics
/// Where one of them does not hold.
pub fn check(data: &[u8]) {
    let _ = chosen(&mut Unstructured::new(data));
}

/// A request with its payload, on the sender's or the receiver's side.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sent {
    method: String,
    resource: String,
    host: String,
    port: u16,
    content_type: Option<String>,
    body: Vec<u8>,
}

/// Method, resource, host, port, and the content type with the body where they are signed.
type Meaning<'a> = (String, &'a str, String, u16, Option<(String, &'a [u8])>);

/// What the header says besides.
#[derive(Clone, Debug)]
struct Said {
    nonce: String,
    ext: String,
    app: Option<String>,
    dlg: Option<String>,
    signs_body: bool,
}

impl Sent {
    fn choose(choices: &mut Unstructured<'_>) -> Result<Self> {
        let port = choices.arbitrary()?;
        let has_type: bool = choices.arbitrary()?;
        let body_len = choices.int_in_range(0..=20)?;
        Ok(Self {
            method: text(choices, TOKEN, 1, 8)?,
            resource: String::from("/") + &text(choices, TARGET, 0, 24)?,
            host: text(choices, HOST, 1, 12)?,
            port,
            content_type: has_type.then(|| text(choices, BODY_TYPE, 0, 16)).transpose()?,
            body: choices.bytes(body_len)?.to_vec(),
        })
    }

    fn request(&self) -> core::result::Result<Request<'_>, Error> {
        Request::new(&self.method, &self.resource, &self.host, self.port)
    }

    /// What the MAC and the hash are about: the case of a method or host is not, nor are the
    /// parameters of a content type.
    fn meaning(&self, with_body: bool) -> Meaning<'_> {
        let essence = self.content_type.as_deref().unwrap_or("").split(';').next().unwrap_or("");
        let essence = essence.trim_matches([' ', '\t']).to_ascii_lowercase();
        (
            self.method.to_ascii_uppercase(),
            &self.resource,
            self.host.to_ascii_lowercase(),
            self.port,
            with_body.then_some((essence, &self.body)),
        )
    }

    /// Another request than this one, or the same in other words.
    fn changed(&self, choices: &mut Unstructured<'_>) -> Result<Self> {
        let mut sent = self.clone();
        match choices.int_in_range(0..=6)? {
            0 => sent.method = edit(&self.method, choices)?.unwrap_or_default(),
            1 => sent.resource = edit(&self.resource, choices)?.unwrap_or_default(),
            2 => sent.host = edit(&self.host, choices)?.unwrap_or_default(),
            3 => sent.port = choices.arbitrary()?,
            4 => sent.body.push(choices.arbitrary()?),
            5 => sent.content_type = Some(text(choices, BODY_TYPE, 0, 16)?),
            _ => match sent.body.first_mut() {
                Some(first) => *first ^= 1 << choices.int_in_range(0..=7)?,
                None => sent.host.make_ascii_uppercase(),
            },
        }
        Ok(sent)
    }
}

impl Said {
    fn choose(choices: &mut Unstructured<'_>) -> Result<Self> {
        let app = choices.arbitrary::<bool>()?.then(|| text(choices, VALUE, 1, 8)).transpose()?;
        let dlg = app.is_some() && choices.arbitrary()?;
        Ok(Self {
            nonce: text(choices, VALUE, 1, 12)?,
            ext: text(choices, VALUE, 0, 16)?,
            dlg: dlg.then(|| text(choices, VALUE, 1, 8)).transpose()?,
            app,
            signs_body: choices.arbitrary()?,
        })
    }
}

fn chosen(choices: &mut Unstructured<'_>) -> Result<()> {
    let algorithm = *choices.choose(&Algorithm::ALL)?;
    let (sent, said) = (Sent::choose(choices)?, Said::choose(choices)?);
    let now = UnixTime::from_secs(choices.int_in_range(100..=9_999_999_999_999_999_999)?);
    let request = sent.request().expect("every part is well-formed");
    let credentials = Credentials::new(ID, key(algorithm)).expect("an id");
    let mut header = credentials.header(&request).ext(&said.ext);
    if said.signs_body {
        let content_type = sent.content_type.as_deref();
        header = header.payload(content_type, &sent.body).expect("a content type");
    }
    if let Some(app) = &said.app {
        header = header.app(app);
    }
    if let Some(dlg) = &said.dlg {
        header = header.dlg(dlg);
    }
    let signed = header.sign(now, &said.nonce).expect("every value can be written");
    let text = signed.to_header();
    assert_eq!(text.len(), signed.len());

    let received = Received { header: &text, sent: &sent, key: key(algorithm), now };
    let accepted = received.accept().expect("what was signed");
    says(&accepted, &said, now);
    received.once();
    let response = respond(&accepted, choices)?;
    let verified = signed.verify_response(Some(&response)).expect("the response to it");
    assert!(verified.hash().is_some());
    let verified = verified.verify_payload(None, b"response").expect("the response's payload");
    assert_eq!(verified.into_payload(), b"response");

    moved(received, choices)?;
    reworded(received, &said);
    let values = |header: &str| {
        Header::read(header, &["id", "ts", "nonce", "mac", "hash", "ext", "app", "dlg"])
    };
    let mut changed = text.clone();
    let mut changed_response = response.clone();
    for _ in 0..EDITS {
        if choices.is_empty() {
            break;
        }
        let other = sent.changed(choices)?;
        let same = other.meaning(said.signs_body) == sent.meaning(said.signs_body);
        assert_eq!(Received { sent: &other, ..received }.accept().is_ok(), same, "{other:?}");

        if let Some(next) = edit(&changed, choices)? {
            changed = next;
            let verdict = Received { header: &changed, ..received }.accept();
            assert_eq!(verdict.is_ok(), values(&changed) == values(&text), "{changed:?}");
        }
        if let Some(next) = edit(&changed_response, choices)? {
            changed_response = next;
            let verdict = signed.verify_response(Some(&changed_response));
            let same = values(&changed_response) == values(&response)
                && ServerAuthorization::parse(&changed_response).is_ok();
            assert_eq!(verdict.is_ok(), same, "{changed_response:?}");
        }
    }
    Ok(())
}

/// A header and a request as they arrive.
#[derive(Clone, Copy)]
struct Received<'a> {
    header: &'a str,
    sent: &'a Sent,
    key: &'a Key,
    now: UnixTime,
}

impl<'a> Received<'a> {
    /// The whole way but for the nonce; the payload, where its hash is there.
    fn accept(self) -> core::result::Result<Accepted<'a>, Error> {
        let request = self.sent.request()?;
        let authorization = Authorization::parse(self.header)?;
        let key = (authorization.id() == ID).then_some(self.key);
        let error = |rejection: creance_hawk::Rejection| *rejection.error();
        let authentic =
            authorization.authenticate(&request, key, WINDOW, self.now).map_err(error)?;
        let accepted = authentic.dangerous_accept_replays();
        match accepted.verify_payload(self.sent.content_type.as_deref(), &self.sent.body) {
            Ok(_) => Ok(accepted),
            Err(rejection) if *rejection.error() == Error::MissingHash => Ok(accepted),
            Err(rejection) => Err(error(rejection)),
        }
    }

    fn once(self) {
        let mut rng = creance_sigv::rand::rng();
        let store = FixedStore::<4>::new(WINDOW, Restart::DangerousNoBarrier, &mut rng);
        let request = self.sent.request().expect("a request");
        let error = |rejection: creance_hawk::Rejection| *rejection.error();
        let claim = || {
            let authorization = Authorization::parse(self.header)?;
            let authentic = authorization
                .authenticate(&request, Some(self.key), WINDOW, self.now)
                .map_err(error)?;
            authentic.claim(&store, self.now).map(|_| ()).map_err(error)
        };
        assert_eq!(claim(), Ok(()));
        assert_eq!(claim(), Err(Error::Replay));
    }
}

fn says(accepted: &Accepted<'_>, said: &Said, now: UnixTime) {
    let authorization = accepted.authorization();
    assert_eq!((accepted.id(), authorization.ts()), (ID, now));
    assert_eq!(authorization.nonce(), said.nonce);
    assert_eq!(authorization.ext().unwrap_or(""), said.ext);
    assert_eq!(authorization.app(), said.app.as_deref());
    assert_eq!(authorization.dlg(), said.dlg.as_deref());
    assert_eq!(authorization.hash().is_some(), said.signs_body);
}

fn respond(accepted: &Accepted<'_>, choices: &mut Unstructured<'_>) -> Result<String> {
    let ext = text(choices, VALUE, 0, 8)?;
    let response = accepted.respond().ext(&ext).payload(None, b"response").expect("no type");
    Ok(response.sign().expect("a value").to_string())
}

/// To another request, key or time.
fn moved(received: Received<'_>, choices: &mut Unstructured<'_>) -> Result<()> {
    let refused = |received: Received<'_>| received.accept().expect_err("it was moved");
    let sent = received.sent;
    let others = [
        Sent { method: sent.method.clone() + "X", ..sent.clone() },
        Sent { resource: sent.resource.clone() + "x", ..sent.clone() },
        Sent { host: sent.host.clone() + "x", ..sent.clone() },
        Sent { port: sent.port ^ 1 << choices.int_in_range(0..=15)?, ..sent.clone() },
    ];
    for other in &others {
        assert_eq!(refused(Received { sent: other, ..received }), Error::BadMac);
    }

    let algorithm = received.key.algorithm();
    assert_eq!(refused(Received { key: other_key(algorithm), ..received }), Error::BadMac);
    let other = *choices.choose(&Algorithm::ALL)?;
    if other != algorithm {
        assert_eq!(refused(Received { key: key(other), ..received }), Error::BadMac);
    }

    let now = UnixTime::from_secs(choices.arbitrary()?);
    let near = received.now.saturating_add(choices.int_in_range(0..=80)?).saturating_sub(15);
    for now in [now, near] {
        let fresh = WINDOW.check(received.now, now).is_ok();
        assert_eq!(Received { now, ..received }.accept().is_ok(), fresh);
    }
    Ok(())
}

/// With one value of the header put in the place of another's.
fn reworded(received: Received<'_>, said: &Said) {
    let header = received.header;
    for (name, value) in [
        ("nonce", Some(said.nonce.as_str())),
        ("ext", Some(said.ext.as_str()).filter(|ext| !ext.is_empty())),
        ("app", said.app.as_deref()),
        ("dlg", said.dlg.as_deref()),
    ] {
        let right = format!(" {name}=\"{}\"", value.unwrap_or(""));
        let other = format!(" {name}=\"{}x\"", value.unwrap_or(""));
        let changed = match value {
            Some(_) => header.replace(&right, &other),
            None => format!("{header},{other}"),
        };
        assert_ne!(changed, header);
        let error = Received { header: &changed, ..received }.accept().expect_err("reworded");
        let expected =
            if name == "dlg" && said.app.is_none() { Error::DlgWithoutApp } else { Error::BadMac };
        assert_eq!(error, expected, "{changed:?}");
    }
}
