//! What lines, signs and spinners are made of.

use ratatui::symbols::border;

/// The characters the screen is drawn with. Each is one cell wide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// The border of a pane.
    pub border: border::Set<'static>,
    /// Stands where something was left out.
    pub ellipsis: &'static str,
    /// Points at the row under the cursor.
    pub cursor: &'static str,
    /// Stands beside a marked row.
    pub mark: &'static str,
    /// Stands for a row that is on its way.
    pub pending: &'static str,
    /// Parts what stands side by side in a line.
    pub separator: &'static str,
    /// Parts the places that led here.
    pub breadcrumb: &'static str,
    /// Leads to a row that has siblings below it.
    pub branch: &'static str,
    /// Leads to the last row of its kind.
    pub last_branch: &'static str,
    /// Passes by a row that is deeper.
    pub trunk: &'static str,
    /// A row whose children are hidden.
    pub collapsed: &'static str,
    /// A row whose children are shown.
    pub expanded: &'static str,
    /// A piece of a bar.
    pub bar: &'static str,
    /// How much there is of something, from the least upwards.
    pub levels: [&'static str; 8],
    /// Where there is nothing of it.
    pub level_none: &'static str,
    /// Where it is not known how much there is.
    pub unknown: &'static str,
    /// Beside the column that is sorted upwards.
    pub sort_ascending: &'static str,
    /// Beside the column that is sorted downwards.
    pub sort_descending: &'static str,
    /// The frames of a spinner, in order.
    pub spinner: &'static [&'static str],
}

impl Glyphs {
    /// For terminals that know Unicode. Box lines and the ellipsis are wide in some East Asian fonts: see
    /// [`Screen`](super::TerminalColors).
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

    /// For all others.
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

    /// How much `n` is of at most `most`. Few beside many are still seen: each level stands for a multiple of the one
    /// below it.
    pub fn level(&self, n: u32, most: u32) -> &'static str {
        /// All but the least.
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

    /// One frame of the spinner; any index is one.
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
    fn few_beside_many_are_seen_and_none_are_not() {
        let glyphs = Glyphs::UNICODE;
        let levels = |most: u32, counts: &[u32]| -> String { counts.iter().map(|n| glyphs.level(*n, most)).collect() };
        assert_eq!(levels(1000, &[0, 1, 2, 10, 100, 999, 1000]), "·▁▁▃▅██");
        assert_eq!(levels(1, &[0, 1]), "·▁");
        assert_eq!(levels(3, &[1, 2, 3]), "▁▅█");
    }

    #[test]
    fn the_spinner_never_ends() {
        assert_eq!(Glyphs::ASCII.spinner(5), "/");
        assert_eq!(Glyphs::UNICODE.spinner(usize::MAX), "⠴");
    }
}
