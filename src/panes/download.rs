//! Files to be downloaded: in which form, and where to.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crossterm::event::KeyEvent;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use super::{MarkedRows, Pane, PaneId, RenderCx, editor::Editor};
use crate::download::{DownloadRequest, PASSWORD, SaveFormat, file_name};
use crate::keys::{Action, Scope};
use crate::model::{Binary, PathCheck};
use crate::session::{Cx, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::{FieldList, FieldRow, to_cells};

/// The overlay in which downloads are ordered.
#[derive(Debug)]
pub struct DownloadPane {
    binaries: Vec<Arc<Binary>>,
    form: SaveFormat,
    editor: Editor,
    /// The place that was last looked at.
    checked_path: Option<(String, SaveFormat)>,
    hidden_rows: MarkedRows,
    is_done: bool,
}

impl DownloadPane {
    /// Offers to download these files, of which there is at least one.
    pub fn new(binaries: Vec<Arc<Binary>>) -> Self {
        let mut pane = Self {
            binaries,
            form: SaveFormat::default(),
            editor: Editor::default(),
            checked_path: None,
            hidden_rows: MarkedRows::default(),
            is_done: false,
        };
        let typed = pane.default_name();
        pane.editor.set_text(&typed);
        pane
    }

    /// The only file there is.
    fn single_binary(&self) -> Option<&Binary> {
        match self.binaries.as_slice() {
            [binary] => Some(binary),
            _ => None,
        }
    }

    /// Where to, unless something else is typed: several files go into a directory.
    fn default_name(&self) -> String {
        let only = self.single_binary();
        only.map_or_else(|| ".".into(), |binary| file_name(binary, self.form))
    }

    /// The place that is typed; of several files, that of the first.
    fn first_path(&self) -> String {
        let typed = self.editor.text().trim().to_owned();
        match self.binaries.as_slice() {
            [first, _, ..] => {
                let path = Path::new(&typed).join(file_name(first, self.form));
                path.to_string_lossy().into_owned()
            }
            _ => typed,
        }
    }

    /// Takes the next form, and the name that goes with it unless another was typed.
    fn cycle_format(&mut self) {
        let before = self.default_name();
        self.form = match self.form {
            SaveFormat::Archive => SaveFormat::Protected,
            SaveFormat::Protected => SaveFormat::Extracted,
            SaveFormat::Extracted => SaveFormat::Archive,
        };
        let typed = self.editor.text();
        if let Some(directory) = typed.strip_suffix(&before) {
            let typed = format!("{directory}{}", self.default_name());
            self.editor.set_text(&typed);
        }
    }

    /// What is known of the place that is typed.
    fn path_check<'a>(&self, session: &'a Session) -> Option<&'a PathCheck> {
        let place = self.first_path();
        session.transfers.path_check.as_ref().filter(|survey| survey.typed == place)
    }

    /// Why nothing can be downloaded.
    fn blocking_reason(&self, session: &Session) -> Option<String> {
        if self.binaries.iter().all(|binary| binary.is_uncollected()) {
            return Some("The server has not collected it".into());
        }
        if self.editor.text().trim().is_empty() {
            return Some("Enter a path".into());
        }
        let survey = self.path_check(session)?;
        // Of several files, each is looked at when its turn comes.
        let trouble = survey.problem.clone();
        if trouble.is_some() {
            return trouble;
        }
        let wanted: u64 = self.binaries.iter().filter_map(|binary| binary.stored_size).sum();
        let room = survey.free_space.filter(|room| *room < wanted)?;
        Some(format!("Only {room} bytes are free"))
    }

    fn start_downloads(&self, cx: &mut Cx<'_>) {
        let typed = PathBuf::from(self.editor.text().trim());
        let (missing, there): (Vec<_>, Vec<_>) = self.binaries.iter().partition(|binary| binary.is_uncollected());
        for binary in &there {
            let name = file_name(binary, self.form);
            let path = if self.single_binary().is_some() { typed.clone() } else { typed.join(&name) };
            let order = DownloadRequest {
                binary: (*binary).clone(),
                form: self.form,
                path,
                keeps_unverified: binary.is_partial(),
            };
            cx.start_download(display_name(binary), order);
        }
        let left_out = match missing.len() {
            0 => String::new(),
            n => format!("; {n} not collected"),
        };
        let what = match self.single_binary() {
            Some(binary) => display_name(binary),
            None => format!("{} files", there.len()),
        };
        cx.notify(format!("Downloading {what}{left_out}. ^c cancels"));
    }

    /// Of which files it is verified what they are.
    fn verification_note(&self) -> &'static str {
        let n_partial = self.binaries.iter().filter(|binary| binary.is_partial()).count();
        match (n_partial, self.binaries.len()) {
            (0, 1) => "its MD5 is verified, ",
            (0, _) => "the MD5 of each file is verified, ",
            (partial, all) if partial == all => "",
            _ => "the MD5 of the other files is verified, ",
        }
    }

    fn describe_files(&self, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
        let mut fields = Vec::new();
        let of_all =
            |size: fn(&Binary) -> Option<u64>| -> u64 { self.binaries.iter().filter_map(|binary| size(binary)).sum() };
        let (size, stored) = (of_all(|binary| binary.size), of_all(|binary| binary.stored_size));
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
        fields.push(FieldRow::single_line("size", format!("{size} B, of which the server has {stored} B")));
        if let Some(survey) = self.path_check(session) {
            fields.push(FieldRow::multi_line("path", escape_text(&survey.path.to_string_lossy()), 3));
            let room = survey.free_space.map(|room| format!("{} MiB free", room >> 20));
            fields.push(FieldRow::single_line("free space", room.unwrap_or_else(|| "unknown".into())));
        }
        if self.form == SaveFormat::Extracted {
            let text = "Unpacked: local AV may quarantine it";
            fields.push(FieldRow::multi_line("", Line::styled(text, theme.caution), 2));
        }
        if self.binaries.iter().any(|binary| binary.is_partial()) {
            let text = "Truncated by the server: it cannot be verified and is saved as NAME.unverified";
            fields.push(FieldRow::multi_line("", Line::styled(text, theme.caution), 2));
        }
        if let Some(trouble) = self.blocking_reason(session) {
            fields.push(FieldRow::multi_line("", Line::styled(escape_text(&trouble), theme.bad), 3));
        }
        fields.push(FieldRow::single_line("", ""));
        let text =
            format!("{}readable only by you (0600), existing files are not overwritten", self.verification_note());
        fields.push(FieldRow::multi_line("", Line::styled(text, theme.muted), 2));
        fields
    }
}

impl Pane for DownloadPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Download
    }

    fn title(&self, _: &Session) -> Line<'static> {
        match self.single_binary() {
            Some(binary) => format!("Download {}", display_name(binary)).into(),
            None => format!("Download {} files", self.binaries.len()).into(),
        }
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        match action {
            Action::NextForm => self.cycle_format(),
            Action::Accept => {
                if let Some(trouble) = self.blocking_reason(cx.session()) {
                    cx.warn(trouble);
                } else {
                    self.start_downloads(cx);
                    self.is_done = true;
                }
            }
            _ => return false,
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        self.editor.type_key(key, cx);
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.editor.type_text(text, cx);
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.editor.paste_plain(text, cx);
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) {
        let place = (self.first_path(), self.form);
        if self.is_done || self.checked_path.as_ref() == Some(&place) {
            return;
        }
        let name = self.default_name();
        cx.check_path(place.0.clone(), name);
        self.checked_path = Some(place);
    }

    fn set_hidden_rows(&mut self, marked: &MarkedRows) {
        self.hidden_rows = marked.clone();
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
        let theme = look.theme;
        let [form, path, below] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(2), Constraint::Fill(1)]).areas(area);
        let said = match self.form {
            SaveFormat::Archive => "server archive (zip)".to_owned(),
            SaveFormat::Extracted => "unpacked file".to_owned(),
            SaveFormat::Protected => format!("zip with the password {PASSWORD}"),
        };
        let label = |text| Span::styled(text, theme.muted);
        let line = Line::from(vec![label("format  "), Span::styled(said, theme.accent)]);
        frame.render_widget(line, form);
        let room = usize::from(area.width).saturating_sub(7);
        let typed = text::fit_end(&self.editor.text().into(), room);
        let at = path.x + 6 + to_cells(text::width(&typed));
        frame.render_widget(Line::from(vec![label("file  "), typed.into()]), path);
        let fields = self.describe_files(session, theme);
        let list = FieldList { fields: &fields, scroll: 0 };
        list.render(below, frame.buffer_mut(), theme);
        frame.set_cursor_position((at.min(area.right().saturating_sub(1)), path.y));
    }
}

/// The name of a file, or its hash.
fn display_name(binary: &Binary) -> String {
    let name = binary.name();
    let name = name.non_empty().map(|name| text::fit(name, 32));
    name.unwrap_or_else(|| binary.md5.to_string())
}

fn escape_text(text: &str) -> String {
    text::make_visible(&text.into())
}
