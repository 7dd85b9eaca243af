use core::fmt;

use creance_sigv::replay::{AsyncReplayStore, Claim, Entry, ReplayStore};
use creance_sigv::{Encoding, Key, Tag, UnixTime, Window};

use crate::authorization::check_mac;
use crate::canonical::{Canonical, Decimal, Kind};
use crate::grammar::{MAX_LEN, check_value};
use crate::names::{Host, Method};
use crate::payload::PayloadHasher;
use crate::resource::Resource;
use crate::{Attribute, Credentials, Error, Field, PayloadHash, Rejection};

/// Signs messages from one sender to one receiver; made by [`Credentials::message`].
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is signed before sign()"]
pub struct MessageBuilder<'a> {
    credentials: Credentials<'a>,
    host: Host<'a>,
    port: u16,
}

impl<'a> MessageBuilder<'a> {
    pub(crate) fn new(
        credentials: Credentials<'a>,
        host: &'a str,
        port: u16,
    ) -> Result<Self, Error> {
        Ok(Self { credentials, host: Host::parse(host)?, port })
    }

    /// Signs `message` for the time `now` with a nonce that is not used twice in one second.
    ///
    /// # Errors
    /// [`Error::Value`] for a nonce that cannot be written, [`Error::TooLong`], and
    /// [`Error::Timestamp`] for a time of 20 digits.
    pub fn sign(
        self,
        message: &[u8],
        now: UnixTime,
        nonce: &'a str,
    ) -> Result<SignedMessage<'a>, Error> {
        check_value(Field::Nonce, nonce)?;
        // The other three values are below 256 bytes.
        if self.credentials.id().len() + nonce.len() > MAX_LEN - 256 {
            return Err(Error::TooLong);
        }
        let ts = Decimal::of_time(now)?;
        let hash = PayloadHash::of(self.credentials.key().algorithm(), None, message)?;
        let mac = canonical(self.host, self.port, ts.as_str(), nonce, hash.as_str())
            .tag(self.credentials.key());
        Ok(SignedMessage { to: self, ts, nonce, hash, mac })
    }
}

/// A message has no method, no resource and no application data.
fn canonical<'a>(
    host: Host<'a>,
    port: u16,
    ts: &'a str,
    nonce: &'a str,
    hash: &'a str,
) -> Canonical<'a> {
    Canonical {
        kind: Kind::Message,
        ts: ts.as_bytes(),
        nonce: nonce.as_bytes(),
        method: Method::NONE,
        resource: Resource::EMPTY,
        host,
        port,
        hash: hash.as_bytes(),
        ext: b"",
        app: None,
        dlg: None,
    }
}

/// The authorization of a message: five values, to be sent along in whatever form the two sides
/// agree on.
#[derive(Clone)]
pub struct SignedMessage<'a> {
    to: MessageBuilder<'a>,
    ts: Decimal,
    nonce: &'a str,
    hash: PayloadHash,
    mac: Tag,
}

impl SignedMessage<'_> {
    /// The credentials' id.
    #[must_use]
    pub const fn id(&self) -> &str {
        self.to.credentials.id()
    }

    /// The time, as decimal seconds.
    #[must_use]
    pub fn ts(&self) -> &str {
        self.ts.as_str()
    }

    /// The nonce.
    #[must_use]
    pub const fn nonce(&self) -> &str {
        self.nonce
    }

    /// The message's hash, in Base64.
    #[must_use]
    pub fn hash(&self) -> &str {
        self.hash.as_str()
    }

    /// The MAC; on the wire it is Base64, see [`write_mac`](Self::write_mac).
    #[must_use]
    pub const fn mac(&self) -> &Tag {
        &self.mac
    }

    /// The MAC in Base64.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn mac_text(&self) -> alloc::string::String {
        let mut text = alloc::string::String::new();
        // Writing into a string cannot fail.
        let _ = self.write_mac(&mut text);
        text
    }

    /// Writes the MAC in Base64.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_mac<W: fmt::Write + ?Sized>(&self, out: &mut W) -> fmt::Result {
        self.mac.write(Encoding::Base64, out)
    }

    /// The canonical message that the MAC is over: for comparing by hand. Never send it.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_canonical<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        let MessageBuilder { host, port, .. } = self.to;
        canonical(host, port, self.ts.as_str(), self.nonce, self.hash.as_str()).write_to(out)
    }
}

impl fmt::Debug for SignedMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedMessage").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// A message's authorization as it was received. Nothing of it is proven yet.
///
/// ```
/// use creance_hawk::sigv::replay::{MemoryStore, Restart};
/// use creance_hawk::sigv::{Algorithm, Key, UnixTime, Window};
/// use creance_hawk::{Credentials, MessageAuthorization};
///
/// let key = Key::new(Algorithm::Sha256, b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")?;
/// let now = UnixTime::from_secs(1_353_832_234);
/// let signed = Credentials::new("dh37fgj492je", &key)?
///     .message("example.com", 8000)?
///     .sign(b"some message", now, "j4h3g2")?;
/// let mut mac = String::new();
/// signed.write_mac(&mut mac)?;
///
/// // At the receiver:
/// let store = MemoryStore::new(Window::default(), Restart::DangerousNoBarrier)?;
/// let verified = MessageAuthorization::new(
///     signed.id(), signed.ts(), signed.nonce(), signed.hash(), &mac,
/// )?
/// .authenticate("example.com", 8000, Some(&key), Window::default(), now)?
/// .claim(&store, now)?
/// .verify(b"some message")?;
/// assert_eq!(verified.into_message(), b"some message");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct MessageAuthorization<'a> {
    id: &'a str,
    ts: UnixTime,
    ts_text: &'a str,
    nonce: &'a str,
    hash: &'a str,
    mac: &'a str,
}

impl<'a> MessageAuthorization<'a> {
    /// The five values, checked for form: together at most 4096 bytes.
    ///
    /// # Errors
    /// [`Error::HeaderTooLong`], [`Error::MissingAttribute`], [`Error::ForbiddenCharacter`] and [`Error::Timestamp`].
    pub fn new(
        id: &'a str,
        ts: &'a str,
        nonce: &'a str,
        hash: &'a str,
        mac: &'a str,
    ) -> Result<Self, Error> {
        let values = [
            (Attribute::Id, id),
            (Attribute::Ts, ts),
            (Attribute::Nonce, nonce),
            (Attribute::Hash, hash),
            (Attribute::Mac, mac),
        ];
        let bytes = values.iter().fold(0usize, |sum, (_, value)| sum.saturating_add(value.len()));
        if bytes > MAX_LEN {
            return Err(Error::HeaderTooLong { bytes });
        }
        for (attribute, value) in values {
            if value.is_empty() {
                return Err(Error::MissingAttribute(attribute));
            }
            let at = crate::grammar::value_len(value.as_bytes());
            if at < value.len() {
                return Err(Error::ForbiddenCharacter { at });
            }
        }
        let parsed = UnixTime::parse(ts).map_err(|_| Error::Timestamp)?;
        Ok(Self { id, ts: parsed, ts_text: ts, nonce, hash, mac })
    }

    /// The credentials' id, by which the key is looked up.
    #[must_use]
    pub const fn id(&self) -> &'a str {
        self.id
    }

    /// Verifies the MAC for a receiver at `host` and `port`, then that the timestamp is fresh.
    ///
    /// `key` is what was found for [`id`](Self::id): pass `None` for an unknown id.
    ///
    /// # Errors
    /// [`Error::Host`], [`Error::UnknownCredentials`], [`Error::BadMac`] and
    /// [`Error::StaleTimestamp`].
    pub fn authenticate(
        self,
        host: &str,
        port: u16,
        key: Option<&'a Key>,
        window: Window,
        now: UnixTime,
    ) -> Result<AuthenticMessage<'a>, Rejection> {
        let host = Host::parse(host)?;
        let key = check_mac(key, self.mac, |mac| {
            canonical(host, port, self.ts_text, self.nonce, self.hash).write_pieces(mac)
        })?;
        if window.check(self.ts, now).is_err() {
            return Err(Rejection::stale(key, self.ts, now));
        }
        Ok(AuthenticMessage { authorization: self, key })
    }
}

/// No MAC and no nonce: with both, the message could be replayed by whoever reads the log.
impl fmt::Debug for MessageAuthorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageAuthorization")
            .field("id", &self.id)
            .field("ts", &self.ts)
            .finish_non_exhaustive()
    }
}

/// A message whose MAC is right and whose timestamp is fresh. It may still be a replay.
#[derive(Clone, Copy, Debug)]
#[must_use = "an authentic message may be a replay: claim its nonce"]
pub struct AuthenticMessage<'a> {
    authorization: MessageAuthorization<'a>,
    key: &'a Key,
}

impl<'a> AuthenticMessage<'a> {
    /// Claims the nonce in a store of this process. It stays claimed, whatever fails later.
    ///
    /// # Errors
    /// [`Error::Replay`], and [`Error::Store`] where the store cannot tell.
    pub fn claim<S: ReplayStore + ?Sized>(
        self,
        store: &S,
        now: UnixTime,
    ) -> Result<AcceptedMessage<'a>, Rejection> {
        self.claimed(store.claim(&self.entry(), now))
    }

    /// Claims the nonce in a store across the network.
    ///
    /// # Errors
    /// As for [`claim`](Self::claim).
    pub async fn claim_async<S: AsyncReplayStore + Sync + ?Sized>(
        self,
        store: &S,
        now: UnixTime,
    ) -> Result<AcceptedMessage<'a>, Rejection> {
        let claim = store.claim_async(&self.entry(), now).await;
        self.claimed(claim)
    }

    /// Goes on with the answer of a store that was asked for [`entry`](Self::entry) elsewhere.
    ///
    /// # Errors
    /// As for [`claim`](Self::claim).
    #[inline]
    pub fn claimed(self, claim: Claim) -> Result<AcceptedMessage<'a>, Rejection> {
        match claim {
            Claim::New => Ok(AcceptedMessage { authorization: self.authorization, key: self.key }),
            Claim::Replay => Err(Error::Replay.into()),
            Claim::Unknown(refusal) => Err(Error::Store(refusal).into()),
        }
    }

    /// What a store has to be asked for, where that is done elsewhere; its answer goes into
    /// [`claimed`](Self::claimed).
    #[must_use]
    pub const fn entry(&self) -> Entry<'a> {
        let MessageAuthorization { id, nonce, ts, .. } = self.authorization;
        Entry::new(id.as_bytes(), nonce.as_bytes(), ts)
    }
}

/// An authorization that is authentic, fresh and no replay; the message itself is still to be
/// compared with its hash.
#[derive(Clone, Copy, Debug)]
#[must_use = "the message is not proven yet"]
pub struct AcceptedMessage<'a> {
    authorization: MessageAuthorization<'a>,
    key: &'a Key,
}

impl<'a> AcceptedMessage<'a> {
    /// Verifies the message, and hands it back as proven.
    ///
    /// # Errors
    /// [`Error::BadHash`].
    pub fn verify<B: AsRef<[u8]>>(self, message: B) -> Result<VerifiedMessage<'a, B>, Rejection> {
        let mut hasher = PayloadHasher::new(self.key.algorithm(), None)?;
        hasher.update(message.as_ref());
        hasher.verify(self.authorization.hash)?;
        Ok(VerifiedMessage { id: self.authorization.id, ts: self.authorization.ts, message })
    }
}

/// A message that is proven to come from the holder of the credentials, once.
#[derive(Clone, Copy, Debug)]
#[must_use = "this holds the proven message"]
pub struct VerifiedMessage<'a, B> {
    id: &'a str,
    ts: UnixTime,
    message: B,
}

impl<'a, B> VerifiedMessage<'a, B> {
    /// The id of the credentials that it was signed with.
    #[must_use]
    pub const fn id(&self) -> &'a str {
        self.id
    }

    /// The sender's time.
    #[must_use]
    pub const fn ts(&self) -> UnixTime {
        self.ts
    }

    /// The message.
    #[must_use]
    pub const fn message(&self) -> &B {
        &self.message
    }

    /// The message, handed over.
    #[must_use]
    pub fn into_message(self) -> B {
        self.message
    }
}
