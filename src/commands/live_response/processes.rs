//! The `lr ps` command.

use super::{
    reader::Reader,
    table::{self, HostRow, Rows},
};
use crate::cli::HostList;
use crate::commands::{CommandCx, Exit, Failure};
use crate::model::{CommandRun, HostProcess, LiveCommand};
use crate::output::{self, Align, OutputCell, OutputColumn};

const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("host", Align::Left).min_width(10).rank(4),
    OutputColumn::new("pid", Align::Right),
    OutputColumn::new("parent", Align::Right).rank(2),
    OutputColumn::new("started", Align::Left).rank(3),
    OutputColumn::new("user", Align::Left).min_width(12).rank(1),
    OutputColumn::new("path", Align::Left).min_width(20),
    OutputColumn::new("command_line", Align::Left).min_width(20).rank(5),
    OutputColumn::new("proc_guid", Align::Left).rank(6),
];

/// Runs `lr ps`.
pub(super) async fn list(args: &HostList, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let reader = Reader::connect(args.live, cx).await?;
    let sensors = reader.resolve(&args.hosts, cx).await?;
    let answers = reader.run(sensors, &LiveCommand::ListProcesses, cx).await?;
    let words = Rows { columns: COLUMNS, plural: "processes", empty_message: "no process is listed" };
    let rows = |run: &CommandRun| (run.output.processes.iter().map(row).collect(), run.output.n_unreadable);
    table::print(&answers, words, &args.output, rows, cx)
}

fn row(process: &HostProcess) -> HostRow {
    HostRow {
        cells: vec![
            OutputCell::from_value(Some(process.pid)),
            OutputCell::from_value(process.parent_pid),
            OutputCell::from_value(process.started.map(output::format_time)),
            OutputCell::from_untrusted(&process.user),
            OutputCell::from_untrusted(&process.path),
            OutputCell::from_untrusted(&process.command_line),
            OutputCell::from_value(process.id),
        ],
        document: process.document.clone(),
    }
}
