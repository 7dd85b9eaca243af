//! Keys for tests, made once: preparing one costs more than what is tested.

use std::sync::LazyLock;

use creance_sigv::{Algorithm, Key};

/// The id that the key belongs to.
pub(crate) const ID: &str = "dh37fgj492je";

static KEYS: LazyLock<[[Key; 2]; 4]> = LazyLock::new(|| {
    Algorithm::ALL.map(|algorithm| [b'k', b'o'].map(|byte| make(algorithm, byte)))
});

/// A key for `algorithm`.
pub(crate) fn key(algorithm: Algorithm) -> &'static Key {
    &KEYS[algorithm as usize][0]
}

/// Another one.
pub(crate) fn other_key(algorithm: Algorithm) -> &'static Key {
    &KEYS[algorithm as usize][1]
}

/// Finds the key of [`ID`], and no other one.
pub(crate) fn look_up(id: &str, algorithm: Algorithm) -> Option<&'static Key> {
    (id == ID).then(|| key(algorithm))
}

fn make(algorithm: Algorithm, byte: u8) -> Key {
    Key::new(algorithm, &vec![byte; algorithm.output_len()]).expect("the key is long enough")
}
