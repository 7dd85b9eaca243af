//! The program without its process: what `main` and the tests run.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};

use creance_hawk::Nonce;
use creance_hawk::sigv::UnixTime;

use crate::arguments::{self, Asked, Body, Order, What};
use crate::{credentials, curl, signing};

/// The longest body that is read, in bytes.
const MAX_BODY: u64 = 1 << 30;

/// Everything that comes from outside.
pub(crate) struct World<V, I> {
    /// A variable of the environment.
    pub(crate) variable: V,
    pub(crate) input: I,
    pub(crate) now: UnixTime,
    pub(crate) nonce: Nonce,
}

/// What is to be shown.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) text: String,
    /// For standard error.
    pub(crate) warnings: Vec<String>,
}

/// Why nothing is shown.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The program was not called as it has to be.
    Usage(String),
    /// Something that was named could not be read or written.
    Failed(String),
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(crate) fn failed(what: &str, error: &io::Error) -> Self {
        Self::Failed(format!("{what}: {error}"))
    }

    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_) => 1,
        }
    }
}

impl From<credentials::Error> for Failure {
    fn from(error: credentials::Error) -> Self {
        match error {
            credentials::Error::Usage(message) => Self::Usage(message),
            credentials::Error::Failed(message) => Self::Failed(message),
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

pub(crate) fn run<V, I>(
    arguments: impl Iterator<Item = OsString>,
    world: World<V, I>,
) -> Result<Output, Failure>
where
    V: Fn(&str) -> Option<OsString>,
    I: Read,
{
    match arguments::parse(arguments)? {
        Asked::Help => Ok(Output { text: arguments::help(), warnings: Vec::new() }),
        Asked::Order(order) => fill(&order, world),
    }
}

fn fill<V, I>(order: &Order, world: World<V, I>) -> Result<Output, Failure>
where
    V: Fn(&str) -> Option<OsString>,
    I: Read,
{
    let stored = credentials::load(order.credentials.as_deref(), world.variable)?;
    let now = order.offset.apply(world.now);
    let text = match order.what {
        What::Link { life } => signing::link(order, &stored, now.saturating_add(life))?,
        What::Header | What::Curl => {
            let body = read(&order.body, world.input)?;
            let header = signing::header(order, &stored, body.as_deref(), now, &world.nonce)?;
            match order.what {
                What::Header => header,
                _ => curl::command(order, &header),
            }
        }
    };
    let mut warnings = stored.warnings;
    if order.what == What::Curl && order.body == Body::StandardInput {
        warnings.push("give curl the same body on its standard input".to_owned());
    }
    Ok(Output { text, warnings })
}

/// The body, where there is to be one.
fn read(body: &Body, input: impl Read) -> Result<Option<Vec<u8>>, Failure> {
    match body {
        Body::None => Ok(None),
        Body::StandardInput => read_all("standard input", input).map(Some),
        Body::File(path) => {
            let file = File::open(path).map_err(|error| Failure::failed(path, &error))?;
            read_all(path, file).map(Some)
        }
    }
}

fn read_all(name: &str, input: impl Read) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let read = input.take(MAX_BODY + 1).read_to_end(&mut body);
    read.map_err(|error| Failure::failed(name, &error))?;
    if body.len() as u64 > MAX_BODY {
        return Err(Failure::Failed(format!("{name}: more than {MAX_BODY} bytes")));
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use creance_hawk::sigv::rand;

    use super::*;

    /// The public example of the protocol: its header is known.
    const ID: &str = "dh37fgj492je";
    const KEY: &str = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";

    fn run_with(
        variables: &[(&str, &str)],
        arguments: &[&str],
        input: &[u8],
    ) -> Result<Output, Failure> {
        let world = World {
            variable: |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            },
            input,
            now: UnixTime::from_secs(1_353_832_234),
            nonce: Nonce::generate(&mut rand::rng()),
        };
        run(arguments.iter().map(OsString::from), world)
    }

    fn fail(variables: &[(&str, &str)], arguments: &[&str]) -> (u8, String) {
        let failure = run_with(variables, arguments, b"").unwrap_err();
        (failure.exit_code(), failure.to_string())
    }

    #[test]
    fn help_needs_no_credentials() {
        let output = run_with(&[], &["--help"], b"").unwrap();
        assert!(output.text.contains("HAWK_KEY_ENCODING"));
    }

    #[test]
    fn without_credentials_it_says_what_is_missing() {
        let get = ["GET", "http://example.com/"];
        let (code, message) = fail(&[], &get);
        assert_eq!((code, message.as_str()), (2, "HAWK_ID is not set\nTry --help."));
        let (code, message) = fail(&[("HAWK_ID", ID)], &get);
        assert_eq!(code, 2);
        assert_eq!(message, "neither HAWK_KEY nor HAWK_KEY_FILE is set\nTry --help.");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let variables = [("HAWK_ID", ID), ("HAWK_KEY", KEY)];
        let post = ["POST", "http://example.com/", "--body", "/no/such/file"];
        let (code, message) = fail(&variables, &post);
        assert_eq!(code, 1);
        assert!(message.starts_with("/no/such/file: "), "{message}");
    }

    #[test]
    fn what_cannot_be_signed_is_a_usage_error() {
        let variables = [("HAWK_ID", ID), ("HAWK_KEY", KEY)];
        for (arguments, expected) in [
            (["GET", "example.com", "--ext", "x"], "not an absolute http or https URL"),
            (["GET", "http://example.com", "--ext", "\""], "the value of ext"),
            (["GET", "http://example.com", "--dlg", "x"], "dlg stands without app"),
            (["G T", "http://example.com", "--app", "x"], "the method is not a token"),
        ] {
            let (code, message) = fail(&variables, &arguments);
            assert_eq!(code, 2);
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn curl_needs_the_body_again() {
        let variables = [("HAWK_ID", ID), ("HAWK_KEY", KEY)];
        let post = ["POST", "http://example.com/", "--body", "-"];
        let output = run_with(&variables, &post, b"hello").unwrap();
        assert!(output.text.contains(" --data-binary @- "), "{}", output.text);
        assert_eq!(output.warnings, ["give curl the same body on its standard input"]);
    }

    #[test]
    fn no_output_holds_the_key() {
        let variables = [("HAWK_ID", ID), ("HAWK_KEY", KEY)];
        for more in [["--ext", "x"], ["--bewit", "60"], ["--app", "x"]] {
            let arguments = [&["GET", "http://example.com/"][..], &more].concat();
            assert!(!run_with(&variables, &arguments, b"").unwrap().text.contains(KEY));
        }
    }
}
