//! The notes of hosts, as they are to be.

use crossterm::event::KeyEvent;
use ratatui::{Frame, layout::Rect, text::Line};

use super::{Look, MarkedRows, Pane, PaneId, SheetPane, entry::Entry};
use crate::deeds::Deed;
use crate::keys::{Action, Scope};
use crate::model::SensorId;
use crate::session::{Cx, Session};

/// The overlay in which notes are written; the sheet follows.
#[derive(Debug)]
pub struct NotesPane {
    sensors: Vec<SensorId>,
    marked: MarkedRows,
    entry: Entry,
    sheet: Option<SheetPane>,
}

impl NotesPane {
    /// Begins with the notes of the only host, where they are known.
    pub fn new(sensors: Vec<SensorId>, session: &Session) -> Self {
        let known = match sensors[..] {
            [only] => session.known_sensor(only),
            _ => None,
        };
        Self {
            entry: Entry::new(known.map_or("", |sensor| sensor.notes.raw())),
            sensors,
            marked: MarkedRows::default(),
            sheet: None,
        }
    }
}

impl Pane for NotesPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Entry
    }

    fn title(&self, _: &Session) -> Line<'static> {
        match self.sensors.len() {
            1 => "Notes of the host".into(),
            n => format!("Notes of {n} hosts").into(),
        }
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        if action != Action::Accept {
            return false;
        }
        let notes = self.entry.text();
        let note = |sensor| Deed::Annotate {
            sensor,
            notes: notes.clone(),
        };
        let deeds = self.sensors.iter().copied().map(note).collect();
        self.sheet = Some(SheetPane::new(deeds, cx.session()).about(&self.marked));
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        self.entry.type_key(key, cx);
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.entry.type_text(text, cx);
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.entry.paste_words(text, cx);
    }

    fn name_hidden(&mut self, marked: &MarkedRows) {
        self.marked = marked.clone();
    }

    fn is_done(&self) -> bool {
        self.sheet.is_some()
    }

    fn then(&mut self) -> Option<Box<dyn Pane>> {
        let sheet = self.sheet.take()?;
        Some(Box::new(sheet))
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, look: &Look<'_>) {
        let hint = "they replace what is there, for everybody; empty: none";
        if let Some(below) = area.rows().nth(2) {
            frame.render_widget(Line::styled(hint, look.theme.muted), below);
        }
        self.entry.render("notes  ", frame, area, look);
    }
}
