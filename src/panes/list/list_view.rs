//! What a list must know of its rows: which fields they have, and what is done with the one under the cursor.

use std::sync::Arc;

use jiff::Timestamp;
use ratatui::{style::Style, text::Line};

use crate::fetch::JoinKey;
use crate::keys::{Action, Scope};
use crate::panes::{
    Pane, PaneId,
    copy::{self, Clip},
    pivot::Observables,
};
use crate::session::{Cx, Destination, ListRow, Session};
use crate::text::Untrusted;
use crate::theme::Theme;
use crate::widgets::TableColumn;
use crate::worker::Slot;

/// A kind of rows.
pub trait ListView: Sized + 'static {
    /// One of them.
    type Row: ListRow;

    /// Which pane shows them.
    const PANE: PaneId;

    /// Where their keys are looked up.
    const SCOPE: Scope;

    /// What they are, in the plural: the title of the pane, and the name under which its columns are kept.
    const NAME: &'static str;

    /// Whose spinner and errors are shown.
    const SLOTS: &'static [Slot];

    /// What is said before anything was asked.
    const NOT_ASKED: &'static str;

    /// What is said when nothing was found.
    const EMPTY: &'static str;

    /// Every field that has a name here; others are reached by their path in the record.
    const FIELDS: &'static [RowField<Self::Row>];

    /// How many of the fields, from the first, are shown unless something else is chosen.
    const DEFAULT_COLUMNS: usize;

    /// Whether the server counts just these rows: then its total is no estimate.
    const IS_TOTAL_EXACT: bool = false;

    /// Fields that stand behind another one while the server sorts by it, unless other columns were chosen.
    const COMPANION_FIELDS: &'static [(&'static str, RowField<Self::Row>)] = &[];

    /// What the rows are counted in, when not in themselves.
    fn unit(_session: &Session) -> &'static str {
        ""
    }

    /// What must be said of all of them.
    fn note(_session: &Session) -> Option<String> {
        None
    }

    /// What the title begins with, where that is more than the name and a number of rows.
    fn headline(_: &Session) -> Option<String> {
        None
    }

    /// What stands below the rows.
    fn footer_line(_: &Session, _: &Theme) -> Option<Line<'static>> {
        None
    }

    /// Whether a field has a column unless something else is chosen.
    fn is_default_column(_: &'static str, _: &Session) -> bool {
        true
    }

    /// Comes before what is shown is asked for.
    fn before_fetch(_: &mut Cx<'_>) {}

    /// The cursor has come to rest on a row, or on none.
    fn on_select(_: Option<&Arc<Self::Row>>, _: &mut Cx<'_>) {}

    /// Where a row leads when it is opened.
    fn destination(_: &Self::Row) -> Option<Destination> {
        None
    }

    /// Why a row leads nowhere.
    fn no_destination_reason(_: &Self::Row) -> String {
        "This row has no process or hash to open".into()
    }

    /// What of a row can be asked about elsewhere.
    fn observables(_: &Self::Row) -> Observables {
        Observables::default()
    }

    /// What an action that copies finds in a row, if it is one; unless a kind knows more, its fields and its record.
    fn clip(row: &Self::Row, action: Action, session: &Session) -> Option<Clip> {
        let fields = Self::FIELDS.iter();
        let fields = || fields.map(|field| (field.value)(row, session).text());
        copy::fields_clip(fields, row.document(), action)
    }

    /// Does what the user meant with such a list, whatever its rows; false when it means nothing here.
    fn handle_action(_: Action, _: &mut Cx<'_>) -> bool {
        false
    }

    /// What an action opens over such a list and the chosen rows, besides what it opens over any.
    fn popup(_: Action, _: impl FnOnce() -> Vec<Arc<Self::Row>>, _: &Session) -> Option<Box<dyn Pane>> {
        None
    }
}

/// A field of a row.
#[derive(Debug)]
pub struct RowField<R> {
    /// Its name in filters, in the chooser and in exports: the server's own, where it has one.
    pub name: &'static str,
    /// Its column.
    pub column: TableColumn<'static>,
    /// The cells it likes where room is scarce.
    pub narrow_width: u16,
    /// Whether it holds moments, and its title names their zone.
    pub is_time: bool,
    /// What else must be known for it.
    pub joins: &'static [JoinKey],
    /// The style of its values.
    pub style: fn(&Theme) -> Style,
    /// Its value in a row.
    pub value: fn(&R, &Session) -> CellValue,
}

impl<R> RowField<R> {
    /// A field that makes do with its least where room is scarce.
    pub const fn new(
        name: &'static str,
        column: TableColumn<'static>,
        style: fn(&Theme) -> Style,
        value: fn(&R, &Session) -> CellValue,
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

    /// The same with what else must be known for it.
    pub const fn with_joins(self, needs: &'static [JoinKey]) -> Self {
        Self { joins: needs, ..self }
    }

    /// A time: even where room is scarce, its year is worth two cells.
    pub const fn time(
        name: &'static str,
        title: &'static str,
        priority: u8,
        value: fn(&R, &Session) -> CellValue,
    ) -> Self {
        /// Without its year, and with all of it.
        const CELLS: (u16, u16) = (14, 19);
        let column = TableColumn::left_aligned(title, CELLS.0, CELLS.1, priority);
        Self { narrow_width: CELLS.0 + 2, is_time: true, ..Self::new(name, column, |theme| theme.time, value) }
    }
}

/// What stands in a field.
#[derive(Clone, Debug, PartialEq)]
pub enum CellValue {
    /// Nothing is known.
    None,
    /// A text of the server, or of an attacker.
    Text(Untrusted),
    /// A text of ours.
    Word(&'static str),
    /// A verdict, and whether it is good.
    Rated(Untrusted, bool),
    /// A moment.
    Time(Timestamp),
    /// A number.
    Number(u64),
    /// It is on its way.
    Pending,
    /// It could not be learned.
    Unavailable,
}

impl CellValue {
    /// As text: what is filtered, exported and copied.
    pub fn text(&self) -> Untrusted {
        match self {
            Self::None => Untrusted::default(),
            Self::Text(text) | Self::Rated(text, _) => text.clone(),
            Self::Word(word) => (*word).into(),
            Self::Time(at) => at.to_string().into(),
            Self::Number(number) => number.to_string().into(),
            Self::Pending | Self::Unavailable => "?".into(),
        }
    }
}

impl From<&Untrusted> for CellValue {
    fn from(text: &Untrusted) -> Self {
        if text.is_empty() { Self::None } else { Self::Text(text.clone()) }
    }
}

impl<T: Into<u64>> From<Option<T>> for CellValue {
    fn from(number: Option<T>) -> Self {
        number.map_or(Self::None, |number| Self::Number(number.into()))
    }
}

impl CellValue {
    /// A moment, if it is known.
    pub fn time(at: Option<Timestamp>) -> Self {
        at.map_or(Self::None, Self::Time)
    }
}
