use super::json::top_level_number;
use super::{Layout, Piece, SecretForm, Source, Template};
use crate::{Encoding, UnixTime, Window};

/// Standard Webhooks, version 1 (symmetric): `webhook-id`, `webhook-timestamp`, `webhook-signature`.
///
/// A message that is delivered once more, because the first time failed, has its id and a new time: it
/// is no replay. Who wants to deal with it once remembers the id, as with any scheme.
pub const STANDARD: Template<'static> = Template::new(
    "standard",
    "webhook-signature",
    &[
        Piece::Id(Source::Header("webhook-id")),
        Piece::Text("."),
        Piece::Time(Source::Header("webhook-timestamp")),
        Piece::Text("."),
        Piece::Body,
    ],
)
.with_layout(STANDARD_LIST)
.with_encoding(Encoding::Base64)
.with_secret(STANDARD_SECRET);

/// Svix: as [`STANDARD`] under headers of its own, each of which may have the standard's name instead.
pub const SVIX: Template<'static> = Template::new(
    "svix",
    "svix-signature",
    &[
        Piece::Id(Source::Either("svix-id", "webhook-id")),
        Piece::Text("."),
        Piece::Time(Source::Either("svix-timestamp", "webhook-timestamp")),
        Piece::Text("."),
        Piece::Body,
    ],
)
.with_source(Source::Either("svix-signature", "webhook-signature"))
.with_layout(STANDARD_LIST)
.with_encoding(Encoding::Base64)
.with_secret(STANDARD_SECRET);

const STANDARD_LIST: Layout<'static> = Layout::List { separator: ' ', prefix: "v1," };
const STANDARD_SECRET: SecretForm<'static> =
    SecretForm::Base64 { prefix: "whsec_", minimum: 24, maximum: 64 };

/// GitHub: `X-Hub-Signature-256`. It signs no time.
pub const GITHUB: Template<'static> =
    Template::new("github", "X-Hub-Signature-256", &[Piece::Body])
        .with_layout(Layout::Single("sha256="));

/// Meta (Facebook, `WhatsApp`, Instagram): as [`GITHUB`].
pub const META: Template<'static> = Template::new("meta", "X-Hub-Signature-256", &[Piece::Body])
    .with_layout(Layout::Single("sha256="));

/// `WebSub` (W3C): `X-Hub-Signature`, whose algorithm is the key's. It signs no time.
pub const WEBSUB: Template<'static> =
    Template::new("websub", "X-Hub-Signature", &[Piece::Body]).with_layout(Layout::Named);

/// Stripe: `Stripe-Signature`. The secret is its text with `whsec_`; tags of version 0 do not count.
pub const STRIPE: Template<'static> = Template::new(
    "stripe",
    "Stripe-Signature",
    &[Piece::Time(Source::Field("t")), Piece::Text("."), Piece::Body],
)
.with_layout(Layout::Fields { separator: ',', tag: "v1" });

/// Slack: `X-Slack-Signature` and `X-Slack-Request-Timestamp`.
pub const SLACK: Template<'static> = Template::new(
    "slack",
    "X-Slack-Signature",
    &[
        Piece::Text("v0:"),
        Piece::Time(Source::Header("X-Slack-Request-Timestamp")),
        Piece::Text(":"),
        Piece::Body,
    ],
)
.with_layout(Layout::Single("v0="));

/// Zoom: `x-zm-signature` and `x-zm-request-timestamp`.
pub const ZOOM: Template<'static> = Template::new(
    "zoom",
    "x-zm-signature",
    &[
        Piece::Text("v0:"),
        Piece::Time(Source::Header("x-zm-request-timestamp")),
        Piece::Text(":"),
        Piece::Body,
    ],
)
.with_layout(Layout::Single("v0="));

/// Shopify's webhooks: `X-Shopify-Hmac-Sha256`. It signs no time.
pub const SHOPIFY: Template<'static> =
    Template::new("shopify", "X-Shopify-Hmac-Sha256", &[Piece::Body])
        .with_encoding(Encoding::Base64);

/// Square: `x-square-hmacsha256-signature` over the URL that is registered with Square, and the body.
/// It signs no time.
pub const SQUARE: Template<'static> =
    Template::new("square", "x-square-hmacsha256-signature", &[Piece::Url, Piece::Body])
        .with_encoding(Encoding::Base64);

/// LINE: `x-line-signature`. It signs no time.
pub const LINE: Template<'static> =
    Template::new("line", "x-line-signature", &[Piece::Body]).with_encoding(Encoding::Base64);

/// Dropbox: `X-Dropbox-Signature`. Its apps' secrets have 15 characters. It signs no time.
pub const DROPBOX: Template<'static> =
    Template::new("dropbox", "X-Dropbox-Signature", &[Piece::Body])
        .with_secret(SecretForm::ShortText { minimum: 15 });

/// Linear: `Linear-Signature`. The time is the member `webhookTimestamp` of the body, in milliseconds;
/// what its timestamp header says is not signed and not looked at. A minute both ways.
pub const LINEAR: Template<'static> = Template::new("linear", "Linear-Signature", &[Piece::Body])
    .with_time_in_body(linear_time)
    .with_window(Window::new(60, 60));

fn linear_time(body: &[u8]) -> Option<UnixTime> {
    let milliseconds = top_level_number(body, "webhookTimestamp")?;
    Some(UnixTime::from_secs(milliseconds / 1000))
}

/// `PagerDuty`, version 3: `X-PagerDuty-Signature`. It signs no time.
pub const PAGERDUTY: Template<'static> =
    Template::new("pagerduty", "X-PagerDuty-Signature", &[Piece::Body])
        .with_layout(Layout::List { separator: ',', prefix: "v1=" });

/// Paddle Billing: `Paddle-Signature`. Five seconds back, as in its own kits; widen it if your clock is
/// not that good.
pub const PADDLE: Template<'static> = Template::new(
    "paddle",
    "Paddle-Signature",
    &[Piece::Time(Source::Field("ts")), Piece::Text(":"), Piece::Body],
)
.with_layout(Layout::Fields { separator: ';', tag: "h1" })
.with_window(Window::new(5, 5));

/// Mailgun: timestamp, token and signature stand in the body, which itself is *not* signed: a proof has
/// no body. Hand the three over in [`Parts`](super::Parts).
pub const MAILGUN: Template<'static> =
    Template::new("mailgun", "", &[Piece::Time(Source::Given), Piece::Id(Source::Given)])
        .with_source(Source::Given);

/// Adyen: the signature stands in the body, `additionalData.hmacSignature` of each notification item,
/// and covers eight of its fields. Hand both over in [`Parts`](super::Parts), the fields as the body,
/// joined by `:` as they are, an absent one empty; a proof has those fields and nothing else of the
/// item. It signs no time.
///
/// Nothing is escaped, so a `:` can be shifted from one field into the next under the same signature.
/// Refuse an item of which any other field than `merchantReference` has one; then the three fields in
/// front and the four behind are what was signed, and so is the reference between them.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::webhook::{ADYEN, Parts};
///
/// let key = ADYEN.key("44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056")?;
/// let fields = "7914073381342284::TestMerchant:TestPayment-1407325143704:1130:EUR:AUTHORISATION:true";
/// let tag = "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=";
/// let parts = Parts::new(&ADYEN, tag)?.with_body(fields.as_bytes());
/// let verified = ADYEN.verify_parts(parts, &key, UnixTime::now())?.dangerous_accept_replays();
/// assert_eq!(verified.body(), fields.as_bytes());
/// # Ok::<(), creance_sigv::scheme::Rejection>(())
/// ```
pub const ADYEN: Template<'static> = Template::new("adyen", "", &[Piece::Body])
    .with_source(Source::Given)
    .with_encoding(Encoding::Base64)
    .with_secret(SecretForm::Hex);
