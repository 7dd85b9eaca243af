//! HKDF: of a secret, to a secret.

use creance_sigv::{Algorithm, Hkdf, Key};

use super::{for_each_algorithm, key_material, secret, shown};
use crate::{Case, Expected};

pub(super) fn cases() -> Vec<Case> {
    for_each_algorithm(of_algorithm)
}

fn of_algorithm(algorithm: Algorithm) -> Vec<Case> {
    vec![
        Case::new(format!("hkdf/{algorithm}/derive"), Expected::Silence, move || {
            for len in [16, 32, 64, 65, 128, 129, 300] {
                let material = key_material(len);
                let public = Hkdf::extract(algorithm, b"salt", &material).unwrap();
                let watched = Hkdf::extract(algorithm, b"salt", &secret(&material)).unwrap();
                let expected = public.derive("label", b"context").unwrap().sign(b"message");
                let derived = watched.derive("label", b"context").unwrap().sign(b"message");
                assert_eq!(shown(derived.expose()), expected.expose());
            }
        }),
        Case::new(format!("hkdf/{algorithm}/bytes"), Expected::Silence, move || {
            let material = key_material(algorithm.output_len());
            let [public, watched] = [material.clone(), secret(&material)]
                .map(|bytes| Hkdf::from_key(Key::new(algorithm, &bytes).unwrap()));
            for len in [0, 1, 31, 64, 65, 1000] {
                let [mut expected, mut derived] = [vec![0; len], vec![0; len]];
                public.derive_bytes("label", b"context", &mut expected).unwrap();
                watched.derive_bytes("label", b"context", &mut derived).unwrap();
                assert_eq!(shown(&derived), expected);
                public.expand_info(b"info", &mut expected).unwrap();
                watched.expand_info(b"info", &mut derived).unwrap();
                assert_eq!(shown(&derived), expected);
            }
        }),
    ]
}
