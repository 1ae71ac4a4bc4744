//! The sensor groups: pick the one that hosts are to be in.

use std::sync::Arc;

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::super::{Look, MarkedRows, Pane, PaneId, SheetPane, cursor, hosts};
use crate::changes::Deed;
use crate::keys::{Action, Scope};
use crate::model::{Group, SensorId};
use crate::session::{Awaited, Cx, Session};
use crate::text;
use crate::worker::{List, Slot};

/// Cells of a group's name.
const NAME: usize = 40;

/// The overlay in which a group is picked; the sheet of the move follows.
#[derive(Debug)]
pub struct GroupsPane {
    sensors: Vec<SensorId>,
    marked: MarkedRows,
    has_asked: bool,
    cursor: usize,
    height: usize,
    sheet: Option<SheetPane>,
}

impl GroupsPane {
    /// Offers the groups for these sensors, of which there is at least one.
    pub fn new(sensors: Vec<SensorId>) -> Self {
        Self { sensors, marked: MarkedRows::default(), has_asked: false, cursor: 0, height: 1, sheet: None }
    }
}

fn groups(session: &Session) -> Vec<&Arc<Group>> {
    session.groups.here().map(|(_, group)| group).collect()
}

impl Pane for GroupsPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Groups
    }

    fn title(&self, _: &Session) -> Line<'static> {
        match self.sensors.len() {
            1 => "Move host to group".into(),
            n => format!("Move {n} hosts to group").into(),
        }
    }

    fn slots(&self) -> &'static [Slot] {
        &[Slot::Page(List::Groups, 0)]
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let groups = groups(cx.session());
        if action == Action::Open {
            if let Some(group) = groups.get(self.cursor) {
                let group = group.id;
                let to = |sensor| Deed::Move { sensor, group };
                let deeds = self.sensors.iter().copied().map(to).collect();
                self.sheet = Some(SheetPane::new(deeds, cx.session()).about(&self.marked));
            }
            return true;
        }
        let last = groups.len().saturating_sub(1);
        let moved = cursor::moved(action, self.cursor, self.height, last);
        self.cursor = moved.unwrap_or(self.cursor);
        moved.is_some()
    }

    fn name_hidden(&mut self, marked: &MarkedRows) {
        self.marked = marked.clone();
    }

    fn settle(&mut self, cx: &mut Cx<'_>) {
        if !self.has_asked {
            self.has_asked = true;
            cx.reload::<Group>();
        }
    }

    fn is_done(&self) -> bool {
        self.sheet.is_some()
    }

    fn then(&mut self) -> Option<Box<dyn Pane>> {
        let sheet = self.sheet.take()?;
        Some(Box::new(sheet))
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let theme = look.theme;
        self.height = usize::from(area.height).max(1);
        let groups = groups(session);
        if groups.is_empty() {
            let text = if session.groups.is_pending() { "Loading… ^c cancels" } else { "No sensor groups found" };
            frame.render_widget(Line::styled(text, theme.muted), area);
            return;
        }
        let first = (self.cursor + 1).saturating_sub(self.height);
        for ((index, group), row) in groups.iter().enumerate().skip(first).zip(area.rows()) {
            let name = text::fit(&group.name, NAME);
            let pad = " ".repeat(NAME.saturating_sub(text::width(&name)));
            let hosts = group.hosts.map_or("?".to_owned(), hosts);
            let line =
                Line::from(vec![Span::styled(format!("{name}{pad}  "), theme.text), Span::styled(hosts, theme.muted)]);
            frame.render_widget(line, row);
            if index == self.cursor {
                frame.buffer_mut().set_style(row, theme.selection);
            }
        }
    }
}
