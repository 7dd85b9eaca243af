use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::Form;
use super::outgoing::own_fault;
use super::parts::called;
use super::sign::signing_key;
use crate::keyring::KeySet;
use crate::replay::{AsyncReplayStore, ReplayStore};
use crate::scheme::{Authentic, Nonce, Part, Received, Rejection, Tags, Url, Verified, match_any};
use crate::{Algorithm, Encoding, Error, Hasher, Key, Tag, UnixTime, Window};

/// Shopify's signed queries: the callback of its OAuth, and requests through an app proxy.
///
/// All parameters but the signature are signed, and among them the time, so a message is fresh and can
/// be claimed. A proof has the parameters that were signed.
///
/// ```
/// use creance_sigv::UnixTime;
/// use creance_sigv::scheme::Received;
/// use creance_sigv::webhook::ShopifyQuery;
///
/// let shopify = ShopifyQuery::oauth();
/// let key = shopify.allow_weak_key("hush")?;
/// let url = "https://app.example/callback?code=0907a61c0c8d55e99db179b68161bc00\
///     &hmac=4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20\
///     &shop=some-shop.myshopify.com&timestamp=1337178173";
/// let no_headers: [(&str, &str); 0] = [];
/// let received = Received::new("GET", url, &no_headers, b"");
/// let now = UnixTime::from_secs(1_337_178_180);
/// let verified = shopify.verify(&received, &key, now)?.dangerous_accept_replays();
/// assert_eq!(verified.shown().text("shop")?, Some("some-shop.myshopify.com"));
/// # Ok::<(), creance_sigv::scheme::Rejection>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ShopifyQuery {
    kind: Kind,
    window: Window,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    OAuth,
    AppProxy,
}

impl ShopifyQuery {
    /// The callback of the authorisation: the signature is `hmac`. Parameters named `ids[]` are a list;
    /// any other may be there once, and does not begin as a list is signed, with `["`.
    #[must_use]
    pub const fn oauth() -> Self {
        Self { kind: Kind::OAuth, window: WINDOW }
    }

    /// A request through an app proxy: the signature is `signature`.
    ///
    /// What is signed has nothing between one parameter and the next, so where one ends is not signed.
    /// The four that Shopify adds, `logged_in_customer_id`, `path_prefix`, `shop` and `timestamp`, are
    /// proven all the same: a query is refused where one of them could be read out of what is signed
    /// at another place than its own, so no other parameter may hold `shop=`, be it at the end of its
    /// name or in its value. Of the others only what all of them hold together is proven. And where
    /// Shopify has sent one of the four not at all, even empty, somebody's value may stand for it.
    #[must_use]
    pub const fn app_proxy() -> Self {
        Self { kind: Kind::AppProxy, window: WINDOW }
    }

    /// How far the time may be off; without it 90 seconds both ways, as in Shopify's own kit.
    #[must_use]
    pub const fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// How far the time may be off: what a replay store has to be made for.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    /// A key from the app's secret.
    ///
    /// # Errors
    /// [`Error::EmptyKey`] and [`Error::ShortKey`].
    pub fn key(&self, secret: &str) -> Result<Key, Error> {
        Key::from_provider(Algorithm::Sha256, secret.as_bytes())
    }

    /// A key from a secret of at least one byte.
    ///
    /// # Errors
    /// [`Error::EmptyKey`].
    pub fn allow_weak_key(&self, secret: &str) -> Result<Key, Error> {
        Key::allow_weak(Algorithm::Sha256, secret.as_bytes())
    }

    /// Verifies the query of the URL that was called.
    ///
    /// # Errors
    /// [`Error::Missing`] and [`Error::Duplicate`] for signature and time; [`Error::Malformed`],
    /// [`Error::Duplicate`] and [`Error::TooMany`] for parameters; [`Error::Malformed`] and
    /// [`Error::TooLong`] for the URL, and [`Error::Value`] where it is empty or relative;
    /// [`Error::Timestamp`], [`Error::TooOld`], [`Error::TooNew`]; [`Error::Mismatch`] and
    /// [`Error::UnknownKey`].
    pub fn verify<'a>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<Authentic<'a, Form>, Rejection> {
        let query = self.read(received)?;
        self.window.check(query.time, now)?;
        let mut tags = Tags::new(Encoding::Hex);
        tags.push(&query.signature)?;
        let key = match_any(keys, &tags, now, |key| {
            let sign = || query.message.sign(key);
            (key.algorithm() == Algorithm::Sha256).then(sign)
        })?;
        let nonce = Nonce::Digest(query.message.digest());
        let name = self.name().as_bytes();
        Ok(Authentic::new(query.form, key, Some(query.time), name, nonce))
    }

    /// Verifies a query and claims it: the whole road in one call.
    ///
    /// # Errors
    /// As for [`verify`](Self::verify) and [`Authentic::claim`].
    pub fn accept<'a, S: ReplayStore + ?Sized>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet + ?Sized),
        store: &S,
        now: UnixTime,
    ) -> Result<Verified<'a, Form>, Rejection> {
        self.verify(received, keys, now)?.claim(store, now)
    }

    /// The same with a store across the network.
    ///
    /// # Errors
    /// As for [`accept`](Self::accept).
    pub fn accept_async<'a, S: AsyncReplayStore + Sync + ?Sized>(
        &self,
        received: &Received<'a>,
        keys: &'a (impl KeySet + ?Sized),
        store: &S,
        now: UnixTime,
    ) -> impl Future<Output = Result<Verified<'a, Form>, Rejection>> + Send {
        // Before the future begins: headers need not be `Sync`, and what it held had to be.
        let authentic = self.verify(received, keys, now);
        async move { authentic?.claim_async(store, now).await }
    }

    /// The query of `url` with time and signature added to it.
    ///
    /// # Errors
    /// [`Error::NoSigningKey`]; [`Error::OtherAlgorithm`]; [`Error::Value`] for a URL that is none, or
    /// that has a time or a signature already, and for parameters that a receiver would refuse;
    /// [`Error::TooMany`] of those.
    pub fn sign(
        &self,
        url: &str,
        keys: &(impl KeySet + ?Sized),
        now: UnixTime,
    ) -> Result<String, Error> {
        let key = signing_key(keys, now, Algorithm::Sha256)?;
        let parsed = Url::parse(url).map_err(own_fault)?;
        let mut complete = String::from(url);
        write!(complete, "{}timestamp={now}", if parsed.query().is_some() { '&' } else { '?' })?;
        let query = complete.split_once('?').map_or("", |(_, query)| query);
        let mut form = Form::parse(query.as_bytes()).map_err(own_fault)?;
        let before = form.len();
        self.drop_signatures(&mut form);
        if form.len() != before || time(&form).is_err() {
            return Err(Error::Value(Part::Url));
        }
        let tag = self.message(&form).map_err(own_fault)?.sign(key);
        write!(complete, "&{}=", self.parameter())?;
        tag.write(Encoding::Hex, &mut complete)?;
        Ok(complete)
    }

    /// What the query says, of which nothing is authentic yet.
    pub(super) fn read(self, received: &Received<'_>) -> Result<Query, Error> {
        let url = called(received.url())?;
        let mut form = Form::parse(url.query().unwrap_or_default().as_bytes())?;
        let signature = self.signature(&form)?;
        self.drop_signatures(&mut form);
        let time = time(&form)?;
        let message = self.message(&form)?;
        Ok(Query { form, signature, time, message })
    }

    const fn name(self) -> &'static str {
        match self.kind {
            Kind::OAuth => "shopify-oauth",
            Kind::AppProxy => "shopify-app-proxy",
        }
    }

    const fn parameter(self) -> &'static str {
        match self.kind {
            Kind::OAuth => "hmac",
            Kind::AppProxy => "signature",
        }
    }

    fn signature(self, form: &Form) -> Result<String, Error> {
        let signature = form.text(self.parameter()).map_err(|error| match error {
            Error::Duplicate(_) => Error::Duplicate(Part::Signature),
            _ => Error::Malformed(Part::Signature),
        })?;
        Ok(String::from(signature.ok_or(Error::Missing(Part::Signature))?))
    }

    /// Leaves what is signed. An app proxy signs a parameter `hmac` that somebody has put there.
    fn drop_signatures(self, form: &mut Form) {
        form.remove(match self.kind {
            Kind::OAuth => &["hmac", "signature"],
            Kind::AppProxy => &["signature"],
        });
    }

    fn message(self, form: &Form) -> Result<Message, Error> {
        match self.kind {
            Kind::OAuth => Message::oauth(form),
            Kind::AppProxy => Message::app_proxy(form),
        }
    }
}

const WINDOW: Window = Window::new(90, 90);

/// A signed query that was read.
pub(super) struct Query {
    /// What is signed.
    form: Form,
    pub(super) signature: String,
    pub(super) time: UnixTime,
    pub(super) message: Message,
}

fn time(form: &Form) -> Result<UnixTime, Error> {
    match form.text("timestamp") {
        Ok(Some(time)) => UnixTime::parse(time),
        Ok(None) => Err(Error::Missing(Part::Timestamp)),
        Err(Error::Duplicate(_)) => Err(Error::Duplicate(Part::Timestamp)),
        Err(_) => Err(Error::Timestamp),
    }
}

/// What is signed: `name=value`, sorted as bytes.
pub(super) struct Message {
    entries: Vec<Vec<u8>>,
    separator: &'static [u8],
}

impl Message {
    /// Joined by `&`, so `&`, `%` and in names `=` are escaped. A list is written as its values in
    /// quotation marks, in brackets.
    fn oauth(form: &Form) -> Result<Self, Error> {
        let grouped = grouped(form);
        let entry = |(name, values): (&[u8], Vec<&[u8]>)| match (name.strip_suffix(b"[]"), &*values)
        {
            (Some(name), values) => list(name, values),
            // A list of the name would be signed as this is.
            (None, [value]) if value.starts_with(b"[\"") => Err(Error::Malformed(Part::Parameter)),
            (None, [value]) => {
                Ok([&*escaped(name, b"&%="), b"=", &*escaped(value, b"&%")].concat())
            }
            (None, _) => Err(Error::Duplicate(Part::Parameter)),
        };
        let entries = grouped.into_iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Self::sorted(entries, b"&"))
    }

    /// Joined by nothing; several values of one name by commas.
    ///
    /// # Errors
    /// [`Error::Malformed`] where one of Shopify's own parameters could be read at two places.
    fn app_proxy(form: &Form) -> Result<Self, Error> {
        let entry = |(name, values): (&[u8], Vec<&[u8]>)| {
            let values = values.join(&b","[..]);
            [name, b"=", &values].concat()
        };
        let message = Self::sorted(grouped(form).into_iter().map(entry).collect(), b"");
        let joined = message.entries.concat();
        let is_certain = |own: &&[u8]| {
            let found = joined.windows(own.len()).filter(|found| found == own).count();
            let name = own.strip_suffix(b"=").unwrap_or(own);
            found <= 1 && found == form.iter().filter(|pair| pair.0 == name).count()
        };
        if OWN.iter().all(is_certain) {
            Ok(message)
        } else {
            Err(Error::Malformed(Part::Parameter))
        }
    }

    fn sorted(mut entries: Vec<Vec<u8>>, separator: &'static [u8]) -> Self {
        entries.sort_unstable();
        Self { entries, separator }
    }

    /// The canonical message.
    fn write(&self, mut out: impl FnMut(&[u8])) {
        for (index, entry) in self.entries.iter().enumerate() {
            out(if index > 0 { self.separator } else { b"" });
            out(entry);
        }
    }

    pub(super) fn sign(&self, key: &Key) -> Tag {
        key.sign_with(|mac| self.write(|bytes| mac.update(bytes)))
    }

    /// By what a store tells it from others: the bytes that are signed and no more, for all that a
    /// signature is right for is one message.
    fn digest(&self) -> Tag {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        self.write(|bytes| hasher.update(bytes));
        hasher.finish()
    }
}

/// What Shopify adds to a request through an app proxy.
const OWN: [&[u8]; 4] = [b"logged_in_customer_id=", b"path_prefix=", b"shop=", b"timestamp="];

/// The values of each name, names in the order in which they came first.
fn grouped(form: &Form) -> Vec<(&[u8], Vec<&[u8]>)> {
    let mut groups: Vec<(&[u8], Vec<&[u8]>)> = Vec::new();
    let mut pairs: Vec<_> = form.iter().enumerate().collect();
    pairs.sort_by_key(|(index, (name, _))| (*name, *index));
    for (_, (name, value)) in pairs {
        match groups.last_mut() {
            Some((last, values)) if *last == name => values.push(value),
            _ => groups.push((name, Vec::from([value]))),
        }
    }
    groups
}

/// `ids[]=1&ids[]=2` is signed as `ids=["1", "2"]`.
fn list(name: &[u8], values: &[&[u8]]) -> Result<Vec<u8>, Error> {
    // What would have to be escaped in quotation marks is no id.
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && !b"\"\\".contains(byte);
    if !values.iter().all(|value| value.iter().all(is_plain)) {
        return Err(Error::Malformed(Part::Parameter));
    }
    let values = escaped(&values.join(&b"\", \""[..]), b"&%");
    Ok([&*escaped(name, b"&%="), b"=[\"", &values, b"\"]"].concat())
}

fn escaped(text: &[u8], characters: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b'&' if characters.contains(byte) => escaped.extend(b"%26"),
            b'%' if characters.contains(byte) => escaped.extend(b"%25"),
            b'=' if characters.contains(byte) => escaped.extend(b"%3D"),
            _ => escaped.push(*byte),
        }
    }
    escaped
}
