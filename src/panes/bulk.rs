//! The marked rows of a pane: an action is about all of them, so those that cannot be seen are named apart.

use crate::text;

/// Rows named one by one; of more, only the number is given.
const MAX_NAMED: usize = 6;

/// The marked rows of a pane, each in a few words, by whether they can be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarkedRows {
    /// The rows that the list shows.
    pub visible: Vec<String>,
    /// The rows that the filter hides.
    pub filtered: Vec<String>,
    /// The rows that are not loaded: they left the list with a refresh, or are on another page.
    pub unloaded: Vec<String>,
    /// The name of the pane, if it is not on the screen: then none of its rows can be seen.
    pub offscreen_pane: Option<&'static str>,
}

impl MarkedRows {
    /// Counts the rows that cannot be seen.
    pub fn n_hidden(&self) -> usize {
        let shown = self.offscreen_pane.map_or(0, |_| self.visible.len());
        shown + self.filtered.len() + self.unloaded.len()
    }

    /// Says how many rows cannot be seen.
    pub fn summary(&self) -> String {
        let n_marked = self.visible.len() + self.filtered.len() + self.unloaded.len();
        let verb = if self.n_hidden() == 1 { "is" } else { "are" };
        let rows = text::pluralize(n_marked, "marked row", "marked rows");
        format!("{} of {rows} {verb} not shown", self.n_hidden())
    }

    /// Names the rows that cannot be seen, each with the reason.
    pub fn lines(&self) -> Vec<String> {
        let filtered = self.filtered.iter();
        let filtered = filtered.map(|row| format!("hidden by the filter: {row}"));
        let unloaded = self.unloaded.iter();
        let unloaded = unloaded.map(|row| format!("not loaded: {row}"));
        let elsewhere = self.offscreen_pane.iter().flat_map(|pane| {
            let rows = self.visible.iter();
            rows.map(move |row| format!("in {pane}, which is not on the screen: {row}"))
        });
        let mut lines: Vec<_> = filtered.chain(unloaded).chain(elsewhere).collect();
        let n_more = lines.len().saturating_sub(MAX_NAMED);
        if n_more > 0 {
            lines.truncate(MAX_NAMED);
            lines.push(format!("and {n_more} more"));
        }
        lines
    }
}

/// Counts marked rows for a title, and those of them that cannot be seen.
pub(super) fn describe_marks(n_marked: usize, n_filtered: usize, n_unloaded: usize) -> String {
    let mut parts = vec![format!("{n_marked} marked")];
    if n_filtered > 0 {
        parts.push(format!("{n_filtered} hidden by the filter"));
    }
    if n_unloaded > 0 {
        parts.push(format!("{n_unloaded} not loaded"));
    }
    parts.join(", ")
}
