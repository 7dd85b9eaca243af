//! Characters that let a name look like another one, or like none.

/// Whether a character has no place in a name that somebody reads: it controls a terminal or a
/// printer, it is not seen, or it changes the order in which its neighbours are.
///
/// The two joiners, U+200C and U+200D, are not seen either and are let through: Persian and several
/// scripts of India are misspelt without them, and many emoji are made with them.
pub(crate) fn is_disguise(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_no_part_of_a_name() {
        let ranges = [
            ('\0', '\u{1f}'),
            ('\u{7f}', '\u{9f}'),
            ('\u{61c}', '\u{61c}'),
            ('\u{200b}', '\u{200b}'),
            ('\u{200e}', '\u{200f}'),
            ('\u{2028}', '\u{202e}'),
            ('\u{2060}', '\u{2069}'),
            ('\u{feff}', '\u{feff}'),
        ];
        for character in '\0'..=char::MAX {
            let is_listed =
                ranges.iter().any(|(first, last)| (*first..=*last).contains(&character));
            assert_eq!(is_disguise(character), is_listed, "{character:?}");
        }
    }
}
