//! What is known of who sends a request: the content of their session.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use creance_sigv::Encoding;
use creance_totp::rand::{self, Rng};
use serde::{Deserialize, Serialize};
use time::Duration;
use tower_sessions::{Expiry, Session};

use crate::answer::Refusal;
use crate::app::Shared;

/// How long a session lasts from the moment it was begun or came further, however much it is used.
const SIGNED_IN: Duration = Duration::hours(8);
/// Before: time to find a password, and the phone.
const SIGNING_IN: Duration = Duration::minutes(15);

/// The content of a session. It holds no secret of a second factor and no code.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Visit {
    /// What every form of this session brings back, and no other site can know.
    token: String,
    stage: Stage,
}

/// How far somebody has come.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Stage {
    /// Nobody yet.
    Guest,
    /// The password was right; the second factor is still to come. Nothing else is allowed.
    Password(Who),
    /// Signed in.
    Member(Who, Entry),
}

/// Whose session it is.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Who {
    /// The name, for the pages.
    pub(crate) name: String,
    /// The user's id.
    pub(crate) id: String,
    /// The user's epoch when the session was begun.
    pub(crate) epoch: u64,
}

/// How somebody came in.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum Entry {
    /// With a password alone, having no second factor.
    Password,
    /// With a code.
    Code,
    /// With a recovery code: the phone is probably lost.
    Recovery,
    /// In a browser that is trusted.
    Device,
}

/// The sender of a request.
#[derive(Debug)]
pub(crate) struct Visitor {
    session: Session,
    visit: Visit,
}

const KEY: &str = "visit";

impl Visitor {
    /// The token for forms.
    pub(crate) fn token(&self) -> &str {
        &self.visit.token
    }

    pub(crate) fn stage(&self) -> &Stage {
        &self.visit.stage
    }

    /// Takes the session to another stage. It gets a new name and a new token: a name that somebody
    /// else has put into the browser before leads nowhere.
    pub(crate) async fn advance(&mut self, stage: Stage) -> Result<(), Refusal> {
        let life = if matches!(stage, Stage::Member(..)) { SIGNED_IN } else { SIGNING_IN };
        self.visit = Visit { token: token(), stage };
        self.session.cycle_id().await.map_err(Refusal::broken)?;
        self.session.set_expiry(Some(Expiry::OnInactivity(life)));
        self.session.insert(KEY, &self.visit).await.map_err(Refusal::broken)
    }

    /// Ends the session.
    pub(crate) async fn end(&self) -> Result<(), Refusal> {
        self.session.flush().await.map_err(Refusal::broken)
    }

    /// Who has given the right password and is asked for the second factor.
    pub(crate) async fn halfway(&self, app: &Shared) -> Result<Who, Refusal> {
        match self.stage() {
            Stage::Password(who) => self.checked(app, who).await,
            Stage::Member(..) => Err(Refusal::Elsewhere("/account")),
            Stage::Guest => Err(Refusal::Elsewhere("/sign-in")),
        }
    }

    /// Who is signed in.
    pub(crate) async fn member(&self, app: &Shared) -> Result<(Who, Entry), Refusal> {
        match self.stage() {
            Stage::Member(who, entry) => Ok((self.checked(app, who).await?, *entry)),
            Stage::Password(_) => Err(Refusal::Elsewhere("/sign-in/code")),
            Stage::Guest => Err(Refusal::Elsewhere("/sign-in")),
        }
    }

    /// Whose session it is, unless all of theirs were ended.
    async fn checked(&self, app: &Shared, who: &Who) -> Result<Who, Refusal> {
        let name = who.name.clone();
        let user = app.work(move |app| app.users.find(&name)).await??;
        match user {
            Some(user) if user.id == who.id && user.epoch == who.epoch => Ok(who.clone()),
            _ => {
                self.end().await?;
                Err(Refusal::Elsewhere("/sign-in"))
            }
        }
    }
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        let session = Session::from_request_parts(parts, app).await;
        let session = session.map_err(|(_, reason)| Refusal::broken(reason))?;
        if let Some(visit) = session.get(KEY).await.map_err(Refusal::broken)? {
            return Ok(Self { session, visit });
        }
        let visit = Visit { token: token(), stage: Stage::Guest };
        session.insert(KEY, &visit).await.map_err(Refusal::broken)?;
        Ok(Self { session, visit })
    }
}

/// 256 random bits.
fn token() -> String {
    let (mut bytes, mut text) = ([0; 32], String::new());
    rand::rng().fill_bytes(&mut bytes);
    // Text has room for all.
    let _ = Encoding::Base64Url.encode(&bytes, &mut text);
    text
}
