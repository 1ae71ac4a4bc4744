//! What is done with several rows at once: marking, copying, taking out.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use super::{
    Kind, ListPane,
    columns::{self, Cells},
    place,
};
use crate::keys::Action;
use crate::model::Extract;
use crate::panes::yank;
use crate::session::{Chosen, Cx, Listed, Session};
use crate::wire::Members;

impl<K: Kind> ListPane<K> {
    /// Marks no longer what is gone: nobody acts on rows that are nowhere to be seen. Where only some rows are loaded, the
    /// others may still be there.
    pub(super) fn drop_gone(&mut self, cx: &mut Cx<'_>) {
        let pages = K::Row::pages(cx.session());
        let edition = Some(pages.edition());
        if !self.has_marks() || self.marked_in == edition {
            return;
        }
        self.marked_in = edition;
        let here: BTreeSet<_> = pages.here().map(|(_, row)| row.id()).collect();
        if u64::try_from(here.len()).ok() != pages.total() {
            return;
        }
        let before = self.state.marks.len();
        self.state.marks.keep(|id| here.contains(id));
        let n_gone = before - self.state.marks.len();
        if n_gone > 0 {
            cx.notify(format!(
                "{n_gone} of {before} marked are gone from here, and marked no longer"
            ));
        }
    }

    /// The rows that a verb acts on: the marked ones, or the one under the cursor.
    pub(super) fn chosen(&self, session: &Session) -> Vec<Arc<K::Row>> {
        if self.has_marks() {
            self.state.marks.rows()
        } else {
            self.current(session).cloned().into_iter().collect()
        }
    }

    /// Goes where the row under the cursor leads.
    pub(super) fn open(&self, cx: &mut Cx<'_>) {
        match self.current(cx.session()).map(|row| K::lead(row)) {
            Some(Some(lead)) => cx.lead(lead),
            Some(None) => cx.notify("this row leads nowhere: it names neither process nor hash"),
            None => cx.notify("no row is under the cursor"),
        }
    }

    /// Marks the rows of these positions that are here and shown.
    pub(super) fn mark_all(&mut self, span: Range<u64>, session: &Session) {
        for (at, row) in K::Row::pages(session).here() {
            if span.contains(&at) && self.is_shown(at) {
                self.state.marks.add(at, row);
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
        let here = K::Row::pages(session).here();
        let n_here = here.filter(|(at, _)| span.contains(at)).count();
        // A filter shows nothing but what is loaded.
        let n_passed = if self.shown.is_some() {
            n_here
        } else {
            place(span.end - span.start)
        };
        cx.notify(match n_passed.saturating_sub(n_here) {
            0 => format!("{n} marked"),
            missing => format!("{n} marked; {missing} rows that are not loaded are not"),
        });
    }

    /// Marks, and says how many are marked.
    pub(super) fn mark(&mut self, action: Action, cx: &mut Cx<'_>) {
        let session = cx.session();
        match action {
            Action::Mark => {
                if let Some(row) = self.current(session) {
                    self.state.marks.toggle(self.state.cursor, row);
                }
                self.state.is_marking = false;
                let next = (self.index(session) + 1).min(self.n_shown(session).saturating_sub(1));
                self.go(next, session);
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
        let (n, loaded) = (
            self.state.marks.len(),
            K::Row::pages(session).here().count(),
        );
        cx.notify(match (action, self.state.is_marking) {
            (Action::MarkAll, _) => {
                format!("{n} marked: all that are shown of the {loaded} loaded")
            }
            (Action::MarkRange, true) => {
                "marking whatever the cursor passes; v again ends it".into()
            }
            _ => format!("{n} marked"),
        });
    }

    /// Copies what `action` names of the chosen rows.
    pub(super) fn yank(&self, action: Action, cx: &mut Cx<'_>) -> bool {
        let rows = self.chosen(cx.session());
        let session = cx.session();
        let found = |row: &Arc<K::Row>| K::copied(row, action, session);
        let copies: Option<Vec<_>> = rows.iter().map(found).collect();
        match copies {
            Some(copies) if !copies.is_empty() => yank::copy(copies, cx),
            _ => return false,
        }
        true
    }

    /// The rows that are shown, or those marked, as they stand in their columns.
    pub(super) fn extract(&self, session: &Session) -> Extract {
        let pages = K::Row::pages(session);
        let rows: Vec<_> = if self.has_marks() {
            self.state.marks.rows()
        } else {
            let shown = pages.here().filter(|(at, _)| self.is_shown(*at));
            shown.map(|(_, row)| row.clone()).collect()
        };
        let columns = columns::columns::<K>(session);
        let cells = |row: &Arc<K::Row>| {
            let cells = Cells::<K>::of(row, session);
            columns
                .iter()
                .map(|column| cells.value(column).text())
                .collect()
        };
        Extract {
            name: K::NAME.to_lowercase(),
            columns: columns.iter().map(|column| column.name().into()).collect(),
            rows: rows.iter().map(cells).collect(),
            documents: rows.iter().map(|row| row.document().clone()).collect(),
            n_heads: 0,
        }
    }

    /// The fields there are: those with a name here, then the other members of the record under the cursor.
    pub(super) fn choices(&self, session: &Session) -> Vec<Chosen> {
        let fields = K::FIELDS.iter().map(|field| Chosen::named(field.name));
        let row = self.current(session);
        let paths = row.map_or_else(Vec::new, |row| Members::of(row.document()).paths());
        let is_new = |path: &String| columns::named::<K>(path).is_none();
        fields
            .chain(paths.into_iter().filter(is_new).map(Chosen::named))
            .collect()
    }
}
