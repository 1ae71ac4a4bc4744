//! What is done with several rows at once: marking, copying, taking out.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use super::{
    ListPane, ListView, RowField,
    columns::{self, Cells},
    to_index,
};
use crate::keys::Action;
use crate::model::ExportData;
use crate::panes::{MarkedRows, bulk, copy};
use crate::session::{ColumnChoice, Cx, ListRow, Session};
use crate::text;
use crate::wire::RecordMembers;

impl<K: ListView> ListPane<K> {
    /// Brings the marks up to date with the rows that are here. Marks on rows that have left a list which is here whole are
    /// dropped; where only some rows are loaded, the others may still be there.
    pub(super) fn keep_marks_current(&mut self, cx: &mut Cx<'_>) {
        let pages = K::Row::pages(cx.session());
        let edition = Some(pages.revision());
        if !self.has_marks() || self.marks_revision == edition {
            return;
        }
        self.marks_revision = edition;
        let mut here = BTreeSet::new();
        for (at, row) in pages.loaded_rows() {
            self.state.marks.update_row(at, row);
            here.insert(row.id());
        }
        if u64::try_from(here.len()).ok() != pages.total() {
            return;
        }
        let before = self.state.marks.len();
        self.state.marks.retain_ids(|id| here.contains(id));
        let n_gone = before - self.state.marks.len();
        if n_gone > 0 {
            cx.notify(format!("{n_gone} of {before} marked rows are no longer in the list"));
        }
    }

    /// Sorts the marked rows by whether they can be seen: shown, hidden by the filter, not loaded.
    fn marks_by_visibility(&self, session: &Session) -> [Vec<Arc<K::Row>>; 3] {
        let mut by_sight = [Vec::new(), Vec::new(), Vec::new()];
        if !self.has_marks() {
            return by_sight;
        }
        let (mut loaded, mut shown) = (BTreeSet::new(), BTreeSet::new());
        for (at, row) in K::Row::pages(session).loaded_rows() {
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
            let at = match (shown.contains(&id), loaded.contains(&id)) {
                (true, _) => 0,
                (false, true) => 1,
                (false, false) => 2,
            };
            by_sight[at].push(row);
        }
        by_sight
    }

    /// Counts the marked rows that the filter hides, and those that are not loaded.
    pub(super) fn count_hidden(&self, session: &Session) -> (usize, usize) {
        let [_, filtered, unloaded] = self.marks_by_visibility(session);
        (filtered.len(), unloaded.len())
    }

    /// The marked rows in words, by whether they can be seen.
    pub(super) fn marked_by_visibility(&self, session: &Session) -> MarkedRows {
        let named = |rows: Vec<Arc<K::Row>>| {
            let rows = rows.iter();
            rows.map(|row| row_name::<K>(row, session)).collect()
        };
        let [shown, filtered, unloaded] = self.marks_by_visibility(session).map(named);
        MarkedRows { visible: shown, filtered, unloaded, offscreen_pane: None }
    }

    /// The rows that a verb acts on: the marked ones, or the one under the cursor.
    pub(super) fn target_rows(&self, session: &Session) -> Vec<Arc<K::Row>> {
        if self.has_marks() {
            self.state.marks.rows()
        } else {
            self.selected_row(session).cloned().into_iter().collect()
        }
    }

    /// Goes where the row under the cursor leads.
    pub(super) fn open_selected(&self, cx: &mut Cx<'_>) {
        let found = self.selected_row(cx.session());
        match found.map(|row| K::destination(row).ok_or_else(|| K::no_destination_reason(row))) {
            Some(Ok(lead)) => cx.navigate(lead),
            Some(Err(why)) => cx.notify(why),
            None => cx.notify("No row selected"),
        }
    }

    /// Marks the rows of these positions that are here and shown.
    pub(super) fn mark_all(&mut self, span: Range<u64>, session: &Session) {
        for (at, row) in K::Row::pages(session).loaded_rows() {
            if span.contains(&at) && self.is_shown(at) {
                self.state.marks.mark(at, row);
            }
        }
    }

    /// Marks what the cursor has passed, and says what of it could not be marked.
    pub(super) fn mark_passed(&mut self, from: u64, cx: &mut Cx<'_>) {
        let to = self.state.cursor;
        let span = from.min(to)..from.max(to) + 1;
        let session = cx.session();
        self.mark_all(span.clone(), session);
        let n = self.state.marks.len();
        let here = K::Row::pages(session).loaded_rows();
        let n_here = here.filter(|(at, _)| span.contains(at)).count();
        // A filter shows nothing but what is loaded.
        let n_passed = if self.filtered.is_some() { n_here } else { to_index(span.end - span.start) };
        cx.notify(match n_passed.saturating_sub(n_here) {
            0 => format!("{n} marked"),
            1 => format!("{n} marked; 1 row is not loaded and not marked"),
            missing => format!("{n} marked; {missing} rows are not loaded and not marked"),
        });
    }

    /// Marks, and says how many are marked.
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

    /// Says what is marked now that every row that is shown is.
    fn all_marked_message(&self, session: &Session) -> String {
        let [shown, filtered, unloaded] = self.marks_by_visibility(session);
        let n_loaded = K::Row::pages(session).loaded_rows().count();
        let marked = text::pluralize(shown.len(), "row", "rows");
        let mut text = format!("Marked {marked} shown, of {n_loaded} loaded");
        if !filtered.is_empty() || !unloaded.is_empty() {
            let n = self.state.marks.len();
            let all = bulk::describe_marks(n, filtered.len(), unloaded.len());
            text = format!("{text}; in total {all}");
        }
        text
    }

    /// Copies what `action` names of the chosen rows.
    pub(super) fn copy_rows(&self, action: Action, cx: &mut Cx<'_>) -> bool {
        let rows = self.target_rows(cx.session());
        let session = cx.session();
        let found = |row: &Arc<K::Row>| K::clip(row, action, session);
        let copies: Option<Vec<_>> = rows.iter().map(found).collect();
        match copies {
            Some(copies) if !copies.is_empty() => copy::copy_clips(copies, cx),
            _ => return false,
        }
        let marked = self.marked_by_visibility(cx.session());
        if marked.n_hidden() > 0 {
            cx.add_to_notice(&marked.summary());
        }
        true
    }

    /// The rows that are shown, or those marked, as they stand in their columns.
    pub(super) fn export_data(&self, session: &Session) -> ExportData {
        let pages = K::Row::pages(session);
        let rows: Vec<_> = if self.has_marks() {
            self.state.marks.rows()
        } else {
            let shown = pages.loaded_rows().filter(|(at, _)| self.is_shown(*at));
            shown.map(|(_, row)| row.clone()).collect()
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

    /// The fields there are: those with a name here, then the other members of the record under the cursor.
    pub(super) fn column_options(&self, session: &Session) -> Vec<ColumnChoice> {
        let fields = K::FIELDS.iter().map(|field| ColumnChoice::new(field.name));
        let row = self.selected_row(session);
        let paths = row.map_or_else(Vec::new, |row| RecordMembers::from_document(row.document()).paths());
        let is_new = |path: &String| columns::find_field::<K>(path).is_none();
        fields.chain(paths.into_iter().filter(is_new).map(ColumnChoice::new)).collect()
    }
}

/// Names a row in a few words: the fields that a narrow list would still show.
fn row_name<K: ListView>(row: &Arc<K::Row>, session: &Session) -> String {
    /// Fields of no higher priority say what a row is; as many of them, each of no more cells.
    const NAME_LIMITS: (u8, usize, usize) = (3, 4, 80);
    let cells = Cells::<K>::new(row, session);
    let is_telling = |field: &&RowField<K::Row>| {
        let is_own = field.joins.is_empty() && !field.is_time;
        is_own && field.column.priority <= NAME_LIMITS.0 && field.column.min > 1
    };
    let fields = K::FIELDS.iter().filter(is_telling);
    let texts = fields.map(|field| cells.field_value(field).text());
    let texts = texts.filter(|text| !text.is_empty());
    let texts = texts.map(|value| text::fit(&value, NAME_LIMITS.2));
    texts.take(NAME_LIMITS.1).collect::<Vec<_>>().join("  ")
}
