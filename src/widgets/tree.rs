//! The guide lines of a tree.

use crate::theme::Glyphs;

/// Returns the guide lines before row `row` of a tree whose rows have these depths, at one cell per level and at most
/// `width` cells. A row that is too deep for that has only the nearest lines.
pub fn tree_guide(depths: &[usize], row: usize, width: usize, glyphs: &Glyphs) -> String {
    let depth = depths.get(row).copied().unwrap_or_default();
    if depth == 0 || width < 2 {
        return String::new();
    }
    // The branch and a blank take two cells; the others show the nearest levels.
    let levels = (depth - 1).min(width - 2);
    let is_cut = levels < depth - 1;
    let first = depth - levels;

    // The line of a level continues below this row if a row of that depth comes before any less deep one.
    let mut continues = vec![false; levels + 1];
    let mut min = depth + 1;
    for below in depths[row + 1..].iter().copied() {
        if below < min {
            min = below;
            if let Some(at) = below.checked_sub(first) {
                continues[at] = true;
            }
        }
        if min < first {
            break;
        }
    }

    let mut out = String::new();
    for (at, continues) in continues[..levels].iter().enumerate() {
        out.push_str(match (at, continues) {
            (0, _) if is_cut => glyphs.ellipsis,
            (_, true) => glyphs.trunk,
            (_, false) => " ",
        });
    }
    out.push_str(if continues[levels] { glyphs.branch } else { glyphs.last_branch });
    out.push(' ');
    out
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn picture(depths: &[usize], width: usize, glyphs: &Glyphs) -> String {
        let rows = (0..depths.len()).map(|row| format!("{}{row}|\n", tree_guide(depths, row, width, glyphs)));
        rows.collect()
    }

    #[test]
    fn a_chain_is_a_staircase() {
        assert_snapshot!(picture(&[0, 1, 2, 3], 10, &Glyphs::UNICODE), @"
        0|
        └ 1|
         └ 2|
          └ 3|
        ");
    }

    #[test]
    fn siblings_are_joined() {
        assert_snapshot!(picture(&[0, 1, 2, 2, 3, 1, 2, 0, 1], 10, &Glyphs::UNICODE), @"
        0|
        ├ 1|
        │├ 2|
        │└ 3|
        │ └ 4|
        └ 5|
         └ 6|
        7|
        └ 8|
        ");
        assert_snapshot!(picture(&[0, 1, 2, 2, 1], 10, &Glyphs::ASCII), @"
        0|
        | 1|
        || 2|
        |` 3|
        ` 4|
        ");
    }

    #[test]
    fn the_nearest_lines_remain_where_there_is_no_room() {
        assert_snapshot!(picture(&[0, 1, 2, 3, 4, 4, 5], 4, &Glyphs::UNICODE), @"
        0|
        └ 1|
         └ 2|
          └ 3|
        … ├ 4|
        … └ 5|
        … └ 6|
        ");
        assert_snapshot!(picture(&[0, 1, 2], 2, &Glyphs::UNICODE), @"
        0|
        └ 1|
        └ 2|
        ");
        assert_eq!(tree_guide(&[0, 1, 2], 2, 1, &Glyphs::UNICODE), "");
    }

    #[test]
    fn rows_that_skip_a_level_still_have_lines() {
        assert_snapshot!(picture(&[2, 0, 3, 1], 10, &Glyphs::UNICODE), @"
         └ 0|
        1|
        │ └ 2|
        └ 3|
        ");
    }

    proptest! {
        #[test]
        fn no_guide_is_wider_than_its_room(depths in prop::collection::vec(0_usize..40, 0..20), row in 0_usize..25, width in 0_usize..30) {
            prop_assert!(tree_guide(&depths, row, width, &Glyphs::UNICODE).width() <= width);
        }
    }
}
