//! Hawk at work, in one run: a server and a client, in one process, over a real socket.
//!
//! ```sh
//! cargo run --example quickstart
//! ```
//!
//! Every step checks what it tells: the program ends with an error as soon as one of them goes
//! another way. `service.rs` is what a server writes with the library, `steps.rs` what a client
//! does.

#[path = "../support/http.rs"]
mod http;
mod service;
mod steps;
#[path = "../support/story.rs"]
mod story;
mod wire;

use std::error::Error;
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::thread;

use creance_hawk::sigv::{self, Algorithm, Key};
use creance_hawk::{Authority, Client, Request};

use crate::service::Service;
use crate::steps::{NOTE, TEXT};
use crate::story::Story;
use crate::wire::Wire;

/// The id of the one client.
const ID: &str = "dh37fgj492je";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let story = Story::begin();
    // One secret, which both sides hold from here on; it is never shown and never sent.
    let (key, _) = Key::generate(Algorithm::Sha256, &mut sigv::rand::rng());
    let (service, wire) = start(&story, key.clone())?;
    let base = format!("http://{}", wire.address);
    story.note(format_args!("A server listens on {base}; it and the client share one key."))?;

    let url = format!("{base}/notes");
    let request = Request::from_url("POST", &url)?;
    let client = Client::new(ID, key.clone())?;
    let outgoing = client.request(&request);
    let signed = outgoing.sign(|header| header.payload(Some(TEXT), NOTE))?;

    let response = steps::signed_request(&wire, &signed)?;
    steps::response(&wire, &signed, &response)?;
    steps::replay(&wire, &signed)?;
    steps::tampered_body(&wire, &client, &request)?;
    steps::stale_clock(&wire, &client, &request)?;
    steps::links(&wire, &service, &key, &base)?;
    story.end("Everything went as told.")?;
    Ok(())
}

/// Starts the server in a thread of its own, on a port that the system chooses.
fn start(story: &Story, key: Key) -> Result<(Arc<Service>, Wire<'_>), Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let authority = Authority::new(&address.ip().to_string(), address.port())?;
    let (sender, log) = mpsc::channel();
    let service = Arc::new(Service::new(authority, ID, key, sender)?);
    let running = Arc::clone(&service);
    thread::spawn(move || running.run(&listener));
    Ok((service, Wire { story, address, log }))
}
