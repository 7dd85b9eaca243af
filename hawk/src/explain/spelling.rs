use alloc::string::String;

use creance_sigv::{Encoding, KeyBytes};

/// Base64 as the scheme writes it, for a value that came unpadded, in the URL-safe alphabet, with
/// white space around it or in hexadecimal; `None` where it is spelled rightly, or not at all.
pub(super) fn respelled(value: &str) -> Option<String> {
    let text = if is_hex_digest(value) { from_hex(value)? } else { standard(value) };
    (text != value).then_some(text)
}

/// The standard alphabet with padding.
fn standard(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    let characters = value.trim().trim_end_matches('=').chars();
    text.extend(characters.map(|character| match character {
        '-' => '+',
        '_' => '/',
        other => other,
    }));
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// The lengths of the four digests. Of their texts in Base64 one has such a length, SHA-384's with
/// 64 characters; that all of these are hexadecimal digits does not happen by chance.
fn is_hex_digest(value: &str) -> bool {
    matches!(value.len(), 40 | 64 | 96 | 128) && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn from_hex(value: &str) -> Option<String> {
    let bytes = KeyBytes::decode(Encoding::Hex, &value.to_ascii_lowercase()).ok()?;
    let mut text = String::new();
    bytes.write(Encoding::Base64, &mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_digest_is_brought_back_to_base64() {
        let right = "aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw=";
        let hex = "6927b50c446666e465de9237ebff417599a712b4f0dec37338e01495f78a8d5c";
        for other in [
            "aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw",
            "aSe1DERmZuRl3pI36_9BdZmnErTw3sNzOOAUlfeKjVw=",
            " aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw= ",
            hex,
            &hex.to_uppercase(),
        ] {
            assert_eq!(respelled(other).as_deref(), Some(right), "{other}");
        }
        assert_eq!(respelled(right), None);
        assert_eq!(respelled(""), None);
    }
}
