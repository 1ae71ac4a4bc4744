//! Descriptions of marked rows: an action applies to all of them, so those that are not visible are listed.

use crate::text;

/// Rows listed by name; of the others only the number is given.
const MAX_NAMED: usize = 6;

/// Names of the marked rows of a pane, by whether they are visible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarkedRows {
    /// Rows that the list shows.
    pub visible: Vec<String>,
    pub filtered: Vec<String>,
    /// Rows that are not loaded: they are no longer in the list, or on another page.
    pub unloaded: Vec<String>,
    /// Title of the pane if it is not on the screen, so that none of its rows are visible.
    pub offscreen_pane: Option<&'static str>,
}

impl MarkedRows {
    /// Whether no row is marked.
    pub fn is_empty(&self) -> bool {
        self.visible.is_empty() && self.filtered.is_empty() && self.unloaded.is_empty()
    }

    /// Returns the number of marked rows that are not visible.
    pub fn n_hidden(&self) -> usize {
        let n_offscreen = self.offscreen_pane.map_or(0, |_| self.visible.len());
        n_offscreen + self.filtered.len() + self.unloaded.len()
    }

    /// Describes how many marked rows are not visible.
    pub fn summary(&self) -> String {
        let n_marked = self.visible.len() + self.filtered.len() + self.unloaded.len();
        let verb = if self.n_hidden() == 1 { "is" } else { "are" };
        let rows = text::pluralize(n_marked, "marked row", "marked rows");
        format!("{} of {rows} {verb} not shown", self.n_hidden())
    }

    /// Describes each row that is not visible, with the reason.
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

/// Describes the number of marked rows, and how many of them are not visible.
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
