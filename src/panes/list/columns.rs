//! Columns of a list: those chosen by the user, or the defaults of the list view.

use std::{cell::OnceCell, sync::Arc};

use ratatui::style::Style;

use super::{ListView, RowField};
use crate::columns::CellValue;
use crate::fetch::JoinKey;
use crate::session::{ColumnChoice, ListRow, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::{self, RowOrder, to_cells};
use crate::wire::RecordMembers;

/// A column of a list.
pub(super) enum ListColumn<K: ListView> {
    /// A field of the list view, and the width chosen for it.
    Field(&'static RowField<K::Row>, Option<u16>),
    /// A member of the record, by its path.
    Path(ColumnChoice),
}

/// Width of a list from which every column gets its ideal width.
const MIN_WIDTH_FULL: u16 = 90;

/// Minimum and ideal width of a column for a member of the record, in cells.
const PATH_WIDTHS: (u16, u16) = (6, 20);

/// Priority of a time column while the rows are sorted by another time column.
const OTHER_TIME_PRIORITY: u8 = 5;

/// Returns the columns to show, left to right.
pub(super) fn shown_columns<K: ListView>(session: &Session) -> Vec<ListColumn<K>> {
    if let Some(chosen) = session.chosen_columns(K::NAME) {
        return chosen.iter().map(ListColumn::from_choice).collect();
    }
    let fields = K::FIELDS[..K::DEFAULT_COLUMNS].iter();
    let mut shown: Vec<_> = fields.filter(|field| K::is_default_column(field.name, session)).collect();
    let sorted = session.sort_order(K::Row::LIST).map(|order| order.field);
    let is_sorted = |name: &str| sorted == Some(name);
    // The field that the rows are sorted by is always shown, so that their order can be understood.
    if !shown.iter().any(|field| is_sorted(field.name))
        && let Some(field) = K::FIELDS.iter().find(|field| is_sorted(field.name))
    {
        let first_time = shown.iter().position(|field| field.is_time);
        shown.insert(first_time.unwrap_or(shown.len()), field);
    }
    if let Some(at) = shown.iter().position(|field| is_sorted(field.name)) {
        let companions = K::COMPANION_FIELDS.iter().filter(|(name, _)| is_sorted(name));
        shown.splice(at + 1..=at, companions.map(|(_, field)| field));
    }
    shown.into_iter().map(|field| ListColumn::Field(field, None)).collect()
}

/// Whether the field `name` holds a time.
fn is_time_field<K: ListView>(name: &str) -> bool {
    let mut fields = K::FIELDS.iter();
    fields.any(|field| field.name == name && field.is_time)
}

/// Returns the joined objects that `columns` need.
pub(super) fn required_joins<K: ListView>(columns: &[ListColumn<K>]) -> Vec<JoinKey> {
    let mut needs = Vec::new();
    for column in columns {
        if let ListColumn::Field(field, _) = column {
            let new = field.joins.iter().filter(|need| !needs.contains(*need));
            let new: Vec<_> = new.copied().collect();
            needs.extend(new);
        }
    }
    needs
}

/// Returns the field with this name or column title, in any case.
pub(super) fn find_field<K: ListView>(name: &str) -> Option<&'static RowField<K::Row>> {
    let is_title = |title: &str| title.eq_ignore_ascii_case(name);
    K::FIELDS.iter().find(|field| field.name.eq_ignore_ascii_case(name) || is_title(field.column.title))
}

impl<K: ListView> ListColumn<K> {
    fn from_choice(chosen: &ColumnChoice) -> Self {
        match K::FIELDS.iter().find(|field| field.name == chosen.name) {
            Some(field) => Self::Field(field, chosen.width),
            None => Self::Path(chosen.clone()),
        }
    }

    /// Returns the column as the user's choice.
    pub(super) fn choice(&self) -> ColumnChoice {
        ColumnChoice { name: self.name().to_owned(), width: self.width() }
    }

    /// Returns the name of the column in exports.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Field(field, _) => field.name,
            Self::Path(chosen) => &chosen.name,
        }
    }

    pub(super) fn style(&self, theme: &Theme) -> Style {
        match self {
            Self::Field(field, _) => (field.style)(theme),
            Self::Path(_) => theme.text,
        }
    }

    /// Returns the heading; for a time, with the time zone.
    pub(super) fn title(&self, zone: &str) -> String {
        match self {
            Self::Field(field, _) if field.is_time => format!("{} ({zone})", field.column.title),
            Self::Field(field, _) => field.column.title.to_owned(),
            // The server names the members of its records.
            Self::Path(chosen) => text::excerpt(&chosen.name.as_str().into()),
        }
    }

    /// Returns the column as the table widget draws it. In a narrow list, columns get their minimum width, so that the
    /// last one gets the rest.
    pub(super) fn widget_column<'t>(
        &self,
        title: &'t str,
        session: &Session,
        list_width: u16,
    ) -> widgets::TableColumn<'t> {
        let is_narrow = list_width < MIN_WIDTH_FULL;
        let order = session.sort_order(K::Row::LIST);
        let mut column = match self {
            Self::Field(field, _) => widgets::TableColumn { title, ..field.column },
            Self::Path(_) => {
                let min = to_cells(text::width(title)).clamp(PATH_WIDTHS.0, PATH_WIDTHS.1);
                widgets::TableColumn::left_aligned(title, min, PATH_WIDTHS.1, 7)
            }
        };
        if let Some(width) = self.width() {
            (column.min, column.ideal, column.max) = (width, width, width);
        } else if is_narrow && let Self::Field(field, _) = self {
            column.ideal = field.narrow_width;
        }
        let is_sorted = order.is_some_and(|order| order.field == self.name());
        if let Self::Field(field, None) = self
            && field.is_time
            && !is_sorted
            && order.is_some_and(|order| is_time_field::<K>(order.field))
        {
            // Of two time columns, the one that the rows are not sorted by is dropped first.
            column.priority = column.priority.max(OTHER_TIME_PRIORITY);
        }
        if let Some(order) = order.filter(|_| is_sorted) {
            column.sort_order = Some(if order.is_descending { RowOrder::Descending } else { RowOrder::Ascending });
            // The heading that explains the order of the rows is not cut.
            if !is_narrow && self.width().is_none() && column.ideal != widgets::TableColumn::FILL {
                column.ideal = column.ideal.max(column.heading_width());
                column.max = column.max.max(column.ideal);
            }
        }
        column
    }

    fn width(&self) -> Option<u16> {
        match self {
            Self::Field(_, width) => *width,
            Self::Path(chosen) => chosen.width,
        }
    }
}

/// A row whose fields are formatted on demand; its record is parsed at most once.
pub(super) struct Cells<'a, K: ListView> {
    row: &'a Arc<K::Row>,
    session: &'a Session,
    members: OnceCell<RecordMembers>,
}

impl<'a, K: ListView> Cells<'a, K> {
    pub(super) fn new(row: &'a Arc<K::Row>, session: &'a Session) -> Self {
        Self { row, session, members: OnceCell::new() }
    }

    /// Returns the value of the row in `column`.
    pub(super) fn column_value(&self, column: &ListColumn<K>) -> CellValue {
        match column {
            ListColumn::Field(field, _) => self.field_value(field),
            ListColumn::Path(chosen) => self.member_value(&chosen.name),
        }
    }

    pub(super) fn field_value(&self, field: &RowField<K::Row>) -> CellValue {
        field.value(self.row, self.session)
    }

    /// Returns the member of the row's record at `path`.
    pub(super) fn member_value(&self, path: &str) -> CellValue {
        let members = self.members.get_or_init(|| RecordMembers::from_document(self.row.document()));
        members.text_at(path).map_or(CellValue::None, CellValue::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Site;
    use crate::panes::Sites;

    #[test]
    fn the_name_of_a_member_is_made_visible_in_its_heading_and_measured_in_cells() {
        let mut session = Session::new(crate::session::ConnectionInfo::default(), Vec::new());
        session.lists.add_list::<Site>();
        let column = ListColumn::<Sites>::Path(ColumnChoice::new("a\u{1b}[2J"));
        assert_eq!(column.title("UTC"), "a␛[2J");
        let wide = ListColumn::<Sites>::Path(ColumnChoice::new("日本語名"));
        let title = wide.title("UTC");
        assert_eq!(wide.widget_column(&title, &session, 80).min, 8);
    }
}
