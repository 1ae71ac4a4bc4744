//! How the server will read a query.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Clear,
};

use super::{Look, Pane, PaneId, motion};
use crate::keys::{Action, Scope};
use crate::query::{self, Index};
use crate::session::{Cx, Session};
use crate::text;
use crate::widgets::{Field, Fields};

/// Lines that one part of a query may take.
const LONG: usize = 8;

/// An overlay with what each part of a query looks for.
#[derive(Debug)]
pub struct ExplainPane {
    /// What is looked at, and what must be there; both can be shown.
    lines: Vec<(String, String)>,
    offset: usize,
    n_lines: usize,
    height: usize,
}

impl ExplainPane {
    /// Explains a query to an index; relative times are counted from now.
    pub fn new(index: Index, query: &str, cx: &Cx<'_>) -> Self {
        let shown = |text: String| text::visible(&text.into());
        let lines = query::explain(index, query, cx.now).into_iter();
        Self {
            lines: lines.map(|(what, how)| (shown(what), shown(how))).collect(),
            offset: 0,
            n_lines: 0,
            height: 1,
        }
    }
}

impl Pane for ExplainPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Overlay
    }

    fn title(&self, _: &Session) -> Line<'static> {
        "How the server reads it".into()
    }

    fn act(&mut self, action: Action, _: &mut Cx<'_>) -> bool {
        let last = self.n_lines.saturating_sub(self.height);
        let moved = motion::moved(action, self.offset, self.height, last);
        self.offset = moved.unwrap_or(self.offset);
        moved.is_some()
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, look: &Look<'_>) {
        let theme = look.theme;
        let field = |(what, how): &'_ (String, String)| {
            let style = match what.as_str() {
                "error" => theme.bad,
                _ => theme.text,
            };
            (what.clone(), Line::styled(how.clone(), style))
        };
        let lines: Vec<_> = self.lines.iter().map(field).collect();
        let fields: Vec<_> = lines
            .iter()
            .map(|(what, how)| Field::wrapped(what, how.clone(), LONG))
            .collect();
        self.height = usize::from(area.height).max(1);
        let list = Fields {
            fields: &fields,
            scroll: self.offset,
        };
        self.n_lines = list.render(area, frame.buffer_mut(), theme);
        let n_below = self.n_lines.saturating_sub(self.offset + self.height);
        if n_below > 0
            && let Some(last) = area.rows().next_back()
        {
            frame.render_widget(Clear, last);
            let text = format!("{} more below", n_below + 1);
            frame.render_widget(Line::from(Span::styled(text, theme.muted)), last);
        }
    }
}
