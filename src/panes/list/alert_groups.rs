//! Alerts by what they share: a report, a host, a hash or a user.

use std::sync::Arc;

use ratatui::text::Line;

use super::{Field, Kind, Value, new_alerts, score, thousands};
use crate::keys::{Action, Scope};
use crate::model::AlertSource;
use crate::panes::{PaneId, pivot::Clues};
use crate::query::Index;
use crate::session::{Bundle, By, Cx, Lead, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::Column;
use crate::worker::Slot;

/// The groups of alerts.
#[derive(Debug)]
pub struct Bundles;

impl Kind for Bundles {
    type Row = Bundle;

    const PANE: PaneId = PaneId::Bundles;
    const SCOPE: Scope = Scope::Alerts;
    const NAME: &'static str = "Alert groups";
    const SLOTS: &'static [Slot] = &[Slot::Queue, Slot::Info];
    const UNASKED: &'static str = "No search yet. Press Enter in the query";
    const EMPTY: &'static str = "No alerts match. Closed alerts have a different status";
    const FIELDS: &'static [Field<Bundle>] = FIELDS;
    const SHOWN: usize = 9;

    fn headline(session: &Session) -> Option<String> {
        let triage = &session.triage;
        let queue = &triage.queue.current()?.value;
        let n = queue.rows.len();
        let n = thousands(u64::try_from(n).unwrap_or(u64::MAX));
        let n = if queue.is_cut() { format!("first {n} of {}", thousands(queue.total)) } else { n };
        let groups = thousands(triage.bundles.total()?);
        let by = triage.by?.word();
        let status = triage
            .status
            .as_ref()
            .map_or(String::new(), |status| format!(" {}", text::visible(&status.word()).to_lowercase()));
        let what = if groups == "1" { "group" } else { "groups" };
        Some(format!("Alerts  {n}{status} in {groups} {what}, by {by}"))
    }

    fn note(session: &Session) -> Option<String> {
        let queue = &session.triage.queue.current()?.value;
        let mut notes = Vec::new();
        if queue.broken > 0 {
            notes.push(format!("{} alerts unreadable", queue.broken));
        }
        if queue.n_missed() > 0 {
            let missed = thousands(queue.n_missed());
            notes.push(format!("{missed} rows changed while loading; r reloads"));
        }
        if queue.is_incomplete {
            notes.push("INCOMPLETE: server returned partial results".into());
        }
        (!notes.is_empty()).then(|| notes.join(", "))
    }

    fn below(session: &Session, theme: &Theme) -> Option<Line<'static>> {
        new_alerts::line(session, theme)
    }

    fn shows(field: &'static str, session: &Session) -> bool {
        match session.triage.by {
            Some(By::Report) => field != "report",
            Some(By::Host) => field != "hostname",
            _ => true,
        }
    }

    fn begin(cx: &mut Cx<'_>) {
        cx.read_queue();
    }

    fn rest(row: Option<&Arc<Bundle>>, cx: &mut Cx<'_>) {
        cx.consider_bundle(row);
    }

    fn lead(row: &Bundle) -> Option<Lead> {
        Some(Lead::Search(Index::Alert, row.query()))
    }

    fn clues(row: &Bundle) -> Clues {
        Clues::of_bundle(row)
    }

    fn act(action: Action, cx: &mut Cx<'_>) -> bool {
        let is_sort = action == Action::Sort;
        if is_sort {
            cx.sort_bundles();
        }
        is_sort
    }
}

/// What the alerts of a group share, for people: of a hash also whose it is, of a report also its feed.
pub(in crate::panes) fn name(bundle: &Bundle) -> Untrusted {
    let name = bundle.name();
    if name.is_empty() {
        return format!("(no {})", bundle.by().word()).into();
    }
    let common = &bundle.common;
    let beside = match bundle.by() {
        // That a watchlist is ours goes without saying.
        By::Report if common.source == Some(AlertSource::Watchlist) => None,
        By::Report => common.feed_name.as_ref(),
        By::Hash => common.process_name.as_ref(),
        By::Host | By::User => None,
    };
    match (bundle.by(), beside) {
        (By::Hash, Some(beside)) => format!("{} {}", beside.raw(), name.raw()).into(),
        (_, Some(beside)) => format!("{} ({})", name.raw(), beside.raw()).into(),
        (_, None) => name.clone(),
    }
}

/// A text that all share, or how many there are.
fn one_of(text: Option<&Untrusted>, n: usize, noun: &str) -> Value {
    match text {
        Some(text) => text.into(),
        None if n == 0 => Value::None,
        None => Value::Text(format!("({n} {noun})").into()),
    }
}

/// Who has them; whether nobody has some of them.
pub(in crate::panes) fn owners(bundle: &Bundle) -> Untrusted {
    let mut owners: Vec<_> = bundle.owners.iter().map(Untrusted::raw).collect();
    if !owners.is_empty() && bundle.n_unowned > 0 {
        owners.push("nobody");
    }
    owners.join(", ").into()
}

/// How far they are.
pub(in crate::panes) fn statuses(bundle: &Bundle) -> Untrusted {
    if let [(only, _)] = bundle.statuses.as_slice() {
        return only.word();
    }
    let each = bundle.statuses.iter();
    let each: Vec<_> = each.map(|(status, n)| format!("{n} {}", status.word().raw())).collect();
    each.join(", ").into()
}

const FIELDS: &[Field<Bundle>] = &[
    Field::new(
        "alert_severity",
        Column::right("SCORE", 7, 7, 0),
        |theme| theme.caution,
        |bundle, _| bundle.severity.map(score).into(),
    ),
    Field::time("newest", "NEWEST", 3, |bundle, _| Value::time(bundle.newest)),
    Field::new(
        "group",
        Column::left("GROUP", 22, Column::REST, 0),
        |theme| theme.accent,
        |bundle, _| Value::Text(name(bundle)),
    ),
    Field::new(
        "hostname",
        Column::left("HOST", 11, 16, 2),
        |theme| theme.text,
        |bundle, _| one_of(bundle.common.host.as_ref(), bundle.n_hosts, "hosts"),
    ),
    Field::new(
        "report",
        Column::left("SOURCE", 18, 28, 5),
        |theme| theme.text,
        |bundle, _| {
            let name = bundle.common.raised_by.as_ref();
            one_of(name, bundle.n_reports, "reports")
        },
    ),
    Field::new(
        "n",
        Column::right("N", 5, 6, 0),
        |theme| theme.number,
        |bundle, _| Value::Number(u64::try_from(bundle.len()).unwrap_or(u64::MAX)),
    ),
    Field::time("oldest", "OLDEST", 6, |bundle, _| Value::time(bundle.oldest)),
    Field::new("assigned_to", Column::left("WHO", 6, 14, 4), |theme| theme.text, |bundle, _| (&owners(bundle)).into()),
    Field::new(
        "status",
        Column::left("STATUS", 10, 26, 7),
        |theme| theme.muted,
        |bundle, _| Value::Text(statuses(bundle)),
    ),
    Field::new(
        "username",
        Column::left("USER", 10, 14, 8),
        |theme| theme.text,
        |bundle, _| {
            let user = bundle.common.user.as_ref();
            user.map_or(Value::None, Value::from)
        },
    ),
    Field::new(
        "process_name",
        Column::left("PROCESS", 12, 18, 8),
        |theme| theme.text,
        |bundle, _| {
            let name = bundle.common.process_name.as_ref();
            name.map_or(Value::None, Value::from)
        },
    ),
    Field::new(
        "md5",
        Column::left("MD5", 12, 32, 9),
        |theme| theme.number,
        |bundle, _| {
            let md5 = bundle.common.md5.map(|md5| md5.to_string().into());
            md5.map_or(Value::None, Value::Text)
        },
    ),
];
