//! Messages of every template, for the tests of webhooks.
#![allow(dead_code, reason = "each test file is a program of its own and uses a part")]

use creance_sigv::keyring::KeySet;
use creance_sigv::scheme::{Authentic, Received, Rejection};
use creance_sigv::webhook::{
    ADYEN, DROPBOX, GITHUB, LINE, LINEAR, Layout, MAILGUN, META, Outgoing, PADDLE, PAGERDUTY,
    Parts, Piece, SHOPIFY, SLACK, SQUARE, STANDARD, STRIPE, SVIX, Source, Template, WEBSUB, ZOOM,
};
use creance_sigv::{Algorithm, Encoding, Key, UnixTime, Window};

/// The time of the tests.
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// Every provider's template, and two of a house that use what no provider does.
pub(crate) const TEMPLATES: [Template<'static>; 20] = [
    STANDARD, SVIX, GITHUB, META, WEBSUB, STRIPE, SLACK, ZOOM, SHOPIFY, SQUARE, LINE, DROPBOX,
    LINEAR, PAGERDUTY, PADDLE, MAILGUN, ADYEN, HOUSE, DIGESTS, BODILESS,
];

/// All kinds of pieces.
pub(crate) const HOUSE: Template<'static> = Template::new(
    "house",
    "House-Signature",
    &[
        Piece::Method,
        Piece::Text("\n"),
        Piece::Host,
        Piece::Text("\n"),
        Piece::Path,
        Piece::Text("\n"),
        Piece::Query,
        Piece::Text("\n"),
        Piece::Time(Source::Field("t")),
        Piece::Text("\n"),
        Piece::Id(Source::Field("n")),
        Piece::Text("\n"),
        Piece::Header("Content-Type"),
        Piece::Text("\n"),
        Piece::Body,
        Piece::Text("\nend"),
    ],
)
.with_layout(Layout::Fields { separator: ';', tag: "mac" })
.with_algorithm(Algorithm::Sha512)
.with_encoding(Encoding::Base64Url)
.with_window(Window::new(60, 5));

/// The body's digest instead of the body.
pub(crate) const DIGESTS: Template<'static> = Template::new(
    "digests",
    "Digest-Signature",
    &[
        Piece::Time(Source::Header("Digest-Time")),
        Piece::Text("|"),
        Piece::Target,
        Piece::Text("|"),
        Piece::BodyDigest(Algorithm::Sha384, Encoding::Base64),
    ],
)
.with_algorithm(Algorithm::Sha1);

/// No body at all, and no id.
pub(crate) const BODILESS: Template<'static> = Template::new(
    "bodiless",
    "Bodiless-Signature",
    &[
        Piece::Time(Source::Header("Bodiless-Time")),
        Piece::Text(" "),
        Piece::Method,
        Piece::Text(" "),
        Piece::Target,
    ],
)
.with_layout(Layout::List { separator: ',', prefix: "v2:" });

/// A secret's text for a template, one of many.
pub(crate) fn secret(template: &Template<'_>, number: u8) -> String {
    let bytes = [number.wrapping_add(1); 64];
    let mut text = String::new();
    match template.name() {
        "standard" | "svix" => {
            text.push_str("whsec_");
            Encoding::Base64.encode(&bytes[..33], &mut text).unwrap();
        }
        _ => Encoding::Hex.encode(&bytes[..32], &mut text).unwrap(),
    }
    text
}

pub(crate) fn key(template: &Template<'_>, number: u8) -> Key {
    template.key(&secret(template, number)).unwrap()
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) id: String,
    pub(crate) time: String,
    /// The signature's value, whether it is in the headers or not.
    pub(crate) signature: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) const URL: &str = "https://example.com/hooks?a=1";
pub(crate) const ID: &str = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";

/// A body that is right for the template: one of them has its time there.
pub(crate) fn body(template: &Template<'_>, content: &[u8], time: UnixTime) -> Vec<u8> {
    if template.name() == "linear" {
        let mut body = format!("{{\"webhookTimestamp\":{},\"c\":\"", time.as_secs() * 1000);
        Encoding::Hex.encode(content, &mut body).unwrap();
        body.push_str("\"}");
        return body.into_bytes();
    }
    content.to_vec()
}

/// Signs a message with everything that any scheme signs.
pub(crate) fn send(
    template: &Template<'_>,
    keys: &(impl KeySet + ?Sized),
    id: &str,
    content: &[u8],
    time: UnixTime,
) -> Sent {
    let body = body(template, content, time);
    let more = [("Content-Type", "application/json")];
    let outgoing =
        Outgoing::new(&body).with_id(id).with_method("POST").with_url(URL).with_headers(&more);
    let signed = template.sign(&outgoing, keys, time).unwrap();
    let mut headers = signed.to_headers();
    headers.push(("content-type".into(), "application/json".into()));
    let mut signature = String::new();
    signed.signature().write(&mut signature).unwrap();
    Sent {
        method: "POST".into(),
        url: URL.into(),
        headers,
        id: id.into(),
        time: signed.time().into(),
        signature,
        body: body.clone(),
    }
}

impl Sent {
    pub(crate) fn received(&self) -> Received<'_> {
        Received::new(&self.method, &self.url, &self.headers, &self.body)
    }

    /// Verifies it, by its parts where they are not in headers.
    pub(crate) fn verify<'a>(
        &'a self,
        template: &Template<'static>,
        keys: &'a (impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Authentic<'a, &'a [u8]>, Rejection> {
        match template.name() {
            "mailgun" | "adyen" => {
                let parts = Parts::new(template, &self.signature)?.with_time(&self.time)?;
                let parts = parts.with_id(&self.id)?.with_body(&self.body);
                template.verify_parts(parts, keys, now)
            }
            _ => template.verify(&self.received(), keys, now),
        }
    }

    /// The value of the header of this name.
    pub(crate) fn header(&mut self, name: &str) -> &mut String {
        let mut headers = self.headers.iter_mut();
        let found = headers.find(|(found, _)| found.eq_ignore_ascii_case(name));
        &mut found.unwrap_or_else(|| panic!("{name}")).1
    }

    /// The same message with another value of its signature.
    pub(crate) fn with_signature(&self, signature: &str) -> Self {
        let mut changed = self.clone();
        for (_, value) in &mut changed.headers {
            if *value == self.signature {
                signature.clone_into(value);
            }
        }
        signature.clone_into(&mut changed.signature);
        changed
    }
}

/// The tag in a signature's value that has one: what is behind the last separator.
pub(crate) fn tag(signature: &str) -> &str {
    let unpadded = signature.trim_end_matches('=');
    let begin = unpadded.rfind(['=', ',', ':']).map_or(0, |at| at + 1);
    &signature[begin..]
}
