//! The host and the executable: is it online, is it isolated, who signed this.

mod binary;
mod host;

pub(super) use host::{aside, clock, facts, group};

use ratatui::{Frame, layout::Rect, text::Line};

use super::{Look, Pane, PaneId, motion, pivot::Clues, yank};
use crate::keys::{Action, Scope};
use crate::model::Process;
use crate::session::{Awaiting, Cx, Remote, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::{Field, Fields};
use crate::worker::Slot;

/// The pane with the sensor of the subject, and the binary of the process looked at.
#[derive(Debug, Default)]
pub struct SensorPane {
    offset: usize,
    n_lines: usize,
    height: usize,
}

impl Pane for SensorPane {
    fn id(&self) -> PaneId {
        PaneId::Sensor
    }

    fn scope(&self) -> Scope {
        Scope::Sensor
    }

    fn title(&self, session: &Session) -> Line<'static> {
        let Some(known) = session.sensor.held() else {
            return "Sensor".into();
        };
        format!(
            "{} #{}",
            text::fit(&known.value.computer_name, 24),
            known.value.id
        )
        .into()
    }

    fn state(&self, session: &Session) -> Line<'static> {
        match session.sensor.held() {
            Some(known) => session.as_of(known.as_of).into(),
            None => Line::default(),
        }
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot::Sensor, Slot::Group, Slot::Binary]
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let last = self.n_lines.saturating_sub(self.height);
        if let Some(to) = motion::moved(action, self.offset, self.height, last) {
            self.offset = to;
            return true;
        }
        let sensor = cx.session().sensor.current();
        let Some(sensor) = sensor.map(|known| known.value.clone()) else {
            cx.notify("no sensor is shown");
            return true;
        };
        yank::copy_one(yank::sensor(&sensor, action), cx)
    }

    fn clues(&self, session: &Session) -> Vec<Clues> {
        let Some(known) = session.sensor.current() else {
            return Vec::new();
        };
        let sensor = &known.value;
        vec![Clues::of_host(sensor.id, &sensor.computer_name)]
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let theme = look.theme;
        let mut fields = host_fields(session, theme);
        if let Some(process) = &session.binary_of {
            let rule = theme.glyphs.border.horizontal_top.repeat(area.width.into());
            fields.push(Field::cut("", Line::styled(rule, theme.border)));
            fields.extend(binary_fields(process, session, theme));
        }
        if let Some(known) = session.sensor.held() {
            fields.push(Field::cut("", ""));
            fields.extend(dimmed(&session.sensor, aside(&known.value), theme));
        }
        self.height = usize::from(area.height);
        self.offset = self.offset.min(fields.len().saturating_sub(self.height));
        let list = Fields {
            fields: &fields,
            scroll: self.offset,
        };
        self.n_lines = list.render(area, frame.buffer_mut(), theme);
    }
}

/// What is known of the host of the subject.
pub(super) fn host_fields(session: &Session, theme: &Theme) -> Vec<Field<'static>> {
    let said = |text, style| vec![Field::cut("", Line::styled(text, style))];
    match (session.sensor.held(), &session.subject) {
        (Some(known), _) => {
            let sensor = &known.value;
            let group = group(sensor.group, session);
            let facts = facts(sensor, known.as_of, group, &session.zone, theme);
            dimmed(&session.sensor, facts, theme)
        }
        (None, None) => said("select a process to see its host", theme.muted),
        (None, Some(_)) if session.sensor.is_pending() => said("on its way", theme.muted),
        (None, Some(_)) => said("not known", theme.unknown),
    }
}

/// What is known of the file of a process.
pub(super) fn binary_fields(
    process: &Process,
    session: &Session,
    theme: &Theme,
) -> Vec<Field<'static>> {
    match session.binary.held() {
        Some(known) => {
            let is_current = session.binary.is_current();
            let facts = binary::facts(known, process, is_current, &session.zone, theme);
            dimmed(&session.binary, facts, theme)
        }
        None => vec![binary::missing(process, &session.binary, theme)],
    }
}

/// What answers another question than the one asked is dimmed while the answer is awaited, and so is what is old.
fn dimmed<T>(
    remote: &Remote<T>,
    mut fields: Vec<Field<'static>>,
    theme: &Theme,
) -> Vec<Field<'static>> {
    if !remote.is_current() || remote.error().is_some() {
        for field in &mut fields {
            field.value = Line::styled(field.value.to_string(), theme.stale);
        }
    }
    fields
}
