//! Bad examples: what a hasty hand writes instead. Memcheck has to report each of them; if it does
//! not, the silence of the other cases means nothing.

use core::hint::black_box;

use super::{key_material, secret};
use crate::{Case, Expected};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("bad/operator", Expected::Leak, || {
            let (expected, received) = (secret(&key_material(32)), key_material(32));
            assert!(black_box(expected.as_slice()) == black_box(received.as_slice()));
        }),
        Case::new("bad/early-exit", Expected::Leak, || {
            let (expected, received) = (secret(&key_material(32)), key_material(32));
            assert!(early_exit(black_box(&expected), black_box(&received)));
        }),
        Case::new("bad/accumulate-and-branch", Expected::Leak, || {
            let (expected, received) = (secret(&key_material(32)), key_material(32));
            assert!(accumulate_and_branch(black_box(&expected), black_box(&received)));
        }),
        Case::new("bad/table-decoder", Expected::Leak, || {
            let decoded = table_decoder(black_box(&secret(b"00ff7a")));
            black_box(decoded);
        }),
        Case::new("bad/branching-decoder", Expected::Leak, || {
            let decoded = branching_decoder(black_box(&secret(b"00ff7a")));
            black_box(decoded);
        }),
        Case::new("bad/base32-look-up", Expected::Leak, || {
            black_box(base32_look_up(black_box(&secret(b"GEZDGNBVGY3TQOJQ"))));
        }),
        Case::new("bad/truncation-by-index", Expected::Leak, || {
            black_box(truncation_by_index(black_box(&secret(&key_material(20)))));
        }),
        Case::new("bad/letters-by-index", Expected::Leak, || {
            black_box(letters_by_index(black_box(secret(&[17])[0])));
        }),
        Case::new("bad/first-match", Expected::Leak, || {
            let codes = [b"755224", b"287082", b"359152"].map(|code| secret(code));
            assert_eq!(first_match(black_box(&codes), black_box(b"287082")), Some(1));
        }),
    ]
}

#[inline(never)]
fn base32_look_up(text: &[u8]) -> Vec<usize> {
    let alphabet = black_box(*b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    let value = |character| alphabet.iter().position(|known| known == character).unwrap_or(0);
    text.iter().map(value).collect()
}

/// RFC 4226, 5.4, as its sample does it.
#[inline(never)]
fn truncation_by_index(mac: &[u8]) -> [u8; 4] {
    let offset = usize::from(mac[19] & 0x0f);
    [mac[offset], mac[offset + 1], mac[offset + 2], mac[offset + 3]]
}

#[inline(never)]
fn letters_by_index(value: u8) -> u8 {
    black_box(b"23456789BCDFGHJKMNPQRTVWXY")[usize::from(value) % 26]
}

/// Each comparison would be one in constant time; it is the search that stops.
#[inline(never)]
fn first_match(codes: &[Vec<u8>], received: &[u8]) -> Option<usize> {
    codes.iter().position(|code| {
        let differing = code.iter().zip(received).fold(0, |differing, (a, b)| differing | (a ^ b));
        black_box(differing) == 0
    })
}

#[inline(never)]
fn early_exit(expected: &[u8], received: &[u8]) -> bool {
    for (a, b) in expected.iter().zip(received) {
        if a != b {
            return false;
        }
    }
    true
}

/// Constant in time as such: it is the branch on its verdict, outside of `reveal`, that is
/// reported.
#[inline(never)]
fn accumulate_and_branch(expected: &[u8], received: &[u8]) -> bool {
    let differing = expected.iter().zip(received).fold(0, |differing, (a, b)| differing | (a ^ b));
    black_box(differing) == 0
}

#[inline(never)]
fn table_decoder(text: &[u8]) -> Vec<u8> {
    let mut values = [0xff_u8; 256];
    for (value, digit) in b"0123456789abcdef".iter().enumerate() {
        values[usize::from(*digit)] = value.to_le_bytes()[0];
    }
    let values = black_box(values);
    text.as_chunks::<2>()
        .0
        .iter()
        .map(|[high, low]| values[usize::from(*high)] << 4 | values[usize::from(*low)])
        .collect()
}

#[inline(never)]
fn branching_decoder(text: &[u8]) -> Vec<u8> {
    let value = |digit: u8| match black_box(digit) {
        b'0'..=b'9' => black_box(digit - b'0'),
        b'a'..=b'f' => black_box(digit - b'a' + 10),
        _ => panic!("not a digit"),
    };
    text.as_chunks::<2>().0.iter().map(|[high, low]| value(*high) << 4 | value(*low)).collect()
}
