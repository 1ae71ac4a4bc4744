//! The list of processes.

use std::sync::Arc;

use super::{
    CellValue, ListView, RowField,
    joins::{CLOCK, DAYS_SIGNED, JoinedFields},
};
use crate::fetch::JoinKey;
use crate::keys::{Action, Scope};
use crate::model::Process;
use crate::panes::{
    ActionResult, PaneId,
    copy::{self, Clip},
    pivot::Observables,
};
use crate::session::{Cx, Destination, Session};
use crate::widgets::TableColumn;
use crate::worker::{List, Slot};

/// The list view of processes.
#[derive(Debug)]
pub struct Processes;

impl ListView for Processes {
    type Row = Process;

    const PANE: PaneId = PaneId::Processes;
    const SCOPE: Scope = Scope::Results;
    const NAME: &'static str = "Processes";
    // With the slot of the server info, so that a server that cannot be reached is reported here.
    const SLOTS: &'static [Slot] = &[Slot::Page(List::Processes, 0), Slot::ServerInfo];
    const NOT_REQUESTED: &'static str = "No search yet. Type a query and press Enter";
    const EMPTY: &'static str = "No processes match. Try a wider time range, fewer terms or a wildcard";
    const FIELDS: &'static [RowField<Process>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 8;
    // Start times on several hosts are only as comparable as their clocks.
    const COMPANION_FIELDS: &'static [(&'static str, RowField<Process>)] = &[("start", CLOCK)];

    fn unit(session: &Session) -> &'static str {
        if session.is_by_segment() { " segments" } else { "" }
    }

    fn on_select(row: Option<&Arc<Process>>, cx: &mut Cx<'_>) -> ActionResult {
        cx.select_process(row);
        ActionResult::Done
    }

    fn handle_action(action: Action, _: impl FnOnce(&Session) -> Vec<Arc<Process>>, cx: &mut Cx<'_>) -> ActionResult {
        if action != Action::SplitSegments {
            return ActionResult::Ignored;
        }
        cx.toggle_segment_rows();
        ActionResult::Done
    }

    fn destination(row: &Process) -> Option<Destination> {
        Some(Destination::Process(row.id))
    }

    fn observables(row: &Process) -> Observables {
        Observables::of_process(row)
    }

    fn clip(row: &Process, action: Action, _: &Session) -> Option<Clip> {
        copy::process_clip(row, action)
    }
}

const FIELDS: &[RowField<Process>] = &[
    RowField::new(
        "flag",
        TableColumn::left_aligned("S", 1, 1, 4),
        |theme| theme.caution,
        |process, session| match hit_sign(process) {
            CellValue::None => JoinedFields::signature_letter(process, session),
            hit => hit,
        },
    )
    .with_joins(&[JoinKey::Binary]),
    RowField::time("start", "START", 2, |process, _| CellValue::time(process.started)),
    RowField::new(
        "hostname",
        TableColumn::left_aligned("HOST", 12, 16, 3),
        |theme| theme.text,
        |process, _| (&process.host).into(),
    ),
    RowField::new(
        "parent_name",
        TableColumn::left_aligned("PARENT", 11, 14, 6),
        |theme| theme.muted,
        |process, _| (&process.parent_name).into(),
    ),
    RowField::new(
        "process_name",
        TableColumn::left_aligned("PROCESS", 12, 14, 0),
        |theme| theme.accent,
        |process, _| (&process.name).into(),
    ),
    RowField::new(
        "process_pid",
        TableColumn::right_aligned("PID", 5, 6, 8),
        |theme| theme.number,
        |process, _| process.pid.map_or(CellValue::Word("?"), |pid| CellValue::Number(pid.into())),
    ),
    RowField::new(
        "username",
        TableColumn::left_aligned("USER", 10, 14, 7),
        |theme| theme.text,
        |process, _| (&process.user).into(),
    ),
    RowField::new(
        "cmdline",
        TableColumn::left_aligned("CMDLINE", 16, TableColumn::FILL, 1),
        |theme| theme.text,
        |process, _| (&process.cmdline).into(),
    ),
    RowField::time("last_update", "LAST EVENT", 4, |process, _| CellValue::time(process.last_update)),
    RowField::new(
        "group",
        TableColumn::left_aligned("GROUP", 10, 16, 6),
        |theme| theme.text,
        |process, _| (&process.group).into(),
    ),
    RowField::new(
        "path",
        TableColumn::left_aligned("PATH", 16, 40, 5),
        |theme| theme.text,
        |process, _| (&process.path).into(),
    ),
    RowField::new(
        "process_md5",
        TableColumn::left_aligned("MD5", 12, 32, 5),
        |theme| theme.number,
        |process, _| process.md5.map_or(CellValue::None, |md5| CellValue::Text(md5.to_string().into())),
    ),
    RowField::new(
        "hit",
        TableColumn::left_aligned("!", 1, 1, 4),
        |theme| theme.caution,
        |process, _| hit_sign(process),
    ),
    JoinedFields::SIGNATURE,
    JoinedFields::PUBLISHER,
    DAYS_SIGNED,
    JoinedFields::HOSTS,
    JoinedFields::STATUS,
    CLOCK,
    JoinedFields::ISOLATION,
    JoinedFields::GROUP,
    RowField::new(
        "id",
        TableColumn::left_aligned("GUID", 12, 36, 9),
        |theme| theme.number,
        |process, _| CellValue::Text(process.id.to_string().into()),
    ),
];

/// Returns `!` for a process that a watchlist or a feed has matched.
fn hit_sign(process: &Process) -> CellValue {
    if process.watchlists.is_empty() && process.feeds.is_empty() { CellValue::None } else { CellValue::Word("!") }
}
