//! Some of many sensors, looked for on the server: part of a name or of an address, or a group.

use crossterm::event::KeyEvent;
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::super::{Look, Pane, PaneId, editor::Pasted, links};
use super::line::Entry;
use crate::keys::{Action, Scope};
use crate::model::{GroupId, SensorFilter};
use crate::session::{Awaited, Cx, Lead, Session};
use crate::text;

/// The overlay in which is typed what the server is to look for among its sensors.
#[derive(Debug)]
pub struct FindPane {
    entry: Entry,
}

impl FindPane {
    /// Begins with what is looked for now.
    pub fn new(session: &Session) -> Self {
        let search = session.sensors.search();
        let filter = search.map(|search| SensorFilter::of(&search.query));
        let text = words(&filter.unwrap_or_default(), session);
        Self { entry: Entry::new(&text) }
    }
}

impl FindPane {
    /// Puts the host in the place of a link that names it; false if no link stands there. Nothing is looked for before
    /// it was seen what the link became.
    fn take_link(&mut self, cx: &mut Cx<'_>) -> bool {
        let Some(host) = links::host(&self.entry.text(), cx.session()) else {
            return false;
        };
        match host {
            Ok(filter) => {
                self.entry.set(&filter);
                cx.notify("The link names a host: Enter finds it");
            }
            Err(why) => cx.warn(why),
        }
        true
    }
}

/// A filter as it is typed: the group by its name, if that is known and no blank or quote is lost by it.
pub(in crate::panes) fn words(filter: &SensorFilter, session: &Session) -> String {
    let nameless = SensorFilter { group: None, ..filter.clone() };
    let group = filter.group.map(|id| match session.group_name(id) {
        Some(name) => format!("group:\"{}\"", text::visible(name).replace('"', "?")),
        None => format!("group:{id}"),
    });
    let parts = [nameless.to_string(), group.unwrap_or_default()];
    parts.join(" ").trim().to_owned()
}

fn group(name: &str, session: &Session) -> Option<GroupId> {
    let mut groups = session.groups.here();
    groups.find_map(|(_, group)| {
        let shown = text::visible(&group.name).replace('"', "?");
        let is_it = group.name.is_like(name) || shown == name;
        is_it.then_some(group.id)
    })
}

impl Pane for FindPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Entry
    }

    fn title(&self, _: &Session) -> Line<'static> {
        "Find sensors".into()
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        if action != Action::Accept {
            return false;
        }
        if self.take_link(cx) {
            return true;
        }
        let session = cx.session();
        match SensorFilter::read(&self.entry.text(), |name| group(name, session)) {
            Ok(filter) => cx.lead(Lead::Sensors(filter.to_string())),
            Err(error) => {
                let unknown = session.groups.error();
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

    fn settle(&mut self, cx: &mut Cx<'_>) {
        cx.name_groups();
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &Look<'_>) {
        let theme = look.theme;
        let lines = [
            "part of a name, or hostname:FIN ip:10.1. group:NAME id:7",
            "the server search is case-sensitive; empty = all sensors",
            "status:offline -version:6.2 os:linux health:<90 isolation:yes seen:>7d",
            "these are checked on every host that the rest finds",
            "",
        ];
        let hints = lines.map(|text| Line::styled(text, theme.hint));
        let groups = session.groups.here().map(|(_, group)| {
            let name = text::fit(&group.name, 40);
            let n = group.hosts.map(|n| format!("  {}", super::super::hosts(n)));
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
