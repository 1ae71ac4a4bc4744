//! The columns of a command's rows: fields of their kind, each with a heading and a layout.

use std::borrow::Cow;

use super::{Align, OutputCell, OutputColumn, OutputRow, quote_json};
use crate::columns::{CellValue, Field};
use crate::wire::RecordMembers;

/// A column: the field that it shows, and its layout.
#[derive(Debug)]
pub struct Column<R: 'static> {
    field: &'static Field<R>,
    layout: OutputColumn,
    value: fn(&R) -> CellValue,
}

/// How rows of one kind are written: all columns and the whole record, or the fields that the user names.
#[derive(Debug)]
pub struct RowFormat<R: 'static> {
    /// Every field that has a name of its own.
    pub fields: &'static [Field<R>],
    pub columns: &'static [Column<R>],
    /// Returns the record of a row as one JSON object.
    pub json: fn(&R) -> Cow<'_, str>,
}

/// What a name chooses.
enum Chosen<'n, R: 'static> {
    Column(&'static Column<R>),
    Field(&'static Field<R>),
    /// A member of the record, by its path.
    Member(&'n str),
}

impl OutputColumn {
    /// Shows a field in this column.
    pub const fn of<R>(self, field: &'static Field<R>) -> Column<R> {
        Column { field, layout: self, value: field.value }
    }
}

impl<R> Column<R> {
    /// Shows the value in another form than the console does.
    #[must_use]
    pub const fn with_value(mut self, value: fn(&R) -> CellValue) -> Self {
        self.value = value;
        self
    }
}

impl<R> RowFormat<R> {
    /// Returns the layout of the columns: those that `names` choose; without names, all of this format.
    pub fn layout(&self, names: &[String]) -> Vec<OutputColumn> {
        if names.is_empty() {
            return self.columns.iter().map(|column| column.layout.clone()).collect();
        }
        let layout = |name: &String| match self.find(name) {
            Chosen::Column(column) => column.layout.clone().with_name(column.field.name),
            other => OutputColumn::new("", Align::Left).with_name(other.name().to_owned()),
        };
        names.iter().map(layout).collect()
    }

    /// Returns what each format needs of `row`.
    pub fn row(&self, row: &R, names: &[String]) -> OutputRow {
        let json = (self.json)(row);
        if names.is_empty() {
            let cells = self.columns.iter().map(|column| (column.value)(row).into()).collect();
            return OutputRow { cells, json: json.into_owned() };
        }
        let members = RecordMembers::from_json(&json);
        let chosen: Vec<_> = names.iter().map(|name| self.find(name)).collect();
        let json: Vec<_> =
            chosen.iter().map(|one| format!("{}:{}", quote_json(one.name()), one.json(row, &members))).collect();
        OutputRow {
            cells: chosen.iter().map(|one| one.value(row, &members).into()).collect(),
            json: format!("{{{}}}", json.join(",")),
        }
    }

    /// Finds what `name` chooses: a field, a column by its heading, or a member of the record.
    fn find<'n>(&self, name: &'n str) -> Chosen<'n, R> {
        let column = self.columns.iter().find(|column| column.field.name == name);
        let field = || self.fields.iter().find(|field| field.name == name).map(Chosen::Field);
        let heading = || self.columns.iter().find(|column| column.layout.name == name).map(Chosen::Column);
        column.map(Chosen::Column).or_else(field).or_else(heading).unwrap_or(Chosen::Member(name))
    }
}

impl<R> Chosen<'_, R> {
    fn name(&self) -> &str {
        match self {
            Self::Column(column) => column.field.name,
            Self::Field(field) => field.name,
            Self::Member(path) => path,
        }
    }

    fn value(&self, row: &R, members: &RecordMembers) -> CellValue {
        match self {
            Self::Column(column) => (column.value)(row),
            Self::Field(field) => (field.value)(row),
            Self::Member(path) => members.text_at(path).map_or(CellValue::None, CellValue::Text),
        }
    }

    /// Returns the member of the record with this name, or the value of the field as JSON.
    fn json(&self, row: &R, members: &RecordMembers) -> String {
        members.json_at(self.name()).unwrap_or_else(|| match self.value(row, members) {
            CellValue::None | CellValue::Pending | CellValue::Unavailable => "null".into(),
            CellValue::Number(number) => number.to_string(),
            known => quote_json(known.text().raw()),
        })
    }
}

/// Returns the columns that `names` choose among headings and members of the record; without names, all.
pub fn choose_columns(columns: &'static [OutputColumn], names: &[String]) -> Cow<'static, [OutputColumn]> {
    if names.is_empty() {
        return columns.into();
    }
    let column = |name: &String| {
        let own = columns.iter().find(|column| column.name == *name);
        own.cloned().unwrap_or_else(|| OutputColumn::new("", Align::Left).with_name(name.clone()))
    };
    names.iter().map(column).collect()
}

/// Reduces a row to the cells and members that `names` choose; without names, returns it unchanged.
pub fn choose_cells(row: OutputRow, columns: &[OutputColumn], names: &[String]) -> OutputRow {
    if names.is_empty() {
        return row;
    }
    let members = RecordMembers::from_json(&row.json);
    let cell = |name: &String| {
        let own = columns.iter().position(|column| column.name == *name);
        let member = || members.text_at(name).as_ref().map(OutputCell::from_untrusted).unwrap_or_default();
        own.and_then(|at| row.cells.get(at).cloned()).unwrap_or_else(member)
    };
    let cells: Vec<_> = names.iter().map(cell).collect();
    let member = |(name, cell): (&String, &OutputCell)| {
        let text = || if cell.text.is_empty() { "null".into() } else { quote_json(cell.text.raw()) };
        format!("{}:{}", quote_json(name), members.json_at(name).unwrap_or_else(text))
    };
    let json: Vec<_> = names.iter().zip(&cells).map(member).collect();
    OutputRow { json: format!("{{{}}}", json.join(",")), cells }
}

impl From<CellValue> for OutputCell {
    fn from(value: CellValue) -> Self {
        match value {
            CellValue::Time(at) => Self::from_value(Some(super::format_time(at))),
            CellValue::Pending | CellValue::Unavailable => Self::default(),
            known => Self { text: known.text(), ..Self::default() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(&'static str);

    const FORMAT: RowFormat<Row> = RowFormat {
        fields: FIELDS,
        columns: &[OutputColumn::new("host", Align::Left).of(&FIELDS[0])],
        json: |row| row.0.into(),
    };

    const FIELDS: &[Field<Row>] = &[
        Field { name: "hostname", value: |_| CellValue::Word("WS-7") },
        Field { name: "length", value: |row| CellValue::text_of(Some(row.0.len())) },
    ];

    #[track_caller]
    fn check(names: &[&str], columns: &[&str], cells: &[&str], json: &str) {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let layout = FORMAT.layout(&names);
        assert_eq!(layout.iter().map(|column| &*column.name).collect::<Vec<_>>(), columns);
        let row = FORMAT.row(&Row(r#"{"hostname":"ws-7","a":{"b":[1,true]}}"#), &names);
        assert_eq!(row.cells.iter().map(|cell| cell.text.raw()).collect::<Vec<_>>(), cells);
        assert_eq!(row.json, json);
    }

    #[test]
    fn a_name_chooses_a_field_a_column_or_a_member_of_the_record() {
        check(&[], &["host"], &["WS-7"], r#"{"hostname":"ws-7","a":{"b":[1,true]}}"#);
        check(&["hostname"], &["hostname"], &["WS-7"], r#"{"hostname":"ws-7"}"#);
        check(&["host"], &["hostname"], &["WS-7"], r#"{"hostname":"ws-7"}"#);
        check(&["a.b.1", "length"], &["a.b.1", "length"], &["true", "38"], r#"{"a.b.1":true,"length":"38"}"#);
        check(&["a"], &["a"], &[r#"{"b":[1,true]}"#], r#"{"a":{"b":[1,true]}}"#);
        check(&["missing"], &["missing"], &[""], r#"{"missing":null}"#);
    }

    #[test]
    fn a_row_of_cells_is_reduced_by_headings_and_members() {
        const COLUMNS: &[OutputColumn] =
            &[OutputColumn::new("host", Align::Left), OutputColumn::new("kind", Align::Left)];
        let names: Vec<_> = ["kind", "pid", "missing"].map(str::to_owned).into();
        let columns = choose_columns(COLUMNS, &names);
        assert_eq!(columns.iter().map(|column| &*column.name).collect::<Vec<_>>(), ["kind", "pid", "missing"]);
        let cells = vec![OutputCell::from_value(Some("ws-7")), OutputCell::from_value(Some("key"))];
        let row = choose_cells(OutputRow { cells, json: r#"{"pid":4}"#.into() }, COLUMNS, &names);
        assert_eq!(row.cells.iter().map(|cell| cell.text.raw()).collect::<Vec<_>>(), ["key", "4", ""]);
        assert_eq!(row.json, r#"{"kind":"key","pid":4,"missing":null}"#);
    }
}
