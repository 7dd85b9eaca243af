//! Right messages of every scheme that is a matter of headers.

use std::sync::LazyLock;

use creance_sigv::webhook::{
    DROPBOX, GITHUB, LINE, LINEAR, META, Outgoing, PADDLE, PAGERDUTY, SHOPIFY, SLACK, SQUARE,
    STANDARD, STRIPE, SVIX, Template, WEBSUB, ZOOM,
};
use creance_sigv::{Encoding, Key, UnixTime};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

pub(crate) const SCHEMES: [Template<'static>; 15] = [
    STANDARD, SVIX, GITHUB, META, WEBSUB, STRIPE, SLACK, ZOOM, SHOPIFY, SQUARE, LINE, DROPBOX,
    LINEAR, PAGERDUTY, PADDLE,
];

static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    SCHEMES.iter().map(|scheme| scheme.key(&Sent::secret(scheme)).expect("a secret")).collect()
});

/// The key of a scheme.
pub(crate) fn key(template: &Template<'_>) -> &'static Key {
    let index = SCHEMES.iter().position(|scheme| scheme.name() == template.name());
    &KEYS[index.expect("one of the schemes")]
}

/// A message and its headers.
pub(crate) struct Sent {
    pub(crate) template: Template<'static>,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    pub(crate) const URL: &str = "https://example.com/hooks";

    /// A message with this content; where the scheme has its time in the body, that is around it.
    pub(crate) fn new(template: &Template<'static>, id: &str, content: &[u8]) -> Self {
        let mut body = content.to_vec();
        if template.name() == LINEAR.name() {
            let mut text = String::from("{\"webhookTimestamp\":1700000000000,\"content\":\"");
            Encoding::Hex.encode(content, &mut text).expect("writing into a string");
            body = (text + "\"}").into_bytes();
        }
        let outgoing = Outgoing::new(&body).with_id(id).with_url(Self::URL);
        let signed = template.sign(&outgoing, key(template), NOW).expect("it can be signed");
        let headers = signed.to_headers();
        let bytes = |(name, value): (String, String)| (name, value.into_bytes());
        Self { template: *template, headers: headers.into_iter().map(bytes).collect(), body }
    }

    pub(crate) fn secret(template: &Template<'_>) -> String {
        let text = if [STANDARD.name(), SVIX.name()].contains(&template.name()) {
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
        } else {
            "8f742231b10e8888abcd99yyyzzz85a5"
        };
        text.into()
    }

    pub(crate) fn borrowed(&self) -> Vec<(&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), &value[..])).collect()
    }
}
