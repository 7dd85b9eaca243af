//! Credentials from the environment or from a file, never from an argument: everybody who lists
//! processes would see it.
//!
//! An example takes it in with `#[path = "support/credentials.rs"] mod credentials;`.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::{env, fmt};

use creance_hawk::sigv::{self, Algorithm, Encoding, Key, KeyBytes};
use serde_json::Value;

/// What the variables are, for a usage text.
pub(crate) const VARIABLES: &str = "\
Credentials come from the environment:

  HAWK_ID               the credentials' id
  HAWK_KEY              the key; or
  HAWK_KEY_FILE         a file with the key, read without its last line break
  HAWK_ALGORITHM        sha256 (default), sha384, sha512 or sha1
  HAWK_KEY_ENCODING     how the key is written: text (default), base64, base64url or hex

or, with all of that in one file, from the file that is named by

  HAWK_CREDENTIALS      a JSON object: {\"id\": …, \"key\": …, \"algorithm\": …, \"encoding\": …}";

/// The longest file with credentials or a key that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// The variables that a file replaces.
const SINGLE: [&str; 5] =
    ["HAWK_ID", "HAWK_KEY", "HAWK_KEY_FILE", "HAWK_ALGORITHM", "HAWK_KEY_ENCODING"];

/// An id and its key.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) key: Key,
    /// For standard error.
    pub(crate) warnings: Vec<String>,
}

/// Why there are no credentials. No message holds any of the key.
#[derive(Debug)]
pub(crate) enum Error {
    /// They are not given as they have to be.
    Usage(String),
    /// A file could not be read.
    Failed(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(message) | Self::Failed(message)) = self;
        f.write_str(message)
    }
}

impl std::error::Error for Error {}

/// A variable of this process.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// By a JSON file, if one is named, otherwise by the [`VARIABLES`].
pub(crate) fn load(
    file: Option<&str>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Stored, Error> {
    if let Some(path) = file {
        return from_file(path);
    }
    let text = |name: &str| match variable(name).map(OsString::into_string) {
        None => Ok(None),
        Some(Ok(text)) => Ok(Some(text)),
        Some(Err(_)) => Err(Error::Usage(format!("{name} is not UTF-8"))),
    };
    let Some(path) = text("HAWK_CREDENTIALS")? else { return from_variables(text) };
    match SINGLE.into_iter().find(|name| variable(name).is_some()) {
        None => from_file(&path),
        Some(name) => Err(Error::Usage(format!("HAWK_CREDENTIALS and {name} are both set"))),
    }
}

fn from_variables(
    variable: impl Fn(&str) -> Result<Option<String>, Error>,
) -> Result<Stored, Error> {
    let wrong = |what: &str| Error::Usage(what.to_owned());
    let id = variable("HAWK_ID")?.ok_or_else(|| wrong("HAWK_ID is not set"))?;
    let mut warnings = Vec::new();
    let key = match (variable("HAWK_KEY")?, variable("HAWK_KEY_FILE")?) {
        (Some(key), None) => key.into_bytes(),
        (None, Some(path)) => {
            let mut key = read(&path, &mut warnings)?;
            if key.last() == Some(&b'\n') {
                key.pop();
            }
            key
        }
        (None, None) => return Err(wrong("neither HAWK_KEY nor HAWK_KEY_FILE is set")),
        (Some(_), Some(_)) => return Err(wrong("HAWK_KEY and HAWK_KEY_FILE are both set")),
    };
    let (algorithm, encoding) = (variable("HAWK_ALGORITHM")?, variable("HAWK_KEY_ENCODING")?);
    Written { id, key, algorithm, encoding }.decode(warnings)
}

fn from_file(path: &str) -> Result<Stored, Error> {
    let mut warnings = Vec::new();
    let text = read(path, &mut warnings)?;
    // What serde says of the place is kept, and of the text nothing is: it holds the key.
    let value = serde_json::from_slice(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Error::Usage(format!("{path}: no JSON at line {line}, column {column}"))
    })?;
    let stored = from_json(value).and_then(|written| written.decode(warnings));
    stored.map_err(|error| Error::Usage(format!("{path}: {error}")))
}

fn from_json(value: Value) -> Result<Written, Error> {
    let Value::Object(mut fields) = value else {
        return Err(Error::Usage("this is no JSON object".to_owned()));
    };
    let mut field = |name: &str| match fields.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::Usage(format!("\"{name}\" is no string"))),
    };
    let (id, key) = (field("id")?, field("key")?);
    let (algorithm, encoding) = (field("algorithm")?, field("encoding")?);
    // A misspelt name must not leave a default in force.
    if let Some(name) = fields.keys().next() {
        return Err(Error::Usage(format!("there is no field \"{name}\"")));
    }
    let missing = |name: &str| Error::Usage(format!("\"{name}\" is missing"));
    let id = id.ok_or_else(|| missing("id"))?;
    let key = key.ok_or_else(|| missing("key"))?.into_bytes();
    Ok(Written { id, key, algorithm, encoding })
}

/// Credentials as they are written, before the key is decoded.
struct Written {
    id: String,
    key: Vec<u8>,
    algorithm: Option<String>,
    encoding: Option<String>,
}

impl Written {
    fn decode(self, warnings: Vec<String>) -> Result<Stored, Error> {
        let algorithm = match self.algorithm.as_deref() {
            None => Algorithm::default(),
            Some(name) => name.parse().map_err(|error| usage(&error))?,
        };
        let encoding = match self.encoding.as_deref() {
            None | Some("text") => None,
            Some("base64") => Some(Encoding::Base64),
            Some("base64url") => Some(Encoding::Base64Url),
            Some("hex") => Some(Encoding::Hex),
            Some(_) => {
                let known = "a key's encoding is text, base64, base64url or hex";
                return Err(Error::Usage(known.to_owned()));
            }
        };
        // This copy is wiped when it is dropped; the environment and the file keep theirs.
        let secret = match encoding {
            None => KeyBytes::from_slice(&self.key),
            // What is not UTF-8 is in none of these encodings, and neither is `?`.
            Some(encoding) => {
                KeyBytes::decode(encoding, std::str::from_utf8(&self.key).unwrap_or("?"))
            }
        };
        let secret = secret.map_err(|error| usage(&error))?;
        let key = Key::from_provider(algorithm, secret.expose()).map_err(|error| usage(&error))?;
        Ok(Stored { id: self.id, key, warnings })
    }
}

fn usage(error: &sigv::Error) -> Error {
    Error::Usage(error.to_string())
}

/// A file with a secret. That others can read it is worth a warning.
fn read(path: &str, warnings: &mut Vec<String>) -> Result<Vec<u8>, Error> {
    let failed = |error: io::Error| Error::Failed(format!("{path}: {error}"));
    let file = File::open(path).map_err(failed)?;
    if others_can_read(&file) {
        warnings.push(format!("{path} can be read by others: chmod 600 it"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(Error::Failed(format!("{path}: more than {MAX_FILE} bytes")));
    }
    Ok(bytes)
}

/// Of a regular file: what a shell hands over by a pipe has a mode that says nothing.
#[cfg(unix)]
fn others_can_read(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let readable = |mode: u32| mode & 0o044 != 0;
    file.metadata().is_ok_and(|it| it.is_file() && readable(it.permissions().mode()))
}

/// Elsewhere access is not told by a mode.
#[cfg(not(unix))]
fn others_can_read(_: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn";

    fn with(variables: &[(&str, &str)]) -> Result<Stored, Error> {
        load(None, |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    fn encoded(encoding: &str, key: &str) -> Result<Stored, Error> {
        with(&[("HAWK_ID", "a"), ("HAWK_KEY", key), ("HAWK_KEY_ENCODING", encoding)])
    }

    fn usage_error(result: Result<Stored, Error>) -> String {
        match result.unwrap_err() {
            Error::Usage(message) => message,
            error @ Error::Failed(_) => panic!("{error}"),
        }
    }

    #[test]
    fn one_key_in_four_encodings() {
        let expected = Key::new(Algorithm::Sha256, TEXT.as_bytes()).unwrap().sign(b"x");
        for (name, encoding) in [
            ("text", None),
            ("base64", Some(Encoding::Base64)),
            ("base64url", Some(Encoding::Base64Url)),
            ("hex", Some(Encoding::Hex)),
        ] {
            let mut written = String::new();
            match encoding {
                None => written.push_str(TEXT),
                Some(encoding) => encoding.encode(TEXT.as_bytes(), &mut written).unwrap(),
            }
            let stored = encoded(name, &written).unwrap();
            assert_eq!(stored.key.sign(b"x").expose(), expected.expose(), "{name}");
        }
    }

    #[test]
    fn no_message_holds_the_key() {
        for (encoding, key, expected) in [
            ("hex", TEXT, "the key is not strict lower-case hexadecimal"),
            ("base64", TEXT, "the key is not strict Base64"),
            ("rot13", TEXT, "a key's encoding is text, base64, base64url or hex"),
            ("text", "short-s3cret", "the key has 12 bytes, at least 16 are required for sha256"),
        ] {
            let message = usage_error(encoded(encoding, key));
            assert!(message.starts_with(expected), "{message}");
            assert!(!message.contains(key));
        }
    }

    #[test]
    fn two_places_for_one_thing_are_an_error() {
        let both = [("HAWK_ID", "a"), ("HAWK_KEY", TEXT), ("HAWK_KEY_FILE", "/no/such/file")];
        assert_eq!(usage_error(with(&both)), "HAWK_KEY and HAWK_KEY_FILE are both set");
        for name in SINGLE {
            let message = usage_error(with(&[("HAWK_CREDENTIALS", "/no/such/file"), (name, "x")]));
            assert_eq!(message, format!("HAWK_CREDENTIALS and {name} are both set"));
        }
    }

    #[test]
    fn a_file_has_known_fields_only() {
        let parse = |text| from_json(serde_json::from_str(text).unwrap());
        let written = parse(r#"{"id": "a", "key": "b", "algorithm": "sha1"}"#).unwrap();
        assert_eq!((written.id.as_str(), written.key.as_slice()), ("a", &b"b"[..]));
        assert_eq!(written.algorithm.as_deref(), Some("sha1"));
        for (text, expected) in [
            (r#"["a"]"#, "this is no JSON object"),
            (r#"{"id": "a"}"#, "\"key\" is missing"),
            (r#"{"id": "a", "key": 7}"#, "\"key\" is no string"),
            (r#"{"id": "a", "key": "b", "algoritm": "sha1"}"#, "there is no field \"algoritm\""),
        ] {
            let Err(error) = parse(text) else { panic!("{text}") };
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_warned_of() {
        use std::fs;
        use std::os::unix::fs::PermissionsExt as _;

        let folder = env::temp_dir();
        let json = folder.join(format!("hawk-credentials-{}.json", std::process::id()));
        let text = folder.join(format!("hawk-credentials-{}.txt", std::process::id()));
        fs::write(&json, format!(r#"{{"id": "a", "key": "{TEXT}"}}"#)).unwrap();
        fs::write(&text, format!("{TEXT}\n")).unwrap();
        let (json_name, text_name) = (json.to_str().unwrap(), text.to_str().unwrap());
        let expected = Key::new(Algorithm::Sha256, TEXT.as_bytes()).unwrap().sign(b"x");
        for (mode, warnings) in [(0o600, 0), (0o640, 1), (0o604, 1)] {
            for path in [&json, &text] {
                fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            }
            for stored in [
                load(Some(json_name), |_| None).unwrap(),
                with(&[("HAWK_CREDENTIALS", json_name)]).unwrap(),
                with(&[("HAWK_ID", "a"), ("HAWK_KEY_FILE", text_name)]).unwrap(),
            ] {
                assert_eq!(stored.key.sign(b"x").expose(), expected.expose());
                assert_eq!(stored.warnings.len(), warnings, "{mode:o}");
            }
        }
        fs::remove_file(&json).unwrap();
        fs::remove_file(&text).unwrap();
    }
}
