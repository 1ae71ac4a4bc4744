//! Characters for lines, symbols and spinners.

use ratatui::symbols::border;

/// The characters that the screen is drawn with. Each is one cell wide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glyphs {
    pub border: border::Set<'static>,
    /// Replaces text that is cut off.
    pub ellipsis: &'static str,
    /// Marks the row under the cursor.
    pub cursor: &'static str,
    /// Stands before a marked row.
    pub mark: &'static str,
    /// Stands for a row that is being fetched.
    pub pending: &'static str,
    /// Separates parts of a line.
    pub separator: &'static str,
    /// Separates the locations of the navigation path in the header.
    pub breadcrumb: &'static str,
    /// The line to a row of a tree that has siblings below it.
    pub branch: &'static str,
    /// The line to the last sibling.
    pub last_branch: &'static str,
    /// The line past rows that are deeper in the tree.
    pub trunk: &'static str,
    /// Stands before a row whose children are hidden.
    pub collapsed: &'static str,
    /// Stands before a row whose children are shown.
    pub expanded: &'static str,
    /// One cell of a bar.
    pub bar: &'static str,
    /// Levels of a sparkline, from the lowest to the highest.
    pub levels: [&'static str; 8],
    /// A sparkline's cell for zero.
    pub level_none: &'static str,
    /// A sparkline's cell without data.
    pub unknown: &'static str,
    pub sort_ascending: &'static str,
    pub sort_descending: &'static str,
    /// The frames, in order.
    pub spinner: &'static [&'static str],
}

impl Glyphs {
    /// For terminals that support Unicode. Box lines and the ellipsis are two cells wide in some East Asian fonts: see
    /// [`TerminalColors`](super::TerminalColors).
    pub const UNICODE: Self = Self {
        border: border::ROUNDED,
        ellipsis: "…",
        cursor: ">",
        mark: "*",
        pending: "·",
        separator: "│",
        breadcrumb: "›",
        branch: "├",
        last_branch: "└",
        trunk: "│",
        collapsed: "+",
        expanded: "-",
        bar: "■",
        levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        level_none: "·",
        unknown: "?",
        sort_ascending: "^",
        sort_descending: "v",
        spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
    };

    /// For terminals that do not support Unicode.
    pub const ASCII: Self = Self {
        border: border::Set {
            top_left: "+",
            top_right: "+",
            bottom_left: "+",
            bottom_right: "+",
            vertical_left: "|",
            vertical_right: "|",
            horizontal_top: "-",
            horizontal_bottom: "-",
        },
        ellipsis: "~",
        cursor: ">",
        mark: "*",
        pending: ".",
        separator: "|",
        breadcrumb: ">",
        branch: "|",
        last_branch: "`",
        trunk: "|",
        collapsed: "+",
        expanded: "-",
        bar: "#",
        levels: [":", "-", "=", "+", "x", "*", "%", "#"],
        level_none: ".",
        unknown: "?",
        sort_ascending: "^",
        sort_descending: "v",
        spinner: &["|", "/", "-", "\\"],
    };

    /// Returns the sparkline character for `n` of at most `most`. The scale is logarithmic, so that small counts beside
    /// large ones are still visible.
    pub fn level(&self, n: u32, most: u32) -> &'static str {
        /// The number of levels above the lowest.
        const STEPS: u8 = 7;
        if n == 0 {
            return self.level_none;
        }
        let log = |n: u32| f64::from(n.saturating_add(1)).log2() - 1.0;
        let share = log(n) / log(most.max(n)).max(1.0);
        let is_reached = |step: &u8| share * f64::from(STEPS) >= f64::from(*step) - 0.5;
        let level = (1..=STEPS).filter(is_reached);
        self.levels[level.count()]
    }

    /// Returns a frame of the spinner; `index` may be any number.
    pub fn spinner(&self, index: usize) -> &'static str {
        self.spinner[index % self.spinner.len()]
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn all(glyphs: &Glyphs) -> Vec<&'static str> {
        let mut all = vec![
            glyphs.ellipsis,
            glyphs.cursor,
            glyphs.mark,
            glyphs.pending,
            glyphs.separator,
            glyphs.breadcrumb,
            glyphs.branch,
            glyphs.last_branch,
            glyphs.trunk,
            glyphs.collapsed,
            glyphs.expanded,
            glyphs.bar,
            glyphs.level_none,
            glyphs.unknown,
            glyphs.sort_ascending,
            glyphs.sort_descending,
            glyphs.border.top_left,
            glyphs.border.vertical_left,
            glyphs.border.horizontal_top,
        ];
        all.extend(glyphs.spinner);
        all.extend(glyphs.levels);
        all
    }

    #[test]
    fn every_glyph_is_one_cell_wide() {
        for glyph in [all(&Glyphs::UNICODE), all(&Glyphs::ASCII)].concat() {
            assert_eq!(glyph.width(), 1, "{glyph:?}");
        }
        assert!(all(&Glyphs::ASCII).concat().is_ascii());
    }

    #[test]
    fn small_counts_are_visible_beside_large_ones() {
        let glyphs = Glyphs::UNICODE;
        let levels = |most: u32, counts: &[u32]| -> String { counts.iter().map(|n| glyphs.level(*n, most)).collect() };
        assert_eq!(levels(1000, &[0, 1, 2, 10, 100, 999, 1000]), "·▁▁▃▅██");
        assert_eq!(levels(1, &[0, 1]), "·▁");
        assert_eq!(levels(3, &[1, 2, 3]), "▁▅█");
    }

    #[test]
    fn any_index_is_a_frame_of_the_spinner() {
        assert_eq!(Glyphs::ASCII.spinner(5), "/");
        assert_eq!(Glyphs::UNICODE.spinner(usize::MAX), "⠴");
    }
}
