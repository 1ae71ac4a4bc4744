//! The `lr ps` command.

use super::{
    reader::{LoggedSession, Reader},
    table::{self, Rows},
};
use crate::cli::HostList;
use crate::columns::{CellValue, Field, find};
use crate::commands::{CommandCx, Exit, Failure};
use crate::model::{CommandRun, HostProcess, LiveCommand};
use crate::output::{Align, OutputColumn, RowFormat};

/// The fields of the processes that run on a host.
const FIELDS: &[Field<HostProcess>] = &[
    Field::new("pid", |process| CellValue::Number(process.pid.into())),
    Field::new("parent", |process| process.parent_pid.into()),
    Field::new("create_time", |process| CellValue::time(process.started)),
    Field::new("username", |process| (&process.user).into()),
    Field::new("path", |process| (&process.path).into()),
    Field::new("command_line", |process| (&process.command_line).into()),
    Field::new("proc_guid", |process| CellValue::text_of(process.id)),
];

const FORMAT: RowFormat<HostProcess> = RowFormat {
    fields: FIELDS,
    columns: &[
        OutputColumn::new("pid", Align::Right).of(find(FIELDS, "pid")),
        OutputColumn::new("parent", Align::Right).rank(2).of(find(FIELDS, "parent")),
        OutputColumn::new("started", Align::Left).rank(3).of(find(FIELDS, "create_time")),
        OutputColumn::new("user", Align::Left).min_width(12).rank(1).of(find(FIELDS, "username")),
        OutputColumn::new("path", Align::Left).min_width(20).of(find(FIELDS, "path")),
        OutputColumn::new("command_line", Align::Left).min_width(20).rank(5).of(find(FIELDS, "command_line")),
        OutputColumn::new("proc_guid", Align::Left).rank(6).of(find(FIELDS, "proc_guid")),
    ],
    members: "",
    json: |process| process.document.json().into(),
};

/// Runs `lr ps`.
pub(super) async fn list(args: &HostList, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let reader = Reader::connect(args.live, cx).await?;
    let sensors = reader.resolve(&args.hosts, cx).await?;
    let read = async |session: &mut LoggedSession| session.read(&LiveCommand::ListProcesses).await;
    let words = Rows { format: FORMAT, host_rank: 4, plural: "processes", empty_message: "no process is listed" };
    let rows = |run: &CommandRun| (run.output.processes.clone(), run.output.n_unreadable);
    table::read_and_print((&reader, sensors), read, (&words, &args.output), rows, cx).await
}
