//! The `lr ls` command.

use super::{
    reader::{LoggedSession, Reader},
    table::{self, HostRow, Rows},
};
use crate::cli::ListDirectory;
use crate::commands::{CommandCx, Exit, Failure};
use crate::live_response::Error;
use crate::model::{CommandRun, FileEntry, LiveCommand};
use crate::output::{self, Align, OutputCell, OutputColumn};

const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("host", Align::Left).min_width(10).rank(5),
    OutputColumn::new("name", Align::Left).min_width(20),
    OutputColumn::new("size", Align::Right),
    OutputColumn::new("attributes", Align::Left).rank(1),
    OutputColumn::new("written", Align::Left),
    OutputColumn::new("created", Align::Left).rank(2),
    OutputColumn::new("accessed", Align::Left).rank(3),
    OutputColumn::new("alt_name", Align::Left).rank(4),
];

/// Runs `lr ls`.
pub(super) async fn list(args: &ListDirectory, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let reader = Reader::connect(args.live, cx).await?;
    let sensors = reader.resolve(std::slice::from_ref(&args.host), cx).await?;
    let read = async |session: &mut LoggedSession| list_directory(session, &args.path).await;
    let answers = reader.read(sensors, read, cx).await?;
    let words = Rows { columns: COLUMNS, plural: "entries", empty_message: "the directory is empty" };
    let rows = |run: &CommandRun| {
        let files = run.output.files.iter().filter(|file| !file.is_dot());
        (files.map(row).collect(), run.output.n_unreadable)
    };
    table::print(&answers, words, &args.output, rows, cx)
}

/// Lists a path: the entries of a directory, whether or not a separator follows it, or the file itself.
async fn list_directory(session: &mut LoggedSession, path: &str) -> Result<CommandRun, Error> {
    let list = |pattern: String| LiveCommand::ListDirectory { pattern };
    let run = session.read(&list(path.to_owned())).await?;
    let is_pattern = path.ends_with(['\\', '/']) || path.contains(['*', '?']);
    let is_directory = matches!(&run.output.files[..], [entry] if entry.is_directory());
    if is_pattern || !is_directory {
        return Ok(run);
    }
    let separator = session.sensor().path_separator();
    session.read(&list(format!("{path}{separator}"))).await
}

fn row(file: &FileEntry) -> HostRow {
    let attributes: Vec<_> = file.attributes.iter().map(crate::text::Untrusted::raw).collect();
    HostRow {
        cells: vec![
            OutputCell::from_untrusted(&file.name),
            OutputCell::from_value(file.size.filter(|_| !file.is_directory())),
            OutputCell::from_untrusted(&attributes.join(" ").into()),
            OutputCell::from_value(file.written.map(output::format_time)),
            OutputCell::from_value(file.created.map(output::format_time)),
            OutputCell::from_value(file.accessed.map(output::format_time)),
            OutputCell::from_untrusted(&file.alternate_name),
        ],
        document: file.document.clone(),
    }
}
