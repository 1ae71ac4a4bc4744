//! The facts of the process under the cursor of its tree: itself, its file, its host.

mod context;
mod document;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

pub(in crate::panes) use document::{names, opened, run, title};

use super::super::{
    Look, Pane, PaneId, copy, cursor,
    pivot::{self, Clues},
};
use super::subject;
use crate::api::Error;
use crate::keys::{Action, Scope};
use crate::model::{Document, ProcessId};
use crate::session::{Awaiting, Cx, Lead, Session};
use crate::text;
use crate::widgets::{Field, Fields};
use crate::worker::Slot;

/// Columns from which process and file stand beside each other.
const WIDE: u16 = 100;

/// Lines that a command line may take: it is read here in full.
const CMDLINE: usize = 100;

/// The pane with the facts.
#[derive(Debug, Default)]
pub struct FactsPane {
    offset: usize,
    n_lines: usize,
    height: usize,
    /// Whose facts are scrolled.
    of: Option<ProcessId>,
}

impl Pane for FactsPane {
    fn id(&self) -> PaneId {
        PaneId::Facts
    }

    fn scope(&self) -> Scope {
        Scope::Facts
    }

    fn title(&self, session: &Session) -> Line<'static> {
        match session.looked_at() {
            Some(process) => {
                let host = text::fit(&process.host, 24);
                format!("{} on {host} #{}", title(process), process.sensor).into()
            }
            None => match opened(session) {
                Some(opened) => format!("Facts  {opened}").into(),
                None => "Facts".into(),
            },
        }
    }

    fn state(&self, session: &Session) -> Line<'static> {
        let looked_at = session.looked_at();
        let summary = looked_at.and_then(|process| session.family.get(&process.id)?.current());
        match summary {
            Some(known) => session.as_of(known.as_of).into(),
            None => Line::default(),
        }
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot::Sensor, Slot::Group, Slot::Binary, Slot::Prevalence, Slot::HostAlerts]
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let last = self.n_lines.saturating_sub(self.height);
        if let Some(to) = cursor::moved(action, self.offset, self.height, last) {
            self.offset = to;
            return true;
        }
        let Some(process) = cx.session().looked_at().cloned() else {
            cx.notify("No process shown");
            return true;
        };
        if action == Action::Open {
            cx.lead(Lead::Process(process.id));
            return true;
        }
        pivot::follow(action, cx, |_| vec![Clues::of_process(&process)])
            || copy::copy_one(copy::process(&process, action), cx)
    }

    fn clues(&self, session: &Session) -> Vec<Clues> {
        let process = session.looked_at();
        process.map(|process| Clues::of_process(process)).into_iter().collect()
    }

    fn record(&self, session: &Session) -> Option<(String, Document)> {
        let process = session.looked_at()?;
        Some((title(process), process.document.clone()))
    }

    fn popup(&self, action: Action, session: &Session) -> Option<Box<dyn Pane>> {
        pivot::popup(action, || self.clues(session).pop())
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        cx.put_in_context();
        let of = cx.session().looked_at().map(|process| process.id);
        if of != self.of {
            self.of = of;
            self.offset = 0;
        }
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let theme = look.theme;
        let Some(process) = session.looked_at() else {
            let text = nothing(session);
            frame.render_widget(Line::styled(text, theme.muted), area);
            return;
        };
        let is_wide = area.width >= WIDE;
        let [left, _, right] = if is_wide {
            Layout::horizontal([Constraint::Fill(1), Constraint::Length(2), Constraint::Fill(1)]).areas(area)
        } else {
            [area, Rect::ZERO, Rect::ZERO]
        };
        let room = usize::from(left.width);
        let mut first = run(process, session, (CMDLINE, room), theme);
        first.extend(context::hits(process, session, theme));
        first.extend(names(process));
        let mut second = subject::binary_fields(process, session, theme);
        // It is that of the process, which has it already.
        second.retain(|field| field.label != "md5");
        second.push(context::prevalence(process, session, theme));
        second.push(Field::cut("", ""));
        second.extend(subject::host_fields(process, session, theme));
        if !is_wide {
            first.push(Field::cut("", ""));
            first.append(&mut second);
        }
        self.height = usize::from(area.height);
        self.offset = self.offset.min(self.n_lines.saturating_sub(1));
        self.n_lines = 0;
        for (fields, place) in [(first, left), (second, right)] {
            let list = Fields { fields: &fields, scroll: self.offset };
            let n_lines = list.render(place, frame.buffer_mut(), theme);
            self.n_lines = self.n_lines.max(n_lines);
        }
    }
}

/// Why no facts are shown.
fn nothing(session: &Session) -> &'static str {
    let Some(opened) = session.opened else {
        return "Open a process for details";
    };
    let known = session.family.get(&opened);
    match known.map(|remote| (remote.error(), remote.is_pending(), remote.is_held())) {
        Some((_, true, false)) => "Loading…",
        Some((Some(Error::NotFound { .. }), _, false)) => "No record of this process on the server",
        Some((_, _, false)) => "This process could not be loaded. r retries",
        _ => "No process selected in the tree",
    }
}
