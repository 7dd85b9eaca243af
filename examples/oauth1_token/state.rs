//! What the provider remembers. A real one keeps it in a database.

use std::collections::HashMap;

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
