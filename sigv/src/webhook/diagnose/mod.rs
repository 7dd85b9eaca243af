//! Why a signature may be wrong: see [`Diagnosis`].

mod json;
pub(crate) mod messages;
pub(crate) mod secrets;
mod spelling;

use alloc::vec::Vec;

use self::messages::Message;
use self::secrets::Secret;
use super::twilio::{self, Port};
use super::{Parts, Template, Twilio};
use crate::scheme::{Cause, Diagnosis, Part, Received, Tags, Url};
use crate::{Error, Key, Tag, UnixTime};

impl Template<'_> {
    /// Why a message may have been refused, for whoever connects two systems: one usual mistake after
    /// another is supposed, in the secret and in the message, at most one in each. `secret` is the
    /// text that the key was made of.
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
    /// let headers = STRIPE.sign(&Outgoing::new(br#"{"a":1}"#), &key, now)?.to_headers()?;
    ///
    /// // A framework has parsed the body, and written it again.
    /// let received = Received::webhook(&headers, br#"{"a": 1}"#);
    /// let diagnosis = STRIPE.diagnose(&received, "whsec_test_secret", now);
    /// assert_eq!(diagnosis.causes(), [Cause::ReserializedBody]);
    /// # Ok::<(), creance_sigv::Error>(())
    /// ```
    #[must_use]
    pub fn diagnose(&self, received: &Received<'_>, secret: &str, now: UnixTime) -> Diagnosis {
        let parts = self.parse(received).and_then(|parts| {
            self.check_pieces(&parts)?;
            Ok(parts)
        });
        let parts = match parts {
            Ok(parts) => parts,
            Err(error) => return Diagnosis::from(Cause::Unreadable(error)),
        };
        let algorithm = parts.algorithm.unwrap_or(self.algorithm);
        let secrets = secrets::supposed(self.secret, algorithm, secret);
        let messages = messages::supposed(&Message::of(&parts), self);
        let right = search(&secrets, &messages, &parts.tags, |key, message| {
            let parts = message.parts(&parts);
            self.check_pieces(&parts).ok()?;
            Some(key.sign_with(|mac| self.write(mac, &parts)))
        });
        let Some((mut diagnosis, message)) = right else { return Diagnosis::default() };
        self.judge_time(&mut diagnosis, &message.parts(&parts), now);
        settle(diagnosis)
    }

    fn judge_time(&self, diagnosis: &mut Diagnosis, parts: &Parts<'_>, now: UnixTime) {
        let time = match self.time_in_body {
            Some(read) => read(parts.body).ok_or(Error::Missing(Part::Timestamp)).map(Some),
            None => Ok(parts.time.filter(|_| self.time_source().is_some()).map(|time| time.1)),
        };
        match time {
            Ok(Some(time)) if self.window.check(time, now).is_err() => {
                diagnosis.add(Cause::Skew { behind: difference(now, time) });
            }
            Ok(_) => {}
            Err(error) => diagnosis.add(Cause::Refused(error)),
        }
    }
}

impl Twilio {
    /// As [`Template::diagnose`]; `auth_token` is the text that the key was made of.
    #[must_use]
    pub fn diagnose(&self, received: &Received<'_>, auth_token: &str) -> Diagnosis {
        let parts = match twilio::HEADER.parse(received) {
            Ok(parts) => parts,
            Err(error) => return Diagnosis::from(Cause::Unreadable(error)),
        };
        let header = &twilio::HEADER;
        let secrets = secrets::supposed(header.secret, header.algorithm, auth_token);
        let urls = messages::supposed_urls(&Message::of(&parts));
        let right = search(&secrets, &urls, &parts.tags, |key, message| {
            let parts = message.parts(&parts);
            let (url, form) = (Url::parse(parts.url).ok()?, self.form(parts.body).ok()?);
            Some(key.sign_with(|mac| twilio::write(mac, &url, Port::AsWritten, &form)))
        });
        right.map_or_else(Diagnosis::default, |(diagnosis, _)| settle(diagnosis))
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
