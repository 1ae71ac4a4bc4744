//! The Activity view: changes logged in the audit log, newest first.

use std::{ops::Range, sync::Arc};

use super::{ListPane, ListView, RowField};
use crate::changes::{self, Change, LoggedChange, LoggedStage, Target};
use crate::columns::CellValue;
use crate::keys::{Action, Scope};
use crate::panes::{ActionResult, ConfirmPane, pivot::Observables, record::RecordPane};
use crate::query::Index;
use crate::session::{Cx, Destination, Session};
use crate::text;
use crate::widgets::TableColumn;
use crate::worker::{List, Slot};

/// The list view of logged changes.
#[derive(Debug)]
pub struct Activity;

impl ListView for Activity {
    type Row = LoggedChange;

    const SCOPE: Scope = Scope::Acts;
    const NAME: &'static str = "Activity";
    // The audit log is a local file: no server slot.
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Activity, 0)];
    const NOT_REQUESTED: &'static str = "The audit log was not read";
    const EMPTY: &'static str = "No actions yet";
    const FIELDS: &'static [RowField<LoggedChange>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 8;

    /// Reads the audit log again, which other programs write to as well.
    fn refresh(_: &Range<u64>, cx: &mut Cx<'_>) {
        cx.changes().fetch_change_history();
    }

    fn note(session: &Session) -> Option<String> {
        let history = session.changes.history.as_ref()?;
        if let Some(first) = history.log_faults.first() {
            let first = text::make_visible(&first.as_str().into());
            return Some(format!("AUDIT LOG DAMAGED: {first}"));
        }
        let n = history.n_older;
        (n > 0).then(|| format!("{n} older (lampblack log show)"))
    }

    fn destination(row: &LoggedChange) -> Option<Destination> {
        match row.change().as_ref().map(Change::target)? {
            Target::Hash(md5) => Some(Destination::Search(Index::Binary, format!("md5:{md5}"))),
            Target::Sensor(id) => Some(Destination::Search(Index::Process, format!("sensor_id:{id}"))),
            _ => None,
        }
    }

    fn observables(row: &LoggedChange) -> Observables {
        let name = row.submitted.target.name.as_str().into();
        let target = row.change().map(|change| change.target());
        target.map_or_else(Observables::default, |target| Observables::of_target(target, &name))
    }

    fn handle_action(
        action: Action,
        chosen: impl FnOnce(&Session) -> Vec<Arc<LoggedChange>>,
        cx: &mut Cx<'_>,
    ) -> ActionResult {
        if action != Action::Open {
            return ActionResult::Ignored;
        }
        let logged = chosen(cx.session()).pop();
        ActionResult::open_if(logged.map(|logged| RecordPane::of_change(&logged)))
    }
}

impl ListPane<Activity> {
    /// Returns the confirmation that undoes the marked or selected changes; `None` if they cannot be undone.
    pub fn undo_pane(&self, session: &Session) -> Option<ConfirmPane> {
        let chosen = self.target_rows(session);
        let confirmation = ConfirmPane::undo(&chosen, session)?;
        let newest = chosen.iter().map(|logged| logged.line).max();
        let history = session.changes.history.as_ref()?;
        let later = history.last_change(&session.connection.info.host, |logged| Some(logged.line) > newest);
        let later = later.map(|last| {
            let (label, name) = (changes::label(&last.submitted.verb), last.name());
            format!("Not the last action: {label} {name} is newer")
        });
        Some(confirmation.with_preface(later.into_iter().collect()))
    }

    /// Returns why nothing undoes the marked or selected change, if it never can be undone.
    pub fn undo_refusal(&self, session: &Session) -> Option<&'static str> {
        self.target_rows(session).first()?.undo_refusal()
    }
}

/// Returns the RESULT of a logged change: its stage, or what has happened to it since.
fn outcome_value(logged: &LoggedChange, session: &Session) -> CellValue {
    if session.is_being_sent(logged) {
        return CellValue::Word("SENDING");
    }
    if logged.superseded_by.is_some() {
        return CellValue::Word("superseded");
    }
    if logged.undone_by.is_some() {
        return CellValue::Word("undone");
    }
    match logged.stage() {
        LoggedStage::Confirmed => CellValue::Rated("CONFIRMED".into(), true),
        LoggedStage::Accepted => CellValue::Word("ACCEPTED"),
        LoggedStage::Pending => CellValue::Word("PENDING"),
        LoggedStage::NotApplied => CellValue::Rated("NOT APPLIED".into(), false),
        LoggedStage::Partly => CellValue::Rated("PARTLY".into(), false),
        LoggedStage::Unknown => CellValue::Rated("UNKNOWN".into(), false),
    }
}

const FIELDS: &[RowField<LoggedChange>] = &[
    RowField::time("at", "AT", 3, |logged, _| CellValue::Time(logged.at)),
    RowField::new(
        "who",
        TableColumn::left_aligned("WHO", 8, 12, 5),
        |theme| theme.text,
        |logged, _| CellValue::Text(logged.actor_name().into()),
    ),
    RowField::new(
        "deed",
        TableColumn::left_aligned("ACTION", 14, 16, 0),
        |theme| theme.accent,
        |logged, _| CellValue::Text(changes::label(&logged.submitted.verb).into()),
    ),
    RowField::new(
        "target",
        TableColumn::left_aligned("TARGET", 15, 22, 1),
        |theme| theme.text,
        |logged, _| CellValue::Text(logged.submitted.target.name.as_str().into()),
    ),
    RowField::new("outcome", TableColumn::left_aligned("RESULT", 11, 11, 0), |theme| theme.caution, outcome_value),
    RowField::new(
        "reason",
        TableColumn::left_aligned("REASON", 12, 28, 2),
        |theme| theme.text,
        |logged, _| CellValue::Text(logged.submitted.reason.clone().unwrap_or_default().into()),
    ),
    RowField::new(
        "ticket",
        TableColumn::left_aligned("TICKET", 8, 12, 6),
        |theme| theme.text,
        |logged, _| CellValue::Text(logged.submitted.ticket.clone().unwrap_or_default().into()),
    ),
    RowField::new(
        "note",
        TableColumn::left_aligned("STATUS DETAIL", 24, TableColumn::FILL, 4),
        |theme| theme.muted,
        |logged, session| {
            if session.is_being_sent(logged) {
                return CellValue::Word("sent, no response yet");
            }
            CellValue::Text(logged.latest_note().into())
        },
    ),
    RowField::new(
        "server",
        TableColumn::left_aligned("SERVER", 12, 24, 7),
        |theme| theme.muted,
        |logged, _| CellValue::Text(logged.submitted.server.as_str().into()),
    ),
    RowField::new(
        "line",
        TableColumn::right_aligned("LINE", 4, 6, 8),
        |theme| theme.number,
        |logged, _| CellValue::Number(logged.line),
    ),
];
