//! The user's browser: opens the provider's page, agrees, and follows the way back.

use std::error::Error;
use std::net::{TcpListener, TcpStream};

use crate::http;
use crate::wire::{Answer, Wire};

/// Opens the page that the client sends its user to, and agrees.
pub(crate) fn agree(wire: &Wire<'_>, page: &str) -> Result<Answer, Box<dyn Error>> {
    let target = page.strip_prefix(&wire.base).ok_or("the page is another server's")?;
    let (path, query) = target.split_once('?').ok_or("the page has no token")?;
    let form = ("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned());
    let body = format!("{query}&agree=yes");
    let answer = wire.exchange(("POST", path), &[form], Some(body.as_bytes()))?;
    wire.served(&answer)?;
    Ok(answer)
}

/// Follows the redirect to where the client listens. Returns the query that the client sees there.
pub(crate) fn come_back(location: &str, listener: &TcpListener) -> Result<String, Box<dyn Error>> {
    let address = listener.local_addr()?;
    let target = location.strip_prefix(&format!("http://{address}")).ok_or("another address")?;
    // Connections wait in the listener's queue, so one thread can be both sides.
    let browser = TcpStream::connect(address)?;
    let host = address.to_string();
    http::write_request(&browser, ("GET", target), &[("Host", &host)], None)?;
    let (client, _) = listener.accept()?;
    let (request, _) = http::read_request(&client)?;
    http::write_response(&client, "GET", 200, &[], b"You may close this window.")?;
    http::read_response(&browser, "GET", 100)?;
    let (_, query) = request.target.split_once('?').ok_or("the user came back with nothing")?;
    Ok(query.to_owned())
}
