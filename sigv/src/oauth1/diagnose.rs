use alloc::borrow::Cow;
use alloc::string::String;

use super::base::Base;
use super::key::{joined, method_name, tag};
use super::parameters::{Origin, Parameter, Parameters};
use super::percent::{encode_secret, encoded};
use super::{Credentials, Incoming, Server};
use crate::scheme::{Cause, Diagnosis, Received, SecretKind};
use crate::webhook::diagnose::messages::bodies;
use crate::{Algorithm, Encoding, Error, Key, KeyBytes, UnixTime, ct};

impl Server {
    /// Looks for the usual causes why a request is refused, each by itself. It takes the secrets once
    /// more, because in a key they cannot be spelled in another way. For whoever connects two systems:
    /// it computes dozens of MACs, and its answer is not for the peer.
    ///
    /// ```
    /// use creance_sigv::oauth1::{Credentials, Outgoing, RequestKey, Server};
    /// use creance_sigv::scheme::{Cause, Received};
    /// use creance_sigv::{Algorithm, UnixTime};
    ///
    /// let client = Credentials::new("9djdj82h48djs9d2", "j49sk3j29djdj49s")?;
    /// let key = RequestKey::new(Algorithm::Sha1, &client, None)?;
    /// let now = UnixTime::from_secs(1_700_000_000);
    /// let signed = Outgoing::new("GET", "https://example.com/").with_nonce("1").sign(&key, now)?;
    ///
    /// // Behind a proxy that ends TLS the server believes that it was called by http.
    /// let headers = signed.to_headers();
    /// let received = Received::new("GET", "http://example.com/", &headers, b"");
    /// let diagnosis = Server::new().diagnose(&received, &client, None, now);
    /// assert_eq!(diagnosis.causes(), [Cause::UrlScheme]);
    /// # Ok::<(), creance_sigv::Error>(())
    /// ```
    #[must_use]
    pub fn diagnose(
        &self,
        received: &Received<'_>,
        client: &Credentials,
        token: Option<&Credentials>,
        now: UnixTime,
    ) -> Diagnosis {
        let mut diagnosis = Diagnosis::default();
        if let Err(error) = self.suppose(received, (client, token), now, &mut diagnosis) {
            diagnosis.add(Cause::Unreadable(error));
        }
        diagnosis
    }

    fn suppose(
        &self,
        received: &Received<'_>,
        (client, token): (&Credentials, Option<&Credentials>),
        now: UnixTime,
        diagnosis: &mut Diagnosis,
    ) -> Result<(), Error> {
        let incoming = self.parse(received).map_err(|rejection| *rejection.error())?;
        let names = (incoming.consumer_key(), incoming.token());
        if names != (client.identifier(), token.map(Credentials::identifier)) {
            return Err(Error::UnknownKey);
        }
        let trial = Trial {
            incoming: &incoming,
            client: client.expose_secret(),
            token: token.map_or("", Credentials::expose_secret),
        };
        let key = trial.key(incoming.algorithm)?;
        if trial.is_right(&key, &incoming.base()) {
            if self.window.check(incoming.time, now).is_err() {
                diagnosis.add(Cause::Skew { behind: behind(incoming.time, now) });
            }
            look_at_body(&incoming, received.body(), diagnosis);
            if diagnosis.causes().is_empty() {
                diagnosis.add(Cause::Right);
            }
            return Ok(());
        }
        trial.other_urls(&key, diagnosis);
        trial.other_parameters(&key, diagnosis);
        trial.other_keys(diagnosis);
        Ok(())
    }
}

/// What may have become of the body on its way: the signature covers its hash and not itself.
fn look_at_body(incoming: &Incoming<'_>, body: &[u8], diagnosis: &mut Diagnosis) {
    let Err(error) = incoming.check_body(body) else { return };
    let found = bodies(body).into_iter().find(|(_, other)| incoming.check_body(other).is_ok());
    diagnosis.add(found.map_or(Cause::Refused(error), |(cause, _)| cause));
}

/// Seconds that `time` lies behind `now`.
fn behind(time: UnixTime, now: UnixTime) -> i64 {
    let seconds =
        |from: UnixTime, to: UnixTime| i64::try_from(to.seconds_since(from)).unwrap_or(i64::MAX);
    seconds(time, now) - seconds(now, time)
}

struct Trial<'t> {
    incoming: &'t Incoming<'t>,
    client: &'t str,
    token: &'t str,
}

impl Trial<'_> {
    fn key(&self, algorithm: Algorithm) -> Result<Key, Error> {
        key(algorithm, self.client.as_bytes(), self.token.as_bytes())
    }

    fn is_right(&self, key: &Key, base: &Base<'_>) -> bool {
        let expected = tag(key, base);
        self.incoming.tags().is_ok_and(|tags| ct::decide(tags.contain(&expected)).is_ok())
    }

    fn other_urls(&self, key: &Key, diagnosis: &mut Diagnosis) {
        let base = self.incoming.base();
        let ports = [None, Some(80), Some(443), Some(8080), Some(8443)];
        for port in ports.into_iter().filter(|port| *port != base.port) {
            if self.is_right(key, &Base { port, ..base }) {
                diagnosis.add(Cause::Port);
            }
        }
        for port in [base.port, None] {
            if self.is_right(key, &Base { is_https: !base.is_https, port, ..base }) {
                diagnosis.add(Cause::UrlScheme);
            }
        }
        let mut longer = String::from(base.path);
        longer.push('/');
        let shorter = base.path.strip_suffix('/').unwrap_or(&longer);
        if self.is_right(key, &Base { path: shorter, ..base }) {
            diagnosis.add(Cause::TrailingSlash);
        }
    }

    fn other_parameters(&self, key: &Key, diagnosis: &mut Diagnosis) {
        let without = |origin| self.changed(|it| (it.origin != origin).then(|| it.clone()));
        let with = |change: fn(&str) -> String| {
            self.changed(|it| {
                let value =
                    if it.is_protocol() { it.value.clone() } else { Cow::Owned(change(&it.value)) };
                Some(Parameter { value, ..it.clone() })
            })
        };
        let suppositions = [
            (Cause::QueryLeftOut, without(Origin::Query)),
            (Cause::FormLeftOut, without(Origin::Form)),
            (Cause::EncodedTwice, with(encoded)),
            (Cause::PlusForSpace, with(|value| value.replace(' ', "+"))),
        ];
        for (cause, parameters) in &suppositions {
            let parameters = parameters.as_slice();
            if self.is_right(key, &Base { parameters, ..self.incoming.base() }) {
                diagnosis.add(*cause);
            }
        }
    }

    fn changed<'p>(
        &'p self,
        change: impl Fn(&Parameter<'p>) -> Option<Parameter<'p>>,
    ) -> Parameters<'p> {
        let mut changed = Parameters::new();
        for parameter in self.incoming.parameters.as_slice().iter().filter_map(change) {
            // No more than there were.
            let _ = changed.push(parameter);
        }
        changed.sort();
        changed
    }

    fn other_keys(&self, diagnosis: &mut Diagnosis) {
        let algorithm = self.incoming.algorithm;
        let (client, token) = (self.client.as_bytes(), self.token.as_bytes());
        let decoded = |encoding| {
            let client = KeyBytes::decode(encoding, self.client)?;
            key(algorithm, client.expose(), token)
        };
        let trimmed =
            || key(algorithm, self.client.trim().as_bytes(), self.token.trim().as_bytes());
        let suppositions = [
            (Cause::TokenSecretLeftOut, key(algorithm, client, b"")),
            (Cause::SecretNotEncoded, raw_key(algorithm, client, token)),
            (Cause::SecretEncodedTwice, twice_encoded_key(algorithm, client, token)),
            (Cause::SecretWhiteSpace, trimmed()),
            (Cause::SecretKind(SecretKind::Base64), decoded(Encoding::Base64)),
            (Cause::SecretKind(SecretKind::Hex), decoded(Encoding::Hex)),
        ];
        let others = Algorithm::ALL
            .into_iter()
            .filter(|other| *other != algorithm && method_name(*other).is_some());
        let others = others.map(|other| (Cause::Algorithm(other), self.key(other)));
        let base = self.incoming.base();
        for (cause, key) in suppositions.into_iter().chain(others) {
            if key.is_ok_and(|key| self.is_right(&key, &base)) {
                diagnosis.add(cause);
            }
        }
    }
}

fn key(algorithm: Algorithm, client: &[u8], token: &[u8]) -> Result<Key, Error> {
    joined(client, token, encode_secret, |bytes| Key::allow_weak(algorithm, bytes))
}

fn raw_key(algorithm: Algorithm, client: &[u8], token: &[u8]) -> Result<Key, Error> {
    joined(client, token, copy, |bytes| Key::allow_weak(algorithm, bytes))
}

fn twice_encoded_key(algorithm: Algorithm, client: &[u8], token: &[u8]) -> Result<Key, Error> {
    // The character between the two is not in an encoded secret.
    joined(client, token, encode_secret, |bytes| {
        let mut secrets = bytes.splitn(2, |byte| *byte == b'&');
        let (client, token) = (secrets.next().unwrap_or(b""), secrets.next().unwrap_or(b""));
        key(algorithm, client, token)
    })
}

fn copy(secret: &[u8], out: &mut [u8]) -> Option<usize> {
    out.get_mut(..secret.len())?.copy_from_slice(secret);
    Some(secret.len())
}
