//! Some of many sensors, looked for on the server: part of a name or of an address, or a group.

use crossterm::event::KeyEvent;
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::super::{Pane, PaneId, RenderCx, editor::Pasted, links};
use super::line::LineInput;
use crate::keys::{Action, Scope};
use crate::model::{GroupId, SensorFilter};
use crate::session::{Awaited, Cx, Destination, Session};
use crate::text;

/// The overlay in which is typed what the server is to look for among its sensors.
#[derive(Debug)]
pub struct SensorSearchPane {
    entry: LineInput,
}

impl SensorSearchPane {
    /// Begins with what is looked for now.
    pub fn new(session: &Session) -> Self {
        let search = session.sensors.search();
        let filter = search.map(|search| SensorFilter::parse_canonical(&search.query));
        let text = filter_text(&filter.unwrap_or_default(), session);
        Self { entry: LineInput::new(&text) }
    }
}

impl SensorSearchPane {
    /// Puts the host in the place of a link that names it; false if no link stands there. Nothing is looked for before
    /// it was seen what the link became.
    fn take_link(&mut self, cx: &mut Cx<'_>) -> bool {
        let Some(host) = links::link_sensor_filter(&self.entry.text(), cx.session()) else {
            return false;
        };
        match host {
            Ok(filter) => {
                self.entry.set_text(&filter);
                cx.notify("The link names a host: Enter finds it");
            }
            Err(why) => cx.warn(why),
        }
        true
    }
}

/// A filter as it is typed: the group by its name, if that is known and no blank or quote is lost by it.
pub(in crate::panes) fn filter_text(filter: &SensorFilter, session: &Session) -> String {
    let nameless = SensorFilter { group: None, ..filter.clone() };
    let group = filter.group.map(|id| match session.group_name(id) {
        Some(name) => format!("group:\"{}\"", text::make_visible(name).replace('"', "?")),
        None => format!("group:{id}"),
    });
    let parts = [nameless.to_string(), group.unwrap_or_default()];
    parts.join(" ").trim().to_owned()
}

fn find_group(name: &str, session: &Session) -> Option<GroupId> {
    let mut groups = session.sensor_groups.loaded();
    groups.find_map(|(_, group)| {
        let shown = text::make_visible(&group.name).replace('"', "?");
        let is_it = group.name.eq_ignore_case(name) || shown == name;
        is_it.then_some(group.id)
    })
}

impl Pane for SensorSearchPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Entry
    }

    fn title(&self, _: &Session) -> Line<'static> {
        "Find sensors".into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        if action != Action::Accept {
            return false;
        }
        if self.take_link(cx) {
            return true;
        }
        let session = cx.session();
        match SensorFilter::parse(&self.entry.text(), |name| find_group(name, session)) {
            Ok(filter) => cx.navigate(Destination::Sensors(filter.to_string())),
            Err(error) => {
                let unknown = session.sensor_groups.error();
                let unknown = unknown.map(|why| format!("; sensor groups unknown: {why}"));
                cx.warn(format!("{error}{}", unknown.unwrap_or_default()));
            }
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        self.entry.type_key(key, cx);
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.entry.type_text(text, cx);
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if self.entry.paste(text, cx) != Pasted::Refused {
            self.take_link(cx);
        }
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) {
        cx.fetch_group_names();
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>) {
        let theme = look.theme;
        let lines = [
            "part of a name, or hostname:FIN ip:10.1. group:NAME id:7",
            "the server search is case-sensitive; empty = all sensors",
            "status:offline -version:6.2 os:linux health:<90 isolation:yes seen:>7d",
            "these are checked on every host that the rest finds",
            "",
        ];
        let hints = lines.map(|text| Line::styled(text, theme.hint));
        let groups = session.sensor_groups.loaded().map(|(_, group)| {
            let name = text::fit(&group.name, 40);
            let n = group.hosts.map(|n| format!("  {}", super::super::count_hosts(n)));
            Line::from(vec![
                Span::styled("  group  ", theme.muted),
                Span::styled(name, theme.text),
                Span::styled(n.unwrap_or_default(), theme.muted),
            ])
        });
        let below = area.rows().skip(1);
        for (line, row) in hints.into_iter().chain(groups).zip(below) {
            frame.render_widget(line, row);
        }
        self.entry.render("", frame, area, look);
    }
}
