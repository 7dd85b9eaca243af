//! OAuth 2.0 at work, in one run: an authorization server, a client and its user, in one process, over
//! real sockets. The client is the `oauth2` crate's; secrets are compared by `sigv::ct`.
//!
//! ```sh
//! cargo run --example oauth2_token
//! ```
//!
//! Every step checks what it tells: the program ends with an error as soon as one of them goes
//! another way. `server.rs` and `grants.rs` are the server, `client.rs` and `steps.rs` the client.

mod client;
mod grants;
#[path = "../../support/http.rs"]
mod http;
mod registered;
mod server;
mod steps;
#[path = "../../support/story.rs"]
mod story;
mod wire;

use std::error::Error;
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::thread;

use creance_sigv::{Algorithm, Encoding, KeyBytes, rand};

use crate::client::Client;
use crate::server::Server;
use crate::story::Story;
use crate::wire::Wire;

/// The one client's name.
const CLIENT_ID: &str = "notebook";

/// Where the client wants its users sent back to. Nobody listens there: the story ends at the redirect.
const REDIRECT_URI: &str = "https://notebook.example/back";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("oauth2_token: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let story = Story::begin();
    let mut secret = String::new();
    KeyBytes::generate(Algorithm::Sha256, &mut rand::rng())
        .write(Encoding::Base64Url, &mut secret)?;
    let wire = start(&story, &secret)?;
    let client = Client::new(&wire, &secret)?;
    story.note(format_args!("An authorization server listens on {}.", wire.base))?;

    steps::code_with_pkce(&client)?;
    steps::wrong_state(&client)?;
    steps::wrong_verifier(&client)?;
    steps::plain_challenge(&client)?;
    steps::other_redirect(&client)?;
    steps::odd_verifier(&client)?;
    steps::client_credentials(&client)?;
    steps::challenges(&client)?;
    story.end("Everything went as told.")?;
    Ok(())
}

/// Starts the server in a thread of its own, on a port that the system chooses.
fn start<'s>(story: &'s Story, secret: &str) -> Result<Wire<'s>, Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let (sender, log) = mpsc::channel();
    let server = Arc::new(Server::new(secret, sender));
    thread::spawn(move || server.run(&listener));
    Ok(Wire { story, address, base: format!("http://{address}"), log })
}

#[cfg(test)]
mod tests {
    #[test]
    fn everything_goes_as_told() {
        super::run().expect("the story to its end");
    }
}
