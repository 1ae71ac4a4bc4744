//! The prompt for notes of hosts.

use ratatui::text::Line;

use super::super::{ActionResult, ConfirmPane, TargetNames, TargetRows, editor::PasteForm};
use super::{Prompt, Question};
use crate::changes::{Change, SensorChange};
use crate::model::SensorId;
use crate::session::{Cx, Session};
use crate::theme::Theme;

/// The popup in which notes are written. The confirmation follows.
pub type NotesPane = Prompt<Notes>;

/// The question for new notes of some hosts.
pub struct Notes {
    sensors: Vec<SensorId>,
    /// Whether the initial text is the present notes.
    is_prefilled: bool,
    names: TargetNames,
}

impl NotesPane {
    /// Creates the prompt with the present notes if there is just one host and it is loaded.
    pub fn new(sensors: Vec<SensorId>, session: &Session) -> Self {
        let sensor = match sensors[..] {
            [only] => session.find_sensor(only),
            _ => None,
        };
        let text = sensor.map_or("", |sensor| sensor.notes.raw());
        let question = Notes { sensors, is_prefilled: sensor.is_some(), names: TargetNames::default() };
        Self::with_text(question, text)
    }
}

impl Question for Notes {
    const LABEL: &'static str = "notes  ";
    const PASTE_FORM: PasteForm = PasteForm::Prose;

    fn title(&self, session: &Session) -> Line<'static> {
        match self.sensors[..] {
            [only] => format!("Notes of {}", self.names.describe_host(only, session)).into(),
            _ => format!("Notes of {} hosts", self.sensors.len()).into(),
        }
    }

    fn accept(&mut self, text: &str, cx: &mut Cx<'_>) -> ActionResult {
        let annotate = |sensor| Change::Sensor(SensorChange::Annotate { sensor, notes: text.to_owned() });
        let changes = self.sensors.iter().copied().map(annotate).collect();
        ActionResult::open(ConfirmPane::new(changes, cx.session()))
    }

    fn hints(&self, _: &str, session: &Session, theme: &Theme) -> Vec<Line<'static>> {
        let hint = "Replaces the shared note; leave empty to remove it";
        let mut lines = vec![Line::default(), Line::styled(hint, theme.muted)];
        if self.sensors.len() > 1 {
            lines.push(Line::styled(self.names.describe_hosts(&self.sensors, session), theme.text));
            let unread = "The present notes of each are replaced; the confirmation shows them";
            lines.push(Line::styled(unread, theme.caution));
        } else if !self.is_prefilled {
            let unread = "Saving replaces the present notes, which are unknown";
            lines.push(Line::styled(unread, theme.caution));
        }
        lines
    }

    fn set_target(&mut self, rows: &TargetRows) {
        self.names = rows.names.clone();
    }
}
