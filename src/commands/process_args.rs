//! The processes that a command line names.

use super::{CommandCx, Exit, Failure, links, stdin::read_words};
use crate::api;
use crate::model::{Link, ProcessId};

/// The maximum length of an invalid GUID in a message.
const SHOWN: usize = 64;

/// Parses the process GUIDs, without duplicates, before any of them is requested. The segment after a GUID is often a
/// dummy (reference 1.4) and is ignored.
pub(super) fn resolve_processes(words: &[String], cx: &mut CommandCx<'_>) -> Result<Vec<ProcessId>, Failure> {
    let mut args = Vec::new();
    for word in words {
        if word == "-" {
            args.extend(read_words(cx)?);
        } else {
            args.push(word.clone());
        }
    }
    let mut ids = Vec::new();
    for word in args {
        let link = Link::parse(&word).map(|link| links::process(&link, cx));
        let guid = ProcessId::parse_with_segment(&word).map(|(id, _)| id);
        let id = link.transpose()?.or(guid).ok_or_else(|| {
            let start: String = word.chars().take(SHOWN).collect();
            let more = if start.len() < word.len() { "..." } else { "" };
            let failure = Failure::usage(format!("{start:?}{more} is not a valid process GUID"));
            // The words of a JSON record are not separate arguments.
            failure.with_hint(if word.starts_with(['{', '[']) {
                "give GUIDs, not records: `lampblack search --format jsonl | jq -r .id`"
            } else {
                "a GUID looks like 00000007-0000-1092-01d7-10df4de391b0; `lampblack search` shows them"
            })
        })?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.is_empty() {
        return Err(Failure::usage("no process on stdin"));
    }
    Ok(ids)
}

/// Fails if the server lacks any of the processes.
pub(super) fn check_none_missing(missing: Vec<(ProcessId, api::Error)>) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    let report = |(id, error): (ProcessId, api::Error)| {
        let hint = error.hint().map(str::to_owned);
        (format!("process {id} not found"), hint)
    };
    Err(Failure { exit: Exit::NoResults, reports: missing.into_iter().map(report).collect() })
}
