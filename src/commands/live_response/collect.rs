//! The `lr collect` command: reads on a host what a recipe says, and writes it into one new folder.

use std::{
    fs,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::select;

use super::{
    file::{RemoteFile, delete_copies, save},
    host_walk::{FoundPath, Gaps, Walk, expand, list_below, list_keys},
    reader::{LoggedSession, Reader},
    recipe::{Recipe, RecipeItem, RecipeKind},
};
use crate::audit::Scan;
use crate::cli::Collect;
use crate::commands::{CommandCx, Exit, Failure, signals::wait_for_shutdown};
use crate::download::{HostFileRequest, SaveFormat, Saving, host_file_name};
use crate::live_response::Error;
use crate::model::{CommandOutput, Document, FileEntry, LiveCommand};
use crate::storage::{FileError, NewFile};

/// Larger files are left where a recipe does not say otherwise, in bytes.
const MAX_SIZE: u64 = 64 << 20;

/// A line of the manifest: what was read, or why it was not.
#[derive(Debug, Serialize)]
struct ManifestLine {
    kind: &'static str,
    path: String,
    /// `done`, `incomplete` and what is missing, or why there is nothing.
    result: String,
    /// The file in the folder.
    file: Option<String>,
    /// How many processes, entries or values.
    count: Option<usize>,
    size: Option<u64>,
    created: Option<Timestamp>,
    written: Option<Timestamp>,
    md5: Option<String>,
    sha256: Option<String>,
}

/// A folder that is being filled.
struct Collection {
    folder: PathBuf,
    lines: Vec<ManifestLine>,
    /// The item that is being read.
    current: String,
}

/// Runs `lr collect`.
pub(super) async fn collect(args: &Collect, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let recipe = Recipe::load(&args.recipe)?;
    let reader = Reader::connect(args.live, cx).await?;
    let sensor = reader.resolve_one(&args.host, cx).await?;
    let start = reader.server().0.clock().now();
    let folder = args.output.clone().unwrap_or_else(|| {
        let name = host_file_name(&sensor.computer_name, &"collected".into(), SaveFormat::Extracted);
        PathBuf::from(format!("{}-{}", name.trim_end_matches(".bin"), start.strftime("%Y%m%dT%H%M%SZ")))
    });
    let mut collection = Collection::create(folder)?;
    let first_line = n_log_lines(cx)?;
    let mut session = reader.session(sensor);
    let outcome = select! {
        biased;
        outcome = Box::pin(collection.run(&recipe, &mut session, cx)) => outcome,
        _ = wait_for_shutdown() => Err(Failure::new(Exit::Failed, "stopped; the manifest has what was read by then")),
    };
    cx.progress("");
    let stopped = session.stop().await;
    delete_copies(&mut session, cx).await;
    reader.close(&mut session).await;
    let result = match &outcome {
        Ok(()) => DONE.to_owned(),
        Err(failure) => format!("ended at {}: {}", collection.current, join_reports(failure)),
    };
    let written = collection.write_log(first_line, cx);
    let written = collection.write_manifest(args, &session, (start, result)).and(written);
    let n_failed = collection.lines.iter().filter(|line| line.result != DONE).count();
    cx.note(&format!("{} items, {n_failed} incomplete or missing; manifest.json lists them", collection.lines.len()));
    writeln!(cx.streams.out, "{}", collection.folder.display())?;
    outcome?;
    stopped?;
    written?;
    Ok(Exit::Done)
}

/// Returns the errors of a failure on one line.
fn join_reports(failure: &Failure) -> String {
    failure.reports.iter().map(|(why, _)| why.as_str()).collect::<Vec<_>>().join("; ")
}

const DONE: &str = "done";

/// The beginning of the result of an item that lacks something.
const INCOMPLETE: &str = "incomplete";

/// Returns the number of lines of the audit log.
fn n_log_lines(cx: &CommandCx<'_>) -> Result<u64, Failure> {
    match &cx.state_dir {
        Some(dir) => Ok(Scan::read(dir, |_| {})?.head.lines),
        None => Ok(0),
    }
}

impl ManifestLine {
    fn new(kind: &'static str, path: &str, result: String) -> Self {
        Self {
            kind,
            path: path.to_owned(),
            result,
            file: None,
            count: None,
            size: None,
            created: None,
            written: None,
            md5: None,
            sha256: None,
        }
    }
}

impl Collection {
    /// Creates the folder, which must not exist.
    fn create(folder: PathBuf) -> Result<Self, Failure> {
        const OWNER_ONLY: u32 = 0o700;
        let mut builder = fs::DirBuilder::new();
        builder.mode(OWNER_ONLY);
        for path in [folder.clone(), folder.join("files")] {
            builder.create(&path).map_err(|error| FileError::new("create", &path, &error))?;
        }
        Ok(Self { folder, lines: Vec::new(), current: String::new() })
    }

    /// Reads all items. What the host refuses is a line of the manifest; a lost session, a full disk or a log that cannot be
    /// written ends it.
    async fn run(
        &mut self,
        recipe: &Recipe,
        session: &mut LoggedSession,
        cx: &mut CommandCx<'_>,
    ) -> Result<(), Failure> {
        let os_type = session.sensor().os_type;
        let items: Vec<_> = recipe.items.iter().filter(|item| item.is_for(os_type)).collect();
        for (index, item) in items.iter().enumerate() {
            let path = if item.path.is_empty() { "processes" } else { &item.path };
            self.current = format!("{} of {}: {}", index + 1, items.len(), crate::text::line(path));
            cx.progress(&format!("{}; ^c stops", self.current));
            match item.kind {
                RecipeKind::Processes => self.read_processes(session).await?,
                RecipeKind::List => self.read_directory(item, session).await?,
                RecipeKind::Registry => self.read_registry(item, session).await?,
                RecipeKind::File => self.fetch_files(item, session, cx).await?,
            }
        }
        Ok(())
    }

    async fn read_processes(&mut self, session: &mut LoggedSession) -> Result<(), Failure> {
        let outcome = session.read(&LiveCommand::ListProcesses).await;
        let walk = outcome.map(|run| {
            let mut gaps = Gaps::default();
            gaps.add_unreadable(run.output.n_unreadable, "the list");
            if run.output.processes.is_empty() {
                gaps.add("the list is empty".to_owned());
            }
            Walk { rows: run.output.processes.iter().map(|process| parse_record(&process.document)).collect(), gaps }
        });
        self.add_rows("processes", "", walk)
    }

    async fn read_directory(&mut self, item: &RecipeItem, session: &mut LoggedSession) -> Result<(), Failure> {
        let found = self.expand("list", item, session).await?;
        for FoundPath { path, .. } in found.into_iter().filter(FoundPath::is_directory) {
            let listed = list_below(&path, item.depth(), session).await;
            let row = |(directory, entry): (String, FileEntry)| json!({"directory": directory, "entry": parse_record(&entry.document)});
            self.add_rows("list", &path, listed.map(|walk| walk.map(row)))?;
        }
        Ok(())
    }

    /// Returns what matches the path of an item. Nothing, and what could not be read, are lines of the manifest.
    async fn expand(
        &mut self,
        kind: &'static str,
        item: &RecipeItem,
        session: &mut LoggedSession,
    ) -> Result<Vec<FoundPath>, Failure> {
        let Walk { rows, gaps } = expand(&item.path, session).await?;
        let result = match gaps.describe() {
            Some(gaps) => Some(format!("{INCOMPLETE}: {gaps}")),
            None => rows.is_empty().then(|| NO_MATCH.to_owned()),
        };
        self.lines.extend(result.map(|result| ManifestLine::new(kind, &item.path, result)));
        Ok(rows)
    }

    async fn read_registry(&mut self, item: &RecipeItem, session: &mut LoggedSession) -> Result<(), Failure> {
        let keys = list_keys(&item.path, item.depth(), session).await;
        let row = |(key, output): (String, CommandOutput)| {
            let values: Vec<_> = output.values.iter().map(|value| parse_record(&value.document)).collect();
            let sub_keys: Vec<_> = output.sub_keys.iter().map(crate::text::Untrusted::raw).collect();
            json!({"key": key, "values": values, "sub_keys": sub_keys})
        };
        self.add_rows("registry", &item.path, keys.map(|walk| walk.map(row)))
    }

    /// Appends rows to the file of their kind, and a line to the manifest.
    fn add_rows(&mut self, kind: &'static str, path: &str, walk: Result<Walk<Value>, Error>) -> Result<(), Failure> {
        let Walk { rows, gaps } = match walk {
            Ok(walk) => walk,
            Err(error) if error.is_of_command_alone() => {
                self.lines.push(ManifestLine::new(kind, path, error.to_string()));
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let name = format!("{kind}.jsonl");
        let file = self.folder.join(&name);
        let mut text = String::new();
        for row in &rows {
            text.push_str(&row.to_string());
            text.push('\n');
        }
        let append = || {
            let mut options = fs::OpenOptions::new();
            options.create(true).append(true).mode(0o600).open(&file)?.write_all(text.as_bytes())
        };
        append().map_err(|error| FileError::new("write", &file, &error))?;
        let result = gaps.describe().map_or_else(|| DONE.to_owned(), |gaps| format!("{INCOMPLETE}: {gaps}"));
        let line = ManifestLine::new(kind, path, result);
        self.lines.push(ManifestLine { file: Some(name), count: Some(rows.len()), ..line });
        Ok(())
    }

    /// Fetches the files that match the path of an item.
    async fn fetch_files(
        &mut self,
        item: &RecipeItem,
        session: &mut LoggedSession,
        cx: &mut CommandCx<'_>,
    ) -> Result<(), Failure> {
        let found = self.expand("file", item, session).await?;
        if !found.is_empty() && found.iter().all(FoundPath::is_directory) {
            self.lines.push(ManifestLine::new("file", &item.path, NO_MATCH.to_owned()));
        }
        let max_size = item.max_size.unwrap_or(MAX_SIZE);
        for found in found.into_iter().filter(|found| !found.is_directory()) {
            let line = self.fetch_file(&found, max_size, session, cx).await?;
            self.lines.push(line);
        }
        Ok(())
    }

    async fn fetch_file(
        &self,
        found: &FoundPath,
        max_size: u64,
        session: &mut LoggedSession,
        cx: &mut CommandCx<'_>,
    ) -> Result<ManifestLine, Failure> {
        let entry = found.entry.as_ref();
        let line = |result: String| ManifestLine {
            size: entry.and_then(|entry| entry.size),
            created: entry.and_then(|entry| entry.created),
            written: entry.and_then(|entry| entry.written),
            ..ManifestLine::new("file", &found.path, result)
        };
        if let Some(size) = entry.and_then(|entry| entry.size).filter(|size| *size > max_size) {
            return Ok(line(format!("{size} bytes are more than the {max_size} of the recipe")));
        }
        let number = self.lines.len() + 1;
        let name = host_file_name(&"f".into(), &found.path.as_str().into(), SaveFormat::Extracted);
        let file = format!("files/{number:04}{}", name.trim_start_matches('f'));
        let path = self.folder.join(&file);
        let request = HostFileRequest { name, format: SaveFormat::Extracted, path };
        let saving = Saving::start(request).map_err(super::file::download_failure)?;
        let saved = save(RemoteFile { path: &found.path, offset: 0 }, saving, session, cx).await;
        delete_copies(session, cx).await;
        Ok(match saved {
            Ok(saved) => ManifestLine {
                file: Some(file),
                size: Some(saved.size),
                md5: Some(saved.md5.to_string()),
                sha256: Some(saved.sha256.to_string()),
                ..line(DONE.to_owned())
            },
            Err(failed) if failed.is_of_file_alone => line(join_reports(&failed.failure)),
            Err(failed) => return Err(failed.failure),
        })
    }

    /// Copies the lines of the audit log that were written since, by this command or another.
    fn write_log(&self, first_line: u64, cx: &CommandCx<'_>) -> Result<(), Failure> {
        let Some(dir) = &cx.state_dir else {
            return Ok(());
        };
        let mut lines = Vec::new();
        Scan::read(dir, |line| {
            if line.number > first_line {
                lines.extend_from_slice(line.bytes);
                lines.push(b'\n');
            }
        })?;
        write_new(&self.folder.join("actions.jsonl"), &lines)
    }

    fn write_manifest(
        &self,
        args: &Collect,
        session: &LoggedSession,
        (start, result): (Timestamp, String),
    ) -> Result<(), Failure> {
        let manifest = json!({
            "server": session.client().server(),
            "sensor_id": session.sensor().id,
            "hostname": session.sensor().computer_name.raw(),
            "recipe": args.recipe,
            "started": start,
            "ended": session.client().clock().now(),
            "result": result,
            "items": self.lines,
        });
        let text = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
        write_new(&self.folder.join("manifest.json"), &text)
    }
}

/// Why a pattern has no file.
const NO_MATCH: &str = "nothing matches";

fn parse_record(document: &Document) -> Value {
    serde_json::from_str(document.json()).unwrap_or(Value::Null)
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = NewFile::create(path)?;
    file.write_all(bytes).map_err(|error| FileError::new("write", path, &error))?;
    file.persist()?;
    Ok(())
}
