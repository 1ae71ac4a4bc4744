//! Which rows of a list are shown, and where: all of them, or those that pass the filter.

use std::{ops::Range, sync::Arc};

use super::{
    Kind, ListPane, Value,
    columns::{self, Cells},
    place,
};
use crate::fetch::Related;
use crate::session::{Chosen, Cx, Listed, Row, Session};

impl<K: Kind> ListPane<K> {
    /// The rows in sight.
    pub(super) fn window(&self) -> Range<u64> {
        self.state.offset..self.state.offset + self.height
    }

    /// How many rows are shown, in sight or not.
    pub(super) fn n_shown(&self, session: &Session) -> u64 {
        match &self.shown {
            Some(shown) => u64::try_from(shown.places.len()).unwrap_or(u64::MAX),
            None => K::Row::pages(session).total().unwrap_or(0),
        }
    }

    /// The position of the row that is shown at `index`.
    pub(super) fn at(&self, index: u64, session: &Session) -> u64 {
        match &self.shown {
            Some(shown) => shown.places.get(place(index)).copied().unwrap_or(u64::MAX),
            None => index.min(K::Row::pages(session).total().unwrap_or(index)),
        }
    }

    /// Where the row under the cursor is shown.
    pub(super) fn index(&self, session: &Session) -> u64 {
        let last = self.n_shown(session).saturating_sub(1);
        match &self.shown {
            Some(shown) => {
                let found = shown.places.binary_search(&self.state.cursor);
                let index = found.unwrap_or_else(|next| next);
                u64::try_from(index).unwrap_or(u64::MAX).min(last)
            }
            None => self.state.cursor.min(last),
        }
    }

    /// The row under the cursor.
    pub(super) fn current<'a>(&self, session: &'a Session) -> Option<&'a Arc<K::Row>> {
        let at = self.at(self.index(session), session);
        match K::Row::pages(session).row(at) {
            Row::Here(row) => Some(row),
            _ => None,
        }
    }

    /// Stays with the row under the cursor where others have come before it.
    pub(super) fn stay(&mut self, session: &Session) {
        let pages = K::Row::pages(session);
        let cursor = self.state.cursor;
        if let Some(id) = &self.state.under
            && !matches!(pages.row(cursor), Row::Here(row) if row.id() == *id)
            && let Some(at) = pages.near(id, cursor)
        {
            // What is in sight moves along; with a filter, the cursor brings it along by itself.
            if self.shown.is_none() {
                self.state.offset = (self.state.offset + at).saturating_sub(cursor);
            }
            self.state.cursor = at;
        }
    }

    /// Goes to a row as soon as it is here, whatever is filtered.
    pub fn seek(&mut self, id: <K::Row as Listed>::Id) {
        self.set_filter("");
        self.sought = Some(id);
    }

    /// Goes to the row that is sought, if it is here.
    pub(super) fn find(&mut self, cx: &mut Cx<'_>) {
        let pages = K::Row::pages(cx.session());
        let Some(id) = self.sought.take_if(|_| pages.total().is_some()) else {
            return;
        };
        match pages.near(&id, self.state.cursor) {
            Some(at) => {
                self.state.cursor = at;
                self.has_moved = true;
            }
            None => cx.notify("Not in this list"),
        }
    }

    /// Keeps the cursor in sight.
    pub(super) fn follow(&mut self, session: &Session) {
        let index = self.index(session);
        let least = (index + 1).saturating_sub(self.height);
        self.state.offset = self.state.offset.clamp(least, index);
    }

    /// The rows in sight, and as many again in the direction of travel.
    pub(super) fn wanted(&self) -> Range<u64> {
        let Range { start, end } = self.window();
        if self.is_downward { start..end + self.height } else { start.saturating_sub(self.height)..end }
    }

    /// Whether the row at a position is shown, if it is here.
    pub(super) fn is_shown(&self, at: u64) -> bool {
        let shown = self.shown.as_ref();
        shown.is_none_or(|shown| shown.places.binary_search(&at).is_ok())
    }

    /// Asks for what the columns need besides the rows.
    pub(super) fn relate(&self, cx: &mut Cx<'_>) {
        let (rows, needs) = self.joined(cx.session());
        let rows: Vec<_> = rows.iter().map(AsRef::as_ref).collect();
        if !needs.is_empty() {
            cx.relate(&rows, &needs);
        }
    }

    /// Asks again for what of it may have changed.
    pub(super) fn renew_related(&self, cx: &mut Cx<'_>) {
        let (rows, needs) = self.joined(cx.session());
        let rows: Vec<_> = rows.iter().map(AsRef::as_ref).collect();
        cx.renew_related(&rows, &needs);
    }

    /// The rows of which more must be known, and what: those in sight, or all when a filter looks at them.
    fn joined(&self, session: &Session) -> (Vec<Arc<K::Row>>, Vec<Related>) {
        let needs = columns::needs(&columns::columns::<K>(session));
        if needs.is_empty() {
            return (Vec::new(), needs);
        }
        let window = self.window();
        let is_wanted = |at: &u64| self.shown.is_some() || window.contains(at);
        let here = K::Row::pages(session).here();
        let rows = here.filter(|(at, _)| is_wanted(at));
        (rows.map(|(_, row)| row.clone()).collect(), needs)
    }

    /// Finds out which rows pass the filter, if other rows are here, or other columns are shown.
    pub(super) fn sift(&mut self, session: &Session) {
        let pages = K::Row::pages(session);
        if self.state.filter.is_empty() {
            self.shown = None;
            return;
        }
        let edition = (pages.edition(), session.related.edition());
        let chosen = session.columns(K::NAME);
        let is_known = |shown: &Shown| shown.edition == edition && shown.chosen.as_deref() == chosen;
        if self.shown.as_ref().is_some_and(is_known) {
            return;
        }
        let columns = columns::columns::<K>(session);
        let text = |value: Value| value.text().raw().to_lowercase();
        let passes = |row: &Arc<K::Row>| {
            let cells = Cells::<K>::of(row, session);
            let texts: Vec<_> = columns.iter().map(|column| text(cells.value(column))).collect();
            let named = |name: &str, word: &str| match columns::named::<K>(name) {
                Some(field) => Some(text(cells.field(field)).contains(word)),
                None => match cells.member(name) {
                    Value::None => None,
                    value => Some(text(value).contains(word)),
                },
            };
            let any = |word: &str| texts.iter().any(|text| text.contains(word));
            self.state.filter.passes(named, any)
        };
        let passing = pages.here().filter(|(_, row)| passes(row));
        self.shown = Some(Shown {
            places: passing.map(|(at, _)| at).collect(),
            edition,
            chosen: chosen.map(<[Chosen]>::to_vec),
        });
    }
}

/// The rows that pass a filter, and from what that was found out.
#[derive(Debug)]
pub(super) struct Shown {
    /// Their positions.
    pub(super) places: Vec<u64>,
    /// Which rows were here, and what belongs to rows.
    edition: (u64, u64),
    /// The columns that were shown, where they were chosen.
    chosen: Option<Vec<Chosen>>,
}
