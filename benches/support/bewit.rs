//! A bewit verified, from the URL to the proof.

use std::hint::black_box;

use creance_hawk::{Authority, BewitBuffer, Incoming, Rejection, Scheme, Server};

use super::pool::{AUTHORITIES, Case, Pool};

/// Bewits in this benchmark are made for an hour.
const MAXIMUM_LIFE: u64 = 7200;

/// A server for each authority, in their order.
pub fn servers() -> Vec<Server> {
    let server = |(host, port)| {
        let authority = Authority::new(host, port).expect("an authority");
        Server::new(authority).with_bewits(MAXIMUM_LIFE)
    };
    AUTHORITIES.map(server).into()
}

/// Verifies the bewit in a request's URL; `buffer` is used again and again.
#[inline]
pub fn verify(pool: &Pool, case: &Case, servers: &[Server], buffer: &mut BewitBuffer) {
    let verified = accept(pool, case, case.bewit_target, servers, buffer);
    verified.expect("verified");
}

#[inline]
fn accept(
    pool: &Pool,
    case: &Case,
    target: &str,
    servers: &[Server],
    buffer: &mut BewitBuffer,
) -> Result<(), Rejection> {
    let incoming = Incoming::new("GET", black_box(target), Scheme::Http);
    let key = Some(&pool.client(case).key);
    let authentic = servers[case.authority].accept_bewit(&incoming, buffer, |_| key, pool.now)?;
    black_box(&authentic);
    Ok(())
}

/// Verifies by rust-hawk, which reads the clock on the way.
#[inline]
pub fn verify_rival(pool: &Pool, case: &Case) {
    assert!(accept_rival(pool, case, case.bewit_target));
}

#[inline]
fn accept_rival(pool: &Pool, case: &Case, target: &str) -> bool {
    let mut bewit = None;
    let request = case
        .rival_request(black_box(target))
        .method("GET")
        .extract_bewit(&mut bewit)
        .expect("a bewit's form")
        .request();
    request.validate_bewit(&bewit.expect("a bewit"), &pool.client(case).rival.key)
}

/// Checks that both sides verify the pool, and refuse what was tampered with.
///
/// # Panics
/// Where they do not.
pub fn check(pool: &Pool) {
    let servers = servers();
    let mut buffer = BewitBuffer::new();
    for case in &pool.cases {
        verify(pool, case, &servers, &mut buffer);
        verify_rival(pool, case);
        let tampered = format!("/x{}", case.bewit_target);
        assert!(accept(pool, case, &tampered, &servers, &mut buffer).is_err());
        assert!(!accept_rival(pool, case, &tampered));
    }
}
