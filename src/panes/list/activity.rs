//! What was changed on servers, as the action log has it, the newest first.

use std::sync::Arc;

use super::{Field, Kind, Value};
use crate::changes::{self, Act, Deed, Stage, Target};
use crate::keys::{Action, Scope};
use crate::panes::{Pane, PaneId, SheetPane, pivot::Clues, record::RecordPane};
use crate::query::Index;
use crate::session::{Lead, Session};
use crate::text;
use crate::widgets::Column;
use crate::worker::{List, Slot};

/// The deeds of the action log.
#[derive(Debug)]
pub struct Acts;

impl Kind for Acts {
    type Row = Act;

    const PANE: PaneId = PaneId::Acts;
    const SCOPE: Scope = Scope::Acts;
    const NAME: &'static str = "Activity";
    // The log is on this machine: no server is waited for.
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Acts, 0)];
    const UNASKED: &'static str = "The audit log was not read";
    const EMPTY: &'static str = "No actions yet";
    const FIELDS: &'static [Field<Act>] = FIELDS;
    const SHOWN: usize = 8;

    fn note(session: &Session) -> Option<String> {
        let journal = session.journal.as_ref()?;
        if let Some(first) = journal.faults.first() {
            let first = text::visible(&first.as_str().into());
            return Some(format!("AUDIT LOG DAMAGED: {first}"));
        }
        let n = journal.n_older;
        (n > 0).then(|| format!("{n} older (lampblack log show)"))
    }

    fn lead(row: &Act) -> Option<Lead> {
        match row.deed().as_ref().map(Deed::target)? {
            Target::Hash(md5) => Some(Lead::Search(Index::Binary, format!("md5:{md5}"))),
            Target::Sensor(id) => Some(Lead::Search(Index::Process, format!("sensor_id:{id}"))),
            _ => None,
        }
    }

    fn clues(row: &Act) -> Clues {
        let name = row.sending.target.name.as_str().into();
        let target = row.deed().map(|deed| deed.target());
        target.map_or_else(Clues::default, |target| Clues::of_target(target, &name))
    }

    fn popup(action: Action, chosen: impl FnOnce() -> Vec<Arc<Act>>, session: &Session) -> Option<Box<dyn Pane>> {
        match action {
            Action::Open => Some(Box::new(RecordPane::of_act(&*chosen().into_iter().next()?))),
            Action::Undo => {
                let chosen = chosen();
                let sheet = SheetPane::undoing(&chosen, session)?;
                let newest = chosen.iter().map(|act| act.line).max();
                let journal = session.journal.as_ref()?;
                let later = journal.last(&session.identity.host, |act| Some(act.line) > newest);
                let later = later.map(|last| {
                    let (deed, name) = (changes::label(&last.sending.deed), last.name());
                    format!("Not the last action: {deed} {name} came after it")
                });
                Some(Box::new(sheet.with_preface(later.into_iter().collect())))
            }
            _ => None,
        }
    }
}

/// How far a deed has got, in a word.
fn outcome(act: &Act, session: &Session) -> Value {
    if session.is_leaving(act) {
        return Value::Word("SENDING");
    }
    if act.superseded_by.is_some() {
        return Value::Word("superseded");
    }
    if act.undone_by.is_some() {
        return Value::Word("undone");
    }
    match act.stage() {
        Stage::Confirmed => Value::Judged("CONFIRMED".into(), true),
        Stage::Accepted => Value::Word("ACCEPTED"),
        Stage::Pending => Value::Word("PENDING"),
        Stage::NotApplied => Value::Judged("NOT APPLIED".into(), false),
        Stage::Partly => Value::Judged("PARTLY".into(), false),
        Stage::Unknown => Value::Judged("UNKNOWN".into(), false),
    }
}

const FIELDS: &[Field<Act>] = &[
    Field::time("at", "AT", 3, |act, _| Value::Time(act.at)),
    Field::new("who", Column::left("WHO", 8, 12, 5), |theme| theme.text, |act, _| Value::Text(act.who().into())),
    Field::new(
        "deed",
        Column::left("ACTION", 14, 16, 0),
        |theme| theme.accent,
        |act, _| Value::Text(changes::label(&act.sending.deed).into()),
    ),
    Field::new(
        "target",
        Column::left("TARGET", 15, 22, 1),
        |theme| theme.text,
        |act, _| Value::Text(act.sending.target.name.as_str().into()),
    ),
    Field::new("outcome", Column::left("RESULT", 11, 11, 0), |theme| theme.caution, outcome),
    Field::new(
        "reason",
        Column::left("REASON", 12, 28, 2),
        |theme| theme.text,
        |act, _| Value::Text(act.sending.reason.clone().unwrap_or_default().into()),
    ),
    Field::new(
        "ticket",
        Column::left("TICKET", 8, 12, 6),
        |theme| theme.text,
        |act, _| Value::Text(act.sending.ticket.clone().unwrap_or_default().into()),
    ),
    Field::new(
        "note",
        Column::left("STATUS DETAIL", 24, Column::REST, 4),
        |theme| theme.muted,
        |act, session| {
            if session.is_leaving(act) {
                return Value::Word("sent, no response yet");
            }
            Value::Text(act.note().into())
        },
    ),
    Field::new(
        "server",
        Column::left("SERVER", 12, 24, 7),
        |theme| theme.muted,
        |act, _| Value::Text(act.sending.server.as_str().into()),
    ),
    Field::new("line", Column::right("LINE", 4, 6, 8), |theme| theme.number, |act, _| Value::Number(act.line)),
];
