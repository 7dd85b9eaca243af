//! The socket: sends, shows both directions, and reads the server's log.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::mpsc::Receiver;

use oauth2::http::StatusCode;
use oauth2::{HttpRequest, HttpResponse};

use crate::http;
use crate::story::Story;

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 4096;

#[derive(Debug)]
pub(crate) struct Wire<'s> {
    pub(crate) story: &'s Story,
    pub(crate) address: SocketAddr,
    pub(crate) base: String,
    pub(crate) log: Receiver<String>,
}

impl Wire<'_> {
    pub(crate) fn exchange(
        &self,
        (method, target): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<http::Response, http::Error> {
        self.story.wire('>', &format!("{method} {target}"))?;
        if let Some(body) = body {
            self.story.wire('>', &format!("({})", String::from_utf8_lossy(body)))?;
        }
        let host = self.address.to_string();
        let headers = [&[("Host", host.as_str())], headers].concat();
        let stream = http::connect(&self.address.ip().to_string(), self.address.port())?;
        http::write_request(&stream, (method, target), &headers, body)?;
        let response = http::read_response(&stream, method, MAX_BODY)?;
        self.story.wire('<', &format!("status {}", response.status))?;
        if let Some(location) = response.headers.get("Location") {
            self.story.wire('<', &format!("Location: {location}"))?;
        }
        Ok(response)
    }

    /// What the `oauth2` crate calls: its requests over our sockets. It follows no redirect.
    pub(crate) fn send(&self, request: &HttpRequest) -> Result<HttpResponse, http::Error> {
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let headers: Vec<(&str, &str)> = request
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        let method = request.method().as_str();
        let answer = self.exchange((method, target), &headers, Some(request.body()))?;
        let mut response = HttpResponse::new(answer.body);
        *response.status_mut() = StatusCode::from_u16(answer.status)
            .map_err(|_| http::Error::Malformed("the status"))?;
        Ok(response)
    }

    /// The server's log has to say this next.
    pub(crate) fn logged(&self, expected: &str) -> Result<(), Box<dyn Error>> {
        let line = self.log.recv_timeout(http::TIMEOUT)?;
        if line != expected {
            return Err(format!("the log says {line:?}, not {expected:?}").into());
        }
        self.story.log(line)?;
        Ok(())
    }
}
