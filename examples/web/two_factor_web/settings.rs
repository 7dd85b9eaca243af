//! How the program is called.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::origin::Origin;

/// What `--help` says.
pub(crate) const HELP: &str = "\
A web service with a second factor.

    two_factor_web [--port PORT] [--data FOLDER] [--origin ORIGIN]

  --port PORT      where to listen on the loopback address; 0, the default, for any free port
  --data FOLDER    where the database and the keys are, or are made; by default a folder that is
                   removed at the end
  --origin ORIGIN  where browsers reach it, if that is not the loopback address: behind a proxy that
                   speaks TLS, https://example.com; cookies are Secure then

Each may stand in the environment instead: TWO_FACTOR_WEB_PORT, TWO_FACTOR_WEB_DATA,
TWO_FACTOR_WEB_ORIGIN.
";

/// The settings.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    port: u16,
    pub(crate) data: Option<PathBuf>,
    pub(crate) origin: Option<Origin>,
}

impl Settings {
    /// Reads the arguments, and what `environment` has where there are none; `None` where help was
    /// asked for.
    pub(crate) fn read(
        arguments: impl IntoIterator<Item = String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, String> {
        let mut settings = Self::default();
        for (option, variable) in OPTIONS {
            if let Some(value) = environment(variable) {
                settings.set(option, &value)?;
            }
        }
        let mut arguments = arguments.into_iter();
        while let Some(option) = arguments.next() {
            if matches!(option.as_str(), "--help" | "-h") {
                return Ok(None);
            }
            let value = arguments.next().ok_or_else(|| format!("{option} needs a value"))?;
            settings.set(&option, &value)?;
        }
        Ok(Some(settings))
    }

    /// Where to listen: on the loopback address alone, for there is no TLS here.
    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    fn set(&mut self, option: &str, value: &str) -> Result<(), String> {
        match option {
            "--port" => {
                self.port = value.parse().map_err(|_| format!("{value:?} is not a port"))?;
            }
            "--data" => self.data = Some(value.into()),
            "--origin" => self.origin = Some(Origin::parse(value)?),
            _ => return Err(format!("there is no option {option}")),
        }
        Ok(())
    }
}

const OPTIONS: [(&str, &str); 3] = [
    ("--port", "TWO_FACTOR_WEB_PORT"),
    ("--data", "TWO_FACTOR_WEB_DATA"),
    ("--origin", "TWO_FACTOR_WEB_ORIGIN"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Option<Settings>, String> {
        let environment = |name: &str| (name == "TWO_FACTOR_WEB_PORT").then(|| "81".to_owned());
        Settings::read(arguments.iter().map(|&text| text.to_owned()), environment)
    }

    #[test]
    fn arguments_come_before_the_environment() {
        let port = |arguments| read(arguments).map(|read| read.map(|it| it.address().port()));
        assert_eq!(port(&[]), Ok(Some(81)));
        assert_eq!(port(&["--port", "82"]), Ok(Some(82)));
        assert_eq!(port(&["--help"]), Ok(None));
        assert_eq!(port(&["--port"]), Err("--port needs a value".to_owned()));
        assert_eq!(port(&["--port", "x"]), Err("\"x\" is not a port".to_owned()));
        assert_eq!(port(&["--bind", "x"]), Err("there is no option --bind".to_owned()));
    }
}
