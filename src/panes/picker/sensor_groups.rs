//! The sensor group picker: chooses the group that hosts are moved to.

use std::sync::Arc;

use ratatui::text::{Line, Span};

use super::{Picker, PickerSource, search::SearchText};
use crate::changes::{Change, SensorChange};
use crate::keys::Scope;
use crate::model::{Group, SensorId};
use crate::panes::{ActionResult, ConfirmPane, PaneHeader, TargetNames, TargetRows, count_hosts};
use crate::session::{Cx, PagesState, Session};
use crate::text;
use crate::theme::Theme;
use crate::worker::{List, Slot};

/// Width of the name column, in cells.
const NAME_WIDTH: usize = 40;

/// The popup to pick a group. The confirmation of the move follows.
pub type SensorGroupPicker = Picker<TargetGroups>;

/// The groups that sensors can be moved to.
#[derive(Debug)]
pub struct TargetGroups {
    sensors: Vec<SensorId>,
    names: TargetNames,
    has_requested: bool,
}

impl SensorGroupPicker {
    /// Creates the picker for `sensors`, at least one.
    pub fn new(sensors: Vec<SensorId>) -> Self {
        Self::of(TargetGroups { sensors, names: TargetNames::default(), has_requested: false })
    }
}

fn groups(session: &Session) -> impl Iterator<Item = &Arc<Group>> {
    session.lists.pages::<Group>().loaded_rows().map(|(_, group)| group)
}

impl PickerSource for TargetGroups {
    const SCOPE: Scope = Scope::Groups;

    fn header(&self, session: &Session) -> PaneHeader {
        let hosts = self.names.describe_hosts(&self.sensors, session);
        let title = match self.sensors.len() {
            1 => format!("Move {hosts} to group"),
            n => format!("Move {n} hosts to group: {hosts}"),
        };
        PaneHeader::from(title).with_slots(&[Slot::Page(List::SensorGroups, 0)])
    }

    fn search_texts(&self, session: &Session) -> Vec<SearchText> {
        groups(session).map(|group| SearchText::of_name(text::make_visible(&group.name))).collect()
    }

    fn line(&self, at: usize, _: u16, session: &Session, theme: &Theme) -> Line<'static> {
        let Some(group) = groups(session).nth(at) else { return Line::default() };
        let name = text::fit(&group.name, NAME_WIDTH);
        let pad = " ".repeat(NAME_WIDTH.saturating_sub(text::width(&name)));
        let hosts = group.hosts.map_or("?".to_owned(), count_hosts);
        Line::from(vec![Span::styled(format!("{name}{pad}  "), theme.text), Span::styled(hosts, theme.muted)])
    }

    fn placeholder(&self, session: &Session) -> &'static str {
        if session.lists.pages::<Group>().is_pending() { "Loading… ^c cancels" } else { "No sensor groups found" }
    }

    fn pick(&mut self, at: Option<usize>, cx: &mut Cx<'_>) -> ActionResult {
        let Some(group) = at.and_then(|at| groups(cx.session()).nth(at)).map(|group| group.id) else {
            return ActionResult::Done;
        };
        let to_change = |sensor| Change::Sensor(SensorChange::Move { sensor, group });
        let changes = self.sensors.iter().copied().map(to_change).collect();
        ActionResult::open(ConfirmPane::new(changes, cx.session()))
    }

    fn set_target(&mut self, rows: &TargetRows) {
        self.names = rows.names.clone();
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) {
        if !self.has_requested {
            self.has_requested = true;
            cx.lists().refresh_or_load::<Group>();
        }
    }
}
