//! The sensor group picker: chooses the group that hosts are moved to.

use std::sync::Arc;

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::super::{
    ActionResult, ConfirmPane, Pane, PaneHeader, RenderCx, TargetNames, TargetRows, count_hosts, cursor,
};
use crate::changes::{Change, SensorChange};
use crate::keys::{Action, Scope};
use crate::model::{Group, SensorId};
use crate::session::{Cx, PagesState, Session};
use crate::text;
use crate::worker::{List, Slot};

/// Width of the name column, in cells.
const NAME_WIDTH: usize = 40;

/// The popup to pick a group. The confirmation of the move follows.
pub struct SensorGroupPicker {
    sensors: Vec<SensorId>,
    names: TargetNames,
    has_requested: bool,
    cursor: usize,
    height: usize,
}

impl SensorGroupPicker {
    /// Creates the picker for `sensors`, at least one.
    pub fn new(sensors: Vec<SensorId>) -> Self {
        Self { sensors, names: TargetNames::default(), has_requested: false, cursor: 0, height: 1 }
    }
}

fn sorted_groups(session: &Session) -> Vec<&Arc<Group>> {
    session.lists.pages::<Group>().loaded_rows().map(|(_, group)| group).collect()
}

impl SensorGroupPicker {
    /// Returns the title.
    fn title(&self, session: &Session) -> Line<'static> {
        let hosts = self.names.describe_hosts(&self.sensors, session);
        match self.sensors.len() {
            1 => format!("Move {hosts} to group").into(),
            n => format!("Move {n} hosts to group: {hosts}").into(),
        }
    }
}

impl Pane for SensorGroupPicker {
    fn scope(&self) -> Scope {
        Scope::Groups
    }

    fn header(&self, session: &Session) -> PaneHeader {
        PaneHeader::from(self.title(session)).with_slots(&[Slot::Page(List::SensorGroups, 0)])
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult {
        let groups = sorted_groups(cx.session());
        if action == Action::Open {
            let Some(group) = groups.get(self.cursor).map(|group| group.id) else {
                return ActionResult::Done;
            };
            let to_change = |sensor| Change::Sensor(SensorChange::Move { sensor, group });
            let changes = self.sensors.iter().copied().map(to_change).collect();
            return ActionResult::open(ConfirmPane::new(changes, cx.session()));
        }
        let last = groups.len().saturating_sub(1);
        cursor::move_cursor(&mut self.cursor, action, self.height, last)
    }

    fn set_target(&mut self, rows: &TargetRows) {
        self.names = rows.names.clone();
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> ActionResult {
        if !self.has_requested {
            self.has_requested = true;
            cx.lists().refresh_or_load::<Group>();
        }
        ActionResult::Done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let theme = cx.theme;
        self.height = usize::from(area.height).max(1);
        let groups = sorted_groups(session);
        if groups.is_empty() {
            let text = if session.lists.pages::<Group>().is_pending() {
                "Loading… ^c cancels"
            } else {
                "No sensor groups found"
            };
            frame.render_widget(Line::styled(text, theme.muted), area);
            return;
        }
        let first = (self.cursor + 1).saturating_sub(self.height);
        for ((index, group), row) in groups.iter().enumerate().skip(first).zip(area.rows()) {
            let name = text::fit(&group.name, NAME_WIDTH);
            let pad = " ".repeat(NAME_WIDTH.saturating_sub(text::width(&name)));
            let hosts = group.hosts.map_or("?".to_owned(), count_hosts);
            let line =
                Line::from(vec![Span::styled(format!("{name}{pad}  "), theme.text), Span::styled(hosts, theme.muted)]);
            frame.render_widget(line, row);
            if index == self.cursor {
                frame.buffer_mut().set_style(row, theme.selection);
            }
        }
    }
}
