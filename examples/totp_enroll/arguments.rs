//! What was asked for, from the command line.

use std::ffi::OsString;

use creance_totp::{Algorithm, Digits, Parameters};

use crate::program::Failure;

pub(crate) const HELP: &str = "\
Enrols an authenticator app: shows a QR code and a key, and checks a code that the app shows.

usage: totp_enroll [OPTIONS]

  --issuer NAME      the service, as the app shows it (Example)
  --account NAME     the account, as the app shows it (alice@example.com)
  --algorithm NAME   sha1, sha256 or sha512 (sha1); many apps know the first only
  --digits NUMBER    6, 7 or 8 (6)
  --period SECONDS   how long a code lives (30)
  --spaces           draw the QR code without Unicode
  --help             print this
";

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Asked {
    Help,
    Order(Order),
}

#[derive(Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) issuer: String,
    pub(crate) account: String,
    pub(crate) parameters: Parameters,
    pub(crate) draws_spaces: bool,
}

pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Asked, Failure> {
    let mut order = Order {
        issuer: "Example".to_owned(),
        account: "alice@example.com".to_owned(),
        parameters: Parameters::totp(),
        draws_spaces: false,
    };
    let mut given = Vec::new();
    let mut arguments = arguments.map(text);
    while let Some(argument) = arguments.next() {
        let argument = argument?;
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        if given.iter().any(|known| known == name) {
            return Err(Failure::usage(format!("{name} is given twice")));
        }
        given.push(name.to_owned());
        match (name, attached) {
            ("--help" | "-h", None) => return Ok(Asked::Help),
            ("--spaces", None) => order.draws_spaces = true,
            ("--issuer" | "--account" | "--algorithm" | "--digits" | "--period", attached) => {
                let value = attached.map(Ok).or_else(|| arguments.next());
                let needed = || Failure::usage(format!("{name} needs a value"));
                order.set(name, value.ok_or_else(needed)??)?;
            }
            _ => return Err(Failure::usage(format!("{argument}: no such option"))),
        }
    }
    Ok(Asked::Order(order))
}

fn text(argument: OsString) -> Result<String, Failure> {
    argument.into_string().map_err(|_| Failure::usage("an argument is not UTF-8"))
}

impl Order {
    fn set(&mut self, name: &str, value: String) -> Result<(), Failure> {
        let wrong = || Failure::usage(format!("{name} cannot be {value}"));
        match name {
            "--issuer" => self.issuer = value,
            "--account" => self.account = value,
            "--algorithm" => {
                let algorithm: Algorithm = value.parse().map_err(|_| wrong())?;
                self.parameters = self.parameters.with_algorithm(algorithm).map_err(|_| wrong())?;
            }
            "--digits" => {
                let digits = value.parse().ok().and_then(|digits| Digits::new(digits).ok());
                self.parameters = self.parameters.with_digits(digits.ok_or_else(wrong)?);
            }
            _ => {
                let period = value.parse().map_err(|_| wrong())?;
                self.parameters = self.parameters.with_period(period).map_err(|_| wrong())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(arguments: &[&str]) -> Result<Asked, Failure> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn options_stand_in_both_forms() {
        let arguments =
            ["--issuer=ACME Co", "--account", "bob", "--digits", "8", "--period=60", "--spaces"];
        let Asked::Order(order) = asked(&arguments).unwrap() else { panic!("help") };
        let parameters = Parameters::totp().with_digits(Digits::Eight).with_period(60).unwrap();
        let expected = Order {
            issuer: "ACME Co".to_owned(),
            account: "bob".to_owned(),
            parameters,
            draws_spaces: true,
        };
        assert_eq!(order, expected);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (arguments, expected) in [
            (&["x"][..], "x: no such option"),
            (&["--secret", "x"], "--secret: no such option"),
            (&["--spaces=1"], "--spaces=1: no such option"),
            (&["--issuer"], "--issuer needs a value"),
            (&["--digits", "6", "--digits=6"], "--digits is given twice"),
            (&["--digits", "5"], "--digits cannot be 5"),
            (&["--period", "0"], "--period cannot be 0"),
            (&["--algorithm", "md5"], "--algorithm cannot be md5"),
            (&["--algorithm", "sha384"], "--algorithm cannot be sha384"),
        ] {
            let failure = asked(arguments).unwrap_err();
            assert_eq!(failure.exit_code(), 2);
            assert_eq!(failure.to_string(), format!("{expected}\nTry --help."));
        }
    }
}
