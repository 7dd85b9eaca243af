use crate::{App, Parameters, Support};

/// Which apps take parameters, and what the others do.
///
/// ```
/// use creance_totp::{Algorithm, App, Parameters, Support};
///
/// assert!(Parameters::totp().compatibility().is_everywhere());
///
/// let compatibility =
///     Parameters::totp().with_algorithm(Algorithm::Sha256)?.compatibility();
/// assert!(!compatibility.is_everywhere());
/// assert!(compatibility.apps(Support::Taken).any(|app| app == App::Aegis));
/// let ignoring: Vec<App> = compatibility.apps(Support::Ignored).collect();
/// assert_eq!(ignoring, [App::GoogleAuthenticatorOld]);
/// # Ok::<(), creance_totp::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compatibility {
    parameters: Parameters,
}

impl Parameters {
    /// Looks these parameters up in the table of apps.
    #[must_use]
    pub const fn compatibility(self) -> Compatibility {
        Compatibility { parameters: self }
    }
}

impl Compatibility {
    /// Every app, with what it does.
    pub fn iter(self) -> impl Iterator<Item = (App, Support)> {
        App::ALL.into_iter().map(move |app| (app, app.support(self.parameters)))
    }

    /// The apps that do this.
    pub fn apps(self, support: Support) -> impl Iterator<Item = App> {
        self.iter().filter(move |(_, does)| *does == support).map(|(app, _)| app)
    }

    /// Whether every app of the table is known to take them.
    #[must_use]
    pub fn is_everywhere(self) -> bool {
        self.iter().all(|(_, support)| support == Support::Taken)
    }
}
