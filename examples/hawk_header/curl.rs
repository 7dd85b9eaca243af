//! A `curl` command line that sends exactly what was signed.

use crate::arguments::{Body, Order};

/// The command line, quoted for a POSIX shell.
pub(crate) fn command(order: &Order, header: &str) -> String {
    let mut words = vec!["curl".to_owned()];
    if order.method.eq_ignore_ascii_case("HEAD") {
        words.push("--head".to_owned());
    } else {
        words.extend(["--include".to_owned(), "--request".to_owned(), quoted(&order.method)]);
    }
    // The URL is sent as it was signed: without these, `[`, `{` and dot segments are rewritten.
    words.extend(["--globoff".to_owned(), "--path-as-is".to_owned()]);
    words.extend(["--header".to_owned(), quoted(&format!("Authorization: {header}"))]);
    if let Some(body) = body_argument(&order.body) {
        // Without this, curl says that the body is a form, and the hash covers the type.
        let content_type = match &order.content_type {
            Some(content_type) => format!("Content-Type: {content_type}"),
            None => "Content-Type:".to_owned(),
        };
        words.extend(["--header".to_owned(), quoted(&content_type)]);
        words.extend(["--data-binary".to_owned(), quoted(&body)]);
    }
    words.push(quoted(&order.url));
    words.join(" ")
}

fn body_argument(body: &Body) -> Option<String> {
    match body {
        Body::None => None,
        Body::StandardInput => Some("@-".to_owned()),
        Body::File(path) => Some(format!("@{path}")),
    }
}

/// One word of a POSIX shell: in single quotes nothing has a meaning but a single quote.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%_+=:,./-".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::arguments::{Asked, parse};

    fn order(arguments: &[&str]) -> Order {
        match parse(arguments.iter().map(OsString::from)).unwrap() {
            Asked::Order(order) => *order,
            Asked::Help => panic!("help"),
        }
    }

    #[test]
    fn a_request_without_a_body() {
        let order = order(&["DELETE", "http://example.com/a?b=1&c=2"]);
        assert_eq!(
            command(&order, r#"Hawk id="a""#),
            "curl --include --request DELETE --globoff --path-as-is \
             --header 'Authorization: Hawk id=\"a\"' 'http://example.com/a?b=1&c=2'",
        );
    }

    #[test]
    fn a_body_without_a_type_is_sent_without_one() {
        let order = order(&["POST", "http://x/", "--body", "my file"]);
        let command = command(&order, "Hawk");
        assert!(command.contains(" --header Content-Type: --data-binary '@my file' "), "{command}");
    }

    #[test]
    fn head_is_an_option_of_its_own() {
        let command = command(&order(&["HEAD", "http://x/"]), "Hawk");
        assert!(command.starts_with("curl --head --globoff "), "{command}");
    }

    /// What a real shell makes of the line is what was meant.
    #[cfg(unix)]
    #[test]
    fn a_shell_reads_the_words_back() {
        let words = ["", "plain", "a b", "it's", "'", "$HOME `id` \\ \" ! * ~ # ; & | <", "ü\nx"];
        let line: Vec<_> = words.iter().map(|word| quoted(word)).collect();
        let script = format!("printf '<%s>' {}", line.join(" "));
        let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        let expected = words.map(|word| format!("<{word}>")).concat();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    }
}
