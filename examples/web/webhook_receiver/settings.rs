//! How the program is called, and where secrets come from.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;

use crate::providers::{PROVIDERS, Provider};

/// What `--help` says.
pub(crate) const HELP: &str = "\
A receiver of webhooks.

    webhook_receiver [--serve ADDRESS] [--origin ORIGIN]

Without arguments it sends itself messages, tells what becomes of them, and ends.

  --serve ADDRESS  stay up at this address, say 127.0.0.1:8080
  --origin ORIGIN  how providers reach it, say https://hooks.example.com: some sign the URL

A provider's secret stands in the environment: WEBHOOK_SECRET_STRIPE, WEBHOOK_SECRET_TWILIO and so
on; while it is replaced, the old and the new one with a comma between them. For a provider without
one a secret is made up at each start, and shown. What Meta is told to ask for stands in
WEBHOOK_VERIFY_TOKEN, what WebSub is subscribed to in WEBHOOK_TOPIC; without them such questions are
refused.
";

/// What is answered to who asks whether it is meant.
#[derive(Clone, Default)]
pub(crate) struct Questions {
    /// What Meta is told in its app's settings.
    pub(crate) verify_token: Option<String>,
    /// What `WebSub` is subscribed to.
    pub(crate) topic: Option<String>,
}

/// The settings.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) serve: Option<SocketAddr>,
    pub(crate) origin: Option<String>,
    pub(crate) questions: Questions,
    configured: BTreeMap<&'static str, String>,
}

/// Not the secrets.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("serve", &self.serve)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// A provider's secret, or several with commas between them.
#[derive(Clone)]
pub(crate) struct Secret {
    pub(crate) text: String,
    pub(crate) is_made_up: bool,
}

impl Settings {
    /// Reads the arguments and the environment; `None` where help was asked for.
    pub(crate) fn read(
        arguments: impl IntoIterator<Item = String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, String> {
        let mut settings = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(option) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{option} needs a value"));
            match option.as_str() {
                "--help" | "-h" => return Ok(None),
                "--serve" => {
                    let address = value()?.parse().map_err(|error| format!("--serve: {error}"))?;
                    settings.serve = Some(address);
                }
                "--origin" => settings.origin = Some(value()?.trim_end_matches('/').to_owned()),
                other => return Err(format!("{other} is not known: see --help")),
            }
        }
        settings.questions = Questions {
            verify_token: environment("WEBHOOK_VERIFY_TOKEN"),
            topic: environment("WEBHOOK_TOPIC"),
        };
        for provider in &PROVIDERS {
            if let Some(secret) = environment(&variable(provider)) {
                settings.configured.insert(provider.name, secret);
            }
        }
        Ok(Some(settings))
    }

    /// The secret of each provider.
    pub(crate) fn secrets(&self) -> BTreeMap<&'static str, Secret> {
        let secret = |provider: &Provider| match self.configured.get(provider.name) {
            Some(text) => Secret { text: text.clone(), is_made_up: false },
            None => Secret { text: provider.made_up_secret(), is_made_up: true },
        };
        PROVIDERS.iter().map(|provider| (provider.name, secret(provider))).collect()
    }
}

fn variable(provider: &Provider) -> String {
    format!("WEBHOOK_SECRET_{}", provider.name.to_ascii_uppercase().replace('-', "_"))
}
