use super::{Layout, Piece, SecretForm, Source};
use crate::{Algorithm, Encoding, Error, Key, UnixTime, Window};

/// A scheme as data: which header, what is signed, how the tag is written.
///
/// Put a [`Piece::Text`] behind each piece of any length but the last, so that none of it can be
/// shifted into the next: a piece that contains the text behind it is refused. Nothing sees to it where
/// two such pieces stand side by side: there all that is proven is what they hold together. (Among the
/// providers Mailgun joins time and id so, where what is shifted is a time out of every window, and
/// Square its URL and the body, where the URL is to come from the configuration.)
///
/// A body may contain anything. What stands behind it needs a text in front of it, which it must not
/// contain, or the template is refused; a time may follow at once. Put the body last.
///
/// Time and id of a template are read in one place each, however often they are signed.
///
/// The providers' are constants of this module. A house scheme:
///
/// ```
/// use creance_sigv::scheme::Received;
/// use creance_sigv::webhook::{Layout, Outgoing, Piece, Source, Template};
/// use creance_sigv::{Algorithm, Key, UnixTime, Window};
///
/// const ACME: Template<'static> = Template::new(
///     "acme",
///     "Acme-Signature",
///     &[
///         Piece::Method,
///         Piece::Text("\n"),
///         Piece::Target,
///         Piece::Text("\n"),
///         Piece::Time(Source::Field("t")),
///         Piece::Text("\n"),
///         Piece::Id(Source::Header("Acme-Nonce")),
///         Piece::Text("\n"),
///         Piece::Body,
///     ],
/// )
/// .with_layout(Layout::Fields { separator: ',', tag: "v1" })
/// .with_window(Window::new(60, 5));
///
/// let (key, _) = Key::generate(Algorithm::Sha256, &mut creance_sigv::rand::rng());
/// let now = UnixTime::from_secs(1_700_000_000);
/// let url = "https://example.com/orders?draft=1";
/// let outgoing = Outgoing::new(b"{}").with_id("n-1").with_method("POST").with_url(url);
/// let headers = ACME.sign(&outgoing, &key, now)?.to_headers();
///
/// let received = Received::new("POST", url, &headers, b"{}");
/// let authentic = ACME.verify(&received, &key, now)?;
/// assert_eq!(authentic.time(), Some(now));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Template<'t> {
    pub(super) name: &'t str,
    pub(super) header: Source<'t>,
    pub(super) layout: Layout<'t>,
    pub(super) message: &'t [Piece<'t>],
    pub(super) algorithm: Algorithm,
    pub(super) encoding: Encoding,
    pub(super) secret: SecretForm<'t>,
    pub(super) window: Window,
    pub(super) time_in_body: Option<TimeInBody>,
}

/// Reads the time from a body that is authentic.
pub(super) type TimeInBody = fn(&[u8]) -> Option<UnixTime>;

impl<'t> Template<'t> {
    /// A scheme with one tag alone in `header`: HMAC-SHA-256 over `message`, in hexadecimal, under a
    /// secret that is text, and where `message` has a time, with 300 seconds both ways.
    ///
    /// `name` stands for the sender in a replay store, see
    /// [`Authentic::of_sender`](crate::scheme::Authentic::of_sender).
    #[must_use]
    pub const fn new(name: &'t str, header: &'t str, message: &'t [Piece<'t>]) -> Self {
        Self {
            name,
            header: Source::Header(header),
            layout: Layout::Single(""),
            message,
            algorithm: Algorithm::Sha256,
            encoding: Encoding::Hex,
            secret: SecretForm::Text,
            window: Window::new(300, 300),
            time_in_body: None,
        }
    }

    /// Where the signature stands, if not in one header.
    #[must_use]
    pub const fn with_source(mut self, source: Source<'t>) -> Self {
        self.header = source;
        self
    }

    /// How tags stand in the header.
    #[must_use]
    pub const fn with_layout(mut self, layout: Layout<'t>) -> Self {
        self.layout = layout;
        self
    }

    /// The algorithm; keys of another one are not tried.
    #[must_use]
    pub const fn with_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// How a tag is written.
    #[must_use]
    pub const fn with_encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// How a secret's text becomes a key.
    #[must_use]
    pub const fn with_secret(mut self, secret: SecretForm<'t>) -> Self {
        self.secret = secret;
        self
    }

    /// How far the time may be off.
    #[must_use]
    pub const fn with_window(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    /// The time stands in the body, where `read` finds it. It is asked once the body is authentic, and
    /// only if the scheme signs the body; where it finds nothing the message is refused.
    #[must_use]
    pub const fn with_time_in_body(mut self, read: fn(&[u8]) -> Option<UnixTime>) -> Self {
        self.time_in_body = Some(read);
        self
    }

    /// The scheme's name.
    #[must_use]
    pub const fn name(&self) -> &'t str {
        self.name
    }

    /// How far the time may be off: what a replay store has to be made for.
    #[must_use]
    pub const fn window(&self) -> Window {
        self.window
    }

    /// Whether the scheme signs a time: without one a message can be replayed for ever.
    #[must_use]
    pub fn signs_time(&self) -> bool {
        self.time_source().is_some() || (self.time_in_body.is_some() && self.signs_body())
    }

    /// Whether the scheme signs the body. Where it does not, a proof has none.
    #[must_use]
    pub fn signs_body(&self) -> bool {
        self.message.iter().any(|piece| matches!(piece, Piece::Body | Piece::BodyDigest(..)))
    }

    /// A key from the provider's secret, of at least 16 bytes.
    ///
    /// # Errors
    /// [`Error::EmptyKey`], [`Error::ShortKey`], [`Error::LongKey`] and [`Error::KeyEncoding`].
    pub fn key(&self, secret: &str) -> Result<Key, Error> {
        self.secret.key(self.algorithm, secret)
    }

    /// A key from a secret of at least one byte, however easily it is guessed.
    ///
    /// # Errors
    /// [`Error::EmptyKey`], [`Error::LongKey`] and [`Error::KeyEncoding`].
    pub fn allow_weak_key(&self, secret: &str) -> Result<Key, Error> {
        self.secret.weak_key(self.algorithm, secret)
    }

    /// Where the time stands beside the body, if the scheme signs one.
    pub(super) fn time_source(&self) -> Option<Source<'t>> {
        self.message.iter().find_map(|piece| match piece {
            Piece::Time(source) => Some(*source),
            _ => None,
        })
    }

    /// Where the id or nonce stands, if the scheme signs one.
    pub(super) fn id_source(&self) -> Option<Source<'t>> {
        self.message.iter().find_map(|piece| match piece {
            Piece::Id(source) => Some(*source),
            _ => None,
        })
    }
}
