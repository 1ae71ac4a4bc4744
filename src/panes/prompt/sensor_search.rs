//! The prompt for a sensor search by name, address, group or status.

use ratatui::text::{Line, Span};

use super::super::{ActionResult, AfterInput, count_hosts, links};
use super::line::LineInput;
use super::{Prompt, Question};
use crate::model::{Group, GroupId, Sensor, SensorFilter};
use crate::session::{Cx, Destination, PagesState, Session};
use crate::text;
use crate::theme::Theme;

/// The popup in which a sensor filter is typed.
pub type SensorSearchPane = Prompt<SensorSearch>;

/// The question for a sensor filter.
#[derive(Debug)]
pub struct SensorSearch;

impl SensorSearchPane {
    /// Creates the prompt with the filter in force.
    pub fn new(session: &Session) -> Self {
        let search = session.lists.pages::<Sensor>().search();
        let filter = search.map(|search| SensorFilter::parse_canonical(&search.query));
        Self::with_text(SensorSearch, &filter_text(&filter.unwrap_or_default(), session))
    }
}

/// Returns a filter as the user types it. The group has its name if that is loaded.
pub(in crate::panes) fn filter_text(filter: &SensorFilter, session: &Session) -> String {
    let other_conditions = SensorFilter { group: None, ..filter.clone() };
    let group = filter.group.map(|id| match session.group_name(id) {
        Some(name) => format!("group:\"{}\"", text::make_visible(name).replace('"', "?")),
        None => format!("group:{id}"),
    });
    let parts = [other_conditions.to_string(), group.unwrap_or_default()];
    parts.join(" ").trim().to_owned()
}

fn find_group(name: &str, session: &Session) -> Option<GroupId> {
    let mut groups = session.lists.pages::<Group>().loaded_rows();
    groups.find_map(|(_, group)| {
        let display_name = text::make_visible(&group.name).replace('"', "?");
        let is_match = group.name.eq_ignore_case(name) || display_name == name;
        is_match.then_some(group.id)
    })
}

impl Question for SensorSearch {
    const LABEL: &'static str = "";

    fn title(&self, _: &Session) -> Line<'static> {
        "Find sensors".into()
    }

    fn accept(&mut self, text: &str, cx: &mut Cx<'_>) -> ActionResult {
        let session = cx.session();
        match SensorFilter::parse(text, |name| find_group(name, session)) {
            Ok(filter) => ActionResult::Navigate(Destination::Sensors(filter.to_string())),
            Err(error) => {
                let groups_error = session.lists.pages::<Group>().error();
                let groups_error = groups_error.map(|error| format!("; sensor groups unknown: {error}"));
                cx.warn(format!("{error}{}", groups_error.unwrap_or_default()));
                ActionResult::Done
            }
        }
    }

    fn replace_link(&mut self, line: &mut LineInput, cx: &mut Cx<'_>) -> bool {
        let Some(host) = links::link_sensor_filter(&line.text(), cx.session()) else {
            return false;
        };
        match host {
            Ok(filter) => {
                line.set_text(&filter);
                cx.notify("The link points to a host: Enter searches for it");
            }
            Err(reason) => cx.warn(reason),
        }
        true
    }

    fn after_input(&mut self, cx: &mut Cx<'_>) -> AfterInput {
        cx.details().fetch_group_names();
        AfterInput::Nothing
    }

    fn hints(&self, _: &str, session: &Session, theme: &Theme) -> Vec<Line<'static>> {
        let lines = [
            "part of a name, or hostname:FIN ip:10.1. group:NAME id:7",
            "the server search is case-sensitive; empty = all sensors",
            "status:offline -version:6.2 os:linux health:<90 isolation:yes seen:>7d",
            "lampblack checks these on every host of the result",
            "",
        ];
        let hints = lines.map(|text| Line::styled(text, theme.hint));
        let groups = session.lists.pages::<Group>().loaded_rows().map(|(_, group)| {
            let name = text::fit(&group.name, 40);
            let n = group.hosts.map(|n| format!("  {}", count_hosts(n)));
            Line::from(vec![
                Span::styled("  group  ", theme.muted),
                Span::styled(name, theme.text),
                Span::styled(n.unwrap_or_default(), theme.muted),
            ])
        });
        hints.into_iter().chain(groups).collect()
    }
}
