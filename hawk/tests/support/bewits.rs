//! Links and a server that takes them.

use creance_hawk::sigv::{Encoding, UnixTime};
use creance_hawk::{
    AuthorityPolicy, Bewit, BewitBuffer, Credentials, Error, Incoming, Rejection, Request, Scheme,
    Server,
};

use super::{ID, NOW, key, later, mac, text};

/// A server that takes bewits which live for a day at most.
pub(crate) fn server() -> Server {
    Server::with_policy(AuthorityPolicy::Host).with_bewits(86_400)
}

/// A link to `https://example.com` and `resource`, valid for five minutes.
pub(crate) fn link(resource: &str) -> String {
    link_until(resource, later(300), "")
}

pub(crate) fn link_until(resource: &str, exp: UnixTime, ext: &str) -> String {
    let (key, url) = (key(), format!("https://example.com{resource}"));
    let request = Request::from_url("GET", &url).unwrap();
    let bewit = Bewit::sign(&Credentials::new(ID, &key).unwrap(), &request, exp, ext).unwrap();
    let link = text(|out| bewit.write_url(&url, out));
    link.strip_prefix("https://example.com").unwrap().to_owned()
}

/// A request for a target at the server, as it comes in.
pub(crate) fn get(target: &str) -> Incoming<'_> {
    asked("GET", target)
}

pub(crate) fn asked<'a>(method: &'a str, target: &'a str) -> Incoming<'a> {
    let mut incoming = Incoming::new(method, target, Scheme::Https);
    incoming.header("Host", b"example.com").unwrap();
    incoming
}

pub(crate) fn accept(
    server: &Server,
    incoming: &Incoming<'_>,
    now: UnixTime,
) -> Result<String, Rejection> {
    let (key, mut buffer) = (key(), BewitBuffer::new());
    let lookup = |id: &str| (id == ID).then_some(&key);
    let authentic = server.accept_bewit(incoming, &mut buffer, lookup, now)?;
    Ok(format!("{}|{}|{}", authentic.id(), authentic.exp(), authentic.ext()))
}

pub(crate) fn refusal(target: &str) -> Error {
    *accept(&server(), &get(target), NOW).expect_err(target).error()
}

/// A target with a bewit of any text, encoded as it has to be.
pub(crate) fn of_text(plain: &str) -> String {
    let encoded = text(|out| Encoding::Base64Url.encode(plain.as_bytes(), out));
    format!("/r?bewit={encoded}")
}

/// The text of a right bewit for `/r` until `exp`.
pub(crate) fn plain(exp: &str, ext: &str) -> String {
    let escaped = ext.replace('\\', "\\\\").replace('\n', "\\n");
    let canonical = format!("hawk.1.bewit\n{exp}\n\nGET\n/r\nexample.com\n443\n\n{escaped}\n");
    format!("{ID}\\{exp}\\{}\\{ext}", mac(&key(), &canonical))
}
