//! The prompt for notes of hosts.

use ratatui::text::Line;

use super::super::{ConfirmPane, MarkedRows, Pane};
use super::{Prompt, Question};
use crate::changes::Change;
use crate::model::SensorId;
use crate::session::{Cx, Session};
use crate::theme::Theme;

/// The popup in which notes are written. The confirmation follows.
pub type NotesPane = Prompt<Notes>;

/// The question for new notes of some hosts.
#[derive(Debug)]
pub struct Notes {
    sensors: Vec<SensorId>,
    hidden_rows: MarkedRows,
    confirmation: Option<ConfirmPane>,
}

impl NotesPane {
    /// Creates the prompt with the present notes if there is just one host and it is loaded.
    pub fn new(sensors: Vec<SensorId>, session: &Session) -> Self {
        let sensor = match sensors[..] {
            [only] => session.find_sensor(only),
            _ => None,
        };
        let notes = sensor.map_or("", |sensor| sensor.notes.raw());
        let question = Notes { sensors, hidden_rows: MarkedRows::default(), confirmation: None };
        Self::with_text(question, notes)
    }
}

impl Question for Notes {
    const LABEL: &'static str = "notes  ";
    const IS_PROSE: bool = true;

    fn title(&self, _: &Session) -> Line<'static> {
        match self.sensors.len() {
            1 => "Host notes".into(),
            n => format!("Notes of {n} hosts").into(),
        }
    }

    fn accept(&mut self, text: &str, cx: &mut Cx<'_>) {
        let annotate = |sensor| Change::Annotate { sensor, notes: text.to_owned() };
        let changes = self.sensors.iter().copied().map(annotate).collect();
        self.confirmation = Some(ConfirmPane::new(changes, cx.session()).with_hidden_rows(&self.hidden_rows));
    }

    fn hints(&self, _: &str, _: &Session, theme: &Theme) -> Vec<Line<'static>> {
        let hint = "Replaces the shared note; leave empty to remove it";
        vec![Line::default(), Line::styled(hint, theme.muted)]
    }

    fn set_hidden_rows(&mut self, marked: &MarkedRows) {
        self.hidden_rows = marked.clone();
    }

    fn is_done(&self) -> bool {
        self.confirmation.is_some()
    }

    fn next_overlay(&mut self) -> Option<Box<dyn Pane>> {
        let confirmation = self.confirmation.take()?;
        Some(Box::new(confirmation))
    }
}
