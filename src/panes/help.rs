//! The help popup: key bindings of the focused pane.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Clear, Paragraph},
};

use super::{ActionResult, Pane, PaneHeader, RenderCx, cursor, legend};
use crate::keys::{Action, Keymap, Lookup, Scope};
use crate::session::{Cx, Session};
use crate::text;
use crate::widgets::to_cells;

/// The popup with the key bindings of one scope, followed by the global ones.
#[derive(Debug)]
pub struct HelpPane {
    scope: Scope,
    /// Titles of scopes, and key bindings with their descriptions.
    rows: Vec<HelpRow>,
    offset: usize,
    height: usize,
}

#[derive(Debug)]
enum HelpRow {
    Title(&'static str),
    Key(String, &'static str),
}

impl HelpPane {
    /// Creates the help for `scope`: only bindings that take effect there.
    pub fn new(scope: Scope, keymap: &Keymap) -> Self {
        let mut rows = Vec::new();
        for key_scope in scope.lookup_chain() {
            let mut keys: Vec<(Action, Vec<String>)> = Vec::new();
            for entry in keymap.entries().filter(|entry| entry.scope == *key_scope) {
                // Skip a key that a more specific scope has bound to something else.
                if keymap.lookup(scope.lookup_chain(), entry.binding.chords()) != Lookup::Action(entry.action) {
                    continue;
                }
                let binding = entry.binding.short_label();
                match keys.iter_mut().find(|(action, _)| *action == entry.action) {
                    Some((_, bindings)) => bindings.push(binding),
                    None => keys.push((entry.action, vec![binding])),
                }
            }
            if !keys.is_empty() {
                rows.push(HelpRow::Title(key_scope.title()));
                rows.extend(keys.into_iter().map(|(action, keys)| HelpRow::Key(keys.join(", "), action.help())));
            }
        }
        let signs = legend::signs(scope);
        if !signs.is_empty() {
            rows.push(HelpRow::Title("Signs"));
            let signs = signs.iter();
            rows.extend(signs.map(|(sign, _, help)| HelpRow::Key((*sign).into(), help)));
        }
        Self { scope, rows, offset: 0, height: 1 }
    }
}

impl Pane for HelpPane {
    fn scope(&self) -> Scope {
        Scope::Overlay
    }

    fn header(&self, _: &Session) -> PaneHeader {
        format!("Keys: {}", self.scope.title()).into()
    }

    fn handle_action(&mut self, action: Action, _: &mut Cx<'_>) -> ActionResult {
        let last = self.rows.len().saturating_sub(self.height);
        cursor::move_cursor(&mut self.offset, action, self.height, last)
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, cx: &RenderCx<'_>) {
        self.height = usize::from(area.height).max(1);
        let width = self
            .rows
            .iter()
            .map(|row| match row {
                HelpRow::Key(keys, _) => text::width(keys),
                HelpRow::Title(_) => 0,
            })
            .max()
            .unwrap_or(0);
        let lines: Vec<_> = self
            .rows
            .iter()
            .map(|row| match row {
                HelpRow::Title(title) => Line::styled(*title, cx.theme.title),
                HelpRow::Key(keys, help) => Line::from(vec![
                    Span::styled(format!("  {keys:width$}  "), cx.theme.key),
                    Span::styled(*help, cx.theme.text),
                ]),
            })
            .collect();
        frame.render_widget(Paragraph::new(lines).scroll((to_cells(self.offset), 0)), area);
        let n_below = self.rows.len().saturating_sub(self.offset + self.height);
        if n_below > 0
            && let Some(last) = area.rows().next_back()
        {
            frame.render_widget(Clear, last);
            let text = format!("{} more lines below", n_below + 1);
            frame.render_widget(Line::styled(text, cx.theme.muted), last);
        }
    }
}
