//! The download popup: output format and path.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::{
    ActionResult, AfterInput, MarkedRows, Pane, PaneHeader, RenderCx, TargetRows, TextInput, editor::PasteForm,
    prompt::line::LineInput,
};
use crate::download::{DownloadRequest, PASSWORD, SaveFormat, file_name};
use crate::keys::{Action, Scope};
use crate::model::{Binary, PathCheck};
use crate::session::{Cx, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::{FieldList, FieldRow};

/// The popup to download binaries.
#[derive(Debug)]
pub struct DownloadPane {
    binaries: Vec<Arc<Binary>>,
    format: SaveFormat,
    path: LineInput,
    /// The path that was last checked.
    checked_path: Option<(String, SaveFormat)>,
    hidden_rows: MarkedRows,
}

impl DownloadPane {
    /// Creates the popup for `binaries`, at least one.
    pub fn new(binaries: Vec<Arc<Binary>>) -> Self {
        let mut pane = Self {
            binaries,
            format: SaveFormat::default(),
            path: LineInput::default(),
            checked_path: None,
            hidden_rows: MarkedRows::default(),
        };
        let name = pane.default_name();
        pane.path.set_text(&name);
        pane
    }

    /// Returns the binary if there is just one.
    fn single_binary(&self) -> Option<&Binary> {
        match self.binaries.as_slice() {
            [binary] => Some(binary),
            _ => None,
        }
    }

    /// Returns the default path: a file name, or the current directory for several files.
    fn default_name(&self) -> String {
        let binary = self.single_binary();
        binary.map_or_else(|| ".".into(), |binary| file_name(binary, self.format))
    }

    /// Returns the path as typed; for several files, the path of the first one.
    fn first_path(&self) -> String {
        let typed = self.path.text();
        match self.binaries.as_slice() {
            [first, _, ..] => {
                let path = Path::new(&typed).join(file_name(first, self.format));
                path.to_string_lossy().into_owned()
            }
            _ => typed,
        }
    }

    /// Selects the next format, and changes the file name if it is the default one.
    fn cycle_format(&mut self) {
        let old_name = self.default_name();
        self.format = match self.format {
            SaveFormat::Archive => SaveFormat::Protected,
            SaveFormat::Protected => SaveFormat::Extracted,
            SaveFormat::Extracted => SaveFormat::Archive,
        };
        let typed = self.path.text();
        if let Some(directory) = typed.strip_suffix(&old_name) {
            let typed = format!("{directory}{}", self.default_name());
            self.path.set_text(&typed);
        }
    }

    /// Returns the check of the typed path, if there is one.
    fn path_check<'a>(&self, session: &'a Session) -> Option<&'a PathCheck> {
        let path = self.first_path();
        session.transfers.path_check.as_ref().filter(|check| check.typed == path)
    }

    /// Returns why the download cannot start.
    fn blocking_reason(&self, session: &Session) -> Option<String> {
        if self.binaries.iter().all(|binary| binary.is_uncollected()) {
            return Some("The server has not collected it".into());
        }
        if self.path.text().is_empty() {
            return Some("Enter a path".into());
        }
        let check = self.path_check(session)?;
        // The paths of the other files are checked when they are written.
        if check.problem.is_some() {
            return check.problem.clone();
        }
        let required: u64 = self.binaries.iter().filter_map(|binary| binary.stored_size).sum();
        let free = check.free_space.filter(|free| *free < required)?;
        Some(format!("Only {free} bytes are free"))
    }

    fn start_downloads(&self, cx: &mut Cx<'_>) {
        let typed = PathBuf::from(self.path.text());
        let (missing, collected): (Vec<_>, Vec<_>) = self.binaries.iter().partition(|binary| binary.is_uncollected());
        for binary in &collected {
            let name = file_name(binary, self.format);
            let path = if self.single_binary().is_some() { typed.clone() } else { typed.join(&name) };
            let request = DownloadRequest {
                binary: (*binary).clone(),
                form: self.format,
                path,
                keeps_unverified: binary.is_partial(),
            };
            cx.files().start_download(display_name(binary), request);
        }
        let skipped = match missing.len() {
            0 => String::new(),
            n => format!("; {n} not collected"),
        };
        let subject = match self.single_binary() {
            Some(binary) => display_name(binary),
            None => format!("{} files", collected.len()),
        };
        cx.notify(format!("Downloading {subject}{skipped}. ^c cancels"));
    }

    /// Returns a note on which files are verified by their MD5.
    fn verification_note(&self) -> &'static str {
        let n_partial = self.binaries.iter().filter(|binary| binary.is_partial()).count();
        match (n_partial, self.binaries.len()) {
            (0, 1) => "the MD5 is verified, ",
            (0, _) => "the MD5 of each file is verified, ",
            (partial, all) if partial == all => "",
            _ => "the MD5 of the other files is verified, ",
        }
    }

    fn describe_files(&self, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
        let mut fields = Vec::new();
        let total =
            |size: fn(&Binary) -> Option<u64>| -> u64 { self.binaries.iter().filter_map(|binary| size(binary)).sum() };
        let (size, stored) = (total(|binary| binary.size), total(|binary| binary.stored_size));
        match self.single_binary() {
            Some(binary) => fields.push(FieldRow::single_line("md5", binary.md5.to_string())),
            None => fields.push(FieldRow::single_line("files", self.binaries.len().to_string())),
        }
        if self.hidden_rows.n_hidden() > 0 {
            let summary = Line::styled(self.hidden_rows.summary(), theme.caution);
            fields.push(FieldRow::single_line("HIDDEN", summary));
        }
        for row in self.hidden_rows.lines() {
            fields.push(FieldRow::multi_line("", Line::styled(row, theme.caution), 2));
        }
        fields.push(FieldRow::single_line("size", format!("{size} B, server has {stored} B")));
        if let Some(check) = self.path_check(session) {
            fields.push(FieldRow::multi_line("path", escape_text(&check.path.to_string_lossy()), 3));
            let free = check.free_space.map(|free| format!("{} free", text::format_size(free)));
            fields.push(FieldRow::single_line("free space", free.unwrap_or_else(|| "unknown".into())));
        }
        if self.format == SaveFormat::Extracted {
            let text = "Unpacked: local AV may quarantine it";
            fields.push(FieldRow::multi_line("", Line::styled(text, theme.caution), 2));
        }
        if self.binaries.iter().any(|binary| binary.is_partial()) {
            let text = "Truncated by the server: it cannot be verified and is saved as NAME.unverified";
            fields.push(FieldRow::multi_line("", Line::styled(text, theme.caution), 2));
        }
        if let Some(reason) = self.blocking_reason(session) {
            fields.push(FieldRow::multi_line("", Line::styled(escape_text(&reason), theme.bad), 3));
        }
        fields.push(FieldRow::single_line("", ""));
        let text =
            format!("{}readable only by you (0600), existing files are not overwritten", self.verification_note());
        fields.push(FieldRow::multi_line("", Line::styled(text, theme.muted), 2));
        fields
    }
}

impl Pane for DownloadPane {
    fn scope(&self) -> Scope {
        Scope::Download
    }

    fn header(&self, _: &Session) -> PaneHeader {
        match self.single_binary() {
            Some(binary) => format!("Download {}", display_name(binary)).into(),
            None => format!("Download {} files", self.binaries.len()).into(),
        }
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        match action {
            Action::NextForm => self.cycle_format(),
            Action::Accept => {
                if let Some(reason) = self.blocking_reason(cx.session()) {
                    cx.warn(reason);
                } else {
                    self.start_downloads(cx);
                    return ActionResult::Close;
                }
            }
            _ => return ActionResult::Ignored,
        }
        ActionResult::Done
    }

    fn enter_text(&mut self, input: TextInput<'_>, cx: &mut Cx<'_>) -> ActionResult {
        self.path.enter_text(input, PasteForm::Prose, cx);
        ActionResult::Done
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        let path = (self.first_path(), self.format);
        if self.checked_path.as_ref() != Some(&path) {
            cx.files().check_path(path.0.clone(), self.default_name());
            self.checked_path = Some(path);
        }
        AfterInput::Nothing
    }

    fn set_target(&mut self, rows: &TargetRows) {
        self.hidden_rows = rows.marked.clone();
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let theme = cx.theme;
        let [format_line, path_line, below] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(2), Constraint::Fill(1)]).areas(area);
        let description = match self.format {
            SaveFormat::Archive => "server archive (zip)".to_owned(),
            SaveFormat::Extracted => "unpacked file".to_owned(),
            SaveFormat::Protected => format!("zip with the password {PASSWORD}"),
        };
        let label = Span::styled("format  ", theme.muted);
        frame.render_widget(Line::from(vec![label, Span::styled(description, theme.accent)]), format_line);
        let fields = self.describe_files(session, theme);
        let list = FieldList { fields: &fields, scroll: 0 };
        list.render(below, frame.buffer_mut(), theme);
        self.path.render("file  ", frame, path_line, cx);
    }
}

/// Returns the file name, or the MD5 if there is none.
fn display_name(binary: &Binary) -> String {
    let name = binary.name();
    let name = name.non_empty().map(|name| text::fit(name, 32));
    name.unwrap_or_else(|| binary.md5.to_string())
}

fn escape_text(text: &str) -> String {
    text::make_visible(&text.into())
}
