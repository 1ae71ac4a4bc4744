//! A filter while it is typed: the same line below lists, timelines and facets.

use crossterm::event::KeyEvent;

use super::super::editor::{Editor, Pasted};
use crate::model::Link;
use crate::session::Cx;

/// The line, if one is typed now.
#[derive(Debug, Default)]
pub(in crate::panes) struct FilterInput(Option<Editor>);

impl FilterInput {
    /// Begins with the filter that holds, the cursor behind it.
    pub(in crate::panes) fn start(&mut self, text: &str) {
        let mut editor = Editor::default();
        editor.set_text(text);
        self.0 = Some(editor);
    }

    /// Ends it; false when nothing was typed.
    pub(in crate::panes) fn finish(&mut self) -> bool {
        self.0.take().is_some()
    }

    /// Ends it, and keeps what was typed. No row has a link to the web console among its words: where one leads is said.
    pub(in crate::panes) fn keep(&mut self, cx: &mut Cx<'_>) {
        if let Some(editor) = self.0.take()
            && let Some(link) = Link::parse(&editor.text())
        {
            cx.warn(elsewhere(&link));
        }
    }

    /// Whether keys are letters now.
    pub(in crate::panes) fn is_typing(&self) -> bool {
        self.0.is_some()
    }

    /// Takes a key; gives the whole filter if that changed it.
    pub(in crate::panes) fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) -> Option<String> {
        let editor = self.0.as_mut()?;
        editor.type_key(key, cx).then(|| editor.text())
    }

    /// Takes characters that were typed together; gives the whole filter if they changed it.
    pub(in crate::panes) fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) -> Option<String> {
        let editor = self.0.as_mut()?;
        editor.type_text(text, cx).then(|| editor.text())
    }

    /// Takes what was pasted, as one line; gives the whole filter if that changed it. No row has a link to the web console
    /// among its words: it leads somewhere else.
    pub(in crate::panes) fn paste(&mut self, text: &str, cx: &mut Cx<'_>) -> Option<String> {
        let editor = self.0.as_mut()?;
        if let Some(link) = Link::parse(text) {
            cx.warn(format!("Not pasted: {}", elsewhere(&link)));
            return None;
        }
        let pasted = editor.paste_line(text, cx);
        (pasted != Pasted::Refused).then(|| editor.text())
    }
}

/// That a link is no filter.
fn elsewhere(link: &Link) -> String {
    let noun = link.label();
    format!("this link names {noun}; open it from the command palette")
}
