//! What was asked for, from the command line.

use std::ffi::OsString;

use creance_hawk::ClockOffset;
use creance_hawk::sigv::UnixTime;

use crate::credentials;
use crate::program::Failure;

const OPTIONS: &str = "\
Prints a curl command line with a Hawk header that is valid once, for about a minute.

usage: hawk_header [OPTIONS] METHOD URL

  --header-only         print the value of the Authorization header instead
  --bewit SECONDS       print a link that works for so long instead (GET and HEAD)

  --body FILE           the request has this body; - is standard input
  --content-type TYPE   the body's type
  --ext TEXT            application data
  --app ID              the application that the credentials were issued to
  --dlg ID              the application that delegated; needs --app
  --offset SECONDS      the server's clock is so far ahead of ours (or behind: -5)
  --credentials FILE    a JSON file with the credentials, instead of the environment
  --help                print this

";

pub(crate) fn help() -> String {
    [OPTIONS, credentials::VARIABLES].concat()
}

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Asked {
    Help,
    Order(Box<Order>),
}

/// What is to be signed, and what to be printed.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) what: What,
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) body: Body,
    pub(crate) content_type: Option<String>,
    pub(crate) ext: String,
    pub(crate) app: Option<String>,
    pub(crate) dlg: Option<String>,
    pub(crate) offset: ClockOffset,
    pub(crate) credentials: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Curl,
    Header,
    Link {
        /// Seconds until it expires.
        life: u64,
    },
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body {
    None,
    StandardInput,
    File(String),
}

/// Options as they were given, each at most once.
#[derive(Debug, Default)]
struct Given {
    header_only: bool,
    values: Vec<(&'static str, String)>,
    positional: Vec<String>,
}

/// Options with a value.
const WITH_VALUE: [&str; 8] =
    ["--bewit", "--body", "--content-type", "--ext", "--app", "--dlg", "--offset", "--credentials"];

/// What a key might be passed by.
const SECRET: [&str; 6] = ["--key", "-k", "--secret", "--password", "--hawk-key", "--token"];

pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Asked, Failure> {
    let mut given = Given::default();
    let mut arguments = arguments.map(text);
    while let Some(argument) = arguments.next() {
        match argument?.as_str() {
            "--help" | "-h" => return Ok(Asked::Help),
            "--header-only" => given.header_only = true,
            option if option.starts_with('-') => given.take_option(option, &mut arguments)?,
            positional => given.positional.push(positional.to_owned()),
        }
    }
    given.into_order().map(|order| Asked::Order(Box::new(order)))
}

fn text(argument: OsString) -> Result<String, Failure> {
    argument.into_string().map_err(|_| Failure::usage("an argument is not UTF-8"))
}

impl Given {
    /// Takes `--name value` or `--name=value`.
    fn take_option(
        &mut self,
        option: &str,
        rest: &mut impl Iterator<Item = Result<String, Failure>>,
    ) -> Result<(), Failure> {
        let (name, attached) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (option, None),
        };
        if SECRET.contains(&name) {
            return Err(Failure::usage(format!(
                "{name}: a key is not taken as an argument, where everybody who lists processes \
                 sees it, and the shell's history keeps it.\nSet HAWK_KEY or HAWK_KEY_FILE, or \
                 use --credentials FILE."
            )));
        }
        let Some(name) = WITH_VALUE.into_iter().find(|known| *known == name) else {
            return Err(Failure::usage(format!("{name}: no such option")));
        };
        if self.value(name).is_some() {
            return Err(Failure::usage(format!("{name} is given twice")));
        }
        let value = match attached {
            Some(value) => value,
            None => rest
                .next()
                .unwrap_or_else(|| Err(Failure::usage(format!("{name} needs a value"))))?,
        };
        self.values.push((name, value));
        Ok(())
    }

    fn value(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.value(name).map(str::to_owned)
    }

    fn into_order(self) -> Result<Order, Failure> {
        let what = self.what()?;
        let offset = self.value("--offset").map_or(Ok(ClockOffset::default()), offset)?;
        let body = match self.value("--body") {
            None => Body::None,
            Some("-") => Body::StandardInput,
            Some(path) => Body::File(path.to_owned()),
        };
        let [method, url] = self.positional.as_slice() else {
            return Err(Failure::usage("a method and a URL are needed"));
        };
        if body == Body::None && self.value("--content-type").is_some() {
            return Err(Failure::usage("--content-type is that of a --body"));
        }
        if body != Body::None && method.eq_ignore_ascii_case("HEAD") {
            return Err(Failure::usage("a HEAD request has no --body"));
        }
        Ok(Order {
            what,
            method: method.clone(),
            url: url.clone(),
            body,
            content_type: self.owned("--content-type"),
            ext: self.owned("--ext").unwrap_or_default(),
            app: self.owned("--app"),
            dlg: self.owned("--dlg"),
            offset,
            credentials: self.owned("--credentials"),
        })
    }

    /// A link takes no more than its life, `ext` and the clock.
    fn what(&self) -> Result<What, Failure> {
        let Some(life) = self.value("--bewit") else {
            return Ok(if self.header_only { What::Header } else { What::Curl });
        };
        let useless = ["--body", "--content-type", "--app", "--dlg"];
        let useless = useless.into_iter().find(|name| self.value(name).is_some());
        if let Some(name) = useless.or(self.header_only.then_some("--header-only")) {
            return Err(Failure::usage(format!("{name} has no meaning with --bewit")));
        }
        let method = self.positional.first().map_or("", String::as_str);
        if !matches!(method, "GET" | "HEAD") {
            return Err(Failure::usage("--bewit makes links for GET and HEAD only"));
        }
        match life.parse() {
            Ok(life) if life > 0 => Ok(What::Link { life }),
            _ => Err(Failure::usage("--bewit needs a number of seconds above 0")),
        }
    }
}

/// `5`, `+5` or `-5`.
fn offset(seconds: &str) -> Result<ClockOffset, Failure> {
    let seconds: i32 = seconds
        .parse()
        .map_err(|_| Failure::usage("--offset needs a number of seconds, such as 5 or -5"))?;
    let ours = UnixTime::from_secs(1 << 40);
    let distance = u64::from(seconds.unsigned_abs());
    let theirs =
        if seconds < 0 { ours.saturating_sub(distance) } else { ours.saturating_add(distance) };
    Ok(ClockOffset::between(ours, theirs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(arguments: &[&str]) -> Order {
        match parse(arguments.iter().map(OsString::from)).unwrap() {
            Asked::Order(order) => *order,
            Asked::Help => panic!("help"),
        }
    }

    fn refusal(arguments: &[&str]) -> String {
        let failure = parse(arguments.iter().map(OsString::from)).unwrap_err();
        assert_eq!(failure.exit_code(), 2);
        failure.to_string()
    }

    #[test]
    fn options_stand_anywhere_in_both_forms() {
        let order = order(&[
            "--ext=a=b",
            "POST",
            "--app",
            "a",
            "http://x/",
            "--dlg",
            "d",
            "--body",
            "-",
            "--content-type",
            "text/plain",
            "--offset=-5",
            "--credentials",
            "c.json",
        ]);
        assert_eq!((order.method.as_str(), order.url.as_str()), ("POST", "http://x/"));
        assert_eq!(order.ext, "a=b");
        assert_eq!((order.app.as_deref(), order.dlg.as_deref()), (Some("a"), Some("d")));
        assert_eq!(order.body, Body::StandardInput);
        assert_eq!(order.content_type.as_deref(), Some("text/plain"));
        assert_eq!(order.credentials.as_deref(), Some("c.json"));
        let now = UnixTime::from_secs(100);
        assert_eq!(order.offset.apply(now), UnixTime::from_secs(95));
        assert_eq!(order.what, What::Curl);
    }

    #[test]
    fn a_key_is_never_an_argument() {
        for arguments in [["--key", "s3cret"], ["--key=s3cret", ""], ["-k", "s3cret"]] {
            let message = refusal(&arguments);
            assert!(message.contains("a key is not taken as an argument"), "{message}");
            assert!(!message.contains("s3cret"));
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (arguments, expected) in [
            (&["GET"][..], "a method and a URL are needed"),
            (&["GET", "http://x", "y"], "a method and a URL are needed"),
            (&["GET", "http://x", "--nonce", "x"], "--nonce: no such option"),
            (&["GET", "http://x", "--ext"], "--ext needs a value"),
            (&["--ext", "a", "--ext", "b"], "--ext is given twice"),
            (&["GET", "http://x", "--offset", "soon"], "--offset needs a number of seconds"),
            (&["GET", "http://x", "--bewit", "0"], "--bewit needs a number of seconds above 0"),
            (&["POST", "http://x", "--bewit", "9"], "--bewit makes links for GET and HEAD only"),
            (&["GET", "x", "--bewit", "9", "--app", "a"], "--app has no meaning with --bewit"),
            (&["GET", "x", "--content-type", "a/b"], "--content-type is that of a --body"),
            (&["HEAD", "http://x", "--body", "-"], "a HEAD request has no --body"),
        ] {
            let message = refusal(arguments);
            assert!(message.starts_with(expected), "{message}");
        }
    }

    #[test]
    fn every_option_is_in_the_help() {
        for option in WITH_VALUE.into_iter().chain(["--header-only", "--help"]) {
            assert!(help().contains(&format!("  {option} ")), "{option}");
        }
    }
}
