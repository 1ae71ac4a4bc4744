//! The values of a result, counted: what is rare, what is new beside another result, and which of them to ask for.

mod compare;
mod draw;
mod marks;
mod values;

use std::sync::Arc;

use crossterm::event::KeyEvent;
use ratatui::{Frame, layout::Rect, text::Line};

use super::{
    ColumnsPane, ExportPane, Look, Pane, PaneId, copy, cursor,
    list::{Filter, thousands},
    prompt::filter::Typing,
};
use crate::keys::{Action, Scope};
use crate::model::{Extract, Facet, Search};
use crate::query::{self, Index, Sense};
use crate::session::{Chosen, Cx, Lead, Session};
use crate::text::Untrusted;
use crate::worker::{Side, Slot};
use compare::ComparePane;
use marks::Marks;
use values::{Order, Value, values};

/// The pane with the facets of the hunt.
#[derive(Debug, Default)]
pub struct FacetsPane {
    /// Which field is shown, counted among those that are counted.
    field: usize,
    cursor: usize,
    top: usize,
    height: usize,
    order: Order,
    marks: Marks,
    filter: Filter,
    /// The filter, while it is typed.
    typing: Typing,
    /// The search that the marks are about.
    of: Option<Arc<Search>>,
    /// Whether it was compared when this was last looked at.
    was_comparing: bool,
    /// Whether the comparison is to end.
    is_ending: bool,
}

impl FacetsPane {
    /// The field that is shown.
    fn field(&self, session: &Session) -> String {
        let mut fields = session.counted();
        let last = fields.len().saturating_sub(1);
        fields.swap_remove(self.field.min(last))
    }

    fn values(&self, session: &Session) -> Vec<Value> {
        let field = self.field(session);
        values(&session.counts, &field, self.order, &self.filter)
    }

    /// The value under the cursor.
    fn current(&self, session: &Session) -> Option<Value> {
        let mut values = self.values(session);
        (self.cursor < values.len()).then(|| values.swap_remove(self.cursor))
    }

    /// Shows the field so many places on, round and round.
    fn step(&mut self, by: usize, session: &Session) {
        self.field = (self.field + by) % session.counted().len().max(1);
        (self.cursor, self.top) = (0, 0);
        self.filter = Filter::default();
    }

    fn mark(&mut self, sense: Sense, cx: &mut Cx<'_>) {
        let field = self.field(cx.session());
        let Some(value) = self.current(cx.session()) else {
            return cx.notify("No value selected");
        };
        if !self.marks.toggle(&field, &value.name, sense) {
            return cx.notify(if value.name.raw().is_empty() {
                "An empty value cannot be searched".to_owned()
            } else {
                format!("Values of {field} cannot be searched")
            });
        }
        let last = self.values(cx.session()).len().saturating_sub(1);
        self.cursor = (self.cursor + 1).min(last);
        let (included, excluded) = self.marks.counts();
        cx.notify(format!("{included} to include, {excluded} to exclude. Enter applies"));
    }

    /// Asks for what is marked; for the value under the cursor where nothing is.
    fn narrow(&mut self, cx: &mut Cx<'_>) {
        let Some(search) = cx.session().results.search().cloned() else {
            return cx.notify("No search yet");
        };
        if self.marks.is_empty() {
            self.mark(Sense::Include, cx);
        }
        if !self.marks.is_empty() {
            let query = self.marks.narrowed(&search.query);
            self.marks.clear();
            cx.lead(Lead::Search(Index::Process, query));
        }
    }

    fn set_filter(&mut self, text: &str) {
        self.filter = Filter::parse(text);
        (self.cursor, self.top) = (0, 0);
    }

    /// The values that are shown, as they stand in their columns.
    fn extract(&self, session: &Session) -> Extract {
        let (field, values) = (self.field(session), self.values(session));
        let percent = |share: f64| Untrusted::from(format!("{share:.1}"));
        let row = |value: &Value| {
            let mut row = vec![value.name.clone(), value.a.0.to_string().into(), percent(value.a.1)];
            if let Some((count, share, change)) = value.b {
                row.extend([count.to_string().into(), percent(share), draw::word(change).into()]);
            }
            row
        };
        let mut columns = vec![field.as_str().into(), "count".into(), "percent".into()];
        let is_comparing = values.iter().any(|value| value.b.is_some());
        if is_comparing {
            columns.extend(["count_b", "percent_b", "change"].map(Untrusted::from));
        }
        Extract {
            // A record tells of one side alone.
            n_heads: if is_comparing { columns.len() } else { 0 },
            columns,
            rows: values.iter().map(row).collect(),
            documents: values.iter().map(|value| value.document.clone()).collect(),
            name: field,
        }
    }

    fn yank(&self, action: Action, cx: &mut Cx<'_>) -> bool {
        let session = cx.session();
        let current = self.current(session);
        let copied = match action {
            Action::YankHistogram => {
                let lines: Vec<_> = self.values(session).iter().map(draw::plain).collect();
                ("histogram", (!lines.is_empty()).then(|| lines.join("\n")))
            }
            Action::YankRow => {
                let value = current.map(|value| copy::defanged(&[value.name]));
                ("value, defanged", value)
            }
            Action::YankRaw => ("value", current.map(|value| copy::plain(&[value.name]))),
            _ => return false,
        };
        copy::copy_one(Some(copied), cx)
    }
}

impl Pane for FacetsPane {
    fn id(&self) -> PaneId {
        PaneId::Facets
    }

    fn scope(&self) -> Scope {
        if self.typing.is_on() { Scope::Filter } else { Scope::Facets }
    }

    fn title(&self, session: &Session) -> Line<'static> {
        let field = self.field(session);
        let known = session.counts.a.current();
        let Some(facet) = known.and_then(|known| known.value.of(&field)) else {
            return format!("Facets  {field}").into();
        };
        let values = match facet.values.len() {
            1 => "1 value".to_owned(),
            n if facet.is_cut() => format!("{n} values or more"),
            n => format!("{n} values"),
        };
        match facet.broken {
            0 => format!("Facets  {field}, {values}"),
            n => format!("Facets  {field}, {values}; {}", draw::unread(n)),
        }
        .into()
    }

    fn state(&self, _: &Session) -> Line<'static> {
        self.order.words().into()
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot::Facets(Side::A), Slot::Facets(Side::B)]
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let session = cx.session();
        let last = self.values(session).len().saturating_sub(1);
        if let Some(to) = cursor::moved(action, self.cursor, self.height, last) {
            self.cursor = to;
            return true;
        }
        match action {
            Action::NextField => self.step(1, session),
            Action::PreviousField => self.step(session.counted().len().saturating_sub(1), session),
            Action::Include => self.mark(Sense::Include, cx),
            Action::Exclude => self.mark(Sense::Exclude, cx),
            Action::Apply => self.narrow(cx),
            Action::Rarest => {
                self.order = self.order.next(session.counts.other.is_some());
                (self.cursor, self.top) = (0, 0);
                cx.notify(self.order.words());
            }
            Action::Filter => self.typing.begin(self.filter.text()),
            Action::KeepFilter => self.typing.keep(cx),
            other => return self.yank(other, cx),
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        if let Some(text) = self.typing.type_key(key, cx) {
            self.set_filter(&text);
        }
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let Some(text) = self.typing.type_text(text, cx) {
            self.set_filter(&text);
        }
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let Some(text) = self.typing.paste(text, cx) {
            self.set_filter(&text);
        }
    }

    fn peel(&mut self) -> Option<&'static str> {
        if self.typing.end() || !self.filter.is_empty() {
            self.set_filter("");
            return Some("filter");
        }
        if !self.marks.is_empty() {
            self.marks.clear();
            return Some("marks");
        }
        self.is_ending = self.was_comparing;
        self.was_comparing.then_some("comparison")
    }

    fn popup(&self, action: Action, session: &Session) -> Option<Box<dyn Pane>> {
        match action {
            Action::Columns => {
                let named = |names: Vec<String>| names.into_iter().map(Chosen::named).collect();
                let chosen = named(session.counted());
                let choices = named(query::counted(Index::Process));
                Some(Box::new(ColumnsPane::new(Session::FACETS, chosen, choices)))
            }
            Action::Export => {
                let extract = self.extract(session);
                let total = wide(extract.rows.len());
                Some(Box::new(ExportPane::new(extract, total)))
            }
            Action::Compare => {
                let value = self.current(session).map(|value| value.name);
                let pane = ComparePane::new(&self.field(session), value.as_ref(), session);
                Some(Box::new(pane))
            }
            _ => None,
        }
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        if std::mem::take(&mut self.is_ending) {
            cx.compare(None);
        }
        cx.count();
        let session = cx.session();
        let search = session.results.search();
        let is_same = match (&self.of, search) {
            (Some(of), Some(search)) => Arc::ptr_eq(of, search),
            (of, search) => of.is_none() && search.is_none(),
        };
        if !is_same {
            self.of = search.cloned();
            self.marks.clear();
            (self.cursor, self.top) = (0, 0);
        }
        let is_comparing = session.counts.other.is_some();
        if is_comparing != self.was_comparing {
            self.was_comparing = is_comparing;
            self.order = if is_comparing { Order::Changed } else { Order::Common };
            (self.cursor, self.top) = (0, 0);
        }
        let last = self.values(session).len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        draw::render(self, frame, area, session, look);
    }
}

fn wide(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// What is said of a facet that may have more values than the server lists.
fn cut(facet: &Facet) -> Option<String> {
    facet.is_cut().then(|| format!("servers list {} values at most", Facet::MOST))
}
