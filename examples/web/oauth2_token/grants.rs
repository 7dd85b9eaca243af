//! What the server has granted: codes, and tokens. A real one keeps it in a database.

use std::collections::HashMap;

use creance_sigv::{Algorithm, Encoding, KeyBytes, UnixTime, rand};

use crate::registered::digest;

/// How long a code may be redeemed, in seconds (RFC 6749, 4.1.2: ten minutes at most).
const CODE_LIFE: u64 = 60;

/// How long a token works, in seconds.
pub(crate) const TOKEN_LIFE: u64 = 3600;

/// A code or token is kept under its digest: who reads the database has none of them, and the time of
/// a look-up says nothing about them.
type Name = Vec<u8>;

#[derive(Debug, Default)]
pub(crate) struct Grants {
    codes: HashMap<Name, Code>,
    tokens: HashMap<Name, Token>,
}

/// What a code was given for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) client: String,
    pub(crate) redirect_uri: String,
    /// RFC 7636, by S256: the digest of a secret that the client keeps.
    pub(crate) challenge: String,
}

#[derive(Debug)]
struct Code {
    asked: Asked,
    expires: UnixTime,
    use_: Use,
}

#[derive(Debug)]
enum Use {
    Fresh,
    /// Redeemed or tried. The token, if there is one, is revoked by a second attempt.
    Over(Option<Name>),
}

#[derive(Debug)]
struct Token {
    client: String,
    expires: UnixTime,
}

/// Why there is no token, for the log. The client is told `invalid_grant`.
pub(crate) type Refusal = &'static str;

impl Grants {
    /// A fresh code.
    pub(crate) fn issue_code(&mut self, asked: Asked, now: UnixTime) -> String {
        let code = random_text();
        let expires = now.saturating_add(CODE_LIFE);
        self.codes.insert(name(&code), Code { asked, expires, use_: Use::Fresh });
        code
    }

    /// A fresh token for a code (RFC 6749, 4.1.3; RFC 7636, 4.6). Whatever comes of it, the code is over.
    pub(crate) fn redeem(
        &mut self,
        code: &str,
        (client, redirect_uri, verifier): (&str, &str, &str),
        now: UnixTime,
    ) -> Result<String, Refusal> {
        let known = self.codes.get_mut(&name(code)).ok_or("the code is unknown")?;
        if known.asked.client != client {
            return Err("the code is another client's");
        }
        if let Use::Over(token) = &mut known.use_ {
            // Two have it: one of them has stolen it, and it may have been the first.
            let revoked = token.take().is_some_and(|token| self.tokens.remove(&token).is_some());
            return Err(if revoked {
                "the code was used before: its token is revoked"
            } else {
                "the code was used before"
            });
        }
        known.use_ = Use::Over(None);
        if now > known.expires {
            return Err("the code has expired");
        }
        if known.asked.redirect_uri != redirect_uri {
            return Err("the redirect_uri is not the one of the code");
        }
        if !matches!(verifier.len(), 43..=128) {
            return Err("the verifier does not have 43 to 128 characters");
        }
        if !verifier.bytes().all(is_unreserved) {
            return Err("the verifier has other characters than unreserved ones");
        }
        // In constant time: the challenge went through the user's browser, and yet it is what the
        // verifier has to be equal to.
        digest(verifier)
            .verify_text(Encoding::Base64Url, &known.asked.challenge)
            .map_err(|_| "the verifier is not the one of the challenge")?;
        let token = random_text();
        known.use_ = Use::Over(Some(name(&token)));
        self.insert_token(&token, client, now);
        Ok(token)
    }

    /// A fresh token for a client's own use (RFC 6749, 4.4).
    pub(crate) fn issue_token(&mut self, client: &str, now: UnixTime) -> String {
        let token = random_text();
        self.insert_token(&token, client, now);
        token
    }

    /// Whose token it is.
    pub(crate) fn client_of(&self, token: &str, now: UnixTime) -> Option<&str> {
        let known = self.tokens.get(&name(token))?;
        (now <= known.expires).then_some(known.client.as_str())
    }

    fn insert_token(&mut self, token: &str, client: &str, now: UnixTime) {
        let expires = now.saturating_add(TOKEN_LIFE);
        self.tokens.insert(name(token), Token { client: client.to_owned(), expires });
    }
}

/// RFC 7636, 4.1.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn name(secret: &str) -> Name {
    digest(secret).expose().to_vec()
}

/// 256 bits.
fn random_text() -> String {
    let mut text = String::new();
    let bytes = KeyBytes::generate(Algorithm::Sha256, &mut rand::rng());
    // A `String` takes everything.
    let _ = bytes.write(Encoding::Base64Url, &mut text);
    text
}
