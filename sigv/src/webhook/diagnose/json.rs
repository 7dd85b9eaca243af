use alloc::vec::Vec;

/// How JSON is written where it is written anew.
#[derive(Clone, Copy)]
struct Style {
    comma: &'static [u8],
    colon: &'static [u8],
    /// Spaces for each level, with a line for each member.
    indent: Option<usize>,
}

/// As JavaScript and most others write it; as Python does; and the forms of both for readers.
const STYLES: [Style; 4] = [
    Style { comma: b",", colon: b":", indent: None },
    Style { comma: b", ", colon: b": ", indent: None },
    Style { comma: b",", colon: b": ", indent: Some(2) },
    Style { comma: b",", colon: b": ", indent: Some(4) },
];

/// The same JSON with its white space as others write it: strings and numbers stay as they are.
pub(super) fn rewritten(json: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    STYLES.into_iter().filter_map(move |style| Writer::new(style).write(json))
}

/// What a text of 256 KiB may become.
const MAX_BYTES: usize = 1 << 22;

struct Writer {
    style: Style,
    out: Vec<u8>,
    depth: usize,
}

impl Writer {
    const fn new(style: Style) -> Self {
        Self { style, out: Vec::new(), depth: 0 }
    }

    /// `None` for what is no JSON by its strings and brackets, or becomes too long.
    fn write(mut self, json: &[u8]) -> Option<Vec<u8>> {
        let mut rest = json;
        while let [byte, behind @ ..] = rest {
            rest = behind;
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => {}
                b'"' => rest = self.string(behind)?,
                b'{' | b'[' => {
                    self.out.push(*byte);
                    self.depth += 1;
                    match behind.trim_ascii_start() {
                        // Nobody breaks the line in an empty one.
                        [end @ (b'}' | b']'), after @ ..] => {
                            self.depth -= 1;
                            self.out.push(*end);
                            rest = after;
                        }
                        _ => self.line(),
                    }
                }
                b'}' | b']' => {
                    self.depth = self.depth.checked_sub(1)?;
                    self.line();
                    self.out.push(*byte);
                }
                b',' => {
                    self.out.extend(self.style.comma);
                    self.line();
                }
                b':' => self.out.extend(self.style.colon),
                _ => self.out.push(*byte),
            }
            if self.out.len() > MAX_BYTES {
                return None;
            }
        }
        (self.depth == 0).then_some(self.out)
    }

    fn string<'j>(&mut self, inside: &'j [u8]) -> Option<&'j [u8]> {
        let mut at = 0;
        while *inside.get(at)? != b'"' {
            at += if inside[at] == b'\\' { 2 } else { 1 };
        }
        self.out.push(b'"');
        self.out.extend(inside.get(..=at)?);
        inside.get(at + 1..)
    }

    fn line(&mut self) {
        if let Some(spaces) = self.style.indent {
            self.out.push(b'\n');
            // Not deeper than anybody looks: the length stays in proportion.
            let spaces = spaces.saturating_mul(self.depth).min(1 << 10);
            self.out.resize(self.out.len() + spaces, b' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    fn all(json: &str) -> [String; 4] {
        let texts = rewritten(json.as_bytes()).map(|text| String::from_utf8(text).unwrap());
        texts.collect::<Vec<_>>().try_into().unwrap()
    }

    #[test]
    fn white_space_is_written_as_others_do_and_strings_stay() {
        let [dense, loose, two, four] = all(r#"{ "a" :[1,{"b": "x, : \" {"}],"c":{ }, "d":[]}"#);
        assert_eq!(dense, r#"{"a":[1,{"b":"x, : \" {"}],"c":{},"d":[]}"#);
        assert_eq!(loose, r#"{"a": [1, {"b": "x, : \" {"}], "c": {}, "d": []}"#);
        let lines = [
            "{",
            "  \"a\": [",
            "    1,",
            "    {",
            "      \"b\": \"x, : \\\" {\"",
            "    }",
            "  ],",
            "  \"c\": {},",
            "  \"d\": []",
            "}",
        ];
        assert_eq!(two, lines.join("\n"));
        let deeper = |line: &str| {
            let spaces = line.len() - line.trim_start().len();
            std::format!("{}{line}", " ".repeat(spaces))
        };
        assert_eq!(four, lines.map(deeper).join("\n"));
    }

    #[test]
    fn what_is_no_json_has_no_other_form() {
        for json in ["{", "}", "[}]]", "\"", "{\"a\\", "\"\\"] {
            assert_eq!(rewritten(json.as_bytes()).count(), 0, "{json}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(rewritten(deep.as_bytes()).count(), 0);
    }
}
