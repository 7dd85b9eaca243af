//! A receiver of webhooks: one endpoint for each provider, keys that are replaced while it runs, and a
//! replay store that all of them share.
//!
//! ```sh
//! cargo run -p creance-examples-web --example webhook_receiver
//! cargo run -p creance-examples-web --example webhook_receiver -- --serve 127.0.0.1:8080
//! ```
//!
//! `receiver.rs` says what happens to a message, `answer.rs` what is answered, `providers.rs` which
//! there are. `demo.rs` is the other side, and tells what it sees.

mod answer;
mod client;
mod demo;
mod in_body;
mod log;
mod providers;
mod receiver;
mod sender;
mod settings;
#[path = "../../support/story.rs"]
mod story;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use creance_sigv::replay::Restart;
use tokio::net::TcpListener;

use crate::log::Log;
use crate::receiver::Receiver;
use crate::settings::{HELP, Settings};

fn main() -> ExitCode {
    let settings = Settings::read(std::env::args().skip(1), |name| std::env::var(name).ok());
    let done = match settings {
        Ok(Some(settings)) => run(&settings),
        Ok(None) => {
            print!("{HELP}");
            Ok(())
        }
        Err(mistake) => Err(mistake.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("webhook_receiver: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(settings: &Settings) -> Result<(), Box<dyn Error>> {
    match settings.serve {
        Some(address) => serve(settings, address).await,
        None => demo().await,
    }
}

/// Stays up until it is stopped.
async fn serve(settings: &Settings, address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let origin = settings.origin.clone().unwrap_or_else(|| format!("http://{address}"));
    let secrets = settings.secrets();
    println!("listening on {address}; providers reach it as {origin}/hooks/...");
    for (name, secret) in &secrets {
        let made_up = secret.is_made_up;
        println!("  {name:18} {}", if made_up { secret.text.as_str() } else { "as configured" });
    }
    // What another process accepted a moment ago may come again.
    let restart = Restart::barrier_now();
    let mut receiver = Receiver::new(&origin, &secrets, restart, Log::printed())?;
    receiver.questions = settings.questions.clone();
    let stopped = async { drop(tokio::signal::ctrl_c().await) };
    let router = receiver::router(Arc::new(receiver));
    axum::serve(listener, router).with_graceful_shutdown(stopped).await?;
    Ok(())
}

/// Sends itself messages, and tells what becomes of them.
async fn demo() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let secrets = Settings::default().secrets();
    // The keys are made up at this start: nobody accepted anything under them before.
    let restart = Restart::DangerousNoBarrier;
    let mut receiver = Receiver::new(&origin, &secrets, restart, Log::kept())?;
    receiver.questions = demo::questions();
    let receiver = Arc::new(receiver);
    let router = receiver::router(Arc::clone(&receiver));
    let serving = tokio::spawn(async { axum::serve(listener, router).await });
    let told = demo::tell(&receiver, &secrets, &story::Story::begin()).await;
    serving.abort();
    told
}
