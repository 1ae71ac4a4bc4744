//! The process details pane: the process selected in the tree, its binary, its host.

mod context;
mod document;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

pub(in crate::panes) use document::{id_fields, opened_title, process_title, run_fields};

use super::super::{
    ActionResult, ActionTargets, AfterInput, Pane, PaneHeader, RenderCx, ScrollView, ViewPane, copy,
    pivot::{self, Observables},
};
use super::subject;
use crate::api::Error;
use crate::keys::{Action, Scope};
use crate::model::{Document, ProcessId};
use crate::session::{Cx, Destination, RemoteState, Session};
use crate::text;
use crate::widgets::FieldRow;
use crate::worker::Slot;

/// Width from which process and binary are drawn side by side.
const MIN_WIDTH_SPLIT: u16 = 100;

/// Lines that the command line may take: here it is shown in full.
const MAX_CMDLINE_LINES: usize = 100;

/// The slots of the host, the binary and the context.
const SLOTS: &[Slot] = &[Slot::Sensor, Slot::SensorGroup, Slot::Binary, Slot::Prevalence, Slot::HostAlerts];

/// The pane with the selected process.
#[derive(Debug, Default)]
pub struct ProcessDetailsPane {
    scroll: ScrollView,
    /// The process that the scroll offset is for.
    scrolled_id: Option<ProcessId>,
}

impl ProcessDetailsPane {
    /// Returns the title.
    fn title(session: &Session) -> Line<'static> {
        match session.details_process() {
            Some(process) => {
                let host = text::fit(&process.host, 24);
                format!("{} on {host} #{}", process_title(process), process.sensor).into()
            }
            None => match opened_title(session) {
                Some(opened) => format!("Facts  {opened}").into(),
                None => "Facts".into(),
            },
        }
    }

    /// Returns additional text for the frame.
    fn status(session: &Session) -> Line<'static> {
        let process = session.details_process();
        let summary = process.and_then(|process| session.opened.relatives.get(&process.id)?.latest());
        match summary {
            Some(fetched) => session.describe_answer_time(fetched.as_of).into(),
            None => Line::default(),
        }
    }
}

impl ProcessDetailsPane {
    /// Returns the observables that actions apply to.
    fn observables(session: &Session) -> Vec<Observables> {
        let process = session.details_process();
        process.map(|process| Observables::of_process(process)).into_iter().collect()
    }
}

impl ViewPane for ProcessDetailsPane {
    fn action_targets(&self, session: &Session) -> ActionTargets {
        Self::observables(session).into()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let process = session.details_process()?;
        Some((process_title(process), process.document.clone()))
    }

    fn refresh(&self, cx: &mut Cx<'_>) {
        cx.process().refresh_subject();
    }
}

impl Pane for ProcessDetailsPane {
    fn scope(&self) -> Scope {
        Scope::Facts
    }

    fn header(&self, session: &Session) -> PaneHeader {
        PaneHeader::from(Self::title(session)).with_status(Self::status(session)).with_slots(SLOTS)
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let scrolled = self.scroll.handle_action(action);
        if !matches!(scrolled, ActionResult::Ignored) {
            return scrolled;
        }
        let Some(process) = cx.session().details_process().cloned() else {
            return ActionResult::notify("No process shown", cx);
        };
        if action == Action::Open {
            return ActionResult::Navigate(Destination::Process(process.id));
        }
        pivot::pivot(action, cx, |_| vec![Observables::of_process(&process)])
            .or_else(|| copy::copy_clip(copy::process_clip(&process, action), cx))
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        cx.alerts().fetch_context();
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
            let text = empty_reason(session);
            frame.render_widget(Line::styled(text, theme.muted), area);
            return;
        };
        let is_wide = area.width >= MIN_WIDTH_SPLIT;
        let [left, _, right] = if is_wide {
            Layout::horizontal([Constraint::Fill(1), Constraint::Length(2), Constraint::Fill(1)]).areas(area)
        } else {
            [area, Rect::ZERO, Rect::ZERO]
        };
        let room = usize::from(left.width);
        let mut first = run_fields(process, session, (MAX_CMDLINE_LINES, room), theme);
        first.extend(context::hit_fields(process, session, theme));
        first.extend(id_fields(process));
        let mut second = subject::binary_fields(process, session, theme);
        // The hash is that of the process, which is shown already.
        second.retain(|field| field.label != "md5");
        second.push(context::prevalence_field(process, session, theme));
        second.push(FieldRow::single_line("", ""));
        second.extend(subject::host_fields(process, session, theme));
        if !is_wide {
            first.push(FieldRow::single_line("", ""));
            first.append(&mut second);
        }
        self.scroll.render_columns(&[(first, left), (second, right)], frame, theme);
    }
}

/// Returns why no process is shown.
fn empty_reason(session: &Session) -> &'static str {
    let Some(opened) = session.opened.id else {
        return "Open a process for details";
    };
    let relatives = session.opened.relatives.get(&opened);
    match relatives.map(|remote| (remote.error(), remote.is_pending(), remote.has_answer())) {
        Some((_, true, false)) => "Loading…",
        Some((Some(Error::NotFound { .. }), _, false)) => "No record of this process on the server",
        Some((_, _, false)) => "This process could not be loaded. r retries",
        _ => "No process selected in the tree",
    }
}
