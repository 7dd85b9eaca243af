//! The bare compressions of the messages of Hawk: what remains of a verification without all the rest.

use std::hint::black_box;

use super::pool::{Case, Pool};

/// Of one message: the blocks of the inner hash, without the key's block, which is hashed once
/// per key, but with the padding. The outer hash adds one.
pub fn blocks(pool: &Pool, case: &Case) -> usize {
    let request = case.request();
    let client = pool.client(case);
    let header = creance_hawk::Authorization::parse(case.header).expect("a header");
    let mut builder = creance_hawk::Credentials::new(&client.id, &client.key)
        .expect("an id")
        .header(&request)
        .ext(header.ext().unwrap_or(""));
    if let Some(hash) = header.hash() {
        builder = builder.payload_hash_text(hash);
    }
    let signed = builder.sign(header.ts(), header.nonce()).expect("a header");
    assert_eq!(signed.to_header().len(), case.header.len());
    let mut message = String::new();
    signed.write_canonical(&mut message).expect("a string");
    (message.len() + 9).div_ceil(64)
}

/// Compresses as many blocks as the messages have, inner and outer, one after the other, and does
/// nothing else: their number times the cost of one.
pub fn compress(messages: &[usize]) {
    let bytes = [[0x5c; 64]; 16];
    let mut state = black_box([7; 8]);
    for blocks in messages {
        sha2::block_api::compress256(&mut state, &bytes[..*blocks]);
        sha2::block_api::compress256(&mut state, &bytes[..1]);
    }
    black_box(state);
}
