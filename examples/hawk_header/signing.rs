//! The calls of the library: a header, and a link.

use creance_hawk::sigv::UnixTime;
use creance_hawk::{Bewit, Credentials, Error, Nonce, Request};

use crate::arguments::Order;
use crate::credentials::Stored;
use crate::program::Failure;

/// The value of an `Authorization` header.
pub(crate) fn header(
    order: &Order,
    stored: &Stored,
    body: Option<&[u8]>,
    now: UnixTime,
    nonce: &Nonce,
) -> Result<String, Failure> {
    let sign = || {
        let request = Request::from_url(&order.method, &order.url)?;
        let mut header = Credentials::new(&stored.id, &stored.key)?.header(&request);
        header = header.ext(&order.ext);
        if let Some(body) = body {
            header = header.payload(order.content_type.as_deref(), body)?;
        }
        if let Some(app) = &order.app {
            header = header.app(app);
        }
        if let Some(dlg) = &order.dlg {
            header = header.dlg(dlg);
        }
        header.sign(now, nonce.as_str()).map(|signed| signed.to_header())
    };
    sign().map_err(|error: Error| Failure::usage(error.to_string()))
}

/// The URL with a bewit that expires at `expiry`.
pub(crate) fn link(order: &Order, stored: &Stored, expiry: UnixTime) -> Result<String, Failure> {
    let sign = || {
        let credentials = Credentials::new(&stored.id, &stored.key)?;
        Bewit::link(&credentials, &order.url, expiry, &order.ext)
    };
    sign().map_err(|error: Error| Failure::usage(error.to_string()))
}

/// What is printed here has to be accepted there.
#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use creance_hawk::sigv::replay::{MemoryStore, Restart};
    use creance_hawk::sigv::{Algorithm, Key};
    use creance_hawk::{Authority, BewitBuffer, Incoming, Scheme, Server};

    use super::*;
    use crate::arguments::{Asked, parse};

    const NOW: UnixTime = UnixTime::from_secs(1_353_832_234);

    fn stored() -> Stored {
        let key = b"werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";
        let key = Key::new(Algorithm::Sha256, key).unwrap();
        Stored { id: "dh37fgj492je".to_owned(), key, warnings: Vec::new() }
    }

    fn server() -> Server {
        Server::new(Authority::new("example.com", 8000).unwrap()).with_bewits(600)
    }

    fn order(arguments: &[&str]) -> Order {
        match parse(arguments.iter().map(OsString::from)).unwrap() {
            Asked::Order(order) => *order,
            Asked::Help => panic!("help"),
        }
    }

    #[test]
    fn a_server_accepts_the_header_and_its_body_once() {
        let order = order(&[
            "POST",
            "http://example.com:8000/notes?x=%2f..",
            "--body",
            "-",
            "--content-type",
            "Text/Plain; charset=utf-8",
            "--ext",
            "it's",
            "--app",
            "a",
            "--dlg",
            "d",
        ]);
        let nonce = Nonce::random();
        let header = header(&order, &stored(), Some(b"hello"), NOW, &nonce).unwrap();

        let (server, stored) = (server(), stored());
        let store = MemoryStore::new(server.window(), Restart::DangerousNoBarrier).unwrap();
        let mut incoming = Incoming::new("POST", "/notes?x=%2f..", Scheme::Http);
        incoming.header("Authorization", header.as_bytes()).unwrap();
        let lookup = |id: &str| (id == stored.id).then_some(&stored.key);
        let accepted = server.accept(&incoming, lookup, &store, NOW).unwrap();
        assert_eq!(accepted.authorization().ext(), Some("it's"));
        assert_eq!(accepted.authorization().app(), Some("a"));
        assert_eq!(accepted.authorization().dlg(), Some("d"));
        let _ = accepted.verify_payload(Some("text/plain"), b"hello").unwrap();
        let _ = accepted.verify_payload(Some("text/plain"), b"hullo").unwrap_err();
        assert_eq!(server.accept(&incoming, lookup, &store, NOW).unwrap_err().code(), "replay");
    }

    #[test]
    fn a_server_accepts_the_link_until_it_expires() {
        let url = "http://example.com:8000/report?year=2026";
        let order = order(&["GET", url, "--bewit", "60", "--ext", "für Ann"]);
        let link = link(&order, &stored(), NOW.saturating_add(60)).unwrap();

        let (server, stored) = (server(), stored());
        let target = link.strip_prefix("http://example.com:8000").unwrap();
        let incoming = Incoming::new("GET", target, Scheme::Http);
        let lookup = |id: &str| (id == stored.id).then_some(&stored.key);
        let mut buffer = BewitBuffer::new();
        let authentic = server.accept_bewit(&incoming, &mut buffer, lookup, NOW).unwrap();
        assert_eq!(authentic.ext(), "für Ann");
        let later = NOW.saturating_add(60);
        let rejection = server.accept_bewit(&incoming, &mut buffer, lookup, later).unwrap_err();
        assert_eq!(rejection.code(), "bewit-expired");
    }

    /// The header of the protocol's own example, but for the nonce.
    #[test]
    fn nothing_is_added_to_what_was_asked_for() {
        let url = "http://example.com:8000/resource/1?b=1&a=2";
        let order = order(&["GET", url, "--ext", "some-app-ext-data"]);
        let nonce = Nonce::random();
        let header = header(&order, &stored(), None, NOW, &nonce).unwrap();
        let names: Vec<_> = header
            .trim_start_matches("Hawk ")
            .split(", ")
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["id", "ts", "nonce", "ext", "mac"]);
    }
}
