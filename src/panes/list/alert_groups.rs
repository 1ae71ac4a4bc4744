//! The list of alert groups: alerts that share a report, a host, a hash or a user.

use std::{ops::Range, sync::Arc};

use ratatui::text::Line;

use super::{ListView, RowField, group_thousands, new_alerts};
use crate::columns::{CellValue, alert::format_score};
use crate::keys::{Action, Scope};
use crate::model::AlertSource;
use crate::panes::{ActionResult, AfterInput, pivot::Observables};
use crate::query::Index;
use crate::session::{AlertGroup, Cx, Destination, GroupBy, Session, slots};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::TableColumn;
use crate::worker::Slot;

/// The list view of alert groups.
#[derive(Debug)]
pub struct AlertGroups;

impl ListView for AlertGroups {
    type Row = AlertGroup;

    const SCOPE: Scope = Scope::Alerts;
    const NAME: &'static str = "Alert groups";
    const SLOTS: &'static [Slot] = &[Slot::AlertDigest, Slot::ServerInfo];
    const NOT_REQUESTED: &'static str = "No search yet. Press Enter in the query";
    const EMPTY: &'static str = "No alerts match. Closed alerts have a different status";
    const FIELDS: &'static [RowField<AlertGroup>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 9;

    fn headline(session: &Session) -> Option<String> {
        let alert_state = &session.alert_state;
        let digest = &session.values.latest(slots::ALERT_DIGEST)?.value;
        let n = digest.rows.len();
        let n = group_thousands(u64::try_from(n).unwrap_or(u64::MAX));
        let n = if digest.is_truncated() { format!("first {n} of {}", group_thousands(digest.total)) } else { n };
        let groups = group_thousands(session.lists.pages::<AlertGroup>().total()?);
        let by = alert_state.group_by?.label();
        let status = alert_state
            .shared_status
            .as_ref()
            .map_or(String::new(), |status| format!(" {}", text::make_visible(&status.server_word()).to_lowercase()));
        let what = if groups == "1" { "group" } else { "groups" };
        Some(format!("Alerts  {n}{status} in {groups} {what}, by {by}"))
    }

    fn note(session: &Session) -> Option<String> {
        let digest = &session.values.latest(slots::ALERT_DIGEST)?.value;
        let mut notes = Vec::new();
        if digest.n_unreadable > 0 {
            notes.push(format!("{} alerts unreadable", digest.n_unreadable));
        }
        if digest.n_missed() > 0 {
            let missed = group_thousands(digest.n_missed());
            notes.push(format!("{missed} rows changed while loading; r reloads"));
        }
        if digest.is_incomplete {
            notes.push("INCOMPLETE: server returned partial results".into());
        }
        (!notes.is_empty()).then(|| notes.join(", "))
    }

    fn footer_line(session: &Session, theme: &Theme) -> Option<Line<'static>> {
        new_alerts::new_alerts_line(session, theme)
    }

    fn is_default_column(field: &'static str, session: &Session) -> bool {
        match session.alert_state.group_by {
            Some(GroupBy::Report) => field != "report",
            Some(GroupBy::Host) => field != "hostname",
            _ => true,
        }
    }

    fn refresh(_: &Range<u64>, cx: &mut Cx<'_>) {
        cx.alerts().clear_new_alerts();
        cx.alerts().refresh_alert_digest();
    }

    fn before_fetch(cx: &mut Cx<'_>) {
        cx.alerts().fetch_alert_digest();
    }

    fn on_select(row: Option<&Arc<AlertGroup>>, cx: &mut Cx<'_>) -> AfterInput {
        cx.alerts().select_alert_group(row);
        AfterInput::Nothing
    }

    fn destination(row: &AlertGroup) -> Option<Destination> {
        Some(Destination::Search(Index::Alert, row.query()))
    }

    fn observables(row: &AlertGroup) -> Observables {
        Observables::of_alert_group(row)
    }

    fn handle_action(
        action: Action,
        _: impl FnOnce(&Session) -> Vec<Arc<AlertGroup>>,
        cx: &mut Cx<'_>,
    ) -> ActionResult {
        if action != Action::Sort {
            return ActionResult::Ignored;
        }
        cx.alerts().sort_alert_groups();
        ActionResult::Done
    }
}

/// Returns what the alerts of `group` share; with the process name for a hash, with the feed name for a report.
pub(in crate::panes) fn group_name(group: &AlertGroup) -> Untrusted {
    let name = group.label();
    if name.is_empty() {
        return format!("(no {})", group.group_by().label()).into();
    }
    let shared = &group.shared;
    let context = match group.group_by() {
        // A watchlist has no feed.
        GroupBy::Report if shared.source == Some(AlertSource::Watchlist) => None,
        GroupBy::Report => shared.feed_name.as_ref(),
        GroupBy::Hash => shared.process_name.as_ref(),
        GroupBy::Host | GroupBy::User => None,
    };
    match (group.group_by(), context) {
        (GroupBy::Hash, Some(context)) => format!("{} {}", context.raw(), name.raw()).into(),
        (_, Some(context)) => format!("{} ({})", name.raw(), context.raw()).into(),
        (_, None) => name.clone(),
    }
}

/// Returns the text that all alerts share; if there is none, the number of different ones.
fn shared_or_count(text: Option<&Untrusted>, n: usize, noun: &str) -> CellValue {
    match text {
        Some(text) => text.into(),
        None if n == 0 => CellValue::None,
        None => CellValue::Text(format!("({n} {noun})").into()),
    }
}

/// Returns the users that the alerts of `group` are assigned to, with an entry for unassigned alerts.
pub(in crate::panes) fn owners_text(group: &AlertGroup) -> Untrusted {
    let mut owners: Vec<_> = group.owners.iter().map(Untrusted::raw).collect();
    if !owners.is_empty() && group.n_unowned > 0 {
        owners.push("unassigned");
    }
    owners.join(", ").into()
}

/// Returns the statuses of the alerts of `group`, with how many alerts have each if they differ.
pub(in crate::panes) fn statuses_text(group: &AlertGroup) -> Untrusted {
    if let [(only, _)] = group.statuses.as_slice() {
        return only.server_word();
    }
    let counts = group.statuses.iter();
    let counts: Vec<_> = counts.map(|(status, n)| format!("{n} {}", status.server_word().raw())).collect();
    counts.join(", ").into()
}

const FIELDS: &[RowField<AlertGroup>] = &[
    RowField::new(
        "alert_severity",
        TableColumn::right_aligned("SCORE", 7, 7, 0),
        |theme| theme.caution,
        |group, _| group.severity.map(format_score).into(),
    ),
    RowField::time("newest", "NEWEST", 3, |group, _| CellValue::time(group.newest)),
    RowField::new(
        "group",
        TableColumn::left_aligned("GROUP", 22, TableColumn::FILL, 0),
        |theme| theme.accent,
        |group, _| CellValue::Text(group_name(group)),
    ),
    RowField::new(
        "hostname",
        TableColumn::left_aligned("HOST", 11, 16, 2),
        |theme| theme.text,
        |group, _| shared_or_count(group.shared.host.as_ref(), group.n_hosts, "hosts"),
    ),
    RowField::new(
        "report",
        TableColumn::left_aligned("SOURCE", 18, 28, 5),
        |theme| theme.text,
        |group, _| {
            let name = group.shared.raised_by.as_ref();
            shared_or_count(name, group.n_reports, "reports")
        },
    ),
    RowField::new(
        "n",
        TableColumn::right_aligned("N", 5, 6, 0),
        |theme| theme.number,
        |group, _| CellValue::Number(u64::try_from(group.len()).unwrap_or(u64::MAX)),
    ),
    RowField::time("oldest", "OLDEST", 6, |group, _| CellValue::time(group.oldest)),
    RowField::new(
        "assigned_to",
        TableColumn::left_aligned("WHO", 6, 14, 4),
        |theme| theme.text,
        |group, _| (&owners_text(group)).into(),
    ),
    RowField::new(
        "status",
        TableColumn::left_aligned("STATUS", 10, 26, 7),
        |theme| theme.muted,
        |group, _| CellValue::Text(statuses_text(group)),
    ),
    RowField::new(
        "username",
        TableColumn::left_aligned("USER", 10, 14, 8),
        |theme| theme.text,
        |group, _| {
            let user = group.shared.user.as_ref();
            user.map_or(CellValue::None, CellValue::from)
        },
    ),
    RowField::new(
        "process_name",
        TableColumn::left_aligned("PROCESS", 12, 18, 8),
        |theme| theme.text,
        |group, _| {
            let name = group.shared.process_name.as_ref();
            name.map_or(CellValue::None, CellValue::from)
        },
    ),
    RowField::new(
        "md5",
        TableColumn::left_aligned("MD5", 12, 32, 9),
        |theme| theme.number,
        |group, _| {
            let md5 = group.shared.md5.map(|md5| md5.to_string().into());
            md5.map_or(CellValue::None, CellValue::Text)
        },
    ),
];
