//! The title of a list: number of rows, cursor position, marks, and what is missing.

use ratatui::text::Line;

use super::{ListPane, ListView, columns, group_thousands};
use crate::panes::bulk;
use crate::session::Session;
use crate::text;

impl<K: ListView> ListPane<K> {
    /// Returns the title.
    pub(super) fn title_line(&self, session: &Session) -> Line<'static> {
        let pages = session.lists.pages::<K::Row>();
        let Some(total) = pages.total() else {
            return K::NAME.into();
        };
        let unit = K::unit(session);
        // Without `unit` there is one row per process, but the server's total counts segments.
        let qualifier = if pages.is_estimate() && unit.is_empty() && !K::IS_TOTAL_EXACT { "up to " } else { "" };
        let plain = || format!("{}  {qualifier}{}{unit}", K::NAME, group_thousands(total));
        let mut parts = vec![K::headline(session).unwrap_or_else(plain)];
        if self.has_marks() {
            let (n_filtered, n_unloaded) = self.n_hidden;
            let n_marked = self.state.marks.len();
            parts.push(bulk::describe_marks(n_marked, n_filtered, n_unloaded));
        }
        // Marks come before the row number: actions apply to them, and a narrow pane cuts the end off.
        if total > 0 {
            parts.push(format!("row {}", group_thousands(self.state.cursor + 1)));
        }
        let (mut n_unreadable, mut n_hidden, mut is_incomplete) = (0, 0, false);
        for page in pages.loaded_pages() {
            n_unreadable += page.value.n_unreadable;
            n_hidden = n_hidden.max(page.value.hidden);
            is_incomplete |= page.value.is_incomplete;
        }
        if n_unreadable > 0 {
            parts.push(format!("{n_unreadable} unreadable"));
        }
        if n_hidden > 0 {
            parts.push(format!("{} hidden (no permission)", group_thousands(n_hidden)));
        }
        let n_unjoined = session.lists.joins.n_failed();
        if n_unjoined > 0 && !columns::required_joins(&columns::shown_columns::<K>(session)).is_empty() {
            parts.push(format!("{} failed", text::pluralize(n_unjoined, "lookup", "lookups")));
        }
        parts.extend(K::note(session));
        if is_incomplete {
            parts.push("INCOMPLETE: server returned partial results".into());
        }
        parts.join(", ").into()
    }
}
