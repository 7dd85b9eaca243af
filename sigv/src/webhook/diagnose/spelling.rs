use alloc::string::String;
use alloc::vec::Vec;

use crate::scheme::{Cause, Tags};
use crate::{Encoding, Tag};

/// The fewest characters of a tag that count as a part of it: 96 bits of Base64, 64 of hexadecimal.
const MIN_FRONT: usize = 16;

/// Whether one of the tags is the expected one, and if so which causes are in its form: none or one.
///
/// The expected tag is compared as any text is: whoever diagnoses has the secret.
pub(super) fn of(expected: &Tag, tags: &Tags<'_>) -> Option<Vec<Cause>> {
    let encoding = tags.encoding();
    let spelled = |encoding| {
        let mut text = String::new();
        // A string takes everything.
        let _ = expected.write(encoding, &mut text);
        text
    };
    let right = spelled(encoding);
    let others = [Encoding::Hex, Encoding::Base64, Encoding::Base64Url].map(spelled);
    let find = |is_it: &dyn Fn(&str) -> bool| {
        tags.texts().any(|tag| core::str::from_utf8(tag).is_ok_and(is_it))
    };
    let is_hex = |text: &str| encoding == Encoding::Hex && text.eq_ignore_ascii_case(&right);
    let is_other = |text: &str| {
        let text = text.trim();
        let bare = text.trim_end_matches('=');
        is_hex(text)
            || others.iter().any(|other| other.trim_end_matches('=') == bare)
            || text.eq_ignore_ascii_case(&others[0])
    };
    let is_front = |text: &str| text.len() >= MIN_FRONT && right.starts_with(text);
    if find(&|text| text == right) {
        Some(Vec::new())
    } else if find(&is_other) {
        Some(Vec::from([Cause::Spelling]))
    } else if find(&is_front) {
        Some(Vec::from([Cause::Truncated]))
    } else {
        None
    }
}
