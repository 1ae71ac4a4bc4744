//! Directories and registry keys of a host: what matches a pattern, and what lies below.

use std::collections::VecDeque;

use super::reader::LoggedSession;
use crate::live_response::Error;
use crate::model::{CommandOutput, FileEntry, LiveCommand};

/// Limit of the entries of one walk.
const MAX_ENTRIES: usize = 50_000;

/// A path of a host that exists.
pub(super) struct FoundPath {
    pub(super) path: String,
    pub(super) entry: Option<FileEntry>,
}

impl FoundPath {
    pub(super) fn is_directory(&self) -> bool {
        self.entry.as_ref().is_some_and(FileEntry::is_directory)
    }
}

/// What is read of a directory or a key: its own entries, or those of everything below it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WalkDepth {
    Own,
    All,
}

/// Returns the paths that match a path whose parts may have `*` and `?`. The host itself matches the last part only.
pub(super) async fn expand(path: &str, session: &mut LoggedSession) -> Result<Vec<FoundPath>, Error> {
    let separator = session.sensor().path_separator();
    let parts: Vec<&str> = path.trim_end_matches(separator).split(separator).collect();
    let mut found = vec![FoundPath { path: parts.first().copied().unwrap_or_default().to_owned(), entry: None }];
    let last = parts.len().saturating_sub(1);
    for (index, part) in parts.iter().enumerate().skip(1) {
        let mut next = Vec::new();
        for FoundPath { path, .. } in found {
            let pattern = format!("{path}{separator}{part}");
            if index < last && !part.contains(['*', '?']) {
                next.push(FoundPath { path: pattern, entry: None });
                continue;
            }
            let Some(run) = session.read_if_exists(&LiveCommand::ListDirectory { pattern }).await? else {
                continue;
            };
            let entries = run.output.files.into_iter().filter(|entry| !entry.is_dot());
            let entries = entries.filter(|entry| index == last || entry.is_directory());
            next.extend(
                entries.map(|entry| FoundPath {
                    path: format!("{path}{separator}{}", entry.name.raw()),
                    entry: Some(entry),
                }),
            );
        }
        found = next;
    }
    Ok(found)
}

/// Returns the entries of a directory, each with its directory, and of those below it.
pub(super) async fn list_below(
    path: &str,
    depth: WalkDepth,
    session: &mut LoggedSession,
) -> Result<Vec<(String, FileEntry)>, Error> {
    let separator = session.sensor().path_separator();
    let mut entries = Vec::new();
    let mut pending = VecDeque::from([path.to_owned()]);
    while let Some(directory) = pending.pop_front() {
        let listed = session.read(&LiveCommand::ListDirectory { pattern: format!("{directory}{separator}") }).await;
        let run = match listed {
            // A directory below may be gone or refused; the others are read nevertheless.
            Err(Error::Failed { .. }) if directory != path => continue,
            listed => listed?,
        };
        for entry in run.output.files.into_iter().filter(|entry| !entry.is_dot()) {
            if depth == WalkDepth::All && entry.is_directory() {
                pending.push_back(format!("{directory}{separator}{}", entry.name.raw()));
            }
            entries.push((directory.clone(), entry));
        }
        if entries.len() > MAX_ENTRIES {
            break;
        }
    }
    Ok(entries)
}

/// Returns the values and sub keys of a key, and of those below it.
pub(super) async fn list_keys(
    path: &str,
    depth: WalkDepth,
    session: &mut LoggedSession,
) -> Result<Vec<(String, CommandOutput)>, Error> {
    let mut keys = Vec::new();
    let mut pending = VecDeque::from([path.to_owned()]);
    while let Some(key) = pending.pop_front() {
        let run = match session.read(&LiveCommand::ListKey { key: key.clone() }).await {
            Err(Error::Failed { .. }) if key != path => continue,
            listed => listed?,
        };
        if depth == WalkDepth::All {
            pending.extend(run.output.sub_keys.iter().map(|name| format!(r"{key}\{}", name.raw())));
        }
        keys.push((key, run.output));
        if keys.len() > MAX_ENTRIES {
            break;
        }
    }
    Ok(keys)
}
