//! Directories and registry keys of a host: what matches a pattern, and what lies below.

use std::collections::VecDeque;

use super::reader::LoggedSession;
use crate::live_response::Error;
use crate::model::{CommandOutput, FileEntry, LiveCommand};
use crate::text;

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

/// What was read, and what was not.
#[derive(Debug)]
pub(super) struct Walk<T> {
    pub(super) rows: Vec<T>,
    pub(super) gaps: Gaps,
}

/// What a walk has not read. The first gaps are described, the others counted.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    described: Vec<String>,
    n_others: usize,
}

impl Gaps {
    /// Adds a gap.
    pub(super) fn add(&mut self, gap: String) {
        const MAX_DESCRIBED: usize = 10;
        if self.described.len() < MAX_DESCRIBED {
            self.described.push(gap);
        } else {
            self.n_others += 1;
        }
    }

    /// Adds rows of the answer about an object that cannot be parsed.
    pub(super) fn add_unreadable(&mut self, n_rows: usize, object: &str) {
        if n_rows > 0 {
            self.add(format!("{} of {object} cannot be read", text::pluralize(n_rows, "row", "rows")));
        }
    }

    /// Adds an error of one command; any other error ends the walk.
    fn add_error(&mut self, error: Error) -> Result<(), Error> {
        if !error.is_of_command_alone() {
            return Err(error);
        }
        self.add(error.to_string());
        Ok(())
    }

    /// Describes the gaps on one line; `None` if there is none.
    pub(super) fn describe(&self) -> Option<String> {
        let others = (self.n_others > 0).then(|| format!("{} more", self.n_others));
        let all: Vec<_> = self.described.iter().cloned().chain(others).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}

/// Returns the paths that match a path whose parts may have `*` and `?`. The host itself matches the last part only.
pub(super) async fn expand(path: &str, session: &mut LoggedSession) -> Result<Walk<FoundPath>, Error> {
    let separator = session.sensor().path_separator();
    let parts: Vec<&str> = path.trim_end_matches(separator).split(separator).collect();
    let mut found = vec![FoundPath { path: parts.first().copied().unwrap_or_default().to_owned(), entry: None }];
    let mut gaps = Gaps::default();
    let last = parts.len().saturating_sub(1);
    for (index, part) in parts.iter().enumerate().skip(1) {
        let mut next = Vec::new();
        for FoundPath { path, .. } in found {
            let pattern = format!("{path}{separator}{part}");
            if index < last && !part.contains(['*', '?']) {
                next.push(FoundPath { path: pattern, entry: None });
                continue;
            }
            if next.len() > MAX_ENTRIES {
                gaps.add(format!("{pattern}: more than {MAX_ENTRIES} paths match"));
                break;
            }
            let run = match session.read_if_exists(&LiveCommand::ListDirectory { pattern: pattern.clone() }).await {
                Ok(Some(run)) => run,
                Ok(None) => continue,
                // The other directories may be read nevertheless.
                Err(error) => {
                    gaps.add_error(error)?;
                    continue;
                }
            };
            gaps.add_unreadable(run.output.n_unreadable, &pattern);
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
    Ok(Walk { rows: found, gaps })
}

/// Returns the entries of a directory, each with its directory, and of those below it.
pub(super) async fn list_below(
    path: &str,
    depth: WalkDepth,
    session: &mut LoggedSession,
) -> Result<Walk<(String, FileEntry)>, Error> {
    let separator = session.sensor().path_separator();
    let mut walk = Walk::new();
    let mut pending = VecDeque::from([path.to_owned()]);
    while let Some(directory) = pending.pop_front() {
        let listed = session.read(&LiveCommand::ListDirectory { pattern: format!("{directory}{separator}") }).await;
        let run = match listed {
            // A directory below may be gone or refused; the others are read nevertheless.
            Err(error) if directory != path => {
                walk.gaps.add_error(error)?;
                continue;
            }
            listed => listed?,
        };
        walk.gaps.add_unreadable(run.output.n_unreadable, &directory);
        for entry in run.output.files.into_iter().filter(|entry| !entry.is_dot()) {
            if depth == WalkDepth::All && entry.is_directory() {
                pending.push_back(format!("{directory}{separator}{}", entry.name.raw()));
            }
            walk.rows.push((directory.clone(), entry));
        }
        if walk.is_full(pending.len()) {
            break;
        }
    }
    Ok(walk)
}

/// Returns the values and sub keys of a key, and of those below it.
pub(super) async fn list_keys(
    path: &str,
    depth: WalkDepth,
    session: &mut LoggedSession,
) -> Result<Walk<(String, CommandOutput)>, Error> {
    let mut walk = Walk::new();
    let mut pending = VecDeque::from([path.to_owned()]);
    while let Some(key) = pending.pop_front() {
        let run = match session.read(&LiveCommand::ListKey { key: key.clone() }).await {
            Err(error) if key != path => {
                walk.gaps.add_error(error)?;
                continue;
            }
            listed => listed?,
        };
        walk.gaps.add_unreadable(run.output.n_unreadable, &key);
        if depth == WalkDepth::All {
            pending.extend(run.output.sub_keys.iter().map(|name| format!(r"{key}\{}", name.raw())));
        }
        walk.rows.push((key, run.output));
        if walk.is_full(pending.len()) {
            break;
        }
    }
    Ok(walk)
}

impl<T> Walk<T> {
    fn new() -> Self {
        Self { rows: Vec::new(), gaps: Gaps::default() }
    }

    /// Converts the rows.
    pub(super) fn map<U>(self, convert: impl FnMut(T) -> U) -> Walk<U> {
        Walk { rows: self.rows.into_iter().map(convert).collect(), gaps: self.gaps }
    }

    /// Whether the limit of entries is reached, so that what is pending is not read.
    fn is_full(&mut self, n_pending: usize) -> bool {
        let is_full = self.rows.len() >= MAX_ENTRIES;
        if is_full && n_pending > 0 {
            self.gaps.add(format!("{n_pending} below it were not read: a walk ends after {MAX_ENTRIES} entries"));
        }
        is_full
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_that_ends_at_its_limit_says_what_it_has_not_read() {
        let mut walk = Walk { rows: vec![(); MAX_ENTRIES - 1], gaps: Gaps::default() };
        assert!(!walk.is_full(7) && walk.gaps.describe().is_none());
        walk.rows.push(());
        assert!(walk.is_full(0) && walk.gaps.describe().is_none());
        assert!(walk.is_full(7));
        assert_eq!(walk.gaps.describe().unwrap(), "7 below it were not read: a walk ends after 50000 entries");
        (0..12).for_each(|number| walk.gaps.add(format!("gap {number}")));
        assert!(walk.gaps.describe().unwrap().ends_with("gap 8; 3 more"));
    }
}
