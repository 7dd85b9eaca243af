//! One number out of a JSON object (RFC 8259), without an allocator and in one pass.

/// The top-level member `name` of a JSON object, where it is there once and an integer from 0 to
/// `u64::MAX`, written without sign, fraction and exponent.
///
/// This is no validator: it follows strings and brackets, and who reads the body in earnest finds what
/// else is wrong. But it sees no number where another reader could see another one: a second member of
/// the name is refused, and so is a name written with escapes, which could be that name.
pub(super) fn top_level_number(json: &[u8], name: &str) -> Option<u64> {
    let mut rest = open(json)?;
    let mut found = None;
    loop {
        let (key, behind) = string(space(rest))?;
        if key.contains(&b'\\') {
            return None;
        }
        let [b':', value @ ..] = space(behind) else { return None };
        let (value, behind) = split_value(space(value))?;
        if key == name.as_bytes() {
            if found.is_some() {
                return None;
            }
            found = Some(integer(value)?);
        }
        match space(behind) {
            [b',', next @ ..] => rest = next,
            [b'}', end @ ..] if space(end).is_empty() => return found,
            _ => return None,
        }
    }
}

fn open(json: &[u8]) -> Option<&[u8]> {
    match space(json) {
        [b'{', rest @ ..] => Some(rest),
        _ => None,
    }
}

fn space(mut json: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = json {
        json = rest;
    }
    json
}

/// A string without its quotation marks, and what is behind it.
fn string(json: &[u8]) -> Option<(&[u8], &[u8])> {
    let [b'"', inside @ ..] = json else { return None };
    let mut at = 0;
    loop {
        match inside.get(at)? {
            b'"' => return Some((&inside[..at], &inside[at + 1..])),
            // Whatever is escaped does not end the string.
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// A value, and the comma or bracket behind it.
fn split_value(json: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut rest, mut depth) = (json, 0_usize);
    loop {
        match rest {
            [b'"', ..] => {
                rest = string(rest)?.1;
                continue;
            }
            [b'{' | b'[', ..] => depth += 1,
            [b',' | b'}' | b']', ..] if depth == 0 => {
                return Some((&json[..json.len() - rest.len()], rest));
            }
            [b'}' | b']', ..] => depth -= 1,
            _ => {}
        }
        let [_, behind @ ..] = rest else { return None };
        rest = behind;
    }
}

fn integer(value: &[u8]) -> Option<u64> {
    let digits = value.trim_ascii_end();
    let is_canonical = digits == b"0" || digits.first().is_some_and(|digit| *digit != b'0');
    if !is_canonical {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<u64> {
        top_level_number(json.as_bytes(), "t")
    }

    #[test]
    fn the_member_is_found_wherever_it_stands() {
        for json in [
            r#"{"t":17}"#,
            r#" { "t" : 17 } "#,
            "{\n\t\"a\": \"}\\\"{,\",\r\n\t\"t\": 17\n}\n",
            r#"{"a":{"t":1,"b":[{"t":2}]},"t":17,"c":[]}"#,
            r#"{"a":"\\","t":17,"b":"t"}"#,
            r#"{"t":17,"a":"\u0022t\u0022:1"}"#,
        ] {
            assert_eq!(read(json), Some(17), "{json}");
        }
        assert_eq!(read(r#"{"t":18446744073709551615}"#), Some(u64::MAX));
        assert_eq!(read(r#"{"t":0}"#), Some(0));
    }

    #[test]
    fn what_another_reader_could_read_otherwise_is_refused() {
        for json in [
            r#"{"t":17,"t":17}"#,
            r#"{"t":17,"t":"x"}"#,
            r#"{"t":17,"\u0074":18}"#,
            r#"{"a":{"t":17}}"#,
            r#"[{"t":17}]"#,
            r#"{"t":17}{"t":18}"#,
            r#"{"t":17},"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn what_is_no_whole_number_is_refused() {
        for number in [
            "",
            "-1",
            "+1",
            "01",
            "1.0",
            "1e3",
            "\"1\"",
            "null",
            "[1]",
            "1 2",
            "0x1",
            "18446744073709551616",
            "99999999999999999999999999",
        ] {
            assert_eq!(read(&std::format!("{{\"t\":{number}}}")), None, "{number}");
        }
    }

    #[test]
    fn every_front_of_an_object_is_refused() {
        let json = r#"{"a":[1,{"b":"\\\""}],"t":17}"#;
        for end in 0..json.len() {
            assert_eq!(read(&json[..end]), None, "{}", &json[..end]);
        }
        assert_eq!(read(json), Some(17));
        let deep = "[".repeat(100_000);
        assert_eq!(read(&std::format!("{{\"a\":{deep}")), None);
    }
}
