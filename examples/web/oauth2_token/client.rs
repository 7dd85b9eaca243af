//! The client: the `oauth2` crate, over our sockets.

use std::error::Error;

use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::url::Url;
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, TokenResponse as _, TokenUrl,
};

use creance_sigv::ct;

use crate::http;
use crate::wire::Wire;
use crate::{CLIENT_ID, REDIRECT_URI};

type Step<T> = Result<T, Box<dyn Error>>;

type Configured =
    BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

#[derive(Debug)]
pub(crate) struct Client<'w> {
    pub(crate) wire: &'w Wire<'w>,
    client: Configured,
}

/// What the client remembers of an attempt, in the session of the user who began it.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// The link that the user follows.
    pub(crate) url: Url,
    state: CsrfToken,
    pub(crate) verifier: PkceCodeVerifier,
}

impl Attempt {
    /// The code in what the user came back with, if it belongs to this attempt (RFC 6749, 10.12).
    pub(crate) fn returned(&self, back: &Url) -> Step<String> {
        let get = |wanted: &str| {
            let mut pairs = back.query_pairs();
            pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        let state = get("state").unwrap_or_default();
        // The state is a secret between the client and this user's browser.
        ct::verify(self.state.secret().as_bytes(), state.as_bytes())
            .map_err(|_| "the state is another one")?;
        if let Some(error) = get("error") {
            return Err(error.into());
        }
        Ok(get("code").ok_or("no code")?)
    }
}

impl<'w> Client<'w> {
    pub(crate) fn new(wire: &'w Wire<'w>, secret: &str) -> Step<Self> {
        let client = BasicClient::new(ClientId::new(CLIENT_ID.to_owned()))
            .set_client_secret(ClientSecret::new(secret.to_owned()))
            .set_auth_uri(AuthUrl::new(format!("{}/authorize", wire.base))?)
            .set_token_uri(TokenUrl::new(format!("{}/token", wire.base))?)
            .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.to_owned())?);
        Ok(Self { wire, client })
    }

    pub(crate) fn begin(&self) -> Attempt {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let request = self.client.authorize_url(CsrfToken::new_random);
        let (url, state) = request.set_pkce_challenge(challenge).url();
        Attempt { url, state, verifier }
    }

    /// Sends the code and the verifier; the token, or the error that the server names.
    pub(crate) fn redeem(&self, code: &str, verifier: PkceCodeVerifier) -> Step<String> {
        let code = AuthorizationCode::new(code.to_owned());
        let request = self.client.exchange_code(code).set_pkce_verifier(verifier);
        let http = |request| self.wire.send(&request);
        token(request.request(&http))
    }

    /// The same for another place to be sent back to.
    pub(crate) fn redeem_elsewhere(
        &self,
        code: &str,
        verifier: PkceCodeVerifier,
        redirect_uri: &str,
    ) -> Step<String> {
        let elsewhere =
            self.client.clone().set_redirect_uri(RedirectUrl::new(redirect_uri.into())?);
        Self { wire: self.wire, client: elsewhere }.redeem(code, verifier)
    }

    /// A token for the client's own use.
    pub(crate) fn own_token(&self) -> Step<String> {
        let http = |request| self.wire.send(&request);
        token(self.client.exchange_client_credentials().request(&http))
    }

    /// Whether the token opens the resource.
    pub(crate) fn opens(&self, token: &str) -> Step<bool> {
        let authorization = format!("Bearer {token}");
        let headers = [("Authorization", authorization.as_str())];
        let response = self.wire.exchange(("GET", "/notes"), &headers, None)?;
        Ok(response.status == 200)
    }
}

type Answer = Result<
    BasicTokenResponse,
    oauth2::RequestTokenError<http::Error, oauth2::basic::BasicErrorResponse>,
>;

fn token(answer: Answer) -> Step<String> {
    match answer {
        Ok(response) => Ok(response.access_token().secret().clone()),
        Err(oauth2::RequestTokenError::ServerResponse(refusal)) => {
            Err(refusal.error().to_string().into())
        }
        Err(other) => Err(other.into()),
    }
}
