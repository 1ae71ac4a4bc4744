//! The prompt for the file of an export.

use std::sync::Arc;

use ratatui::text::Line;

use super::super::{ActionResult, AfterInput, MarkedRows, TargetRows};
use super::{Prompt, Question};
use crate::model::ExportData;
use crate::session::{Cx, Session};
use crate::theme::Theme;

/// The popup in which a file is named.
pub type ExportPane = Prompt<Export>;

/// The question for a file name. The exported rows are those of the time when the popup was opened.
#[derive(Debug)]
pub struct Export {
    data: Arc<ExportData>,
    /// Number of rows in the list, loaded or not.
    total: u64,
    hidden_rows: MarkedRows,
    state: ExportState,
}

/// The stage of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExportState {
    /// The user types the name, for the first time or after an error.
    Typing,
    Writing,
}

impl ExportPane {
    /// Creates the prompt for rows of a list with `total` rows.
    pub fn new(data: ExportData, total: u64) -> Self {
        let name = format!("{}.csv", data.name);
        let question =
            Export { data: Arc::new(data), total, hidden_rows: MarkedRows::default(), state: ExportState::Typing };
        Self::with_text(question, &name)
    }
}

impl Question for Export {
    const LABEL: &'static str = "file  ";

    fn title(&self, _: &Session) -> Line<'static> {
        let (rows, columns) = (self.data.rows.len(), self.data.columns.len());
        let name = &self.data.name;
        format!("Export {rows} {name} of {}, {columns} columns", self.total).into()
    }

    fn accept(&mut self, text: &str, cx: &mut Cx<'_>) -> ActionResult {
        if self.state == ExportState::Writing {
            return ActionResult::Done;
        }
        if text.is_empty() {
            cx.warn("Enter a file name");
        } else {
            cx.files().export_rows(text.into(), self.data.clone(), self.total);
            self.state = ExportState::Writing;
        }
        ActionResult::Done
    }

    fn hints(&self, _: &str, _: &Session, theme: &Theme) -> Vec<Line<'static>> {
        let hidden = match self.hidden_rows.n_hidden() {
            0 => Line::default(),
            _ => Line::styled(self.hidden_rows.summary(), theme.caution),
        };
        let notes = [
            ".csv    the columns, safe to open in a spreadsheet",
            ".jsonl  the records as the server sent them",
            ".md      the columns, as a Markdown table",
            "",
            "Only loaded rows are written; the commands write all rows",
            "Times are in UTC. Existing files are not overwritten",
        ];
        let notes = notes.map(|text| Line::styled(text, theme.muted));
        [hidden].into_iter().chain(notes).collect()
    }

    fn set_target(&mut self, rows: &TargetRows) {
        self.hidden_rows = rows.marked.clone();
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        match (self.state, cx.session().transfers.is_exported) {
            (ExportState::Writing, Some(true)) => return AfterInput::ClosePopups,
            // The user can correct the file name.
            (ExportState::Writing, Some(false)) => self.state = ExportState::Typing,
            (ExportState::Writing, None) | (ExportState::Typing, _) => {}
        }
        AfterInput::Nothing
    }
}
