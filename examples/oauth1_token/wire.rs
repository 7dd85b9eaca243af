//! The socket: sends, shows both directions, and reads the provider's log.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::mpsc::Receiver;

use crate::http;
use crate::provider::Verdict;
use crate::story::Story;

/// The longest body that is read, in bytes.
const MAX_BODY: usize = 4096;

#[derive(Debug)]
pub(crate) struct Wire<'s> {
    pub(crate) story: &'s Story,
    pub(crate) address: SocketAddr,
    pub(crate) base: String,
    pub(crate) log: Receiver<Verdict>,
}

/// What came back, and what the provider wrote into its log.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: http::Response,
    pub(crate) verdict: Verdict,
}

impl Answer {
    pub(crate) fn body(&self) -> &[u8] {
        &self.response.body
    }
}

impl Wire<'_> {
    pub(crate) fn exchange(
        &self,
        (method, target): (&str, &str),
        headers: &[(String, String)],
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
        let mut lines = vec![("Host", host.as_str())];
        lines.extend(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let stream = http::connect(&self.address.ip().to_string(), self.address.port())?;
        http::write_request(&stream, (method, target), &lines, body)?;
        let response = http::read_response(&stream, method, MAX_BODY)?;
        self.story.wire('<', &format!("status {}", response.status))?;
        if let Some(location) = response.headers.get("Location") {
            self.story.wire('<', &format!("Location: {location}"))?;
        }
        if !response.body.is_empty() {
            self.story.wire('<', &format!("({})", without_secret(&response.body)))?;
        }
        Ok(Answer { response, verdict: self.log.recv_timeout(http::TIMEOUT)? })
    }

    /// The request has to be served, and the log says so.
    pub(crate) fn served(&self, answer: &Answer) -> Result<(), Box<dyn Error>> {
        match &answer.verdict {
            Verdict::Served(what) if answer.response.status < 400 => self.story.log(what)?,
            other => return Err(format!("not served: {other:?}").into()),
        }
        Ok(())
    }

    /// The request has to be refused for this reason, which the peer is not told.
    pub(crate) fn refused(&self, answer: &Answer, expected: &str) -> Result<(), Box<dyn Error>> {
        match &answer.verdict {
            Verdict::Refused { code, reason } if *code == expected => {
                self.story.log(format_args!("{code}: {reason}"))?;
            }
            other => return Err(format!("not refused as {expected}: {other:?}").into()),
        }
        if answer.response.status != 401 {
            return Err(format!("status {}", answer.response.status).into());
        }
        self.story.outcome("refused")?;
        Ok(())
    }
}

/// The body without the secret that a provider hands out in it.
fn without_secret(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let shown = text.split('&').map(|pair| match pair.split_once('=') {
        Some(("oauth_token_secret", _)) => "oauth_token_secret=(not shown)",
        _ => pair,
    });
    shown.collect::<Vec<_>>().join("&")
}
