//! Why a signature may be wrong: see [`Diagnosis`].

mod json;
pub(crate) mod messages;
pub(crate) mod secrets;
mod spelling;

use alloc::vec::Vec;

use self::messages::Message;
use self::secrets::Secret;
use super::parts::called;
use super::twilio::{self, Port};
use super::{Parts, SecretForm, ShopifyQuery, Template, Twilio};
use crate::scheme::{Cause, Diagnosis, Part, Received, Tags, Url};
use crate::{Algorithm, Encoding, Error, Key, Tag, UnixTime, Window};

impl Template<'_> {
    /// Why a message may have been refused, for whoever connects two systems: one usual mistake after
    /// another is supposed, in the secret and in the message, at most one in each. `secret` is the
    /// text that the key was made of. Where the message names its algorithm, the key is taken to be for
    /// the template's.
    ///
    /// Of use with messages of one's own only: it takes far more time than a verification, and what it
    /// finds is not for the peer.
    ///
    /// ```
    /// use creance_sigv::UnixTime;
    /// use creance_sigv::scheme::{Cause, Received};
    /// use creance_sigv::webhook::{Outgoing, STRIPE};
    ///
    /// let now = UnixTime::from_secs(1_700_000_000);
    /// let key = STRIPE.key("whsec_test_secret")?;
    /// let headers = STRIPE.sign(&Outgoing::new(br#"{"a":1}"#), &key, now)?.to_headers();
    ///
    /// // A framework has parsed the body, and written it again.
    /// let received = Received::webhook(&headers, br#"{"a": 1}"#);
    /// let diagnosis = STRIPE.diagnose(&received, "whsec_test_secret", now);
    /// assert_eq!(diagnosis.causes(), [Cause::ReserializedBody]);
    /// # Ok::<(), creance_sigv::Error>(())
    /// ```
    #[must_use]
    pub fn diagnose(&self, received: &Received<'_>, secret: &str, now: UnixTime) -> Diagnosis {
        match self.parse(received) {
            Ok(parts) => self.diagnose_parts(parts, secret, now),
            Err(error) => Diagnosis::from(Cause::Unreadable(error)),
        }
    }

    /// The same for a message whose parts were taken from elsewhere than its headers, as
    /// [`verify_parts`](Self::verify_parts) takes them.
    #[must_use]
    pub fn diagnose_parts(&self, parts: Parts<'_>, secret: &str, now: UnixTime) -> Diagnosis {
        if let Err(error) = self.check_pieces(&parts) {
            return Diagnosis::from(Cause::Unreadable(error));
        }
        let algorithm = parts.algorithm.unwrap_or(self.algorithm);
        let secrets = secrets::supposed(self.secret, algorithm, secret);
        let messages = messages::supposed(&Message::of(&parts), self);
        let right = search(&secrets, &messages, &parts.tags, |key, message| {
            let parts = message.parts(&parts);
            self.check_pieces(&parts).ok()?;
            Some(key.sign_with(|mac| self.write(mac, &parts)))
        });
        let Some((mut diagnosis, message)) = right else { return Diagnosis::default() };
        if algorithm != self.algorithm {
            diagnosis.add(Cause::Algorithm(algorithm));
        }
        self.judge_time(&mut diagnosis, &message.parts(&parts), now);
        settle(diagnosis)
    }

    fn judge_time(&self, diagnosis: &mut Diagnosis, parts: &Parts<'_>, now: UnixTime) {
        let time = match self.time_in_body {
            Some(read) => read(parts.body).ok_or(Error::Missing(Part::Timestamp)).map(Some),
            None => Ok(parts.time.filter(|_| self.time_source().is_some()).map(|time| time.1)),
        };
        match time {
            Ok(Some(time)) => check_time(diagnosis, self.window, time, now),
            Ok(None) => {}
            Err(error) => diagnosis.add(Cause::Refused(error)),
        }
    }
}

impl Twilio {
    /// As [`Template::diagnose`]; `auth_token` is the text that the key was made of.
    #[must_use]
    pub fn diagnose(&self, received: &Received<'_>, auth_token: &str) -> Diagnosis {
        let read = twilio::HEADER.parse(received).and_then(|parts| {
            self.form(parts.body)?;
            Ok((parts, called(parts.url)?))
        });
        let (parts, url) = match read {
            Ok(read) => read,
            Err(error) => return Diagnosis::from(Cause::Unreadable(error)),
        };
        let header = &twilio::HEADER;
        let secrets = secrets::supposed(header.secret, header.algorithm, auth_token);
        let urls = messages::supposed_urls(&Message::of(&parts));
        let right = search(&secrets, &urls, &parts.tags, |key, message| {
            let parts = message.parts(&parts);
            let (url, form) = (Url::parse(parts.url).ok()?, self.form(parts.body).ok()?);
            Some(twilio::sign(key, &url, Port::AsWritten, &form))
        });
        let Some((mut diagnosis, _)) = right else { return Diagnosis::default() };
        if let Err(error) = self.check_body(&url, parts.body) {
            diagnosis.add(Cause::Refused(error));
        }
        settle(diagnosis)
    }
}

impl ShopifyQuery {
    /// As [`Template::diagnose`]; `secret` is the text that the key was made of. Of the message it
    /// supposes nothing but another time.
    #[must_use]
    pub fn diagnose(&self, received: &Received<'_>, secret: &str, now: UnixTime) -> Diagnosis {
        let mut tags = Tags::new(Encoding::Hex);
        let query = match self.read(received) {
            Ok(query) => query,
            Err(error) => return Diagnosis::from(Cause::Unreadable(error)),
        };
        if let Err(error) = tags.push(&query.signature) {
            return Diagnosis::from(Cause::Unreadable(error));
        }
        let secrets = secrets::supposed(SecretForm::Text, Algorithm::Sha256, secret);
        let message = [(Vec::new(), Message::empty())];
        let right = search(&secrets, &message, &tags, |key, _| Some(query.message.sign(key)));
        let Some((mut diagnosis, _)) = right else { return Diagnosis::default() };
        check_time(&mut diagnosis, self.window(), query.time, now);
        settle(diagnosis)
    }
}

/// A supposition: what it supposes, and what follows.
type Supposed<T> = (Vec<Cause>, T);

/// The first pair under which a tag is right, those that suppose less first.
fn search<'m>(
    secrets: &[Supposed<Secret>],
    messages: &'m [Supposed<Message>],
    tags: &Tags<'_>,
    sign: impl Fn(&Key, &Message) -> Option<Tag>,
) -> Option<(Diagnosis, &'m Message)> {
    let pairs = || secrets.iter().flat_map(|secret| messages.iter().map(move |m| (secret, m)));
    (0..=MOST).find_map(|wanted| {
        let pairs = pairs().filter(|(secret, message)| secret.0.len() + message.0.len() == wanted);
        pairs.into_iter().find_map(|(secret, message)| {
            let spelling = spelling::of(&sign(&secret.1, &message.1)?, tags)?;
            let mut diagnosis = Diagnosis::default();
            let causes = secret.0.iter().chain(&message.0).copied().chain(spelling);
            causes.for_each(|cause| diagnosis.add(cause));
            Some((diagnosis, &message.1))
        })
    })
}

/// Two in the secret, one in the message.
const MOST: usize = 3;

fn check_time(diagnosis: &mut Diagnosis, window: Window, time: UnixTime, now: UnixTime) {
    if window.check(time, now).is_err() {
        diagnosis.add(Cause::Skew { behind: difference(now, time) });
    }
}

fn settle(mut diagnosis: Diagnosis) -> Diagnosis {
    if diagnosis.causes().is_empty() {
        diagnosis.add(Cause::Right);
    }
    diagnosis
}

fn difference(now: UnixTime, time: UnixTime) -> i64 {
    let difference = i128::from(now.as_secs()) - i128::from(time.as_secs());
    let end = if difference < 0 { i64::MIN } else { i64::MAX };
    i64::try_from(difference).unwrap_or(end)
}
