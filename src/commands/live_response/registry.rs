//! The `lr reg query` command.

use serde_json::json;

use super::{
    reader::{LoggedSession, Reader},
    table::{self, HostRow, Rows},
};
use crate::cli::QueryRegistry;
use crate::commands::{CommandCx, Exit, Failure};
use crate::live_response::Error;
use crate::model::{CommandRun, Document, LiveCommand, RegistryValue};
use crate::output::{Align, OutputCell, OutputColumn};
use crate::text::Untrusted;

const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("host", Align::Left).min_width(10).rank(2),
    OutputColumn::new("kind", Align::Left),
    OutputColumn::new("name", Align::Left).min_width(12),
    OutputColumn::new("type", Align::Left).rank(1),
    OutputColumn::new("data", Align::Left).min_width(20),
];

/// Runs `lr reg query`.
pub(super) async fn query(args: &QueryRegistry, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    if args.hosts.iter().any(|host| host.contains('\\')) {
        return Err(
            Failure::usage("a host has no backslash in its name").with_hint(r"write a value after its key: KEY\VALUE")
        );
    }
    let reader = Reader::connect(args.live, cx).await?;
    let sensors = reader.resolve(&args.hosts, cx).await?;
    let read = async |session: &mut LoggedSession| query_key(session, &args.key).await;
    let answers = reader.read(sensors, read, cx).await?;
    let words = Rows { columns: COLUMNS, plural: "keys and values", empty_message: "the key is empty" };
    table::print(&answers, words, &args.output, rows, cx)
}

/// Lists a key; if there is no such key, reads the value of this name.
async fn query_key(session: &mut LoggedSession, path: &str) -> Result<CommandRun, Error> {
    match session.read(&LiveCommand::ListKey { key: path.to_owned() }).await {
        Err(Error::Failed { host, command, result }) if result.code.is_not_found() => {
            let value = LiveCommand::QueryValue { value: path.to_owned() };
            match session.read(&value).await {
                // Neither exists: the first failure names what was meant.
                Err(Error::Failed { .. }) => Err(Error::Failed { host, command, result }),
                outcome => outcome,
            }
        }
        outcome => outcome,
    }
}

/// Returns the sub keys and the values of a key.
fn rows(run: &CommandRun) -> (Vec<HostRow>, usize) {
    let keys = run.output.sub_keys.iter().map(key_row);
    (keys.chain(run.output.values.iter().map(value_row)).collect(), run.output.n_unreadable)
}

fn key_row(name: &Untrusted) -> HostRow {
    HostRow {
        cells: vec![
            OutputCell::from_value(Some("key")),
            OutputCell::from_untrusted(name),
            OutputCell::default(),
            OutputCell::default(),
        ],
        document: Document::new(json!({"sub_key": name.raw()}).to_string()),
    }
}

fn value_row(value: &RegistryValue) -> HostRow {
    let name = if value.name.is_empty() { "(default)".into() } else { value.name.clone() };
    HostRow {
        cells: vec![
            OutputCell::from_value(Some("value")),
            OutputCell::from_untrusted(&name),
            OutputCell::from_untrusted(&value.kind.label()),
            OutputCell::from_untrusted(&value.data.describe()),
        ],
        document: if value.document.is_empty() { Document::new("{}") } else { value.document.clone() },
    }
}
