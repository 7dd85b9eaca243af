//! The providers, each with its scheme.

use creance_sigv::webhook::{
    ADYEN, DROPBOX, GITHUB, LINE, LINEAR, MAILGUN, META, PADDLE, PAGERDUTY, SHOPIFY, SLACK, SQUARE,
    STANDARD, STRIPE, SVIX, ShopifyQuery, Template, Twilio, WEBSUB, ZOOM,
};
use creance_sigv::{Algorithm, Encoding, Error, Key, KeyBytes, Window};

/// A provider: the last part of its endpoint's path, and its scheme.
pub(crate) struct Provider {
    pub(crate) name: &'static str,
    pub(crate) scheme: Scheme,
}

/// How a provider signs.
pub(crate) enum Scheme {
    /// By headers.
    Headers(Template<'static>),
    /// By members of the JSON body.
    InBody(Template<'static>),
    Twilio(Twilio),
    Shopify(ShopifyQuery),
}

/// How far a provider's clock may be ahead of ours, in seconds. Not the minutes that most allow: after
/// a restart nothing is accepted for as long, because the process before may have accepted it.
const AHEAD: u64 = 5;

/// The longest window of all of them: the one that the store is made for.
pub(crate) const WINDOW: Window = Window::new(300, AHEAD);

const fn headers(template: Template<'static>) -> Provider {
    Provider { name: template.name(), scheme: Scheme::Headers(clocked(template)) }
}

const fn in_body(template: Template<'static>) -> Provider {
    Provider { name: template.name(), scheme: Scheme::InBody(clocked(template)) }
}

const fn clocked(template: Template<'static>) -> Template<'static> {
    template.with_window(Window::new(template.window().past(), AHEAD))
}

const fn shopify(name: &'static str, query: ShopifyQuery) -> Provider {
    let window = Window::new(query.window().past(), AHEAD);
    Provider { name, scheme: Scheme::Shopify(query.with_window(window)) }
}

const fn twilio(name: &'static str, twilio: Twilio) -> Provider {
    Provider { name, scheme: Scheme::Twilio(twilio) }
}

/// All of them.
pub(crate) static PROVIDERS: [Provider; 21] = [
    headers(STANDARD),
    headers(SVIX),
    headers(GITHUB),
    headers(META),
    headers(WEBSUB),
    headers(STRIPE),
    headers(SLACK),
    headers(ZOOM),
    headers(SHOPIFY),
    headers(SQUARE),
    headers(LINE),
    headers(DROPBOX),
    headers(LINEAR),
    headers(PAGERDUTY),
    headers(PADDLE),
    in_body(MAILGUN),
    in_body(ADYEN),
    twilio("twilio", Twilio::forms()),
    twilio("twilio-json", Twilio::digests()),
    shopify("shopify-oauth", ShopifyQuery::oauth()),
    shopify("shopify-app-proxy", ShopifyQuery::app_proxy()),
];

impl Provider {
    /// The path of its endpoint.
    pub(crate) fn path(&self) -> String {
        format!("/hooks/{}", self.name)
    }

    /// Whether its messages have a time: those of the others are told apart by us.
    pub(crate) fn signs_time(&self) -> bool {
        match &self.scheme {
            Scheme::Headers(template) | Scheme::InBody(template) => template.signs_time(),
            Scheme::Twilio(_) => false,
            Scheme::Shopify(_) => true,
        }
    }

    /// A key of its secret's text.
    pub(crate) fn key(&self, secret: &str) -> Result<Key, Error> {
        match &self.scheme {
            Scheme::Headers(template) | Scheme::InBody(template) => template.key(secret),
            Scheme::Twilio(twilio) => twilio.key(secret),
            Scheme::Shopify(shopify) => shopify.key(secret),
        }
    }

    /// A secret as the provider would show it.
    pub(crate) fn made_up_secret(&self) -> String {
        let bytes = KeyBytes::generate(Algorithm::Sha256, &mut creance_sigv::rand::rng());
        let (prefix, encoding) = match self.name {
            "standard" | "svix" => ("whsec_", Encoding::Base64),
            "stripe" => ("whsec_", Encoding::Hex),
            _ => ("", Encoding::Hex),
        };
        let mut secret = String::from(prefix);
        bytes.write(encoding, &mut secret).expect("a string takes everything");
        secret
    }
}
