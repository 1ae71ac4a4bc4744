//! The `facets` command: how often each value of a field occurs.

use std::io::{self, Write};

use super::{CommandCx, Exit, Failure, completeness::MissingParts, query_argument, time_args};
use crate::cli;
use crate::columns::{CellValue, Field};
use crate::fetch::{FacetsFetch, Fetcher};
use crate::model::{Facet, FacetValue, Facets, Search};
use crate::output::{Align, Format, OutputColumn, RowFormat, TableStyle, TableWriter, quote_json, with_members};
use crate::query::Index;
use crate::text::{self, Untrusted};

/// The default fields: who ran what, and where.
const FIELDS: [&str; 4] = ["process_name", "parent_name", "username", "hostname"];

/// The fields of the rows.
const ROW_FIELDS: &[Field<FacetRow>] = &[
    Field::new("field", |row| CellValue::Text(row.field.as_str().into())),
    Field::new("name", |row| (&row.value.name).into()),
    Field::new("value", |row| CellValue::Number(row.value.count)),
    Field::new("ratio", |row| CellValue::text_of(Some(format!("{:.1}", row.ratio)))),
    Field::new("percent", |row| CellValue::text_of(Some(format!("{:.1}", row.percent)))),
];

const FORMAT: RowFormat<FacetRow> = RowFormat {
    fields: ROW_FIELDS,
    columns: &[
        OutputColumn::new("field", Align::Left).of(&ROW_FIELDS[0]),
        OutputColumn::new("name", Align::Left).of(&ROW_FIELDS[1]),
        OutputColumn::new("value", Align::Right).of(&ROW_FIELDS[2]),
        OutputColumn::new("ratio", Align::Right).of(&ROW_FIELDS[3]),
        OutputColumn::new("percent", Align::Right).of(&ROW_FIELDS[4]),
    ],
    members: "",
    json: |row| with_members(&row.value.document, &[("field", quote_json(&row.field))]).into(),
};

/// A value of a field, with its shares.
struct FacetRow {
    field: String,
    value: FacetValue,
    ratio: f64,
    percent: f64,
}

/// Runs `facets`.
pub(super) async fn facets(args: &cli::Facets, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let search = Search {
        query: query_argument::read_query(Index::Process, &args.query, args.query_args, cx)?,
        ..Search::default()
    };
    let search = time_args::bind_to_bounds(search, &args.bounds, cx)?;
    let fields = fields(&args.field);
    let mut columns = FORMAT.choose(&args.output.fields)?;
    let mut fetcher = Fetcher::new(cx.client()?);
    let result = fetcher.get(FacetsFetch::new(&search, fields.clone())).await?;
    let counted = FacetTable {
        facets: &result.value,
        limit: match usize::try_from(args.limit) {
            Ok(limit @ 1..) => limit,
            Ok(0) | Err(_) => usize::MAX,
        },
    };
    let style = cx.table_style();
    if args.output.format == Format::Table && args.output.fields.is_empty() {
        counted.histogram(style, cx.streams.out)?;
        cx.streams.out.flush()?;
    } else {
        let rows = columns.rows(&counted.rows())?;
        let mut table = TableWriter::new(cx.streams.out, args.output.format, columns.layout(), style);
        table.write_rows(&rows)?;
        table.finish()?;
    }
    counted.report_notes(cx);
    Ok(if counted.is_empty() { Exit::NoResults } else { Exit::Done })
}

/// Returns the requested fields without duplicates.
fn fields(names: &[String]) -> Vec<String> {
    if names.is_empty() {
        return FIELDS.map(str::to_owned).to_vec();
    }
    let mut fields = Vec::new();
    for field in names {
        if !fields.contains(field) {
            fields.push(field.clone());
        }
    }
    fields
}

/// Counted values, at most `limit` of each field.
struct FacetTable<'a> {
    facets: &'a Facets,
    limit: usize,
}

impl FacetTable<'_> {
    fn is_empty(&self) -> bool {
        self.facets.facets.iter().all(|facet| facet.values.is_empty())
    }

    fn values<'f>(&self, facet: &'f Facet) -> impl Iterator<Item = &'f FacetValue> {
        facet.values.iter().take(self.limit)
    }

    /// Draws bars as in the official documentation, with the field name above them if there are several fields.
    fn histogram(&self, style: TableStyle, out: &mut dyn Write) -> io::Result<()> {
        let non_empty: Vec<_> = self.facets.facets.iter().filter(|facet| !facet.values.is_empty()).collect();
        for (index, facet) in non_empty.iter().enumerate() {
            if self.facets.facets.len() > 1 {
                let before = if index > 0 { "\n" } else { "" };
                let field = text::make_visible(&facet.field.as_str().into());
                let (bold, plain) = if style.is_styled { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
                writeln!(out, "{before}{bold}{field}{plain}")?;
            }
            for value in self.values(facet) {
                writeln!(out, "{}", bar(facet, value))?;
            }
        }
        Ok(())
    }

    fn rows(&self) -> Vec<FacetRow> {
        self.facets.facets.iter().flat_map(|facet| self.values(facet).map(|value| row(facet, value))).collect()
    }

    fn report_notes(&self, cx: &mut CommandCx<'_>) {
        let facets = self.facets;
        let missing = MissingParts {
            n_unreadable: facets.n_unreadable,
            hidden: facets.hidden,
            is_incomplete: facets.is_incomplete,
        };
        missing.warn("values", cx);
        if facets.total == 0 && self.is_empty() {
            return cx.note("no process matches");
        }
        for Facet { field, values, .. } in &facets.facets {
            let count = values.len();
            if count == 0 {
                cx.warn(&format!("{field} is not a facet field"));
            } else if count > self.limit {
                let shown = self.limit;
                cx.note(&format!("{shown} of {count} values of {field}; --limit 0 shows all"));
            } else if count >= Facet::MAX_VALUES {
                cx.note(&format!("servers list at most {} values; {field} may have more", Facet::MAX_VALUES));
            }
        }
        let n = text::pluralize(facets.total, "segment", "segments");
        cx.note(&format!("counts {n} (a process may have several)"));
    }
}

/// Returns a bar: the name in 15 columns, its share of all in percent, and a block for every two percent of the longest
/// bar.
fn bar(facet: &Facet, value: &FacetValue) -> String {
    const NAME: usize = 15;
    let name = text::clip(&without_midnight(&value.name), NAME);
    let margin = " ".repeat(NAME.saturating_sub(text::width(&name)));
    let percent = facet.percent(value);
    let blocks = (1..=50_u8).filter(|block| f64::from(block * 2) <= percent);
    format!("{margin}{name}: {:>5.1}% {}", facet.ratio(value), "■".repeat(blocks.count()))
}

/// Returns the name of a value; of a day without its midnight.
fn without_midnight(name: &Untrusted) -> Untrusted {
    match name.raw().strip_suffix("T00:00:00Z") {
        Some(day) => day.into(),
        None => name.clone(),
    }
}

fn row(facet: &Facet, value: &FacetValue) -> FacetRow {
    let (ratio, percent) = (facet.ratio(value), facet.percent(value));
    FacetRow { field: facet.field.clone(), value: value.clone(), ratio, percent }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Document;

    fn value(name: &str, count: u64) -> FacetValue {
        FacetValue { name: name.into(), count, percent: None, ratio: None, document: Document::default() }
    }

    #[track_caller]
    fn check(value: &FacetValue, expected: &str) {
        let facet =
            Facet { field: "process_name".into(), values: vec![value.clone(), self::value("other", 3)], broken: 0 };
        assert_eq!(bar(&facet, value), expected);
    }

    #[test]
    fn a_bar_looks_as_in_the_official_documentation() {
        check(
            &FacetValue { percent: Some(65.9), ratio: Some("15.4".into()), ..value("thumbnailextractionhost.exe", 1) },
            &format!("thumbnailextrac:  15.4% {}", "■".repeat(32)),
        );
        check(&value("net.exe", 3), &format!("        net.exe:  50.0% {}", "■".repeat(50)));
        check(&FacetValue { percent: Some(1.99), ..value("a", 1) }, "              a:  25.0% ");
    }

    #[test]
    fn a_hostile_name_takes_its_fifteen_columns_and_no_more() {
        for (name, shown) in [
            ("\x1b[2J\u{202e}exe.fdp", "␛[2J<U+202E>exe"),
            ("世界世界世界世界", " 世界世界世界世"),
            ("", "               "),
            ("2026-11-24T00:00:00Z", "     2026-11-24"),
        ] {
            check(&value(name, 3), &format!("{shown}:  50.0% {}", "■".repeat(50)));
        }
    }

    #[test]
    fn a_field_is_requested_once() {
        let named = ["a", "b", "a"].map(str::to_owned);
        assert_eq!(fields(&named), ["a", "b"]);
        assert_eq!(fields(&[]), FIELDS);
    }
}
