//! The facets pane: values of a search result with their counts, compared with another result, to narrow the query.

mod compare;
mod draw;
mod marks;
mod values;

use std::sync::Arc;

use ratatui::{Frame, layout::Rect, text::Line};

use super::{
    ActionResult, AfterInput, ColumnPicker, ExportPane, Pane, PaneHeader, RenderCx, TextInput, ViewPane, copy, cursor,
    list::{Filter, group_thousands},
    prompt::filter::FilterInput,
};
use crate::keys::{Action, Scope};
use crate::model::{ExportData, Facet, Process, Search};
use crate::query::{self, Index, Polarity};
use crate::session::{ColumnChoice, Cx, Destination, Session, slots};
use crate::text::Untrusted;
use crate::worker::{FacetSide, Slot};
use compare::ComparePane;
use marks::FacetMarks;
use values::{CountedValue, ValueOrder, values};

/// The facets pane of the process search.
#[derive(Debug, Default)]
pub struct FacetsPane {
    /// Index of the shown field among the counted fields.
    field: usize,
    cursor: usize,
    top: usize,
    height: usize,
    order: ValueOrder,
    marks: FacetMarks,
    filter: Filter,
    /// Input of the filter.
    typing: FilterInput,
    /// The search that the marks are for.
    marked_search: Option<Arc<Search>>,
    /// Whether the last input left a comparison in place.
    was_comparing: bool,
    /// Whether to end the comparison after this input.
    ends_comparison: bool,
}

impl FacetsPane {
    fn current_field(&self, session: &Session) -> String {
        let mut fields = session.facet_fields();
        let last = fields.len().saturating_sub(1);
        fields.swap_remove(self.field.min(last))
    }

    fn shown_values(&self, session: &Session) -> Vec<CountedValue> {
        let field = self.current_field(session);
        values(session, &field, self.order, &self.filter)
    }

    /// Returns the value under the cursor.
    fn selected_value(&self, session: &Session) -> Option<CountedValue> {
        let mut values = self.shown_values(session);
        (self.cursor < values.len()).then(|| values.swap_remove(self.cursor))
    }

    /// Shows the field `by` places on, wrapping around.
    fn step_field(&mut self, by: usize, session: &Session) {
        self.field = (self.field + by) % session.facet_fields().len().max(1);
        (self.cursor, self.top) = (0, 0);
        self.filter = Filter::default();
    }

    fn mark_value(&mut self, polarity: Polarity, cx: &mut Cx<'_>) {
        let field = self.current_field(cx.session());
        let Some(value) = self.selected_value(cx.session()) else {
            return cx.notify("No value selected");
        };
        if !self.marks.toggle(&field, &value.name, polarity) {
            return cx.notify(if value.name.raw().is_empty() {
                "An empty value cannot be searched".to_owned()
            } else {
                format!("Values of {field} cannot be searched")
            });
        }
        let last = self.shown_values(cx.session()).len().saturating_sub(1);
        self.cursor = (self.cursor + 1).min(last);
        let (included, excluded) = self.marks.count_by_polarity();
        cx.notify(format!("{included} to include, {excluded} to exclude. Enter applies"));
    }

    /// Narrows the query by the marked values, or by the value under the cursor if none is marked.
    fn narrow_query(&mut self, cx: &mut Cx<'_>) -> ActionResult {
        let Some(search) = cx.session().lists.pages::<Process>().search().cloned() else {
            return ActionResult::notify("No search yet", cx);
        };
        if self.marks.is_empty() {
            self.mark_value(Polarity::Include, cx);
        }
        if self.marks.is_empty() {
            return ActionResult::Done;
        }
        let query = self.marks.narrow_query(&search.query);
        self.marks.clear();
        ActionResult::Navigate(Destination::Search(Index::Process, query))
    }

    fn set_filter(&mut self, text: &str) {
        self.filter = Filter::parse(text);
        (self.cursor, self.top) = (0, 0);
    }

    /// Returns the shown values for an export.
    fn export_data(&self, session: &Session) -> ExportData {
        let (field, values) = (self.current_field(session), self.shown_values(session));
        let percent = |share: f64| Untrusted::from(format!("{share:.1}"));
        let row = |value: &CountedValue| {
            let mut row = vec![value.name.clone(), value.base.0.to_string().into(), percent(value.base.1)];
            if let Some((count, share, change)) = value.compared {
                row.extend([count.to_string().into(), percent(share), draw::label(change).into()]);
            }
            row
        };
        let mut columns = vec![field.as_str().into(), "count".into(), "percent".into()];
        let is_comparing = values.iter().any(|value| value.compared.is_some());
        if is_comparing {
            columns.extend(["count_b", "percent_b", "change"].map(Untrusted::from));
        }
        ExportData {
            // With a comparison, the record of a value has the counts of one side only.
            n_prefix_columns: if is_comparing { columns.len() } else { 0 },
            columns,
            rows: values.iter().map(row).collect(),
            documents: values.iter().map(|value| value.document.clone()).collect(),
            name: field,
        }
    }

    fn copy_value(&self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let session = cx.session();
        let selected = self.selected_value(session);
        let clip = match action {
            Action::YankHistogram => {
                let lines: Vec<_> = self.shown_values(session).iter().map(draw::plain_line).collect();
                ("histogram", (!lines.is_empty()).then(|| lines.join("\n")))
            }
            Action::YankRow => {
                let value = selected.map(|value| copy::defanged_row(&[value.name]));
                ("value, defanged", value)
            }
            Action::YankRaw => ("value", selected.map(|value| copy::tab_separated(&[value.name]))),
            _ => return ActionResult::Ignored,
        };
        copy::copy_clip(Some(clip), cx)
    }
}

impl FacetsPane {
    /// Returns the title.
    fn title(&self, session: &Session) -> Line<'static> {
        let field = self.current_field(session);
        let fetched = session.values.latest(slots::facets(FacetSide::A));
        let Some(facet) = fetched.and_then(|fetched| fetched.value.get(&field)) else {
            return format!("Facets  {field}").into();
        };
        let values = match facet.values.len() {
            1 => "1 value".to_owned(),
            n if facet.is_truncated() => format!("{n} values or more"),
            n => format!("{n} values"),
        };
        match facet.broken {
            0 => format!("Facets  {field}, {values}"),
            n => format!("Facets  {field}, {values}; {}", draw::unread(n)),
        }
        .into()
    }

    /// Returns additional text for the frame.
    fn status(&self, _: &Session) -> Line<'static> {
        self.order.label().into()
    }
}

impl ViewPane for FacetsPane {
    fn refresh(&self, cx: &mut Cx<'_>) {
        cx.lists().refresh_facets();
    }
}

impl Pane for FacetsPane {
    fn scope(&self) -> Scope {
        if self.typing.is_typing() { Scope::Filter } else { Scope::Facets }
    }

    fn header(&self, session: &Session) -> PaneHeader {
        PaneHeader::from(self.title(session))
            .with_status(self.status(session))
            .with_slots(&[Slot::Facets(FacetSide::A), Slot::Facets(FacetSide::B)])
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let session = cx.session();
        let last = self.shown_values(session).len().saturating_sub(1);
        if let Some(to) = cursor::new_cursor(action, self.cursor, self.height, last) {
            self.cursor = to;
            return ActionResult::Done;
        }
        match action {
            Action::NextField => self.step_field(1, session),
            Action::PreviousField => self.step_field(session.facet_fields().len().saturating_sub(1), session),
            Action::Include => self.mark_value(Polarity::Include, cx),
            Action::Exclude => self.mark_value(Polarity::Exclude, cx),
            Action::Apply => return self.narrow_query(cx),
            Action::Columns => return ActionResult::open(column_picker(session)),
            Action::Export => {
                let data = self.export_data(session);
                let total = to_u64(data.rows.len());
                return ActionResult::open(ExportPane::new(data, total));
            }
            Action::Compare => {
                let value = self.selected_value(session).map(|value| value.name);
                let field = self.current_field(session);
                return ActionResult::open(ComparePane::new(&field, value.as_ref(), session));
            }
            Action::Rarest => {
                self.order = self.order.next_order(session.search.facet_counts.comparison.as_ref());
                (self.cursor, self.top) = (0, 0);
                cx.notify(self.order.label());
            }
            Action::Filter => self.typing.start(self.filter.text()),
            Action::KeepFilter => self.typing.keep(cx),
            other => return self.copy_value(other, cx),
        }
        ActionResult::Done
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        if let Some(text) = self.typing.enter_text(input, cx) {
            self.set_filter(&text);
        }
        ActionResult::Done
    }

    fn dismiss_layer(&mut self) -> Option<&'static str> {
        if self.typing.finish() || !self.filter.is_empty() {
            self.set_filter("");
            return Some("filter");
        }
        if !self.marks.is_empty() {
            self.marks.clear();
            return Some("marks");
        }
        self.ends_comparison = self.was_comparing;
        self.was_comparing.then_some("comparison")
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        if std::mem::take(&mut self.ends_comparison) {
            cx.lists().compare_with(None);
        }
        cx.lists().count_facets();
        let session = cx.session();
        let search = session.lists.pages::<Process>().search();
        let is_same = match (&self.marked_search, search) {
            (Some(marked), Some(search)) => Arc::ptr_eq(marked, search),
            (marked, search) => marked.is_none() && search.is_none(),
        };
        if !is_same {
            self.marked_search = search.cloned();
            self.marks.clear();
            (self.cursor, self.top) = (0, 0);
        }
        let is_comparing = session.search.facet_counts.comparison.is_some();
        if is_comparing != self.was_comparing {
            self.was_comparing = is_comparing;
            self.order = if is_comparing { ValueOrder::Changed } else { ValueOrder::Common };
            (self.cursor, self.top) = (0, 0);
        }
        let last = self.shown_values(session).len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        draw::render(self, frame, area, session, cx);
    }
}

/// Returns the popup that chooses the counted fields.
fn column_picker(session: &Session) -> ColumnPicker {
    let column_choices = |names: Vec<String>| names.into_iter().map(ColumnChoice::new).collect();
    let chosen = column_choices(session.facet_fields());
    let choices = column_choices(query::countable_facets(Index::Process));
    ColumnPicker::new(Session::FACETS, chosen, choices)
}

fn to_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// Returns a note for a facet that may have more values than the server lists.
fn truncation_note(facet: &Facet) -> Option<String> {
    facet.is_truncated().then(|| format!("servers list {} values at most", Facet::MAX_VALUES))
}
