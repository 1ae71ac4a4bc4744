//! The columns of a command's rows: fields of their kind, each with a heading and a layout.

use std::{
    borrow::{Borrow, Cow},
    collections::BTreeSet,
    io,
};

use super::{Align, Format, OutputCell, OutputColumn, OutputRow, TableStyle, TableWriter, quote_json};
use crate::columns::{CellValue, Field, members};
use crate::text;
use crate::wire::RecordMembers;

/// A column: the field that it shows, and its layout.
#[derive(Debug)]
pub struct Column<R: 'static> {
    field: &'static Field<R>,
    layout: OutputColumn,
    value: fn(&R) -> CellValue,
}

/// A column whose values a command adds to each row, such as those of a join.
#[derive(Clone, Debug)]
pub struct AddedColumn {
    /// The name of the value, and of its member in JSON.
    pub name: &'static str,
    pub layout: OutputColumn,
    /// The position among the columns of the format before which it is inserted.
    pub before: usize,
}

/// How rows of one kind are written: all columns and the whole record, or the fields that the user names.
#[derive(Debug)]
pub struct RowFormat<R: 'static> {
    /// Every field that has a name of its own.
    pub fields: &'static [Field<R>],
    pub columns: &'static [Column<R>],
    /// The members that a record may have, even if those at hand do not (see [`members`]).
    pub members: &'static str,
    /// Returns the record of a row as one JSON object.
    pub json: fn(&R) -> Cow<'_, str>,
}

/// The columns of an output: all of a format, or the fields that the user has named.
#[derive(Debug)]
pub struct RowColumns<R: 'static> {
    columns: Vec<ChosenColumn<R>>,
    /// Whether the user has named them; otherwise JSON has the whole record.
    is_named: bool,
    /// Whether the members of records were looked up in the first rows.
    is_checked: bool,
    /// All names that can be chosen besides members of the record.
    names: Vec<&'static str>,
    members: &'static str,
    json: fn(&R) -> Cow<'_, str>,
    /// What the format of the output needs of each row; everything if it is not known.
    format: Option<Format>,
}

/// A column, and where its values come from.
#[derive(Debug)]
struct ChosenColumn<R: 'static> {
    name: Cow<'static, str>,
    layout: OutputColumn,
    source: CellSource<R>,
}

#[derive(Debug)]
enum CellSource<R> {
    Value(fn(&R) -> CellValue),
    /// A value that the command adds to each row, by its position among them.
    Added(usize),
    /// A member of the record, by its path.
    Member(String),
}

/// A row, with the values that the command adds to it.
#[derive(Debug)]
pub struct ExtendedRow<'r, R> {
    pub row: &'r R,
    pub added: Vec<OutputCell>,
    /// The record as one JSON object, with the members that the command adds.
    pub json: Cow<'r, str>,
}

/// Why columns cannot be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnError {
    pub why: String,
    pub hint: String,
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
    /// Returns the columns that `names` choose; without names, all of this format.
    pub fn choose(&self, names: &[String]) -> Result<RowColumns<R>, ColumnError> {
        self.choose_with(&[], names)
    }

    /// Returns the columns that `names` choose, out of those of this format and the `added` ones; without names, all.
    pub fn choose_with(&self, added: &[AddedColumn], names: &[String]) -> Result<RowColumns<R>, ColumnError> {
        let fields = self.fields.iter().map(|field| field.name);
        let mut known: Vec<_> = added.iter().map(|column| column.name).chain(fields).collect();
        known.sort_unstable();
        known.dedup();
        let mut chosen = RowColumns {
            columns: Vec::new(),
            is_named: !names.is_empty(),
            is_checked: names.is_empty(),
            names: known,
            members: self.members,
            json: self.json,
            format: None,
        };
        if names.is_empty() {
            chosen.columns = self.all_columns(added);
            return Ok(chosen);
        }
        for name in names.iter().map(|name| name.trim()) {
            if name.is_empty() {
                return Err(ColumnError::new("--fields has an empty name", &chosen.names));
            }
            let mut column = self.find(added, name);
            column.layout = column.layout.chosen_as(column.name.clone());
            if chosen.columns.iter().any(|other| other.name.eq_ignore_ascii_case(&column.name)) {
                return Err(ColumnError::new(&format!("--fields names {:?} twice", column.name), &chosen.names));
            }
            chosen.columns.push(column);
        }
        Ok(chosen)
    }

    /// Writes one row in all columns of this format; `json` is its record.
    pub fn write_one(
        &self,
        (row, json): (&R, &str),
        format: Format,
        style: TableStyle,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let row = ExtendedRow { row, added: Vec::new(), json: json.into() };
        let columns = self.all_columns(&[]);
        let layout: Vec<_> = columns.iter().map(|column| column.layout.clone()).collect();
        let mut table = TableWriter::new(out, format, layout, style);
        table.write_rows(&[complete_row(&columns, row, None)])?;
        table.finish()
    }

    /// Returns all columns of this format, with the `added` ones at their places.
    fn all_columns(&self, added: &[AddedColumn]) -> Vec<ChosenColumn<R>> {
        let mut columns = Vec::new();
        for at in 0..=self.columns.len() {
            let here = added.iter().enumerate().filter(|(_, column)| column.before == at);
            columns.extend(here.map(|(index, column)| ChosenColumn {
                name: column.name.into(),
                layout: column.layout.clone(),
                source: CellSource::Added(index),
            }));
            columns.extend(self.columns.get(at).map(|column| ChosenColumn {
                name: column.field.name.into(),
                layout: column.layout.clone(),
                source: CellSource::Value(column.value),
            }));
        }
        columns
    }

    /// Returns the column that `name` chooses: by the name of its value, by its heading, or a member of the record.
    fn find(&self, added: &[AddedColumn], name: &str) -> ChosenColumn<R> {
        let mut all = self.all_columns(added);
        let find = |text: &dyn Fn(&ChosenColumn<R>) -> &str| {
            all.iter().position(|column| text(column).eq_ignore_ascii_case(name))
        };
        let field = self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        let layout = || OutputColumn::new("", Align::Left);
        match (find(&|column| &column.name), field, find(&|column| &column.layout.name)) {
            (Some(at), ..) | (None, None, Some(at)) => all.swap_remove(at),
            (None, Some(field), _) => {
                ChosenColumn { name: field.name.into(), layout: layout(), source: CellSource::Value(field.value) }
            }
            (None, None, None) => ChosenColumn {
                name: name.to_owned().into(),
                layout: layout(),
                source: CellSource::Member(name.to_owned()),
            },
        }
    }
}

impl<R> RowColumns<R> {
    /// Leaves out of every row what `format` does not need.
    #[must_use]
    pub fn only_for(self, format: Format) -> Self {
        Self { format: Some(format), ..self }
    }

    /// Returns the layout of the columns.
    pub fn layout(&self) -> Vec<OutputColumn> {
        self.columns.iter().map(|column| column.layout.clone()).collect()
    }

    /// Returns the position of the column with the value of this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Returns what each format needs of `rows`. Fails if a name is no member of any of the first rows.
    pub fn rows<'r>(&mut self, rows: impl IntoIterator<Item = &'r R>) -> Result<Vec<OutputRow>, ColumnError>
    where
        R: 'r,
    {
        let json = self.json;
        let extended = |row| ExtendedRow { row, added: Vec::new(), json: json(row) };
        self.extended_rows(rows.into_iter().map(extended).collect())
    }

    /// Returns what each format needs of rows to which the command adds values.
    pub fn extended_rows(&mut self, rows: Vec<ExtendedRow<'_, R>>) -> Result<Vec<OutputRow>, ColumnError> {
        if !self.is_named {
            return Ok(rows.into_iter().map(|row| complete_row(&self.columns, row, self.format)).collect());
        }
        let members: Vec<_> = rows.iter().map(|row| RecordMembers::from_json(&row.json)).collect();
        self.find_members(members.iter())?;
        let rows = rows.iter().zip(&members).map(|(row, members)| {
            let json = self.columns.iter().map(|column| column.json_member(row, members)).collect::<Vec<_>>();
            let cells = self.columns.iter().map(|column| column.cell(row, members)).collect();
            OutputRow { cells, json: format!("{{{}}}", json.join(",")) }
        });
        Ok(rows.collect())
    }

    /// Fails if a name is no member of any of `rows`, which are all there will be.
    pub fn check<'r>(&mut self, rows: impl IntoIterator<Item = &'r R>) -> Result<(), ColumnError>
    where
        R: 'r,
    {
        let json = self.json;
        self.find_members(rows.into_iter().map(|row| RecordMembers::from_json(&json(row))))
    }

    /// Looks the chosen members up in the first rows, ignoring case. Fails for one that no row has and none can have.
    fn find_members(&mut self, records: impl Iterator<Item = impl Borrow<RecordMembers>>) -> Result<(), ColumnError> {
        if self.is_checked {
            return Ok(());
        }
        let columns = self.columns.iter_mut().filter_map(|column| match &mut column.source {
            CellSource::Member(path) => Some(path),
            CellSource::Value(_) | CellSource::Added(_) => None,
        });
        let mut sought: Vec<&mut String> = columns.collect();
        let mut names: BTreeSet<String> = self.names.iter().map(|name| (*name).to_owned()).collect();
        for record in records {
            let record = record.borrow();
            self.is_checked = true;
            sought.retain_mut(|path| match record.spelling(path) {
                Some(spelling) => {
                    **path = spelling;
                    false
                }
                None => true,
            });
            if sought.is_empty() {
                return Ok(());
            }
            names.extend(record.names().map(str::to_owned));
        }
        if !self.is_checked {
            return Ok(());
        }
        // A later record may have them.
        for path in sought {
            let Some(spelling) = members::find_member(self.members, path) else {
                names.extend(members::names(self.members).map(str::to_owned));
                return Err(ColumnError::unknown(path, &names));
            };
            *path = spelling;
        }
        Ok(())
    }
}

/// Returns a row with its whole record, or with what `format` needs of it.
fn complete_row<R>(columns: &[ChosenColumn<R>], row: ExtendedRow<'_, R>, format: Option<Format>) -> OutputRow {
    let no_members = RecordMembers::from_json("");
    let columns = if format.is_some_and(Format::is_json) { &[] } else { columns };
    let cells = columns.iter().map(|column| column.cell(&row, &no_members)).collect();
    let json = if format.is_none_or(Format::is_json) { row.json.into_owned() } else { String::new() };
    OutputRow { cells, json }
}

impl<R> ChosenColumn<R> {
    fn cell(&self, row: &ExtendedRow<'_, R>, members: &RecordMembers) -> OutputCell {
        match &self.source {
            CellSource::Value(value) => value(row.row).into(),
            CellSource::Added(index) => row.added.get(*index).cloned().unwrap_or_default(),
            CellSource::Member(path) => {
                members.text_at(path).as_ref().map(OutputCell::from_untrusted).unwrap_or_default()
            }
        }
    }

    /// Returns the name with the member of the record, or else with the value as JSON.
    fn json_member(&self, row: &ExtendedRow<'_, R>, members: &RecordMembers) -> String {
        let path = match &self.source {
            CellSource::Member(path) => path,
            CellSource::Value(_) | CellSource::Added(_) => &*self.name,
        };
        let value = || match &self.source {
            CellSource::Value(value) => match value(row.row) {
                CellValue::None | CellValue::Pending | CellValue::Unavailable => None,
                CellValue::Number(number) => Some(number.to_string()),
                known => Some(quote_json(known.text().raw())),
            },
            CellSource::Added(_) => self.cell(row, members).text.non_empty().map(|text| quote_json(text.raw())),
            CellSource::Member(_) => None,
        };
        let json = members.json_at(path).or_else(value).unwrap_or_else(|| "null".into());
        format!("{}:{json}", quote_json(&self.name))
    }
}

impl ColumnError {
    fn new(why: &str, names: &[&str]) -> Self {
        Self { why: why.to_owned(), hint: format!("names: {}", names.join(", ")) }
    }

    /// Creates the error for a name that is neither that of a field nor of a member, out of all `names`.
    fn unknown(name: &str, names: &BTreeSet<String>) -> Self {
        let lower = name.to_lowercase();
        let nearest = names.iter().map(|known| (strsim::levenshtein(&lower, known), known)).min();
        // With more than a third of the letters wrong it is another word.
        let nearest = nearest.filter(|(distance, _)| *distance <= lower.len() / 3);
        let names: Vec<_> = names.iter().map(|name| text::make_visible(&name.as_str().into())).collect();
        let names = names.join(", ");
        let hint = match nearest {
            Some((_, nearest)) => {
                format!("did you mean {:?}? names: {names}", text::make_visible(&nearest.as_str().into()))
            }
            None => format!("names: {names}"),
        };
        Self { why: format!("--fields: no field is named {name:?}"), hint }
    }
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
        members: "rare",
        json: |row| row.0.into(),
    };

    const FIELDS: &[Field<Row>] = &[
        Field { name: "hostname", value: |_| CellValue::Word("WS-7") },
        Field { name: "length", value: |row| CellValue::text_of(Some(row.0.len())) },
    ];

    const RECORD: &str = r#"{"hostname":"ws-7","a":{"b":[1,true]}}"#;

    fn choose(names: &[&str]) -> Result<RowColumns<Row>, ColumnError> {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let added = |name, heading| AddedColumn { name, layout: OutputColumn::new(heading, Align::Left), before: 1 };
        FORMAT.choose_with(&[added("sensor_id", "sensor"), added("status", "status")], &names)
    }

    #[track_caller]
    fn check(names: &[&str], headings: &[&str], cells: &[&str], json: &str) {
        let mut columns = choose(names).unwrap();
        assert_eq!(columns.layout().iter().map(|column| &*column.name).collect::<Vec<_>>(), headings);
        let added = vec![OutputCell::from_value(Some(7)), OutputCell::default()];
        let row =
            ExtendedRow { row: &Row(RECORD), added, json: RECORD.replace("{\"host", "{\"sensor_id\":7,\"host").into() };
        let row = columns.extended_rows(vec![row]).unwrap().remove(0);
        assert_eq!(row.cells.iter().map(|cell| cell.text.raw()).collect::<Vec<_>>(), cells);
        assert_eq!(row.json, json);
    }

    #[track_caller]
    fn check_refused(names: &[&str], why: &str, hint: &str) {
        let refusal = choose(names).and_then(|mut columns| columns.rows([&Row(RECORD)])).unwrap_err();
        assert_eq!((&*refusal.why, &*refusal.hint), (why, hint));
    }

    #[test]
    fn a_name_chooses_a_field_a_column_or_a_member_of_the_record() {
        let all = r#"{"sensor_id":7,"hostname":"ws-7","a":{"b":[1,true]}}"#;
        check(&[], &["host", "sensor", "status"], &["WS-7", "7", ""], all);
        check(&["hostname"], &["hostname"], &["WS-7"], r#"{"hostname":"ws-7"}"#);
        check(&["host"], &["hostname"], &["WS-7"], r#"{"hostname":"ws-7"}"#);
        check(&["a.b.1", "length"], &["a.b.1", "length"], &["true", "38"], r#"{"a.b.1":true,"length":"38"}"#);
        check(&["a"], &["a"], &[r#"{"b":[1,true]}"#], r#"{"a":{"b":[1,true]}}"#);
        check(&["rare", "a.c"], &["rare", "a.c"], &["", ""], r#"{"rare":null,"a.c":null}"#);
    }

    #[test]
    fn a_value_that_a_command_adds_is_chosen_by_its_name_or_its_heading() {
        check(&["status", "sensor"], &["status", "sensor_id"], &["", "7"], r#"{"status":null,"sensor_id":7}"#);
    }

    #[test]
    fn case_and_blanks_do_not_matter() {
        check(&[" HostName "], &["hostname"], &["WS-7"], r#"{"hostname":"ws-7"}"#);
        check(&["A.b.0"], &["A.b.0"], &["1"], r#"{"A.b.0":1}"#);
    }

    #[test]
    fn a_name_that_is_unknown_empty_or_given_twice_is_refused_with_the_names_there_are() {
        let names = "names: a, hostname, length, rare, sensor_id, status";
        let meant = format!("did you mean \"hostname\"? {names}");
        check_refused(&["length", "Hostnme"], "--fields: no field is named \"Hostnme\"", &meant);
        check_refused(&["zzz"], "--fields: no field is named \"zzz\"", names);
        let names = "names: hostname, length, sensor_id, status";
        check_refused(&["length", " "], "--fields has an empty name", names);
        check_refused(&["host", "HOSTNAME"], "--fields names \"hostname\" twice", names);
    }

    #[test]
    fn members_are_looked_up_in_the_first_rows_and_not_without_any() {
        let mut columns = choose(&["a", "zzz"]).unwrap();
        assert!(columns.rows([]).unwrap().is_empty());
        assert!(columns.rows([&Row(RECORD), &Row(r#"{"zzz":1}"#)]).is_ok());
        assert_eq!(columns.rows([&Row(RECORD)]).unwrap()[0].json, r#"{"a":{"b":[1,true]},"zzz":null}"#);
    }
}
