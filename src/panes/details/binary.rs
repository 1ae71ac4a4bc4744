//! The binary details pane: file properties and signature.

use std::sync::Arc;

use ratatui::{Frame, layout::Rect, text::Line};

use super::super::{
    ActionResult, ActionTargets, AfterInput, DownloadPane, Pane, PaneHeader, RenderCx, ScrollView, ViewPane, copy,
    hexdump::HexdumpPane,
    pivot::{self, Observables},
};
use crate::keys::{Action, Scope};
use crate::model::{Binary, Document, Md5, Precision, Zone};
use crate::query::Index;
use crate::session::{Cx, Destination, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::FieldRow;

/// Paths and hosts that are listed; all of them are in the JSON record.
const MAX_NAMED: usize = 100;

/// Lines that one field may take.
const MAX_LINES: usize = 4;

/// The pane with the selected binary.
#[derive(Debug, Default)]
pub struct BinaryPane {
    scroll: ScrollView,
    /// The binary that the scroll offset is for.
    scrolled_id: Option<Md5>,
}

impl BinaryPane {
    /// Returns the title.
    fn title(session: &Session) -> Line<'static> {
        let name = session.selection.binary.as_ref().map(|binary| binary.name());
        let name = name.as_ref().and_then(|name| name.non_empty());
        match name {
            Some(name) => text::fit(name, 40).into(),
            None => "Binary".into(),
        }
    }

    /// Returns additional text for the frame.
    fn status(session: &Session) -> Line<'static> {
        let Some(binary) = &session.selection.binary else {
            return Line::default();
        };
        let mut pages = session.lists.pages::<Binary>().loaded_pages();
        let is_selected = |row: &Arc<Binary>| Arc::ptr_eq(row, binary);
        let page = pages.find(|page| page.value.rows.iter().any(is_selected));
        let as_of = page.map(|page| session.describe_answer_time(page.as_of));
        as_of.map_or_else(Line::default, Line::from)
    }
}

impl ViewPane for BinaryPane {
    fn action_targets(&self, session: &Session) -> ActionTargets {
        let binary = session.selection.binary.as_deref();
        binary.map(Observables::of_binary).into()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let binary = session.selection.binary.as_deref()?;
        let name = text::fit(&binary.name(), 40);
        Some((name, binary.document.clone()))
    }
}

impl Pane for BinaryPane {
    fn scope(&self) -> Scope {
        Scope::Binary
    }

    fn header(&self, session: &Session) -> PaneHeader {
        PaneHeader::from(Self::title(session)).with_status(Self::status(session))
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let scrolled = self.scroll.handle_action(action);
        if !matches!(scrolled, ActionResult::Ignored) {
            return scrolled;
        }
        let Some(binary) = cx.session().selection.binary.clone() else {
            return ActionResult::notify("No binary selected", cx);
        };
        if action == Action::Open {
            return ActionResult::Navigate(processes_destination(&binary));
        }
        open_file(action, || vec![binary.clone()], cx.session())
            .or_else(|| pivot::pivot(action, cx, |_| vec![Observables::of_binary(&binary)]))
            .or_else(|| copy::copy_clip(copy::binary_clip(&binary, action), cx))
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        let md5 = cx.session().selection.binary.as_ref().map(|binary| binary.md5);
        if md5 != self.scrolled_id {
            self.scrolled_id = md5;
            self.scroll.reset();
        }
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let Some(binary) = &session.selection.binary else {
            let text = "Select a binary for details";
            frame.render_widget(Line::styled(text, cx.theme.muted), area);
            return;
        };
        let fields = facts(binary, &session.connection.zone, cx.theme);
        self.scroll.render_fields(&fields, frame, area, cx.theme);
    }
}

/// Returns the search for processes that ran `binary`.
pub(in crate::panes) fn processes_destination(binary: &Binary) -> Destination {
    Destination::Search(Index::Process, format!("md5:{}", binary.md5))
}

/// Opens the popup that downloads the chosen binaries, or shows the first bytes of the selected one.
pub(in crate::panes) fn open_file(
    action: Action,
    chosen: impl FnOnce() -> Vec<Arc<Binary>>,
    session: &Session,
) -> ActionResult {
    match (action, &session.selection.binary) {
        (Action::Download, _) => match chosen() {
            // The list says that no row is selected.
            chosen if chosen.is_empty() => ActionResult::Ignored,
            chosen => ActionResult::open_for_targets(DownloadPane::new(chosen)),
        },
        (Action::ShowBytes, Some(binary)) => ActionResult::open(HexdumpPane::new(binary)),
        _ => ActionResult::Ignored,
    }
}

fn facts(binary: &Binary, zone: &Zone, theme: &Theme) -> Vec<FieldRow<'static>> {
    let style = match binary.signature.is_valid() {
        Some(true) => theme.good,
        Some(false) => theme.bad,
        None => theme.unknown,
    };
    let field = |(name, value)| {
        let value = Line::raw(text::excerpt(&value));
        let value = match name {
            "signature" => value.style(style),
            "md5" | "sha256" => value.style(theme.number),
            "first seen" | "last seen" | "signed" => value.style(theme.time),
            _ => value,
        };
        // A hash needs no label, and the full width.
        let label = if name == "md5" { "" } else { name };
        FieldRow::multi_line(label, value, MAX_LINES)
    };
    let format = |at| zone.format(at, Precision::Second);
    let facts = binary.properties(MAX_NAMED, format).into_iter();
    let mut fields: Vec<_> = facts.map(field).collect();
    if binary.signature.is_valid().is_none() {
        let unknown = Line::styled("unknown", theme.unknown);
        fields.insert(1, FieldRow::single_line("signature", unknown));
    }
    fields
}
