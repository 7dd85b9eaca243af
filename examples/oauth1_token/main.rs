//! OAuth 1.0a at work, in one run: a provider, a client and its user, in one process, over real
//! sockets. What the client does is what a token generator does.
//!
//! ```sh
//! cargo run --example oauth1_token
//! ```
//!
//! Every step checks what it tells: the program ends with an error as soon as one of them goes
//! another way. `provider.rs` is what a provider writes with the library, `client.rs` what a client
//! does, `user.rs` what the browser of its user does.

mod client;
#[path = "../support/http.rs"]
mod http;
mod provider;
mod state;
mod steps;
#[path = "../support/story.rs"]
mod story;
mod user;
mod wire;

use std::error::Error;
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::thread;

use creance_sigv::oauth1::{Callback, Credentials};
use creance_sigv::rand;

use crate::client::Client;
use crate::provider::Provider;
use crate::story::Story;
use crate::wire::Wire;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("oauth1_token: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let story = Story::begin();
    // What a developer gets who registers a client: the consumer key and its secret.
    let registered = Credentials::generate(&mut rand::rng());
    // Where the client's users come back to, which is registered with it.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let callback = Callback::parse(&format!("http://{}/ready", listener.local_addr()?))?;
    let wire = start(&story, registered.clone(), callback.clone())?;
    let client = Client::new(&wire, registered);
    story.note(format_args!(
        "A provider listens on {}; a client is registered with it.",
        wire.base
    ))?;

    let token = steps::dance(&client, &callback, &listener)?;
    steps::other_callback(&client, &callback)?;
    steps::call(&client, &token)?;
    steps::changed_parameter(&client, &token)?;
    steps::changed_body(&client, &token)?;
    steps::bare_body(&client, &token)?;
    steps::wrong_clock(&client, &token)?;
    steps::wrong_secret(&client, &token)?;
    steps::wrong_code(&client)?;
    story.end("Everything went as told.")?;
    Ok(())
}

/// Starts the provider in a thread of its own, on a port that the system chooses.
fn start(
    story: &Story,
    client: Credentials,
    callback: Callback,
) -> Result<Wire<'_>, Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let base = format!("http://{address}");
    let (sender, log) = mpsc::channel();
    let provider = Arc::new(Provider::new(base.clone(), client, callback, sender)?);
    thread::spawn(move || provider.run(&listener));
    Ok(Wire { story, address, base, log })
}

#[cfg(test)]
mod tests {
    #[test]
    fn everything_goes_as_told() {
        super::run().expect("the story to its end");
    }
}
