//! What the provider remembers. A real one keeps it in a database.

use std::collections::HashMap;

use creance_sigv::UnixTime;
use creance_sigv::oauth1::{Authorized, RequestKey, Temporary};

/// Each under the token's name, which is the only part of it that goes over the wire.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Temporary credentials whose user has not decided yet.
    pub(crate) waiting: HashMap<String, Temporary>,
    /// Those whose user has agreed.
    pub(crate) agreed: HashMap<String, Authorized>,
    /// Keys of the requests with a token. Those with temporary credentials are not among them.
    pub(crate) tokens: HashMap<String, RequestKey>,
    /// What was uploaded.
    pub(crate) notes: Vec<Vec<u8>>,
}

impl State {
    /// Forgets what has come to its end without the user or the client: otherwise it would stay for
    /// ever, and anybody who is registered could fill the memory with it.
    pub(crate) fn purge(&mut self, now: UnixTime) {
        self.waiting.retain(|_, temporary| now <= temporary.expires());
        self.agreed.retain(|_, authorized| now <= authorized.temporary().expires());
    }
}

#[cfg(test)]
mod tests {
    use creance_sigv::oauth1::{Callback, Credentials, VerificationCode};

    use super::*;

    #[test]
    fn what_has_expired_is_forgotten() {
        let at = UnixTime::from_secs;
        let temporary = |name: &str, expires| {
            let credentials = Credentials::new(name, "secret").expect("credentials");
            Temporary::new(credentials, "client", Callback::OutOfBand, at(expires))
        };
        let mut state = State::default();
        for (name, expires) in [("a", 9), ("b", 10)] {
            state.waiting.insert(name.to_owned(), temporary(name, expires));
            let code = VerificationCode::new("code").expect("a code");
            let authorized = Authorized::new(temporary(name, expires), code);
            state.agreed.insert(name.to_owned(), authorized);
        }
        state.purge(at(10));
        assert!(state.waiting.keys().eq(["b"]), "{:?}", state.waiting);
        assert!(state.agreed.keys().eq(["b"]), "{:?}", state.agreed);
    }
}
