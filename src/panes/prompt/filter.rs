//! The filter input of lists, timelines and facets.

use super::super::{
    TextInput,
    editor::{Editor, PasteForm},
};
use crate::model::Link;
use crate::session::Cx;

/// The input line while a filter is typed.
#[derive(Debug, Default)]
pub(in crate::panes) struct FilterInput(Option<Editor>);

impl FilterInput {
    /// Starts typing with the present filter, and the cursor behind it.
    pub(in crate::panes) fn start(&mut self, text: &str) {
        let mut editor = Editor::default();
        editor.set_text(text);
        self.0 = Some(editor);
    }

    /// Ends typing; returns false if nothing was typed.
    pub(in crate::panes) fn finish(&mut self) -> bool {
        self.0.take().is_some()
    }

    /// Ends typing and leaves the filter in force. Warns if it is a link to the web console, which no row contains.
    pub(in crate::panes) fn keep(&mut self, cx: &mut Cx<'_>) {
        if let Some(editor) = self.0.take()
            && let Some(link) = Link::parse(&editor.text())
        {
            cx.warn(elsewhere(&link));
        }
    }

    /// Whether a filter is being typed.
    pub(in crate::panes) fn is_typing(&self) -> bool {
        self.0.is_some()
    }

    /// Handles typed or pasted text; returns the filter if it has changed. Refuses to paste a link to the web console,
    /// which no row contains.
    pub(in crate::panes) fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> Option<String> {
        let editor = self.0.as_mut()?;
        if let TextInput::Pasted(text) = input
            && let Some(link) = Link::parse(text)
        {
            cx.warn(format!("Not pasted: {}", elsewhere(&link)));
            return None;
        }
        editor.enter_text(input, PasteForm::Line, cx).then(|| editor.text())
    }
}

/// Returns a message that a link is not a filter.
fn elsewhere(link: &Link) -> String {
    let noun = link.label();
    format!("This link points to {noun}. Open it from the command palette")
}
