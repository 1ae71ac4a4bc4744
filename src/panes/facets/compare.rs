//! What the facets are to be compared with.

use crossterm::event::KeyEvent;
use ratatui::{Frame, layout::Rect, text::Line};

use crate::keys::{Action, Scope};
use crate::panes::{Pane, PaneId, RenderCx, editor::Pasted, prompt::line::LineInput};
use crate::query::{self, Index};
use crate::session::{Cx, FacetComparison, Session};
use crate::text::Untrusted;

/// The overlay in which the other side of a comparison is named.
#[derive(Debug)]
pub(super) struct ComparePane {
    entry: LineInput,
    is_done: bool,
}

impl ComparePane {
    /// Proposes the value under the cursor, where one host or user may be compared with another.
    pub(super) fn new(field: &str, value: Option<&Untrusted>, session: &Session) -> Self {
        let is_whose = matches!(field, "hostname" | "username" | "username_full" | "group");
        let value = value.filter(|_| is_whose);
        let proposed = value.and_then(|value| query::facet_condition(field, value.raw()));
        let proposed = match (&session.facet_counts.comparison, proposed) {
            (Some(FacetComparison::Condition(condition)), None) => Some(condition.clone()),
            (_, proposed) => proposed,
        };
        Self { entry: LineInput::new(&proposed.unwrap_or_default()), is_done: false }
    }
}

impl Pane for ComparePane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Entry
    }

    fn title(&self, _: &Session) -> Line<'static> {
        "Compare with".into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        if action != Action::Accept {
            return false;
        }
        if self.entry.replace_link(Index::Process, cx) {
            return true;
        }
        let text = self.entry.text();
        if text.is_empty() {
            cx.compare_with(None);
            self.is_done = true;
            return true;
        }
        let search = cx.session().processes.search().cloned();
        match (FacetComparison::parse(&text, cx.now), search) {
            (_, None) => cx.notify("No search yet"),
            (Some(other), Some(search)) if other.apply_to(&search).is_some() => {
                cx.compare_with(Some(other));
                self.is_done = true;
            }
            (Some(_), Some(_)) => cx.warn("The query has an error: fix it first"),
            (None, _) => cx.warn("Neither a condition (hostname:x) nor a time range (-30d)"),
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        self.entry.type_key(key, cx);
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.entry.type_text(text, cx);
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if self.entry.paste(text, cx) != Pasted::Refused {
            self.entry.replace_link(Index::Process, cx);
        }
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, look: &RenderCx<'_>) {
        let theme = look.theme;
        let lines = [
            Line::default(),
            Line::default(),
            Line::styled("hostname:x     another host", theme.muted),
            Line::styled("username:x     another user", theme.muted),
            Line::styled("-30d           another time: the last 30 days", theme.muted),
            Line::styled("-30d..-7d       a time range", theme.muted),
            Line::default(),
            Line::styled("Same query with this host, user or time range", theme.muted),
            Line::styled("Empty = stop comparing", theme.muted),
        ];
        for (line, place) in lines.into_iter().zip(area.rows()) {
            frame.render_widget(line, place);
        }
        self.entry.render("B  ", frame, area, look);
    }
}
