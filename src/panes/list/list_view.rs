//! The trait of list views, with the fields of their rows.

use std::{fmt::Debug, ops::Range, sync::Arc};

use ratatui::{style::Style, text::Line};

use crate::columns::{CellValue, Field};
use crate::fetch::JoinKey;
use crate::keys::{Action, Scope};
use crate::panes::{
    ActionResult, AfterInput,
    copy::{self, Clip},
    pivot::Observables,
};
use crate::session::{Cx, Destination, ListRow, Session};
use crate::theme::Theme;
use crate::widgets::TableColumn;
use crate::worker::Slot;

/// A list view: its rows, their fields, and what its actions do.
pub trait ListView: Debug + Sized + 'static {
    type Row: ListRow;

    /// Key bindings of the pane.
    const SCOPE: Scope;

    /// Plural name of the rows: title of the pane, and key of the saved columns.
    const NAME: &'static str;

    /// Slots whose spinner and errors the pane shows.
    const SLOTS: &'static [Slot] = &[Slot::Page(<Self::Row as ListRow>::LIST, 0), Slot::ServerInfo];

    /// Shown before the first request.
    const NOT_REQUESTED: &'static str;

    /// Shown if there are no rows.
    const EMPTY: &'static str;

    /// Every named field; other members of a record are reached by their path.
    const FIELDS: &'static [RowField<Self::Row>];

    /// Number of `FIELDS`, from the first, that are shown by default.
    const DEFAULT_COLUMNS: usize;

    /// Whether the server's total counts exactly these rows, and is no estimate.
    const IS_TOTAL_EXACT: bool = false;

    /// Fields shown behind a default column while the rows are sorted by it.
    const COMPANION_FIELDS: &'static [(&'static str, RowField<Self::Row>)] = &[];

    /// Returns the unit of the total, if it does not count rows.
    fn unit(_session: &Session) -> &'static str {
        ""
    }

    /// Returns a note about all rows for the title.
    fn note(_session: &Session) -> Option<String> {
        None
    }

    /// Returns the start of the title, if it is more than the name and the number of rows.
    fn headline(_: &Session) -> Option<String> {
        None
    }

    /// Returns a line to draw below the rows.
    fn footer_line(_: &Session, _: &Theme) -> Option<Line<'static>> {
        None
    }

    /// Whether `field` is among the default columns.
    fn is_default_column(_: &'static str, _: &Session) -> bool {
        true
    }

    /// Fetches the rows in `window` again, past the cache, with what the list shows besides.
    fn refresh(window: &Range<u64>, cx: &mut Cx<'_>) {
        cx.lists().refresh_window::<Self::Row>(window);
    }

    /// Called after the navigation history has restored the list.
    fn on_restore(_: &mut Cx<'_>) {}

    /// Called before the visible rows are fetched.
    fn before_fetch(_: &mut Cx<'_>) {}

    /// Called when the row under the cursor may have changed.
    fn on_select(_: Option<&Arc<Self::Row>>, _: &mut Cx<'_>) -> AfterInput {
        AfterInput::Nothing
    }

    /// Returns where opening `row` leads.
    fn destination(_: &Self::Row) -> Option<Destination> {
        None
    }

    /// Returns why there is nothing to open.
    fn no_destination_reason(_: &Self::Row) -> String {
        "This row has no process or hash to open".into()
    }

    /// Returns the values of `row` that can be searched for elsewhere.
    fn observables(_: &Self::Row) -> Observables {
        Observables::default()
    }

    /// Returns what a copy action takes from `row`; `None` if `action` does not apply. By default fields and record.
    fn clip(row: &Self::Row, action: Action, session: &Session) -> Option<Clip> {
        let fields = Self::FIELDS.iter();
        let fields = || fields.map(|field| field.value(row, session).text());
        copy::fields_clip(fields, row.document(), action)
    }

    /// Handles an action of this list view, besides those of every list. `chosen` returns the marked rows, or the
    /// selected one; for opening only that.
    fn handle_action(_: Action, _chosen: impl FnOnce(&Session) -> Vec<Arc<Self::Row>>, _: &mut Cx<'_>) -> ActionResult {
        ActionResult::Ignored
    }
}

/// A field of a row.
#[derive(Debug)]
pub struct RowField<R> {
    /// Name in filters, in the column picker and in exports: the server's own, if there is one.
    pub name: &'static str,
    pub column: TableColumn<'static>,
    /// Ideal width in a narrow list, in cells.
    pub narrow_width: u16,
    /// Whether it holds a time, so that its heading names the time zone.
    pub is_time: bool,
    /// Objects that must be joined for its value.
    pub joins: &'static [JoinKey],
    pub style: fn(&Theme) -> Style,
    value: RowValue<R>,
}

/// How the value of a field is read.
#[derive(Debug)]
enum RowValue<R> {
    /// From the record alone.
    Record(fn(&R) -> CellValue),
    /// From the record and what the session knows besides.
    Session(fn(&R, &Session) -> CellValue),
}

impl<R> RowField<R> {
    /// A field of the record.
    pub const fn of(field: &'static Field<R>, column: TableColumn<'static>, style: fn(&Theme) -> Style) -> Self {
        Self::with_value(field.name, column, style, RowValue::Record(field.value))
    }

    /// A field for which the session is needed.
    pub const fn new(
        name: &'static str,
        column: TableColumn<'static>,
        style: fn(&Theme) -> Style,
        value: fn(&R, &Session) -> CellValue,
    ) -> Self {
        Self::with_value(name, column, style, RowValue::Session(value))
    }

    /// A field that has its minimum width in a narrow list.
    const fn with_value(
        name: &'static str,
        column: TableColumn<'static>,
        style: fn(&Theme) -> Style,
        value: RowValue<R>,
    ) -> Self {
        Self {
            name,
            column,
            narrow_width: if column.ideal == TableColumn::FILL { TableColumn::FILL } else { column.min },
            is_time: false,
            joins: &[],
            style,
            value,
        }
    }

    /// Returns the value of the field of `row`.
    pub fn value(&self, row: &R, session: &Session) -> CellValue {
        match self.value {
            RowValue::Record(value) => value(row),
            RowValue::Session(value) => value(row, session),
        }
    }

    /// Adds the objects that must be joined for the value.
    pub const fn with_joins(self, needs: &'static [JoinKey]) -> Self {
        Self { joins: needs, ..self }
    }

    /// A time of the record.
    pub const fn time_of(field: &'static Field<R>, title: &'static str, priority: u8) -> Self {
        Self::time_with(field.name, title, priority, RowValue::Record(field.value))
    }

    /// A time for which the session is needed.
    pub const fn time(
        name: &'static str,
        title: &'static str,
        priority: u8,
        value: fn(&R, &Session) -> CellValue,
    ) -> Self {
        Self::time_with(name, title, priority, RowValue::Session(value))
    }

    /// A time; in a narrow list, wide enough for a date with year, hour and minute.
    const fn time_with(name: &'static str, title: &'static str, priority: u8, value: RowValue<R>) -> Self {
        /// Width without the year, and in full.
        const CELLS: (u16, u16) = (14, 19);
        let column = TableColumn::left_aligned(title, CELLS.0, CELLS.1, priority);
        let field = Self::with_value(name, column, |theme| theme.time, value);
        Self { narrow_width: CELLS.0 + 2, is_time: true, ..field }
    }
}
