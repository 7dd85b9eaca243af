use crate::Error;
use crate::grammar::{MAX_LEN, position};
use crate::resource::Resource;

const NAME: &[u8] = b"bewit=";

/// A request target with its bewit taken out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut<'a> {
    pub(crate) bewit: &'a str,
    pub(crate) resource: Resource<'a>,
}

/// Finds the query parameter `bewit`, at any position, and what the resource is without it.
///
/// `None` where there is none. Several are refused: which of them counts would depend on the
/// reader.
pub(crate) fn cut(target: Resource<'_>) -> Result<Option<Cut<'_>>, Error> {
    // Two parts mean that an empty path was supplied: the URL was not written for a bewit.
    let text = if target.tail().is_empty() { target.head() } else { "" };
    let Some((start, end)) = find(text)? else { return Ok(None) };
    if text.len() > MAX_LEN {
        return Err(Error::UrlTooLong { bytes: text.len() });
    }
    let bewit = &text[start + NAME.len()..end];
    // One separator goes with the bewit: the one behind it, or before it where it is the last.
    let resource = match text.get(end + 1..) {
        None => Resource::joined(&text[..start - 1], ""),
        // A dangling `&` would make a second URL of the same bewit.
        Some("") => return Ok(None),
        Some(after) => Resource::joined(&text[..start], after),
    };
    Ok((!bewit.is_empty()).then_some(Cut { bewit, resource }))
}

/// Whether there is a query parameter `bewit`, be it empty, dangling or one of several.
pub(crate) fn names_bewit(text: &str) -> bool {
    !matches!(find(text), Ok(None))
}

/// Where the one parameter `bewit` begins and ends.
fn find(text: &str) -> Result<Option<(usize, usize)>, Error> {
    let bytes = text.as_bytes();
    let Some(question_mark) = position(bytes, b'?') else { return Ok(None) };
    let mut found = None;
    let mut start = question_mark + 1;
    while let Some(rest) = bytes.get(start..) {
        let end = position(rest, b'&').map_or(bytes.len(), |at| start + at);
        if rest.starts_with(NAME) && found.replace((start, end)).is_some() {
            return Err(Error::SeveralBewits);
        }
        start = end + 1;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    fn cut_text(target: &str) -> Option<std::string::String> {
        let cut = cut(Resource::parse(target).unwrap()).unwrap()?;
        assert_eq!(cut.bewit, "B");
        Some(cut.resource.head().to_string() + cut.resource.tail())
    }

    #[test]
    fn one_separator_goes_with_the_bewit() {
        for (target, resource) in [
            ("/r?a=1&bewit=B&c=2", "/r?a=1&c=2"),
            ("/r?a=1&bewit=B", "/r?a=1"),
            ("/r?bewit=B&c=2", "/r?c=2"),
            ("/r?bewit=B", "/r"),
            ("/r?&bewit=B", "/r?"),
            ("/r?a=1&&bewit=B", "/r?a=1&"),
            ("http://example.com/r?bewit=B", "/r"),
        ] {
            assert_eq!(cut_text(target).as_deref(), Some(resource), "{target}");
        }
    }

    #[test]
    fn what_only_looks_like_a_bewit_is_none() {
        for target in [
            "/r",
            "/r?",
            "/r?bewit",
            "/r?bewit=",
            "/r?abewit=B",
            "/r?a=bewit=B",
            "/r?Bewit=B",
            "/r&bewit=B",
            "/r?x=1?bewit=B",
            "/r?bewit=B&",
            "*",
            "http://example.com?bewit=B",
        ] {
            assert_eq!(cut_text(target), None, "{target}");
        }
    }

    #[test]
    fn several_bewits_are_refused() {
        for target in ["/r?bewit=B&bewit=B", "/r?bewit=&a=1&bewit=B", "/r?bewit=B&bewit="] {
            let result = cut(Resource::parse(target).unwrap());
            assert_eq!(result.err(), Some(Error::SeveralBewits), "{target}");
        }
    }
}
