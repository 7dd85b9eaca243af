use core::fmt;

use super::Callback;
use super::parameters::{Parameter, Parameters};
use crate::Error;
use crate::scheme::Part;

/// What a proof shows of a request: who made it, and what of it the signature covers.
///
/// The signature covers the parameters of query and form together, and neither where one stood nor
/// their order. So take them from here, not from the URL or the body: somebody on the way could have
/// moved one from the form to the query.
#[derive(Clone)]
pub struct Request<'a> {
    pub(super) parameters: Parameters<'a>,
    pub(super) body: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    /// The client, by its identifier.
    #[must_use]
    pub fn consumer_key(&self) -> &str {
        self.parameters.get("oauth_consumer_key").unwrap_or_default()
    }

    /// The token, by its identifier; none in a request of the client for itself.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.parameters.get("oauth_token").filter(|token| !token.is_empty())
    }

    /// The parameters of the application: those of query and form, decoded. They are sorted by name,
    /// and those of one name by value, since their order is not covered.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.parameters.as_slice().iter();
        all.filter(|parameter| !parameter.is_protocol()).map(pair)
    }

    /// The value of a parameter of the application that has to be there once.
    ///
    /// # Errors
    /// [`Error::Missing`] and [`Error::Duplicate`].
    pub fn parameter(&self, name: &str) -> Result<&str, Error> {
        let mut values = self.parameters().filter(|(found, _)| *found == name);
        let (_, value) = values.next().ok_or(Error::Missing(Part::Parameter))?;
        match values.next() {
            None => Ok(value),
            Some(_) => Err(Error::Duplicate(Part::Parameter)),
        }
    }

    /// The value of a parameter of the protocol, as `oauth_callback`.
    #[must_use]
    pub fn protocol(&self, name: &str) -> Option<&str> {
        let all = self.parameters.as_slice().iter();
        let mut protocol = all.filter(|parameter| parameter.is_protocol()).map(pair);
        protocol.find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// Where the user of a request for temporary credentials is to be sent back to, `oauth_callback`
    /// (RFC 5849, 2.1).
    ///
    /// # Errors
    /// [`Error::Missing`] and [`Error::Malformed`], with [`Part::Callback`].
    pub fn callback(&self) -> Result<Callback, Error> {
        Callback::parse(self.protocol("oauth_callback").ok_or(Error::Missing(Part::Callback))?)
    }

    /// The code in a request for token credentials, `oauth_verifier` (RFC 5849, 2.3).
    #[must_use]
    pub fn verifier(&self) -> Option<&str> {
        self.protocol("oauth_verifier")
    }

    /// The body, where the signature covers it byte by byte: where it came with `oauth_body_hash`. Of a
    /// form the [`parameters`](Self::parameters) are covered instead; of any other body nothing is, and
    /// there is no body here.
    #[must_use]
    pub const fn body(&self) -> Option<&'a [u8]> {
        self.body
    }
}

fn pair<'p>(parameter: &'p Parameter<'_>) -> (&'p str, &'p str) {
    (&parameter.name, &parameter.value)
}

/// How much there is, not what it says.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("parameters", &self.parameters)
            .field("body_bytes", &self.body.map(<[u8]>::len))
            .finish_non_exhaustive()
    }
}
