//! The processes that a command line names.

use super::{CommandCx, Exit, Failure, links, query_argument::read_words};
use crate::api;
use crate::model::{Link, ProcessId};

/// Characters that are shown of what is no GUID.
const SHOWN: usize = 64;

/// The processes that are meant, each once; all of them are read before the first is asked for. A segment behind a GUID
/// is often a dummy (reference 1.4), and makes no difference.
pub(super) fn resolve_processes(words: &[String], caller: &mut CommandCx<'_>) -> Result<Vec<ProcessId>, Failure> {
    let mut given = Vec::new();
    for word in words {
        if word == "-" {
            given.extend(read_words(caller)?);
        } else {
            given.push(word.clone());
        }
    }
    let mut ids = Vec::new();
    for word in given {
        let link = Link::parse(&word).map(|link| links::process(&link, caller));
        let given = ProcessId::parse_with_segment(&word).map(|(id, _)| id);
        let id = link.transpose()?.or(given).ok_or_else(|| {
            let start: String = word.chars().take(SHOWN).collect();
            let more = if start.len() < word.len() { "..." } else { "" };
            let failure = Failure::usage(format!("{start:?}{more} is not the GUID of a process"));
            // The words of a record are not one by one what was meant.
            failure.with_hint(if word.starts_with(['{', '[']) {
                "records are not read here; `jq -r .id` takes the GUIDs from the output of `lampblack search --format jsonl`"
            } else {
                "a GUID looks like 00000007-0000-1092-01d7-10df4de391b0; `lampblack search` prints them"
            })
        })?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.is_empty() {
        return Err(Failure::usage("standard input names no process"));
    }
    Ok(ids)
}

/// Fails with the names of those that the server does not have.
pub(super) fn check_none_missing(missing: Vec<(ProcessId, api::Error)>) -> Result<(), Failure> {
    if missing.is_empty() {
        return Ok(());
    }
    let report = |(id, error): (ProcessId, api::Error)| {
        let hint = error.hint().map(str::to_owned);
        (format!("there is no process {id}"), hint)
    };
    Err(Failure { exit: Exit::NoResults, reports: missing.into_iter().map(report).collect() })
}
