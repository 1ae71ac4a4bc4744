//! The `lr reg query` command.

use serde_json::json;

use super::{
    reader::{LoggedSession, Reader},
    table::{self, Rows},
};
use crate::cli::QueryRegistry;
use crate::columns::{CellValue, Field, find};
use crate::commands::{CommandCx, Exit, Failure};
use crate::live_response::Error;
use crate::model::{CommandRun, LiveCommand, RegistryValue};
use crate::output::{Align, OutputColumn, RowFormat};
use crate::text::Untrusted;

/// A sub key or a value of a registry key.
enum RegistryEntry {
    /// A sub key, by its name.
    Key(Untrusted),
    Value(RegistryValue),
}

/// The fields of registry entries.
const FIELDS: &[Field<RegistryEntry>] = &[
    Field::new("kind", |entry| match entry {
        RegistryEntry::Key(_) => CellValue::Word("key"),
        RegistryEntry::Value(_) => CellValue::Word("value"),
    }),
    Field::new("name", |entry| match entry {
        RegistryEntry::Key(name) => name.into(),
        RegistryEntry::Value(value) if value.name.is_empty() => CellValue::Word("(default)"),
        RegistryEntry::Value(value) => (&value.name).into(),
    }),
    Field::new("value_type", |entry| match entry {
        RegistryEntry::Key(_) => CellValue::None,
        RegistryEntry::Value(value) => (&value.kind.label()).into(),
    }),
    Field::new("value_data", |entry| match entry {
        RegistryEntry::Key(_) => CellValue::None,
        RegistryEntry::Value(value) => (&value.data.describe()).into(),
    }),
];

const FORMAT: RowFormat<RegistryEntry> = RowFormat {
    fields: FIELDS,
    columns: &[
        OutputColumn::new("kind", Align::Left).of(find(FIELDS, "kind")),
        OutputColumn::new("name", Align::Left).min_width(12).of(find(FIELDS, "name")),
        OutputColumn::new("type", Align::Left).rank(1).of(find(FIELDS, "value_type")),
        OutputColumn::new("data", Align::Left).min_width(20).of(find(FIELDS, "value_data")),
    ],
    members: "sub_key value_name",
    json: |entry| match entry {
        RegistryEntry::Key(name) => json!({"sub_key": name.raw()}).to_string().into(),
        RegistryEntry::Value(value) if value.document.is_empty() => "{}".into(),
        RegistryEntry::Value(value) => value.document.json().into(),
    },
};

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
    let words = Rows { format: FORMAT, host_rank: 2, plural: "keys and values", empty_message: "the key is empty" };
    table::read_and_print((&reader, sensors), read, (&words, &args.output), rows, cx).await
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
fn rows(run: &CommandRun) -> (Vec<RegistryEntry>, usize) {
    let keys = run.output.sub_keys.iter().cloned().map(RegistryEntry::Key);
    (keys.chain(run.output.values.iter().cloned().map(RegistryEntry::Value)).collect(), run.output.n_unreadable)
}
