use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Cause;
use super::draft::Draft;
use super::suspect::{Change, Suspect};

/// The path and query as a proxy, a framework or an URL library may have made them.
pub(super) fn suspects(ours: &Draft<'_>, prefixes: &[&str]) -> Vec<Suspect> {
    let resource: &str = &ours.resource;
    let mut suspects = Vec::new();
    let mut push = |cause: Cause, signed: String| {
        if signed != resource {
            suspects.push(Suspect { cause, change: Change::Resource(signed) });
        }
    };
    for prefix in prefixes.iter().map(|prefix| prefix.trim_end_matches('/')) {
        let cause = || prefix.to_string();
        if let Some(rest) = resource.strip_prefix(prefix) {
            let slash = if rest.starts_with('/') { "" } else { "/" };
            push(Cause::PrefixAdded { prefix: cause() }, format!("{slash}{rest}"));
        }
        push(Cause::PrefixStripped { prefix: cause() }, format!("{prefix}{resource}"));
    }
    let (path, query) = split(resource);
    match query {
        "" => push(Cause::TrailingQuestionMark, format!("{path}?")),
        "?" => push(Cause::TrailingQuestionMark, path.to_string()),
        _ => push(Cause::QueryLeftOut, path.to_string()),
    }
    if let Some((before, _)) = resource.split_once('#') {
        push(Cause::Fragment, before.to_string());
    }
    for signed in other_percents(path, query) {
        push(Cause::PercentEncoding, signed);
    }
    push(Cause::PlusForSpace, format!("{path}{}", query.replace('+', "%20")));
    push(Cause::PlusForSpace, format!("{path}{}", query.replace("%20", "+")));
    for scheme in ["http", "https"] {
        push(Cause::WholeUrl, format!("{scheme}://{}{resource}", ours.host));
        push(Cause::WholeUrl, format!("{scheme}://{}:{}{resource}", ours.host, ours.port));
    }
    if path == "/" {
        push(Cause::EmptyPath, query.to_string());
    } else {
        push(Cause::TrailingSlash, other_slash(path) + query);
    }
    push(Cause::PathNormalised, normalised(path) + query);
    push(Cause::PathParameters, without_parameters(path) + query);
    push(Cause::QueryOrder, format!("{path}{}", sorted(query)));
    suspects
}

/// The path, and the query with its question mark.
fn split(resource: &str) -> (&str, &str) {
    resource.split_at(resource.find('?').unwrap_or(resource.len()))
}

fn other_slash(path: &str) -> String {
    path.strip_suffix('/').map_or_else(|| format!("{path}/"), ToString::to_string)
}

/// Decoded, encoded more than necessary, encoded twice, or with digits in the other case.
fn other_percents(path: &str, query: &str) -> Vec<String> {
    let mut others = Vec::new();
    if let Some(path) = decoded(path) {
        others.push(format!("{path}{query}"));
        others.extend(decoded(query).map(|query| format!("{path}{query}")));
    }
    let whole = format!("{path}{query}");
    others.push(encoded(path) + query);
    others.push(whole.replace('%', "%25"));
    others.push(with_digits(&whole, str::to_ascii_uppercase));
    others.push(with_digits(&whole, str::to_ascii_lowercase));
    others
}

/// `None` where the bytes are not UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| hex_pair(after)).flatten();
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

fn hex_pair(text: &[u8]) -> Option<u8> {
    let digit = |index: usize| char::from(*text.get(index)?).to_digit(16);
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

/// Those characters percent-encoded that may stand in a path and need not (RFC 3986, 3.3): `:`, `@`
/// and `!$&'()*+,;=`. All others stay as they are, what is encoded too.
fn encoded(path: &str) -> String {
    path.chars().fold(String::new(), |mut text, character| {
        if ":@!$&'()*+,;=".contains(character) {
            text.push('%');
            text.push(hex_digit(u32::from(character) >> 4));
            text.push(hex_digit(u32::from(character) & 15));
        } else {
            text.push(character);
        }
        text
    })
}

fn hex_digit(value: u32) -> char {
    char::from_digit(value, 16).unwrap_or('0').to_ascii_uppercase()
}

fn with_digits(text: &str, case: fn(&str) -> String) -> String {
    let (first, escapes) = text.split_once('%').unwrap_or((text, ""));
    if escapes.is_empty() {
        return text.to_string();
    }
    escapes.split('%').fold(first.to_string(), |text, escape| {
        let (digits, rest) = escape.split_at_checked(2).unwrap_or((escape, ""));
        text + "%" + &case(digits) + rest
    })
}

/// Without dot segments (RFC 3986, 5.2.4) and doubled slashes.
fn normalised(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    let is_folder = matches!(path.rsplit('/').next(), Some("" | "." | ".."));
    let end = if is_folder && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", segments.join("/"))
}

/// Without what follows a `;` in each segment.
fn without_parameters(path: &str) -> String {
    let bare = |segment: &str| segment.split(';').next().unwrap_or("").to_string();
    path.split('/').map(bare).collect::<Vec<_>>().join("/")
}

fn sorted(query: &str) -> String {
    let Some(parameters) = query.strip_prefix('?') else { return query.to_string() };
    let mut parameters: Vec<_> = parameters.split('&').collect();
    parameters.sort_unstable();
    format!("?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_rewritten_as_others_do_it() {
        assert_eq!(normalised("/a//b/./c/../d"), "/a/b/d");
        assert_eq!(normalised("/a/b/.."), "/a/");
        assert_eq!(normalised("/../.."), "/");
        assert_eq!(without_parameters("/a;x=1/b;y"), "/a/b");
        assert_eq!(sorted("?b=1&a=2"), "?a=2&b=1");
        assert_eq!(decoded("/a%2fb%20c%").as_deref(), Some("/a/b c%"));
        assert_eq!(decoded("%ff"), None);
        assert_eq!(encoded("/a:b/(c)%2f"), "/a%3Ab/%28c%29%2f");
        assert_eq!(with_digits("/%2f%e4x%a", str::to_ascii_uppercase), "/%2F%E4x%A");
    }
}
