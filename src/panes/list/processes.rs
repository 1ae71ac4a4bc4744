//! The processes found: their columns, and what is done with them.

use std::sync::Arc;

use super::{
    Field, Kind, Value,
    joins::{CLOCK, DAYS_SIGNED, Joined},
};
use crate::fetch::Related;
use crate::keys::{Action, Scope};
use crate::model::Process;
use crate::panes::{
    PaneId,
    copy::{self, Copied},
    pivot::Clues,
};
use crate::session::{Cx, Lead, Session};
use crate::widgets::Column;
use crate::worker::{List, Slot};

/// The processes of the hunt.
#[derive(Debug)]
pub struct Processes;

impl Kind for Processes {
    type Row = Process;

    const PANE: PaneId = PaneId::Results;
    const SCOPE: Scope = Scope::Results;
    const NAME: &'static str = "Processes";
    // A server that cannot be reached is told where the first look goes.
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Processes, 0), Slot::Info];
    const UNASKED: &'static str = "No search yet. Type a query and press Enter";
    const EMPTY: &'static str = "No processes match. Try a wider time range, fewer terms or a wildcard";
    const FIELDS: &'static [Field<Process>] = FIELDS;
    const SHOWN: usize = 8;
    // Starts of several hosts can be compared as far as their clocks agree.
    const BESIDE: &'static [(&'static str, Field<Process>)] = &[("start", CLOCK)];

    fn unit(session: &Session) -> &'static str {
        if session.is_by_segment() { " segments" } else { "" }
    }

    fn rest(row: Option<&Arc<Process>>, cx: &mut Cx<'_>) {
        cx.inspect(row);
    }

    fn act(action: Action, cx: &mut Cx<'_>) -> bool {
        let is_split = action == Action::SplitSegments;
        if is_split {
            cx.split();
        }
        is_split
    }

    fn lead(row: &Process) -> Option<Lead> {
        Some(Lead::Process(row.id))
    }

    fn clues(row: &Process) -> Clues {
        Clues::of_process(row)
    }

    fn copied(row: &Process, action: Action, _: &Session) -> Option<Copied> {
        copy::process(row, action)
    }
}

const FIELDS: &[Field<Process>] = &[
    Field::new(
        "flag",
        Column::left("SIG", 3, 3, 4),
        |theme| theme.caution,
        |process, session| match hit(process) {
            Value::None => Joined::letter(process, session),
            hit => hit,
        },
    )
    .needing(&[Related::Binary]),
    Field::time("start", "START", 2, |process, _| Value::time(process.started)),
    Field::new("hostname", Column::left("HOST", 12, 16, 3), |theme| theme.text, |process, _| (&process.host).into()),
    Field::new(
        "parent_name",
        Column::left("PARENT", 11, 14, 6),
        |theme| theme.muted,
        |process, _| (&process.parent_name).into(),
    ),
    Field::new(
        "process_name",
        Column::left("PROCESS", 12, 14, 0),
        |theme| theme.accent,
        |process, _| (&process.name).into(),
    ),
    Field::new(
        "process_pid",
        Column::right("PID", 5, 6, 8),
        |theme| theme.number,
        |process, _| process.pid.map_or(Value::Word("?"), |pid| Value::Number(pid.into())),
    ),
    Field::new("username", Column::left("USER", 10, 14, 7), |theme| theme.text, |process, _| (&process.user).into()),
    Field::new(
        "cmdline",
        Column::left("CMDLINE", 16, Column::REST, 1),
        |theme| theme.text,
        |process, _| (&process.cmdline).into(),
    ),
    Field::time("last_update", "LAST EVENT", 4, |process, _| Value::time(process.last_update)),
    Field::new("group", Column::left("GROUP", 10, 16, 6), |theme| theme.text, |process, _| (&process.group).into()),
    Field::new("path", Column::left("PATH", 16, 40, 5), |theme| theme.text, |process, _| (&process.path).into()),
    Field::new(
        "process_md5",
        Column::left("MD5", 12, 32, 5),
        |theme| theme.number,
        |process, _| process.md5.map_or(Value::None, |md5| Value::Text(md5.to_string().into())),
    ),
    Field::new("hit", Column::left("!", 1, 1, 4), |theme| theme.caution, |process, _| hit(process)),
    Joined::VERDICT,
    Joined::PUBLISHER,
    DAYS_SIGNED,
    Joined::HOSTS,
    Joined::STATUS,
    CLOCK,
    Joined::ISOLATION,
    Joined::GROUP,
    Field::new(
        "id",
        Column::left("GUID", 12, 36, 9),
        |theme| theme.number,
        |process, _| Value::Text(process.id.to_string().into()),
    ),
];

/// Whether a watchlist or a feed has found it.
fn hit(process: &Process) -> Value {
    if process.watchlists.is_empty() && process.feeds.is_empty() { Value::None } else { Value::Word("!") }
}
