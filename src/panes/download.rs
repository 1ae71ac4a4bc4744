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

use super::{Look, MarkedRows, Pane, PaneId, editor::Editor};
use crate::download::{Form, Order, PASSWORD, file_name};
use crate::keys::{Action, Scope};
use crate::model::{Binary, Survey};
use crate::session::{Cx, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::{Field, Fields, cells};

/// The overlay in which downloads are ordered.
#[derive(Debug)]
pub struct DownloadPane {
    binaries: Vec<Arc<Binary>>,
    form: Form,
    editor: Editor,
    /// The place that was last looked at.
    looked_at: Option<(String, Form)>,
    marked: MarkedRows,
    is_done: bool,
}

impl DownloadPane {
    /// Offers to download these files, of which there is at least one.
    pub fn new(binaries: Vec<Arc<Binary>>) -> Self {
        let mut pane = Self {
            binaries,
            form: Form::default(),
            editor: Editor::default(),
            looked_at: None,
            marked: MarkedRows::default(),
            is_done: false,
        };
        let typed = pane.proposed();
        pane.editor.set(&typed);
        pane
    }

    /// The only file there is.
    fn only(&self) -> Option<&Binary> {
        match self.binaries.as_slice() {
            [binary] => Some(binary),
            _ => None,
        }
    }

    /// Where to, unless something else is typed: several files go into a directory.
    fn proposed(&self) -> String {
        let only = self.only();
        only.map_or_else(|| ".".into(), |binary| file_name(binary, self.form))
    }

    /// The place that is typed; of several files, that of the first.
    fn place(&self) -> String {
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
    fn next_form(&mut self) {
        let before = self.proposed();
        self.form = match self.form {
            Form::Archive => Form::Protected,
            Form::Protected => Form::Extracted,
            Form::Extracted => Form::Archive,
        };
        let typed = self.editor.text();
        if let Some(directory) = typed.strip_suffix(&before) {
            let typed = format!("{directory}{}", self.proposed());
            self.editor.set(&typed);
        }
    }

    /// What is known of the place that is typed.
    fn survey<'a>(&self, session: &'a Session) -> Option<&'a Survey> {
        let place = self.place();
        session.survey.as_ref().filter(|survey| survey.typed == place)
    }

    /// Why nothing can be downloaded.
    fn trouble(&self, session: &Session) -> Option<String> {
        if self.binaries.iter().all(|binary| binary.is_uncollected()) {
            return Some("The server has not collected it".into());
        }
        if self.editor.text().trim().is_empty() {
            return Some("Enter a path".into());
        }
        let survey = self.survey(session)?;
        // Of several files, each is looked at when its turn comes.
        let trouble = survey.trouble.clone();
        if trouble.is_some() {
            return trouble;
        }
        let wanted: u64 = self.binaries.iter().filter_map(|binary| binary.stored_size).sum();
        let room = survey.room.filter(|room| *room < wanted)?;
        Some(format!("Only {room} bytes are free"))
    }

    fn order(&self, cx: &mut Cx<'_>) {
        let typed = PathBuf::from(self.editor.text().trim());
        let (missing, there): (Vec<_>, Vec<_>) = self.binaries.iter().partition(|binary| binary.is_uncollected());
        for binary in &there {
            let name = file_name(binary, self.form);
            let path = if self.only().is_some() { typed.clone() } else { typed.join(&name) };
            let order =
                Order { binary: (*binary).clone(), form: self.form, path, keeps_unverified: binary.is_partial() };
            cx.download(shown(binary), order);
        }
        let left_out = match missing.len() {
            0 => String::new(),
            n => format!("; {n} not collected"),
        };
        let what = match self.only() {
            Some(binary) => shown(binary),
            None => format!("{} files", there.len()),
        };
        cx.notify(format!("Downloading {what}{left_out}. ^c cancels"));
    }

    /// Of which files it is verified what they are.
    fn verified(&self) -> &'static str {
        let n_partial = self.binaries.iter().filter(|binary| binary.is_partial()).count();
        match (n_partial, self.binaries.len()) {
            (0, 1) => "its MD5 is verified, ",
            (0, _) => "the MD5 of each file is verified, ",
            (partial, all) if partial == all => "",
            _ => "the MD5 of the other files is verified, ",
        }
    }

    fn facts(&self, session: &Session, theme: &Theme) -> Vec<Field<'static>> {
        let mut fields = Vec::new();
        let of_all =
            |size: fn(&Binary) -> Option<u64>| -> u64 { self.binaries.iter().filter_map(|binary| size(binary)).sum() };
        let (size, stored) = (of_all(|binary| binary.size), of_all(|binary| binary.stored_size));
        match self.only() {
            Some(binary) => fields.push(Field::cut("md5", binary.md5.to_string())),
            None => fields.push(Field::cut("files", self.binaries.len().to_string())),
        }
        if self.marked.n_hidden() > 0 {
            let summary = Line::styled(self.marked.summary(), theme.caution);
            fields.push(Field::cut("HIDDEN", summary));
        }
        for row in self.marked.lines() {
            fields.push(Field::wrapped("", Line::styled(row, theme.caution), 2));
        }
        fields.push(Field::cut("size", format!("{size} B, of which the server has {stored} B")));
        if let Some(survey) = self.survey(session) {
            fields.push(Field::wrapped("path", visible(&survey.path.to_string_lossy()), 3));
            let room = survey.room.map(|room| format!("{} MiB free", room >> 20));
            fields.push(Field::cut("free space", room.unwrap_or_else(|| "unknown".into())));
        }
        if self.form == Form::Extracted {
            let text = "Unpacked: local AV may quarantine it";
            fields.push(Field::wrapped("", Line::styled(text, theme.caution), 2));
        }
        if self.binaries.iter().any(|binary| binary.is_partial()) {
            let text = "Truncated by the server: it cannot be verified and is saved as NAME.unverified";
            fields.push(Field::wrapped("", Line::styled(text, theme.caution), 2));
        }
        if let Some(trouble) = self.trouble(session) {
            fields.push(Field::wrapped("", Line::styled(visible(&trouble), theme.bad), 3));
        }
        fields.push(Field::cut("", ""));
        let text = format!("{}readable only by you (0600), existing files are not overwritten", self.verified());
        fields.push(Field::wrapped("", Line::styled(text, theme.muted), 2));
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
        match self.only() {
            Some(binary) => format!("Download {}", shown(binary)).into(),
            None => format!("Download {} files", self.binaries.len()).into(),
        }
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        match action {
            Action::NextForm => self.next_form(),
            Action::Accept => {
                if let Some(trouble) = self.trouble(cx.session()) {
                    cx.warn(trouble);
                } else {
                    self.order(cx);
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
        self.editor.paste_words(text, cx);
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        let place = (self.place(), self.form);
        if self.is_done || self.looked_at.as_ref() == Some(&place) {
            return;
        }
        let name = self.proposed();
        cx.look_at_place(place.0.clone(), name);
        self.looked_at = Some(place);
    }

    fn name_hidden(&mut self, marked: &MarkedRows) {
        self.marked = marked.clone();
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let theme = look.theme;
        let [form, path, below] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(2), Constraint::Fill(1)]).areas(area);
        let said = match self.form {
            Form::Archive => "server archive (zip)".to_owned(),
            Form::Extracted => "unpacked file".to_owned(),
            Form::Protected => format!("zip with the password {PASSWORD}"),
        };
        let label = |text| Span::styled(text, theme.muted);
        let line = Line::from(vec![label("format  "), Span::styled(said, theme.accent)]);
        frame.render_widget(line, form);
        let room = usize::from(area.width).saturating_sub(7);
        let typed = text::fit_end(&self.editor.text().into(), room);
        let at = path.x + 6 + cells(text::width(&typed));
        frame.render_widget(Line::from(vec![label("file  "), typed.into()]), path);
        let fields = self.facts(session, theme);
        let list = Fields { fields: &fields, scroll: 0 };
        list.render(below, frame.buffer_mut(), theme);
        frame.set_cursor_position((at.min(area.right().saturating_sub(1)), path.y));
    }
}

/// The name of a file, or its hash.
fn shown(binary: &Binary) -> String {
    let name = binary.name();
    let name = name.non_empty().map(|name| text::fit(name, 32));
    name.unwrap_or_else(|| binary.md5.to_string())
}

fn visible(text: &str) -> String {
    text::visible(&text.into())
}
