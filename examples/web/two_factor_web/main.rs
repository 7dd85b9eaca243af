//! A web service with a second factor: axum, sessions, and a database in one file.
//!
//! ```sh
//! cargo run --example two_factor_web
//! ```
//!
//! `routes/` says what happens, in terms of `SecondFactor`; `pages/` what is shown; `visit.rs`,
//! `posted.rs` and `guard.rs` keep sessions apart and other sites out; `accounts.rs`, `users.rs` and
//! `sessions.rs` store. `examples/web/README.md` says what a real service does otherwise.

mod accounts;
mod answer;
mod app;
mod clock;
mod database;
mod device;
mod guard;
mod keys;
mod log;
mod origin;
mod pages;
mod passwords;
mod posted;
mod proofs;
mod routes;
mod sessions;
mod settings;
#[cfg(test)]
mod tests;
mod users;
mod visit;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use argon2::Params;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::app::App;
use crate::clock::Clock;
use crate::database::Database;
use crate::keys::Keys;
use crate::origin::Origin;
use crate::sessions::Sessions;
use crate::settings::{HELP, Settings};

/// The one user that there is at first.
const DEMO: &str = "demo@example.com";

/// How often sessions whose time is over are removed.
const SWEEP: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let settings = Settings::read(std::env::args().skip(1), |name| std::env::var(name).ok());
    let done = match settings {
        Ok(Some(settings)) => run(settings),
        Ok(None) => {
            print!("{HELP}");
            Ok(())
        }
        Err(mistake) => Err(mistake.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("two_factor_web: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(settings: Settings) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(settings.address()).await?;
    let address = listener.local_addr()?;
    let origin = match &settings.origin {
        Some(origin) => origin.clone(),
        None => Origin::parse(&format!("http://{address}"))?,
    };
    let folder = Folder::open(settings.data)?;
    let database = Arc::new(Database::open(&folder.path().join("two_factor.redb"))?);
    let keys = Keys::open(&folder.path().join("two_factor.keys"), &database)?;
    let sessions = Sessions::new(Arc::clone(&database), keys.sessions()?);
    let app = App::new(&database, &keys, origin, Clock::system(), Params::default())?;

    greet(&app, folder.path())?;
    let sweeping = tokio::spawn(sweep(sessions.clone()));
    let router = routes::router(Arc::new(app), sessions);
    axum::serve(listener, router).with_graceful_shutdown(stopped()).await?;
    sweeping.abort();
    Ok(())
}

/// Says where it is, and makes the demo user if there is none. Nobody can see the password again.
fn greet(app: &App, folder: &Path) -> Result<(), Box<dyn Error>> {
    println!("address:  {}/", app.origin);
    println!("data:     {}", folder.display());
    println!("name:     {DEMO}");
    let password = users::random_text();
    let is_new = app.users.add(DEMO, &password).map_err(|failure| failure.to_string())?;
    println!("password: {}", if is_new { &password } else { "as at the first start" });
    Ok(())
}

async fn sweep(sessions: Sessions) {
    loop {
        tokio::time::sleep(SWEEP).await;
        if let Err(error) = sessions.sweep().await {
            log::line(error);
        }
    }
}

/// Until somebody stops the program by Ctrl-C or, as supervisors do, by SIGTERM.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // Without a way to hear of the signal, the system ends the program.
    let _ = interrupted.await;
}

/// Where the data is.
enum Folder {
    Given(PathBuf),
    /// Removed at the end.
    Temporary(TempDir),
}

impl Folder {
    fn open(given: Option<PathBuf>) -> Result<Self, Box<dyn Error>> {
        match given {
            Some(path) => {
                make_private(&path)?;
                Ok(Self::Given(path))
            }
            None => Ok(Self::Temporary(TempDir::with_prefix("two_factor_web-")?)),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

/// Makes a folder that its owner alone can look into; one that is there is left as it is.
fn make_private(path: &Path) -> Result<(), Box<dyn Error>> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
