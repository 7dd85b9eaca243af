//! The bounds of a key URI, which errors name also where there is no allocator and so no `KeyUri`.

/// Bytes of an issuer.
pub(crate) const MAX_ISSUER: usize = 128;

/// Bytes of an account.
pub(crate) const MAX_ACCOUNT: usize = 255;

/// Seconds of a period.
pub(crate) const MAX_PERIOD: u64 = 86_400;

/// Bytes of a text that is parsed.
pub(crate) const MAX_TEXT: usize = 4096;
