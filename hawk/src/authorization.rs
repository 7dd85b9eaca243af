use core::fmt;

use creance_sigv::{Algorithm, Encoding, Key, ReceivedTag, Tag, UnixTime, Window};

use crate::attributes::{Allowed, Attributes, Parsed, parse};
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
    #[inline]
    pub fn parse(header: &'a str) -> Result<Self, Error> {
        let attributes = match parse(header, Allowed::REQUEST)? {
            Parsed::Hawk(attributes) => attributes,
            Parsed::Bare => return Err(Error::HeaderSyntax { at: header.len() }),
            Parsed::Other => return Err(Error::NoAuthorization),
        };
        attributes.require(Attribute::Id)?;
        let ts = attributes.require(Attribute::Ts)?;
        attributes.require(Attribute::Nonce)?;
        attributes.require(Attribute::Mac)?;
        if attributes.get(Attribute::Dlg).is_some() && attributes.get(Attribute::App).is_none() {
            return Err(Error::DlgWithoutApp);
        }
        let ts = UnixTime::parse(ts).map_err(|_| Error::Timestamp)?;
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
    /// answering by yourself: the same work is done and the same answer given.
    ///
    /// # Errors
    /// [`Error::UnknownCredentials`], [`Error::BadMac`] and [`Error::StaleTimestamp`]. Only the
    /// last one's challenge tells the peer the time, because only then it has proven who it is.
    #[inline]
    pub fn authenticate(
        self,
        request: &Request<'a>,
        key: Option<&'a Key>,
        window: Window,
        now: UnixTime,
    ) -> Result<Authentic<'a>, Rejection> {
        let key = check_mac(key, self.mac(), |key| self.canonical(request).tag(key))?;
        if window.check(self.ts, now).is_err() {
            return Err(Rejection::stale(key, self.ts, now));
        }
        Ok(Authentic::new(*request, self, key))
    }

    /// The canonical message that the MAC is over.
    #[inline]
    pub(crate) fn canonical(&self, request: &Request<'a>) -> Canonical<'a> {
        Canonical {
            ts: self.required(Attribute::Ts),
            nonce: self.nonce(),
            hash: self.hash().unwrap_or(""),
            ext: self.ext().unwrap_or(""),
            app: self.app(),
            dlg: self.dlg(),
            ..request.canonical(Kind::Header)
        }
    }

    #[inline]
    fn required(&self, attribute: Attribute) -> &'a str {
        self.attributes.get(attribute).unwrap_or("")
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

/// Computes the tag with the key, or with a decoy where there is none, and compares it with the
/// received text. One way for every MAC that a server checks: an unknown id takes it to the end.
#[inline]
pub(crate) fn check_mac<'k>(
    key: Option<&'k Key>,
    received: &str,
    tag: impl FnOnce(&Key) -> Tag,
) -> Result<&'k Key, Error> {
    let expected = match key {
        Some(key) => tag(key),
        None => tag(decoy_for(received)),
    };
    let verdict = ReceivedTag::decode(expected.algorithm(), Encoding::Base64, received)
        .and_then(|received| expected.verify(&received));
    let key = key.ok_or(Error::UnknownCredentials)?;
    verdict.map(|()| key).map_err(|_| Error::BadMac)
}

/// The decoy whose work is that of the key which would make a MAC of this length.
fn decoy_for(received: &str) -> &'static Key {
    static DECOYS: [Key; 4] = [
        Key::decoy(Algorithm::Sha1),
        Key::decoy(Algorithm::Sha256),
        Key::decoy(Algorithm::Sha384),
        Key::decoy(Algorithm::Sha512),
    ];
    let len = Encoding::Base64.decoded_len(received);
    DECOYS.iter().find(|key| len == Some(key.algorithm().output_len())).unwrap_or(&DECOYS[1])
}
