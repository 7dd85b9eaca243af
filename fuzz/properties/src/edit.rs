//! Small changes to a text, as somebody on the way would make them.

use arbitrary::{Result, Unstructured};

/// Edits tried on one text: more of them are more inputs.
pub(crate) const EDITS: usize = 4;

/// Replaces, removes or inserts a character, or drops a tail; `None` where nothing changed.
pub(crate) fn edit(text: &str, choices: &mut Unstructured<'_>) -> Result<Option<String>> {
    let mut bytes = text.as_bytes().to_vec();
    let at = choices.choose_index(bytes.len().max(1))?;
    match choices.int_in_range(0..=4)? {
        0 if at < bytes.len() => bytes[at] = choices.arbitrary()?,
        1 if at < bytes.len() => bytes[at] ^= 1 << choices.int_in_range(0..=6)?,
        2 if at < bytes.len() => drop(bytes.remove(at)),
        3 => bytes.insert(at, choices.arbitrary()?),
        _ => bytes.truncate(at),
    }
    // What is not text does not get as far as this.
    Ok(String::from_utf8(bytes).ok().filter(|changed| changed != text))
}

/// Text of the characters of `alphabet`, `least` of them or up to `most`.
pub(crate) fn text(
    choices: &mut Unstructured<'_>,
    alphabet: &[u8],
    least: usize,
    most: usize,
) -> Result<String> {
    let len = choices.int_in_range(least..=most)?;
    let mut text = String::with_capacity(len);
    for byte in choices.bytes(len)? {
        text.push(char::from(alphabet[usize::from(*byte) % alphabet.len()]));
    }
    Ok(text)
}
