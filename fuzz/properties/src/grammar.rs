//! A slow parser of Hawk's headers, written from the grammar and unlike the one that is tested: it
//! cuts the header at its quotation marks, which no value can contain.

use std::collections::BTreeMap;

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    /// The scheme, and nothing behind it.
    Bare,
    /// Another scheme, or nothing at all.
    Other,
    /// The attributes by name.
    Hawk(BTreeMap<String, String>),
    /// Not a header of any scheme, or one of ours that is malformed.
    Malformed,
}

impl Header {
    /// Reads a header that may have the attributes `names`.
    pub(crate) fn read(header: &str, names: &[&str]) -> Self {
        if header.len() > 4096 {
            return Self::Malformed;
        }
        if header.is_empty() {
            return Self::Other;
        }
        let scheme: String = header.chars().take_while(|c| is_token(*c)).collect();
        let behind = &header[scheme.len()..];
        if scheme.is_empty() || !(behind.is_empty() || behind.starts_with(SPACE)) {
            return Self::Malformed;
        }
        if scheme.to_lowercase() != "hawk" {
            return Self::Other;
        }
        let pairs = behind.trim_start_matches(SPACE);
        if pairs.is_empty() {
            return Self::Bare;
        }
        read_pairs(pairs, names).map_or(Self::Malformed, Self::Hawk)
    }

    /// The attribute, where there are attributes and it is one of them.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        match self {
            Self::Hawk(values) => values.get(name).map(String::as_str),
            _ => None,
        }
    }
}

const SPACE: [char; 2] = [' ', '\t'];

/// `name="value"` again and again: the pieces between the quotation marks are by turns what stands
/// around values and values.
fn read_pairs(pairs: &str, names: &[&str]) -> Option<BTreeMap<String, String>> {
    let pieces: Vec<&str> = pairs.split('"').collect();
    if pieces.len() < 3 || pieces.len().is_multiple_of(2) {
        return None;
    }
    let mut values = BTreeMap::new();
    for (index, pair) in pieces[..pieces.len() - 1].chunks(2).enumerate() {
        let name = if index == 0 { pair[0] } else { behind_comma(pair[0])? };
        let name = name.strip_suffix('=')?;
        let value = pair[1];
        let known = names.contains(&name);
        let allowed = !value.is_empty() && value.chars().all(is_value);
        if !known || !allowed || values.insert(name.to_owned(), value.to_owned()).is_some() {
            return None;
        }
    }
    let end = pieces[pieces.len() - 1].trim_matches(SPACE);
    (end.is_empty() || end == ",").then_some(values)
}

/// What follows a comma with white space around it.
fn behind_comma(text: &str) -> Option<&str> {
    let (before, behind) = text.split_once(',')?;
    before.trim_matches(SPACE).is_empty().then(|| behind.trim_start_matches(SPACE))
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

fn is_value(c: char) -> bool {
    (' '..='~').contains(&c) && c != '"' && c != '\\'
}

/// Whether `text` is a number that a timestamp may be.
pub(crate) fn timestamp(text: &str) -> Option<u64> {
    let value = text.parse::<u64>().ok()?;
    (text.len() <= 19 && value.to_string() == text).then_some(value)
}
