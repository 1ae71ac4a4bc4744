//! Actions on several rows of a list: marking, copying, exporting.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use super::{
    ListPane, ListView, RowField,
    columns::{self, Cells},
    to_index,
};
use crate::keys::Action;
use crate::model::ExportData;
use crate::panes::{ActionResult, MarkedRows, bulk, copy};
use crate::session::{ColumnChoice, Cx, ListRow, Session};
use crate::text;
use crate::wire::RecordMembers;

impl<K: ListView> ListPane<K> {
    /// Updates the marked rows from the loaded rows. If every row of the list is loaded, drops the marks on rows that
    /// are no longer in it; otherwise such rows may be on a page that is not loaded.
    pub(super) fn keep_marks_current(&mut self, cx: &mut Cx<'_>) {
        let pages = cx.session().lists.pages::<K::Row>();
        let revision = Some(pages.revision());
        if !self.has_marks() || self.marks_revision == revision {
            return;
        }
        self.marks_revision = revision;
        let mut loaded = BTreeSet::new();
        for (at, row) in pages.loaded_rows() {
            self.state.marks.update_row(at, row);
            loaded.insert(row.id());
        }
        if u64::try_from(loaded.len()).ok() != pages.total() {
            return;
        }
        let before = self.state.marks.len();
        self.state.marks.retain_ids(|id| loaded.contains(id));
        let n_gone = before - self.state.marks.len();
        if n_gone > 0 {
            cx.notify(format!("{n_gone} of {before} marked rows are no longer in the list"));
        }
    }

    /// Returns the marked rows in three parts: shown, hidden by the filter, not loaded.
    fn marks_by_visibility(&self, session: &Session) -> [Vec<Arc<K::Row>>; 3] {
        let mut by_visibility = [Vec::new(), Vec::new(), Vec::new()];
        if !self.has_marks() {
            return by_visibility;
        }
        let (mut loaded, mut shown) = (BTreeSet::new(), BTreeSet::new());
        for (at, row) in session.lists.pages::<K::Row>().loaded_rows() {
            if self.state.marks.is_marked(row) {
                let id = row.id();
                if self.is_shown(at) {
                    shown.insert(id.clone());
                }
                loaded.insert(id);
            }
        }
        for row in self.state.marks.rows() {
            let id = row.id();
            let part = match (shown.contains(&id), loaded.contains(&id)) {
                (true, _) => 0,
                (false, true) => 1,
                (false, false) => 2,
            };
            by_visibility[part].push(row);
        }
        by_visibility
    }

    /// Counts the marked rows that the filter hides, and those that are not loaded.
    pub(super) fn count_hidden(&self, session: &Session) -> (usize, usize) {
        let [_, filtered, unloaded] = self.marks_by_visibility(session);
        (filtered.len(), unloaded.len())
    }

    /// Returns the names of the marked rows: shown, hidden by the filter, not loaded.
    pub(super) fn marked_by_visibility(&self, session: &Session) -> MarkedRows {
        let names = |rows: Vec<Arc<K::Row>>| {
            let rows = rows.iter();
            rows.map(|row| row_name::<K>(row, session)).collect()
        };
        let [shown, filtered, unloaded] = self.marks_by_visibility(session).map(names);
        MarkedRows { visible: shown, filtered, unloaded, offscreen_pane: None }
    }

    /// Returns the rows that an action applies to: the marked ones, or the selected one.
    pub(super) fn target_rows(&self, session: &Session) -> Vec<Arc<K::Row>> {
        if self.has_marks() {
            self.state.marks.rows()
        } else {
            self.selected_row(session).cloned().into_iter().collect()
        }
    }

    /// Returns the rows that `action` applies to: opening applies to the selected row, even if others are marked.
    pub(super) fn chosen_rows(&self, action: Action, session: &Session) -> Vec<Arc<K::Row>> {
        match action {
            Action::Open => self.selected_row(session).cloned().into_iter().collect(),
            _ => self.target_rows(session),
        }
    }

    /// Opens the selected row, or shows why it cannot be opened.
    pub(super) fn open_selected(&self, cx: &mut Cx<'_>) -> ActionResult {
        let Some(row) = self.selected_row(cx.session()) else {
            return ActionResult::notify("No row selected", cx);
        };
        ActionResult::navigate_or_notify(K::destination(row).ok_or_else(|| K::no_destination_reason(row)), cx)
    }

    /// Marks the rows at the positions `span` that are loaded and shown.
    pub(super) fn mark_all(&mut self, span: Range<u64>, session: &Session) {
        for (at, row) in session.lists.pages::<K::Row>().loaded_rows() {
            if span.contains(&at) && self.is_shown(at) {
                self.state.marks.mark(at, row);
            }
        }
    }

    /// Marks the rows between `from` and the cursor, and notifies how many of them are not loaded and so not marked.
    pub(super) fn mark_passed(&mut self, from: u64, cx: &mut Cx<'_>) {
        let to = self.state.cursor;
        let span = from.min(to)..from.max(to) + 1;
        let session = cx.session();
        self.mark_all(span.clone(), session);
        let n = self.state.marks.len();
        let loaded = session.lists.pages::<K::Row>().loaded_rows();
        let n_loaded = loaded.filter(|(at, _)| span.contains(at)).count();
        // With a filter, only loaded rows are shown.
        let n_passed = if self.filtered.is_some() { n_loaded } else { to_index(span.end - span.start) };
        cx.notify(match n_passed.saturating_sub(n_loaded) {
            0 => format!("{n} marked"),
            1 => format!("{n} marked; 1 row is not loaded and not marked"),
            missing => format!("{n} marked; {missing} rows are not loaded and not marked"),
        });
    }

    /// Handles a marking action, and notifies how many rows are marked.
    pub(super) fn update_marks(&mut self, action: Action, cx: &mut Cx<'_>) {
        let session = cx.session();
        match action {
            Action::Mark => {
                if let Some(row) = self.selected_row(session) {
                    self.state.marks.toggle(self.state.cursor, row);
                }
                self.state.is_marking = false;
                let next = (self.cursor_index(session) + 1).min(self.n_shown(session).saturating_sub(1));
                self.move_to(next, session);
            }
            Action::MarkRange => {
                self.state.is_marking = !self.state.is_marking;
                let at = self.state.cursor;
                if self.state.is_marking {
                    self.mark_all(at..at + 1, session);
                }
            }
            _ => self.mark_all(0..u64::MAX, session),
        }
        let n = self.state.marks.len();
        cx.notify(match (action, self.state.is_marking) {
            (Action::MarkAll, _) => self.all_marked_message(session),
            (Action::MarkRange, true) => "Range marking on; v ends it".into(),
            _ => format!("{n} marked"),
        });
    }

    /// Returns the notice after all shown rows were marked.
    fn all_marked_message(&self, session: &Session) -> String {
        let [shown, filtered, unloaded] = self.marks_by_visibility(session);
        let n_loaded = session.lists.pages::<K::Row>().loaded_rows().count();
        let marked = text::pluralize(shown.len(), "row", "rows");
        let mut text = format!("Marked {marked} shown, of {n_loaded} loaded");
        if !filtered.is_empty() || !unloaded.is_empty() {
            let n = self.state.marks.len();
            let all = bulk::describe_marks(n, filtered.len(), unloaded.len());
            text = format!("{text}; in total {all}");
        }
        text
    }

    /// Copies what `action` takes from the marked or selected rows.
    pub(super) fn copy_rows(&self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let session = cx.session();
        let rows = self.target_rows(session);
        let clips: Option<Vec<_>> = rows.iter().map(|row| K::clip(row, action, session)).collect();
        match clips {
            Some(clips) if !clips.is_empty() => copy::copy_clips(clips, cx),
            _ => return ActionResult::Ignored,
        }
        let marked = self.marked_by_visibility(cx.session());
        if marked.n_hidden() > 0 {
            cx.outbox().add_to_notice(&marked.summary());
        }
        ActionResult::Done
    }

    /// Returns the marked rows, or those that are shown, with the cells of the shown columns.
    pub(super) fn export_data(&self, session: &Session) -> ExportData {
        let pages = session.lists.pages::<K::Row>();
        let rows: Vec<_> = if self.has_marks() {
            self.state.marks.rows()
        } else {
            let visible = pages.loaded_rows().filter(|(at, _)| self.is_shown(*at));
            visible.map(|(_, row)| row.clone()).collect()
        };
        let columns = columns::shown_columns::<K>(session);
        let cells = |row: &Arc<K::Row>| {
            let cells = Cells::<K>::new(row, session);
            columns.iter().map(|column| cells.column_value(column).text()).collect()
        };
        ExportData {
            name: K::NAME.to_lowercase(),
            columns: columns.iter().map(|column| column.name().into()).collect(),
            rows: rows.iter().map(cells).collect(),
            documents: rows.iter().map(|row| row.document().clone()).collect(),
            n_prefix_columns: 0,
        }
    }

    /// Returns the columns that can be chosen: the fields of the list, then other members of the selected row's record.
    pub(super) fn column_options(&self, session: &Session) -> Vec<ColumnChoice> {
        let fields = K::FIELDS.iter().map(|field| ColumnChoice::new(field.name));
        let row = self.selected_row(session);
        let paths = row.map_or_else(Vec::new, |row| RecordMembers::from_document(row.document()).paths());
        let is_new = |path: &String| columns::find_field::<K>(path).is_none();
        fields.chain(paths.into_iter().filter(is_new).map(ColumnChoice::new)).collect()
    }
}

/// Returns a short name of `row`: the fields that a narrow list still shows.
fn row_name<K: ListView>(row: &Arc<K::Row>, session: &Session) -> String {
    /// Highest priority (0 comes first) of a field in the name; number of fields; cells of each.
    const NAME_LIMITS: (u8, usize, usize) = (3, 4, 80);
    let cells = Cells::<K>::new(row, session);
    let is_identifying = |field: &&RowField<K::Row>| {
        let is_own = field.joins.is_empty() && !field.is_time;
        is_own && field.column.priority <= NAME_LIMITS.0 && field.column.min > 1
    };
    let fields = K::FIELDS.iter().filter(is_identifying);
    let texts = fields.map(|field| cells.field_value(field).text()).filter(|text| !text.is_empty());
    let texts = texts.map(|text| text::fit(&text, NAME_LIMITS.2));
    texts.take(NAME_LIMITS.1).collect::<Vec<_>>().join("  ")
}
