//! Reading vector files. Every key has to be asked for, and every file run: what the driver does
//! not know fails the test instead of being skipped.

use std::path::PathBuf;

use serde_json::{Map, Value};

/// The vector files: their names without `.json`, and what is in them.
pub(crate) fn files() -> Vec<(String, Fields)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let entries = std::fs::read_dir(&folder).expect("the folder of vectors");
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let json = std::fs::read_to_string(&path).unwrap();
            let stem = name.strip_suffix(".json").unwrap_or_else(|| panic!("{name} is no vector"));
            (stem.to_owned(), Fields::of(serde_json::from_str(&json).unwrap()))
        })
        .collect();
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    files
}

/// The cases of one file, after its head was looked at.
pub(crate) fn cases(mut file: Fields, kind: &str) -> Vec<Fields> {
    assert!(!file.text("about").is_empty() && !file.text("source").is_empty());
    assert_eq!(file.text("kind"), kind);
    let Value::Array(cases) = file.take("cases") else { panic!("cases is not an array") };
    file.end();
    assert!(!cases.is_empty());
    cases.into_iter().map(Fields::of).collect()
}

/// A JSON object from which every key has to be taken.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn of(value: Value) -> Self {
        match value {
            Value::Object(map) => Self(map),
            other => panic!("an object was expected, not {other}"),
        }
    }

    pub(crate) fn peek(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap()
    }

    pub(crate) fn take(&mut self, key: &str) -> Value {
        self.0.remove(key).unwrap_or_else(|| panic!("{key} is missing in {:?}", self.0))
    }

    pub(crate) fn text(&mut self, key: &str) -> String {
        self.take(key).as_str().unwrap_or_else(|| panic!("{key} is not a string")).to_owned()
    }

    pub(crate) fn optional(&mut self, key: &str) -> Option<String> {
        self.0.contains_key(key).then(|| self.text(key))
    }

    pub(crate) fn number(&mut self, key: &str) -> u64 {
        self.take(key).as_u64().unwrap_or_else(|| panic!("{key} is not a number"))
    }

    /// Nothing is left.
    pub(crate) fn end(self) {
        assert!(self.0.is_empty(), "unknown keys: {:?}", self.0);
    }
}
