//! The client's side of the socket: sends, shows both directions, and reads the server's log.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::mpsc::Receiver;

use crate::http;
use crate::service::Verdict;
use crate::story::Story;

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 4096;

/// Headers of this program's subject; the others are not shown.
const SHOWN: [&str; 2] = ["WWW-Authenticate", "Server-Authorization"];

#[derive(Debug)]
pub(crate) struct Wire<'s> {
    pub(crate) story: &'s Story,
    pub(crate) address: SocketAddr,
    pub(crate) log: Receiver<Verdict>,
}

/// What came back to the client, and what the server wrote into its log.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: http::Response,
    pub(crate) verdict: Verdict,
}

impl Wire<'_> {
    /// A signed request with a body of plain text.
    pub(crate) fn post(
        &self,
        target: &str,
        authorization: &str,
        body: &[u8],
    ) -> Result<Answer, Box<dyn Error>> {
        let headers = [("Content-Type", "text/plain"), ("Authorization", authorization)];
        self.exchange("POST", target, &headers, Some(body))
    }

    /// What a browser does with a link.
    pub(crate) fn open(&self, target: &str) -> Result<Answer, Box<dyn Error>> {
        self.exchange("GET", target, &[], None)
    }

    fn exchange(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Answer, Box<dyn Error>> {
        self.story.wire('>', &format!("{method} {target}"))?;
        for (name, value) in headers {
            self.story.wire('>', &format!("{name}: {value}"))?;
        }
        if let Some(body) = body {
            self.story.wire('>', &format!("({})", String::from_utf8_lossy(body)))?;
        }

        let host = self.address.to_string();
        let headers = [&[("Host", host.as_str())], headers].concat();
        let stream = http::connect(&self.address.ip().to_string(), self.address.port())?;
        http::write_request(&stream, (method, target), &headers, body)?;
        let response = http::read_response(&stream, method, MAX_BODY)?;
        self.show(&response)?;
        Ok(Answer { response, verdict: self.log.recv_timeout(http::TIMEOUT)? })
    }

    fn show(&self, response: &http::Response) -> Result<(), Box<dyn Error>> {
        self.story.wire('<', &format!("status {}", response.status))?;
        for name in SHOWN {
            if let Some(value) = response.headers.get(name) {
                self.story.wire('<', &format!("{name}: {value}"))?;
            }
        }
        self.story.wire('<', &format!("({})", String::from_utf8_lossy(&response.body)))?;
        Ok(())
    }
}
