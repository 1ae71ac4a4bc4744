//! The `lr reg set`, `lr reg create` and `lr reg delete` commands.

use serde_json::{Value, json};

use super::change::{HostWork, require_object, with_host};
use crate::changes::HostCommand;
use crate::cli::{CreateKey, DeleteKey, SetValue, ValueType};
use crate::commands::{CommandCx, Exit, Failure};
use crate::model::{LiveCommand, RegistryType};

/// Runs `lr reg set`.
pub(super) async fn set(args: &SetValue, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let value = value_path(&args.key, &args.value)?;
    // What cannot be written is found out before the host is asked.
    let given = args.kind.map(|kind| Ok::<_, Failure>((registry_type(kind), parse_data(kind, &args.data)?)));
    let given = given.transpose()?;
    let work = async |work: &mut HostWork<'_>, cx: &mut CommandCx<'_>| {
        let (kind, data) = if let Some(given) = given {
            given
        } else {
            let kind = existing_type(&value, work).await?;
            (registry_type(kind), parse_data(kind, &args.data)?)
        };
        let kind = kind.label().raw().to_owned();
        work.apply(HostCommand::SetValue { value: value.clone(), kind, data }, cx).await
    };
    with_host(&args.target, work, cx).await
}

/// Runs `lr reg create`.
pub(super) async fn create(args: &CreateKey, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let key = key_path(&args.key)?;
    let work = async |work: &mut HostWork<'_>, cx: &mut CommandCx<'_>| {
        work.apply(HostCommand::CreateKey { key: key.to_owned() }, cx).await
    };
    with_host(&args.target, work, cx).await
}

/// Runs `lr reg delete`.
pub(super) async fn delete(args: &DeleteKey, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let (action, query) = if let Some(name) = &args.value {
        let value = value_path(&args.key, name)?;
        (HostCommand::DeleteValue { value: value.clone() }, LiveCommand::QueryValue { value })
    } else {
        let key = key_path(&args.key)?.to_owned();
        (HostCommand::DeleteKey { key: key.clone() }, LiveCommand::ListKey { key })
    };
    let work = async |work: &mut HostWork<'_>, cx: &mut CommandCx<'_>| {
        require_object(work.session.read(&query).await)?;
        work.apply(action, cx).await
    };
    with_host(&args.target, work, cx).await
}

/// Returns the type of the value that is there; that of text if there is none.
async fn existing_type(value: &str, work: &mut HostWork<'_>) -> Result<ValueType, Failure> {
    let query = LiveCommand::QueryValue { value: value.to_owned() };
    let Some(run) = work.session.read_if_exists(&query).await? else {
        return Ok(ValueType::Sz);
    };
    match run.output.values.first().map(|value| &value.kind) {
        None => Err(work.session.unreadable(&query).into()),
        Some(RegistryType::Text) => Ok(ValueType::Sz),
        Some(RegistryType::Dword) => Ok(ValueType::Dword),
        Some(RegistryType::Qword) => Ok(ValueType::Qword),
        Some(RegistryType::ExpandText) => Ok(ValueType::ExpandSz),
        Some(RegistryType::MultiText) => Ok(ValueType::MultiSz),
        Some(RegistryType::Binary) => Ok(ValueType::Binary),
        Some(RegistryType::Other(_)) => {
            Err(Failure::usage("the value has a type that cannot be written").with_hint("choose another with --type"))
        }
    }
}

fn registry_type(kind: ValueType) -> RegistryType {
    match kind {
        ValueType::Dword => RegistryType::Dword,
        ValueType::Qword => RegistryType::Qword,
        ValueType::Sz => RegistryType::Text,
        ValueType::ExpandSz => RegistryType::ExpandText,
        ValueType::MultiSz => RegistryType::MultiText,
        ValueType::Binary => RegistryType::Binary,
    }
}

/// Parses the data of a value; only a list has several words.
fn parse_data(kind: ValueType, words: &[String]) -> Result<Value, Failure> {
    if kind == ValueType::MultiSz {
        return Ok(json!(words));
    }
    let [word] = words else {
        return Err(Failure::usage("only a value of type multi-sz has several texts").with_hint("put it in quotes"));
    };
    match kind {
        ValueType::Dword => Ok(json!(parse_number(word, u32::MAX.into())?)),
        ValueType::Qword => Ok(json!(parse_number(word, u64::MAX)?)),
        ValueType::Binary if word.len() % 2 == 1 || !word.chars().all(|char| char.is_ascii_hexdigit()) => {
            Err(Failure::usage(format!("{word:?} is not bytes in hex")).with_hint("write them as 00ff12"))
        }
        _ => Ok(json!(word)),
    }
}

/// Parses a number, in decimal or in hex after `0x`.
fn parse_number(word: &str, most: u64) -> Result<u64, Failure> {
    let number = match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => word.parse().ok(),
    };
    number.filter(|number| *number <= most).ok_or_else(|| {
        Failure::usage(format!("{word:?} is no number of this type")).with_hint(format!("the largest is {most}"))
    })
}

/// Returns a key without a backslash at its end.
fn key_path(key: &str) -> Result<&str, Failure> {
    let key = key.trim_end_matches('\\');
    if key.contains('\\') {
        return Ok(key);
    }
    Err(Failure::usage(format!("{key:?} is no key below a hive")).with_hint(r"write it as HKLM\SOFTWARE\x"))
}

/// Returns the path of a value: key, backslash, name.
fn value_path(key: &str, name: &str) -> Result<String, Failure> {
    if name.contains('\\') {
        return Err(
            Failure::usage("the name of a value has no backslash").with_hint("the key comes first, then the name")
        );
    }
    Ok(format!(r"{}\{name}", key_path(key)?))
}
