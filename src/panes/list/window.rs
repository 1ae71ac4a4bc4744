//! Which rows of a list are shown, and where: all of them, or those that pass the filter.

use std::{ops::Range, sync::Arc};

use super::{Kind, ListPane, Value, columns, place};
use crate::session::{Listed, Row, Session};

impl<K: Kind> ListPane<K> {
    /// The rows in sight.
    pub(super) fn window(&self) -> Range<u64> {
        self.state.offset..self.state.offset + self.height
    }

    /// How many rows are shown, in sight or not.
    pub(super) fn n_shown(&self, session: &Session) -> u64 {
        match &self.shown {
            Some(shown) => u64::try_from(shown.len()).unwrap_or(u64::MAX),
            None => K::Row::pages(session).total().unwrap_or(0),
        }
    }

    /// The position of the row that is shown at `index`.
    pub(super) fn at(&self, index: u64, session: &Session) -> u64 {
        match &self.shown {
            Some(shown) => shown.get(place(index)).copied().unwrap_or(u64::MAX),
            None => index.min(K::Row::pages(session).total().unwrap_or(index)),
        }
    }

    /// Where the row under the cursor is shown.
    pub(super) fn index(&self, session: &Session) -> u64 {
        let last = self.n_shown(session).saturating_sub(1);
        match &self.shown {
            Some(shown) => {
                let found = shown.binary_search(&self.state.cursor);
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
            self.state.offset = (self.state.offset + at).saturating_sub(cursor);
            self.state.cursor = at;
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
        if self.is_downward {
            start..end + self.height
        } else {
            start.saturating_sub(self.height)..end
        }
    }

    /// Finds out which rows pass the filter, if other rows are here or the filter is another.
    pub(super) fn sift(&mut self, session: &Session) {
        let pages = K::Row::pages(session);
        if self.state.filter.is_empty() {
            self.shown = None;
            return;
        }
        if self.shown.is_some() && self.edition == pages.edition() {
            return;
        }
        self.edition = pages.edition();
        let columns = columns::columns::<K>(session);
        let text = |value: Value| value.text().raw().to_lowercase();
        let passes = |row: &Arc<K::Row>| {
            let cells: Vec<_> = columns
                .iter()
                .map(|column| text(column.value(row, session)))
                .collect();
            let cell = |name: &str| match columns::named::<K>(name) {
                Some(field) => Some(text((field.value)(row, session))),
                None => match columns::member(row.document(), name) {
                    Value::None => None,
                    value => Some(text(value)),
                },
            };
            self.state.filter.passes(cell, || &cells)
        };
        let passing = pages.here().filter(|(_, row)| passes(row));
        self.shown = Some(passing.map(|(at, _)| at).collect());
    }
}
