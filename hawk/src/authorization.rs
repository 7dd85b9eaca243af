use core::fmt;

use creance_sigv::{Algorithm, Encoding, Key, Mac, UnixTime, Window};

use crate::attributes::{Attributes, Parsed, REQUEST, parse};
use crate::canonical::{Canonical, Kind};
use crate::{Attribute, Authentic, Error, Rejection, Request};

/// A parsed `Authorization` header: what the peer claims. Nothing of it is proven yet.
///
/// It borrows from the header. Parsing takes one pass over at most 4096 bytes and allocates
/// nothing.
///
/// ```
/// use creance_hawk::Authorization;
///
/// let authorization = Authorization::parse(
///     r#"Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=""#,
/// )?;
/// assert_eq!(authorization.id(), "dh37fgj492je");
/// # Ok::<(), creance_hawk::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Authorization<'a> {
    attributes: Attributes<'a>,
    ts: UnixTime,
}

impl<'a> Authorization<'a> {
    /// Parses a header's value.
    ///
    /// Besides the grammar, `id`, `ts`, `nonce` and `mac` have to be there, `ts` has to be a
    /// number, and `dlg` does not stand without `app`.
    ///
    /// # Errors
    /// [`Error::NoAuthorization`] for an empty header or another scheme, otherwise what is wrong
    /// with it.
    #[inline(always)]
    pub fn parse(header: &'a str) -> Result<Self, Error> {
        let attributes = match parse(header, &REQUEST)? {
            Parsed::Hawk(attributes) => attributes,
            Parsed::Bare => return Err(Error::HeaderSyntax { at: header.len() }),
            Parsed::Other => return Err(Error::NoAuthorization),
        };
        for required in [Attribute::Id, Attribute::Ts, Attribute::Nonce, Attribute::Mac] {
            if !attributes.has(required) {
                return Err(Error::MissingAttribute(required));
            }
        }
        if attributes.has(Attribute::Dlg) && !attributes.has(Attribute::App) {
            return Err(Error::DlgWithoutApp);
        }
        let ts = UnixTime::parse(attributes.text(Attribute::Ts)).map_err(|_| Error::Timestamp)?;
        Ok(Self { attributes, ts })
    }

    /// The credentials' id, by which the key is looked up.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.required(Attribute::Id)
    }

    /// The client's time.
    #[must_use]
    pub const fn ts(&self) -> UnixTime {
        self.ts
    }

    /// The nonce.
    #[must_use]
    pub fn nonce(&self) -> &'a str {
        self.required(Attribute::Nonce)
    }

    /// The payload's hash, as text.
    #[must_use]
    pub fn hash(&self) -> Option<&'a str> {
        self.attributes.get(Attribute::Hash)
    }

    /// Application data.
    #[must_use]
    pub fn ext(&self) -> Option<&'a str> {
        self.attributes.get(Attribute::Ext)
    }

    /// The application that the credentials were issued to.
    #[must_use]
    pub fn app(&self) -> Option<&'a str> {
        self.attributes.get(Attribute::App)
    }

    /// The application that delegated.
    #[must_use]
    pub fn dlg(&self) -> Option<&'a str> {
        self.attributes.get(Attribute::Dlg)
    }

    pub(crate) fn mac(&self) -> &'a str {
        self.required(Attribute::Mac)
    }

    /// Verifies the MAC over `request`, then that the timestamp is fresh at `now`.
    ///
    /// `key` is what was found for [`id`](Self::id). Pass `None` for an unknown id instead of
    /// answering by yourself: the work of a SHA-256 key is done and the same answer given. Where
    /// the credentials are of another algorithm, pass a [decoy](Key::decoy) of that one.
    ///
    /// # Errors
    /// [`Error::UnknownCredentials`], [`Error::BadMac`] and [`Error::StaleTimestamp`]. Only the
    /// last one's challenge tells the peer the time, because only then it has proven who it is.
    #[inline(always)]
    pub fn authenticate(
        self,
        request: &Request<'a>,
        key: Option<&'a Key>,
        window: Window,
        now: UnixTime,
    ) -> Result<Authentic<'a>, Rejection> {
        let key = check_mac(key, self.mac(), |mac| self.canonical(request).write_pieces(mac))?;
        if window.check(self.ts, now).is_err() {
            return Err(Rejection::stale(key, self.ts, now));
        }
        Ok(Authentic::new(*request, self, key))
    }

    /// The canonical message that the MAC is over.
    #[inline(always)]
    pub(crate) fn canonical(&self, request: &Request<'a>) -> Canonical<'a> {
        let optional = |name| self.attributes.has(name).then(|| self.attributes.bytes(name));
        Canonical {
            ts: self.attributes.bytes(Attribute::Ts),
            nonce: self.attributes.bytes(Attribute::Nonce),
            hash: self.attributes.bytes(Attribute::Hash),
            ext: self.attributes.bytes(Attribute::Ext),
            app: optional(Attribute::App),
            dlg: optional(Attribute::Dlg),
            ..request.canonical(Kind::Header)
        }
    }

    #[inline]
    fn required(&self, attribute: Attribute) -> &'a str {
        self.attributes.text(attribute)
    }
}

/// No MAC and no nonce: with both, the line could be replayed by whoever reads the log.
impl fmt::Debug for Authorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("id", &self.id())
            .field("ts", &self.ts)
            .field("ext", &self.ext())
            .field("app", &self.app())
            .field("dlg", &self.dlg())
            .finish_non_exhaustive()
    }
}

/// Writes the message into a MAC with the key, or with a decoy where there is none, and compares
/// its tag with the received text. One way for every MAC that is checked: an unknown id takes it
/// to the end.
#[inline(always)]
pub(crate) fn check_mac<'k>(
    key: Option<&'k Key>,
    received: &str,
    write: impl FnOnce(&mut Mac) -> fmt::Result,
) -> Result<&'k Key, Error> {
    // Nothing that the peer sent may choose the decoy: the work would tell whether it was chosen.
    static DECOY: Key = Key::decoy(Algorithm::Sha256);
    let key = key.unwrap_or(&DECOY);
    // A MAC takes everything: writing into it cannot fail.
    let expected = key.sign_with(|mac| {
        let _ = write(mac);
    });
    let verdict = expected.verify_text(Encoding::Base64, received);
    if key.is_decoy() {
        return Err(Error::UnknownCredentials);
    }
    verdict.map(|()| key).map_err(|_| Error::BadMac)
}
