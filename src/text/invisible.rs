//! Invisible and deceptive characters, by their Unicode properties.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{BidiControl, DefaultIgnorableCodePoint, GeneralCategory},
};
use unicode_width::UnicodeWidthChar;

/// Characters that are blank although no property says so, and replacement characters.
const BLANK_CHARS: &[char] = &[
    '\u{2800}',  // braille pattern blank
    '\u{fffc}',  // object replacement character
    '\u{fffd}',  // replacement character
    '\u{13441}', // blank hieroglyphs
    '\u{13442}',
    '\u{16fe4}', // Khitan filler
    '\u{1d159}', // null notehead
];

/// Whether `char` is invisible, changes the direction of text, is not shown alike by all programs, or could pass for
/// one of our own escapes. The space does not count. Joiners and variation selectors do, even where they belong to a
/// word: a name that has them must not look like one that has not.
pub(super) fn is_hidden(char: char) -> bool {
    match char {
        ' '..='~' => false,
        // The second range: the symbols that `make_visible` writes for control characters.
        '\0'..='\u{a0}' | '\u{2400}'..='\u{2426}' => true,
        _ => {
            is_of_hidden_category(char)
                || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(char)
                || CodePointSetData::new::<BidiControl>().contains(char)
                || BLANK_CHARS.contains(&char)
                || char.width().is_none()
        }
    }
}

/// Whether Unicode assigns `char` to a category that is not visible: control, format, space or unassigned.
fn is_of_hidden_category(char: char) -> bool {
    matches!(
        CodePointMapData::<GeneralCategory>::new().get(char),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
            | GeneralCategory::SpaceSeparator
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_every_script_are_not_hidden() {
        for char in "azÀßЖקعहक्षไ世한あ→€½\u{301}\u{5b0}\u{64b}😀".chars() {
            assert!(!is_hidden(char), "{char:?}");
        }
    }

    #[test]
    fn deceptive_characters_are_hidden_by_their_properties() {
        for char in [
            '\u{7f}',
            '\u{85}',
            '\u{a0}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1680}',
            '\u{17b4}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{2028}',
            '\u{202e}',
            '\u{2066}',
            '\u{3000}',
            '\u{3164}',
            '\u{e000}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{ffff}',
            '\u{1bca0}',
            '\u{13430}',
            '\u{1d173}',
            '\u{e0041}',
            '\u{10ffff}',
        ] {
            assert!(is_hidden(char), "{char:?}");
        }
    }
}
