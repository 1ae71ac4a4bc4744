//! The `lr ls` command.

use super::{
    reader::{LoggedSession, Reader},
    table::{self, Rows},
};
use crate::cli::ListDirectory;
use crate::columns::{CellValue, Field, find};
use crate::commands::{CommandCx, Exit, Failure};
use crate::live_response::Error;
use crate::model::{CommandRun, FileEntry, LiveCommand};
use crate::output::{Align, OutputColumn, RowFormat};
use crate::text::Untrusted;

/// The fields of the entries of a directory.
const FIELDS: &[Field<FileEntry>] = &[
    Field::new("filename", |file| (&file.name).into()),
    Field::new("size", |file| file.size.filter(|_| !file.is_directory()).into()),
    Field::new("attributes", |file| {
        let attributes: Vec<_> = file.attributes.iter().map(Untrusted::raw).collect();
        (&Untrusted::from(attributes.join(" "))).into()
    }),
    Field::new("last_write_time", |file| CellValue::time(file.written)),
    Field::new("create_time", |file| CellValue::time(file.created)),
    Field::new("last_access_time", |file| CellValue::time(file.accessed)),
    Field::new("alt_name", |file| (&file.alternate_name).into()),
];

const FORMAT: RowFormat<FileEntry> = RowFormat {
    fields: FIELDS,
    columns: &[
        OutputColumn::new("name", Align::Left).min_width(20).of(find(FIELDS, "filename")),
        OutputColumn::new("size", Align::Right).of(find(FIELDS, "size")),
        OutputColumn::new("attributes", Align::Left).rank(1).of(find(FIELDS, "attributes")),
        OutputColumn::new("written", Align::Left).of(find(FIELDS, "last_write_time")),
        OutputColumn::new("created", Align::Left).rank(2).of(find(FIELDS, "create_time")),
        OutputColumn::new("accessed", Align::Left).rank(3).of(find(FIELDS, "last_access_time")),
        OutputColumn::new("alt_name", Align::Left).rank(4).of(find(FIELDS, "alt_name")),
    ],
    members: "",
    json: |file| file.document.json().into(),
};

/// Runs `lr ls`.
pub(super) async fn list(args: &ListDirectory, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let reader = Reader::connect(args.live, cx).await?;
    let sensors = reader.resolve(std::slice::from_ref(&args.host), cx).await?;
    let read = async |session: &mut LoggedSession| list_directory(session, &args.path).await;
    let words = Rows { format: FORMAT, host_rank: 5, plural: "entries", empty_message: "the directory is empty" };
    let rows = |run: &CommandRun| {
        let files = run.output.files.iter().filter(|file| !file.is_dot());
        (files.cloned().collect(), run.output.n_unreadable)
    };
    table::read_and_print((&reader, sensors), read, (&words, &args.output), rows, cx).await
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
