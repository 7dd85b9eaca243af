//! The program without its process: what `main` and the tests run.

use std::ffi::OsString;
use std::io::{self, Write};
use std::{error, fmt};

use creance_totp::{
    Account, Algorithm, Confirmed, DevicePolicy, DeviceTrust, Enrolment, Error, HashKeys, Key,
    KeyBytes, ManualKey, MemoryStateStore, QrCode, RecoveryCodes, RecoverySheet, Rejection,
    SealKeys, SecondFactor, UnixTime, rand,
};

use crate::arguments::{self, Asked, HELP, Order};

/// Everything that comes from outside.
pub(crate) struct World<W, R, C> {
    pub(crate) out: W,
    /// Whether `out` knows colours.
    pub(crate) is_terminal: bool,
    /// Reads a line; none at the end of the input.
    pub(crate) read: R,
    pub(crate) now: C,
}

/// Why it ends without a factor in use.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The program was not called as it has to be.
    Usage(String),
    /// No code was right, or something did not work.
    Failed(String),
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_) => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) => write!(f, "{message}\nTry --help."),
            Self::Failed(message) => f.write_str(message),
        }
    }
}

impl error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        rejection.error().into()
    }
}

pub(crate) fn run<W, R, C>(
    arguments: impl Iterator<Item = OsString>,
    world: &mut World<W, R, C>,
) -> Result<(), Failure>
where
    W: Write,
    R: FnMut() -> io::Result<Option<String>>,
    C: Fn() -> UnixTime,
{
    match arguments::parse(arguments)? {
        Asked::Help => Ok(write!(world.out, "{HELP}")?),
        Asked::Order(order) => {
            let enrolling = Enrolling::new(order)?;
            let enrolment = enrolling.begin((world.now)())?;
            enrolling.show(&enrolment, world)?;
            let confirmed = enrolling.ask(world)?;
            enrolling.show_recovery_codes(&confirmed, &mut world.out)
        }
    }
}

/// The user, as the service knows it.
const USER: &str = "user-1";

/// A service with one user, and keys that nobody will have again.
struct Enrolling {
    order: Order,
    factor: SecondFactor<MemoryStateStore<Account>, SealKeys>,
}

impl Enrolling {
    fn new(order: Order) -> Result<Self, Failure> {
        let (key, _) = Key::generate(Algorithm::Sha256, &mut rand::rng());
        let sealer = SealKeys::new(1, &KeyBytes::generate(Algorithm::Sha256, &mut rand::rng()))?;
        let recovery = RecoveryCodes::new(HashKeys::new(1, key.clone())?);
        let devices = DeviceTrust::new(key, DevicePolicy::default())?;
        let builder = SecondFactor::builder(MemoryStateStore::new(), sealer, recovery, devices)
            .issuer(&order.issuer)
            .parameters(order.parameters);
        let factor = builder.build().map_err(|error| Failure::usage(error.to_string()))?;
        Ok(Self { order, factor })
    }

    fn begin(&self, now: UnixTime) -> Result<Enrolment, Failure> {
        let begun = self.factor.begin_enrolment(USER, &self.order.account, now, rand::rng());
        begun.map_err(|rejection| match rejection.error() {
            error @ Error::Account => Failure::usage(error.to_string()),
            error => error.into(),
        })
    }

    /// The QR code where it can be scanned: on a terminal, which knows the colours that it needs.
    fn show<W: Write, R, C>(
        &self,
        enrolment: &Enrolment,
        world: &mut World<W, R, C>,
    ) -> Result<(), Failure> {
        let out = &mut world.out;
        let uri = enrolment.uri();
        for warning in uri.warnings() {
            writeln!(out, "Note: {warning}.")?;
        }
        if world.is_terminal {
            let code = QrCode::new(uri)?;
            let drawn =
                if self.order.draws_spaces { code.terminal_ascii()? } else { code.terminal()? };
            writeln!(out, "Scan this with an authenticator app:\n\n{}", drawn.expose())?;
        } else {
            writeln!(out, "There is no terminal to draw a QR code on. What it says is:")?;
            writeln!(out, "\n{}\n", uri.to_text()?.expose())?;
        }
        writeln!(out, "Or type it in:\n\n{}", ManualKey::new(uri).to_text()?.expose())?;
        Ok(())
    }

    /// Asks for codes until one is right, or the throttle ends it.
    fn ask<W, R, C>(&self, world: &mut World<W, R, C>) -> Result<Confirmed, Failure>
    where
        W: Write,
        R: FnMut() -> io::Result<Option<String>>,
        C: Fn() -> UnixTime,
    {
        loop {
            write!(world.out, "The code that the app shows: ")?;
            world.out.flush()?;
            let Some(typed) = (world.read)()? else {
                writeln!(world.out)?;
                return Err(Failure::Failed("there was no right code".to_owned()));
            };
            let code = match creance_totp::Code::parse(&typed) {
                Ok(code) => code,
                Err(error) => {
                    writeln!(world.out, "That is no code: {error}.")?;
                    continue;
                }
            };
            let now = (world.now)();
            match self.factor.confirm_enrolment(USER, &code, now, rand::rng()) {
                Ok(confirmed) => return Ok(confirmed),
                Err(rejection) if rejection.error() == Error::Mismatch => {
                    writeln!(world.out, "That is not it. Is the clock of the phone right?")?;
                }
                Err(rejection) => return Err(rejection.into()),
            }
        }
    }

    fn show_recovery_codes(
        &self,
        confirmed: &Confirmed,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let sheet = RecoverySheet {
            issuer: &self.order.issuer,
            account: &self.order.account,
            // The service of this example has no calendar.
            date: "",
            codes: confirmed.recovery_codes(),
        };
        let text = sheet.to_text()?;
        writeln!(out, "\nThat is it: the factor would be in use now.\n\n{}", text.expose())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use creance_totp::{KeyUri, Otp};

    use super::*;

    const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

    /// What was written, also for the person who types.
    #[derive(Clone, Default)]
    struct Screen(Rc<RefCell<Vec<u8>>>);

    impl Screen {
        fn text(&self) -> String {
            String::from_utf8(self.0.borrow().clone()).unwrap()
        }

        /// The code of the URI on the screen.
        fn code(&self) -> String {
            let text = self.text();
            let uri = text.lines().find(|line| line.starts_with("otpauth://")).unwrap();
            let (uri, _) = KeyUri::parse(uri).unwrap();
            let Otp::Totp(totp) = uri.otp().unwrap() else { panic!("codes by time") };
            totp.generate(NOW).unwrap().expose().to_owned()
        }
    }

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn talk(
        arguments: &[&str],
        is_terminal: bool,
        mut person: impl FnMut(&Screen) -> Option<String>,
    ) -> (Result<(), Failure>, String) {
        let screen = Screen::default();
        let mut world =
            World { out: screen.clone(), is_terminal, read: || Ok(person(&screen)), now: || NOW };
        let result = run(arguments.iter().map(OsString::from), &mut world);
        (result, screen.text())
    }

    #[test]
    fn a_right_code_ends_it_with_recovery_codes() {
        let mut lines = 0;
        let (result, text) = talk(&["--issuer", "ACME Co"], false, |screen| {
            lines += 1;
            Some(if lines == 1 { "12".to_owned() } else { screen.code() })
        });
        assert!(result.is_ok(), "{result:?}");
        assert!(text.contains("That is no code: a code is 6 to 8 digits"), "{text}");
        assert!(text.contains("\nAccount: ACME Co: alice@example.com\n"), "{text}");
        assert!(text.contains("ACME Co: recovery codes for alice@example.com\n"), "{text}");
        assert!(text.contains("alice@example.com\n\nEach of these codes"), "no date: {text}");
        assert_eq!(text.lines().filter(|line| line.len() == 33).count(), 10, "{text}");
        assert!(!text.contains('\x1b'), "no colours without a terminal");
    }

    #[test]
    fn wrong_codes_end_it_by_the_throttle() {
        let (result, text) = talk(&[], false, |screen| {
            let right: u32 = screen.code().parse().unwrap();
            // Two steps are looked at, and a third one is not in both places.
            Some(format!("{:06}", (right + 500_000) % 1_000_000))
        });
        assert_eq!(text.matches("That is not it.").count(), 5, "{text}");
        let message = result.unwrap_err().to_string();
        assert_eq!(message, "after failures in a row, the next attempt is at 1700000030");
    }

    #[test]
    fn the_end_of_the_input_ends_it() {
        let (result, text) = talk(&["--digits", "8"], true, |_| None);
        assert_eq!(result.unwrap_err().to_string(), "there was no right code");
        assert!(text.starts_with("Note: "), "a warning: {text}");
        assert!(text.contains('\u{2580}') && text.contains("\x1b["), "a code in colours");
        assert!(!text.contains("otpauth://"), "the key once is enough");
        let (_, text) = talk(&["--spaces"], true, |_| None);
        assert!(text.is_ascii(), "{text}");
    }

    #[test]
    fn names_that_no_app_takes_are_refused() {
        for arguments in [["--issuer", "a:b"], ["--account", ""], ["--period", "86401"]] {
            let (result, _) = talk(&arguments, false, |_| panic!("nothing is asked"));
            assert_eq!(result.unwrap_err().exit_code(), 2, "{arguments:?}");
        }
        let (result, text) = talk(&["--help"], false, |_| panic!("nothing is asked"));
        assert!(result.is_ok() && text == HELP);
    }
}
