//! Where the rows of a list are written to.

use std::sync::Arc;

use crossterm::event::KeyEvent;
use ratatui::{Frame, layout::Rect, text::Line};

use super::{Look, MarkedRows, Pane, PaneId, entry::Entry};
use crate::keys::{Action, Scope};
use crate::model::Extract;
use crate::session::{Cx, Session};

/// The overlay in which a file is named. Its rows are those that were there when it was opened.
#[derive(Debug)]
pub struct ExportPane {
    extract: Arc<Extract>,
    /// How many rows the list has, loaded or not.
    total: u64,
    entry: Entry,
    marked: MarkedRows,
    state: State,
}

/// How far the export has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The name is typed, for the first time or again.
    Typing,
    /// The rows are written.
    Writing,
    Done,
}

impl ExportPane {
    /// Offers to write these rows of a list of `total`.
    pub fn new(extract: Extract, total: u64) -> Self {
        let entry = Entry::new(&format!("{}.csv", extract.name));
        Self {
            extract: Arc::new(extract),
            total,
            entry,
            marked: MarkedRows::default(),
            state: State::Typing,
        }
    }
}

impl Pane for ExportPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Entry
    }

    fn title(&self, _: &Session) -> Line<'static> {
        let (rows, columns) = (self.extract.rows.len(), self.extract.columns.len());
        let name = &self.extract.name;
        format!("Export {rows} {name} of {}, {columns} columns", self.total).into()
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        if action != Action::Accept {
            return false;
        }
        if self.state == State::Writing {
            return true;
        }
        let path = self.entry.text();
        if path.is_empty() {
            cx.warn("name a file to write to");
        } else {
            cx.export(path.into(), self.extract.clone(), self.total);
            self.state = State::Writing;
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
        self.entry.paste(text, cx);
    }

    fn name_hidden(&mut self, marked: &MarkedRows) {
        self.marked = marked.clone();
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        // What was typed stays where it was refused, to be mended.
        self.state = match (self.state, cx.session().is_exported) {
            (State::Writing, Some(true)) => State::Done,
            (State::Writing, Some(false)) => State::Typing,
            (state, _) => state,
        };
    }

    fn is_done(&self) -> bool {
        self.state == State::Done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, look: &Look<'_>) {
        let theme = look.theme;
        let hidden = match self.marked.n_hidden() {
            0 => Line::default(),
            _ => Line::styled(self.marked.summary(), theme.caution),
        };
        let lines = [
            Line::default(),
            hidden,
            Line::styled(
                ".csv    the columns, safe to open in a spreadsheet",
                theme.muted,
            ),
            Line::styled(".jsonl  the records as the server sent them", theme.muted),
            Line::styled(".md      the columns, as a Markdown table", theme.muted),
            Line::default(),
            Line::styled(
                "only rows that are loaded are written; the commands write all of them",
                theme.muted,
            ),
            Line::styled(
                "times are in UTC; a file that exists is not written over",
                theme.muted,
            ),
        ];
        for (line, place) in lines.into_iter().zip(area.rows()) {
            frame.render_widget(line, place);
        }
        self.entry.render("file  ", frame, area, look);
    }
}
