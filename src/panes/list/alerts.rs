//! The alerts found: what watchlists and feeds want somebody to look at.

use std::sync::Arc;

use ratatui::text::Line;

use super::{Field, Kind, Value, joins::Joined, new_alerts};
use crate::keys::{Action, Scope};
use crate::model::{Alert, AlertSource, AlertStatus};
use crate::panes::{
    PaneId,
    copy::{self, Copied},
    pivot::Clues,
};
use crate::query::{self, Index};
use crate::session::{Cx, Lead, Session};
use crate::text::Untrusted;
use crate::theme::Theme;
use crate::widgets::Column;
use crate::worker::{List, Slot};

/// The alerts to be looked at.
#[derive(Debug)]
pub struct Alerts;

impl Kind for Alerts {
    type Row = Alert;

    const PANE: PaneId = PaneId::Alerts;
    const SCOPE: Scope = Scope::Alerts;
    const NAME: &'static str = "Alerts";
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Alerts, 0), Slot::Info];
    const UNASKED: &'static str = "No search yet. Press Enter in the query";
    const EMPTY: &'static str = "No alerts match. Closed alerts have a different status";
    const FIELDS: &'static [Field<Alert>] = FIELDS;
    const SHOWN: usize = 9;

    fn below(session: &Session, theme: &Theme) -> Option<Line<'static>> {
        new_alerts::line(session, theme)
    }

    fn rest(row: Option<&Arc<Alert>>, cx: &mut Cx<'_>) {
        cx.consider(row);
    }

    fn lead(row: &Alert) -> Option<Lead> {
        let binary = || {
            let md5 = row.md5?;
            Some(Lead::Search(Index::Binary, format!("md5:{md5}")))
        };
        row.process.map(Lead::Process).or_else(binary)
    }

    fn clues(row: &Alert) -> Clues {
        Clues::of_alert(row)
    }

    fn copied(row: &Alert, action: Action, _: &Session) -> Option<Copied> {
        copy::alert(row, action)
    }
}

/// What raised it: a watchlist by its name, a report by its title.
pub(in crate::panes) fn source(alert: &Alert) -> &Untrusted {
    alert.source_name.non_empty().unwrap_or(&alert.source_id)
}

/// What it is about: a process by its name, a binary by that under which it was seen.
pub(in crate::panes) fn object(alert: &Alert) -> Option<Untrusted> {
    let file = || {
        let path = alert.observed_paths.first()?.raw();
        path.rsplit(['\\', '/']).next().map(Untrusted::from)
    };
    alert.process_name.non_empty().cloned().or_else(file)
}

/// What matched, for people.
pub(in crate::panes) fn indicator(alert: &Alert) -> Untrusted {
    let indicator = &alert.indicator;
    query::indicated(indicator.kind.raw(), indicator.value.raw()).into()
}

/// A score without its fraction, as the server's own console shows it.
pub(in crate::panes) fn score(severity: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what lies between 0 and 100 fits")]
    let whole = severity.clamp(0.0, 100.0).round() as u64;
    whole
}

/// How far it is, in one letter; nothing while nobody is at it.
fn stand(alert: &Alert, session: &Session) -> Value {
    let me = session.identity.user.as_deref();
    let is_mine = || me.is_some_and(|me| alert.assigned_to.is_like(me));
    match alert.status {
        AlertStatus::Unresolved => Value::None,
        AlertStatus::InProgress if is_mine() => Value::Word("M"),
        AlertStatus::InProgress => Value::Word("P"),
        AlertStatus::Resolved => Value::Word("R"),
        AlertStatus::FalsePositive => Value::Word("F"),
        AlertStatus::Other(_) => Value::Word("?"),
    }
}

const FIELDS: &[Field<Alert>] = &[
    Field::new("flag", Column::left("ST", 2, 2, 2), |theme| theme.caution, stand),
    Field::new(
        "alert_severity",
        Column::right("SCORE", 7, 7, 0),
        |theme| theme.caution,
        |alert, _| alert.severity.map(score).into(),
    ),
    Field::time("created_time", "CREATED", 3, |alert, _| Value::time(alert.created)),
    Field::new(
        "status",
        Column::left("STATUS", 10, 14, 7),
        |theme| theme.muted,
        |alert, _| Value::Text(alert.status.word()),
    ),
    Field::new("hostname", Column::left("HOST", 11, 16, 2), |theme| theme.text, |alert, _| (&alert.host).into()),
    Field::new(
        "process_name",
        Column::left("PROCESS", 14, 18, 1),
        |theme| theme.accent,
        |alert, _| object(alert).map_or(Value::None, Value::Text),
    ),
    Field::new(
        "watchlist_name",
        Column::left("SOURCE", 18, 34, 1),
        |theme| theme.text,
        |alert, _| source(alert).into(),
    ),
    Field::new(
        "assigned_to",
        Column::left("ASSIGNED", 8, 10, 8),
        |theme| theme.muted,
        |alert, _| (&alert.assigned_to).into(),
    ),
    Field::new(
        "ioc_value",
        Column::left("MATCHED ON", 16, Column::REST, 4),
        |theme| theme.text,
        |alert, _| (&indicator(alert)).into(),
    ),
    Field::new("username", Column::left("USER", 10, 14, 6), |theme| theme.text, |alert, _| (&alert.user).into()),
    Field::new(
        "feed_name",
        Column::left("FEED", 8, 14, 6),
        |theme| theme.text,
        |alert, _| match alert.source {
            AlertSource::Watchlist => Value::Word("watchlist"),
            AlertSource::Report(_) => (&alert.feed_name).into(),
        },
    ),
    Field::new("group", Column::left("GROUP", 10, 16, 7), |theme| theme.text, |alert, _| (&alert.group).into()),
    Field::new(
        "md5",
        Column::left("MD5", 12, 32, 7),
        |theme| theme.number,
        |alert, _| {
            let md5 = alert.md5.map(|md5| md5.to_string().into());
            md5.map_or(Value::None, Value::Text)
        },
    ),
    Joined::VERDICT,
    Joined::PUBLISHER,
    Joined::HOSTS,
    Joined::STATUS,
    Joined::ISOLATION,
    Field::new(
        "unique_id",
        Column::left("ID", 12, 36, 9),
        |theme| theme.number,
        |alert, _| Value::Text(alert.id.0.clone()),
    ),
];
