//! The host and the executable: is it online, is it isolated, who signed this.

mod binary;
mod host;

pub(in crate::panes) use host::{aside, clock, facts};

use ratatui::{Frame, layout::Rect, text::Line};

use super::super::{Look, Pane, PaneId, copy, cursor, pivot::Clues};
use crate::keys::{Action, Scope};
use crate::model::{Document, Process, ProcessId, Sensor};
use crate::session::{Awaiting, Cx, Remote, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::{Field, Fields};
use crate::worker::Slot;

/// The pane with the sensor and the binary of the process that is looked at.
#[derive(Debug, Default)]
pub struct SensorPane {
    offset: usize,
    n_lines: usize,
    height: usize,
    /// Whose facts are scrolled.
    of: Option<ProcessId>,
}

impl Pane for SensorPane {
    fn id(&self) -> PaneId {
        PaneId::Sensor
    }

    fn scope(&self) -> Scope {
        Scope::Sensor
    }

    fn title(&self, session: &Session) -> Line<'static> {
        let Some(process) = session.looked_at() else {
            return "Sensor".into();
        };
        let name = host(process, session).map_or(&process.host, |sensor| &sensor.computer_name);
        format!("{} #{}", text::fit(name, 24), process.sensor).into()
    }

    fn state(&self, session: &Session) -> Line<'static> {
        let process = session.looked_at();
        let sensor = process.and_then(|process| session.sensor_of(process.sensor));
        match sensor.and_then(Remote::current) {
            Some(known) => session.as_of(known.as_of).into(),
            None => Line::default(),
        }
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot::Sensor, Slot::Group, Slot::Binary]
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let last = self.n_lines.saturating_sub(self.height);
        if let Some(to) = cursor::moved(action, self.offset, self.height, last) {
            self.offset = to;
            return true;
        }
        let session = cx.session();
        let process = session.looked_at();
        let Some(sensor) = process.and_then(|process| host(process, session)) else {
            cx.notify("No sensor shown");
            return true;
        };
        copy::copy_one(copy::sensor(&sensor.clone(), action), cx)
    }

    fn clues(&self, session: &Session) -> Vec<Clues> {
        let process = session.looked_at();
        let sensor = process.and_then(|process| host(process, session));
        let clues = sensor.map(|sensor| Clues::of_host(sensor.id, &sensor.computer_name));
        clues.into_iter().collect()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let sensor = host(session.looked_at()?, session)?;
        let name = text::fit(&sensor.computer_name, 24);
        Some((format!("{name} #{}", sensor.id), sensor.document.clone()))
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        let of = cx.session().looked_at().map(|process| process.id);
        if of != self.of {
            self.of = of;
            self.offset = 0;
        }
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let theme = look.theme;
        let Some(process) = session.looked_at() else {
            let text = "Select a process for host details";
            frame.render_widget(Line::styled(text, theme.muted), area);
            return;
        };
        let mut fields = host_fields(process, session, theme);
        let rule = theme.glyphs.border.horizontal_top.repeat(area.width.into());
        fields.push(Field::cut("", Line::styled(rule, theme.border)));
        fields.extend(binary_fields(process, session, theme));
        let sensor = session.sensor_of(process.sensor);
        if let Some((remote, known)) = sensor.and_then(|remote| Some((remote, remote.current()?))) {
            fields.push(Field::cut("", ""));
            fields.extend(dimmed(remote, aside(&known.value), theme));
        }
        self.height = usize::from(area.height);
        self.offset = self.offset.min(fields.len().saturating_sub(self.height));
        let list = Fields { fields: &fields, scroll: self.offset };
        self.n_lines = list.render(area, frame.buffer_mut(), theme);
    }
}

/// The sensor of the host of a process, if it is here.
fn host<'s>(process: &Process, session: &'s Session) -> Option<&'s Sensor> {
    let known = session.sensor_of(process.sensor)?.current()?;
    Some(&known.value)
}

/// What is known of the host of a process.
pub(in crate::panes) fn host_fields(process: &Process, session: &Session, theme: &Theme) -> Vec<Field<'static>> {
    let remote = session.sensor_of(process.sensor);
    match remote.and_then(|remote| Some((remote, remote.current()?))) {
        Some((remote, known)) => {
            let sensor = &known.value;
            let facts = facts(sensor, known.as_of, Some(process), session, theme);
            dimmed(remote, facts, theme)
        }
        None => vec![Field::cut("", missing(remote, theme))],
    }
}

/// What is known of the file of a process.
pub(in crate::panes) fn binary_fields(process: &Process, session: &Session, theme: &Theme) -> Vec<Field<'static>> {
    let remote = session.binary_of(process);
    match remote.and_then(|remote| Some((remote, remote.current()?))) {
        Some((remote, known)) => {
            let facts = binary::facts(known, process, &session.zone, theme);
            dimmed(remote, facts, theme)
        }
        None => vec![binary::missing(process, remote, theme)],
    }
}

/// Why there is nothing to say of an answer yet.
pub(in crate::panes) fn missing<T>(remote: Option<&Remote<T>>, theme: &Theme) -> Line<'static> {
    if remote.is_some_and(Awaiting::is_pending) {
        Line::styled("Loading…", theme.muted)
    } else {
        Line::styled("unknown", theme.unknown)
    }
}

/// What is old is dimmed: a newer answer was asked for and did not come.
fn dimmed<T>(remote: &Remote<T>, mut fields: Vec<Field<'static>>, theme: &Theme) -> Vec<Field<'static>> {
    if remote.error().is_some() {
        for field in &mut fields {
            field.value = Line::styled(field.value.to_string(), theme.stale);
        }
    }
    fields
}
