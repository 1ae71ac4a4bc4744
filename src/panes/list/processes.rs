//! The list of processes.

use std::sync::Arc;

use super::{
    ListView, RowField,
    joins::{CLOCK, DAYS_SIGNED, JoinedFields},
};
use crate::columns::{
    CellValue,
    process::{self, hit_sign},
};
use crate::fetch::JoinKey;
use crate::keys::{Action, Scope};
use crate::model::Process;
use crate::panes::{
    ActionResult, AfterInput,
    copy::{self, Clip},
    pivot::Observables,
};
use crate::session::{Cx, Destination, Session};
use crate::widgets::TableColumn;

/// The list view of processes.
#[derive(Debug)]
pub struct Processes;

impl ListView for Processes {
    type Row = Process;

    const SCOPE: Scope = Scope::Results;
    const NAME: &'static str = "Processes";
    // With the slot of the server info, so that a server that cannot be reached is reported here.
    const NOT_REQUESTED: &'static str = "No search yet. Type a query and press Enter";
    const EMPTY: &'static str = "No processes match. Try a wider time range, fewer terms or a wildcard";
    const FIELDS: &'static [RowField<Process>] = FIELDS;
    const DEFAULT_COLUMNS: usize = 8;
    // Start times on several hosts are only as comparable as their clocks.
    const COMPANION_FIELDS: &'static [(&'static str, RowField<Process>)] = &[("start", CLOCK)];

    fn unit(session: &Session) -> &'static str {
        if session.is_by_segment() { " segments" } else { "" }
    }

    fn on_select(row: Option<&Arc<Process>>, cx: &mut Cx<'_>) -> AfterInput {
        cx.process().select_process(row);
        AfterInput::Nothing
    }

    fn handle_action(action: Action, _: impl FnOnce(&Session) -> Vec<Arc<Process>>, cx: &mut Cx<'_>) -> ActionResult {
        if action != Action::SplitSegments {
            return ActionResult::Ignored;
        }
        cx.lists().toggle_segment_rows();
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
    RowField::time_of(process::field("start"), "START", 2),
    RowField::of(process::field("hostname"), TableColumn::left_aligned("HOST", 12, 16, 3), |theme| theme.text),
    RowField::of(process::field("parent_name"), TableColumn::left_aligned("PARENT", 11, 14, 6), |theme| theme.muted),
    RowField::of(process::field("process_name"), TableColumn::left_aligned("PROCESS", 12, 14, 0), |theme| theme.accent),
    RowField::of(process::field("process_pid"), TableColumn::right_aligned("PID", 5, 6, 8), |theme| theme.number),
    RowField::of(process::field("username"), TableColumn::left_aligned("USER", 10, 14, 7), |theme| theme.text),
    RowField::of(process::field("cmdline"), TableColumn::left_aligned("CMDLINE", 16, TableColumn::FILL, 1), |theme| {
        theme.text
    }),
    RowField::time_of(process::field("last_update"), "LAST EVENT", 4),
    RowField::of(process::field("group"), TableColumn::left_aligned("GROUP", 10, 16, 6), |theme| theme.text),
    RowField::of(process::field("path"), TableColumn::left_aligned("PATH", 16, 40, 5), |theme| theme.text),
    RowField::of(process::field("process_md5"), TableColumn::left_aligned("MD5", 12, 32, 5), |theme| theme.number),
    RowField::of(process::field("hit"), TableColumn::left_aligned("!", 1, 1, 4), |theme| theme.caution),
    JoinedFields::SIGNATURE,
    JoinedFields::PUBLISHER,
    DAYS_SIGNED,
    JoinedFields::HOSTS,
    JoinedFields::STATUS,
    CLOCK,
    JoinedFields::ISOLATION,
    JoinedFields::GROUP,
    RowField::of(process::field("id"), TableColumn::left_aligned("GUID", 12, 36, 9), |theme| theme.number),
];
