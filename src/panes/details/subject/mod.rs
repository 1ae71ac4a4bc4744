//! The sensor pane: sensor and binary of the selected process.

mod binary;
mod host;

pub(in crate::panes) use host::{clock_line, secondary_facts, sensor_fields};

use ratatui::{Frame, layout::Rect, text::Line};

use super::super::{
    ActionResult, ActionTargets, AfterInput, Pane, PaneHeader, RenderCx, ScrollView, ViewPane, copy, pivot::Observables,
};
use crate::fetch::Resource;
use crate::keys::{Action, Scope};
use crate::model::{Document, Process, ProcessId, Sensor};
use crate::session::{Cx, Remote, RemoteState, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::FieldRow;
use crate::worker::Slot;

/// The pane with the sensor and the binary of the selected process.
#[derive(Debug, Default)]
pub struct SensorPane {
    scroll: ScrollView,
    /// The process that the scroll offset is for.
    scrolled_id: Option<ProcessId>,
}

impl SensorPane {
    /// Returns the title.
    fn title(session: &Session) -> Line<'static> {
        let Some(process) = session.details_process() else {
            return "Sensor".into();
        };
        let name = find_host(process, session).map_or(&process.host, |sensor| &sensor.computer_name);
        format!("{} #{}", text::fit(name, 24), process.sensor).into()
    }

    /// Returns additional text for the frame.
    fn status(session: &Session) -> Line<'static> {
        let process = session.details_process();
        let sensor = process.and_then(|process| session.sensor_of(process.sensor));
        match sensor.and_then(Remote::latest) {
            Some(fetched) => session.describe_answer_time(fetched.as_of).into(),
            None => Line::default(),
        }
    }
}

impl ViewPane for SensorPane {
    fn action_targets(&self, session: &Session) -> ActionTargets {
        let process = session.details_process();
        let sensor = process.and_then(|process| find_host(process, session));
        sensor.map(|sensor| Observables::of_host(sensor.id, &sensor.computer_name)).into()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let sensor = find_host(session.details_process()?, session)?;
        let name = text::fit(&sensor.computer_name, 24);
        Some((format!("{name} #{}", sensor.id), sensor.document.clone()))
    }
}

impl Pane for SensorPane {
    fn scope(&self) -> Scope {
        Scope::Sensor
    }

    fn header(&self, session: &Session) -> PaneHeader {
        PaneHeader::from(Self::title(session)).with_status(Self::status(session)).with_slots(&[
            Slot::Sensor,
            Slot::SensorGroup,
            Slot::Binary,
        ])
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let scrolled = self.scroll.handle_action(action);
        if !matches!(scrolled, ActionResult::Ignored) {
            return scrolled;
        }
        let session = cx.session();
        let process = session.details_process();
        let Some(sensor) = process.and_then(|process| find_host(process, session)) else {
            return ActionResult::notify("No sensor shown", cx);
        };
        copy::copy_clip(copy::sensor_clip(&sensor.clone(), action), cx)
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        let process = cx.session().details_process().map(|process| process.id);
        if process != self.scrolled_id {
            self.scrolled_id = process;
            self.scroll.reset();
        }
        AfterInput::Nothing
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let theme = cx.theme;
        let Some(process) = session.details_process() else {
            let text = "Select a process for host details";
            frame.render_widget(Line::styled(text, theme.muted), area);
            return;
        };
        let mut fields = host_fields(process, session, theme);
        let rule = theme.glyphs.border.horizontal_top.repeat(area.width.into());
        fields.push(FieldRow::single_line("", Line::styled(rule, theme.border)));
        fields.extend(binary_fields(process, session, theme));
        let sensor = session.sensor_of(process.sensor);
        if let Some((remote, fetched)) = sensor.and_then(|remote| Some((remote, remote.latest()?))) {
            fields.push(FieldRow::single_line("", ""));
            fields.extend(dim_stale(remote, secondary_facts(&fetched.value), theme));
        }
        self.scroll.render_fields(&fields, frame, area, theme);
    }
}

/// Returns the sensor of the process, if it is loaded.
fn find_host<'s>(process: &Process, session: &'s Session) -> Option<&'s Sensor> {
    let fetched = session.sensor_of(process.sensor)?.latest()?;
    Some(&fetched.value)
}

/// Returns the fields of the host of `process`.
pub(in crate::panes) fn host_fields(process: &Process, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
    let remote = session.sensor_of(process.sensor);
    match remote.and_then(|remote| Some((remote, remote.latest()?))) {
        Some((remote, fetched)) => {
            let sensor = &fetched.value;
            let facts = sensor_fields(sensor, fetched.as_of, Some(process), session, theme);
            dim_stale(remote, facts, theme)
        }
        None => vec![FieldRow::single_line("", missing_line(remote, theme))],
    }
}

/// Returns the fields of the binary of `process`.
pub(in crate::panes) fn binary_fields(process: &Process, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
    let remote = session.binary_of(process);
    match remote.and_then(|remote| Some((remote, remote.latest()?))) {
        Some((remote, fetched)) => {
            let facts = binary::binary_fields(fetched, process, &session.connection.zone, theme);
            dim_stale(remote, facts, theme)
        }
        None => vec![binary::missing_fields(process, remote, theme)],
    }
}

/// Returns what to show instead of an answer that is missing.
pub(in crate::panes) fn missing_line<R: Resource>(remote: Option<&Remote<R>>, theme: &Theme) -> Line<'static> {
    if remote.is_some_and(RemoteState::is_pending) {
        Line::styled("Loading…", theme.muted)
    } else {
        Line::styled("unknown", theme.unknown)
    }
}

/// Dims the fields of an answer that could not be refreshed.
fn dim_stale<R: Resource>(
    remote: &Remote<R>,
    mut fields: Vec<FieldRow<'static>>,
    theme: &Theme,
) -> Vec<FieldRow<'static>> {
    if remote.error().is_some() {
        for field in &mut fields {
            field.value = Line::styled(field.value.to_string(), theme.stale);
        }
    }
    fields
}
