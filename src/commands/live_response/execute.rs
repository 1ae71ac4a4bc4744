//! The `lr exec` command: runs a program on a host and prints what it printed.

use super::{
    change::{HostWork, with_host},
    file::delete_copies,
};
use crate::changes::{ExpectedEntry, HostCommand, Outcome};
use crate::cli::{ExecuteProgram, WaitLimit};
use crate::commands::{
    CommandCx, Exit, Failure,
    apply::{apply_announced, exit_of},
};
use crate::live_response::Error;
use crate::model::Sensor;
use crate::text;

/// Runs `lr exec`.
pub(super) async fn execute(args: &ExecuteProgram, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let command_line = command_line(&args.command)?;
    let work = async |work: &mut HostWork<'_>, cx: &mut CommandCx<'_>| {
        let output_file = (!args.no_wait).then(|| temporary_path(work.session.sensor(), "tmp"));
        let change = work.change(HostCommand::Execute { command_line, output_file: output_file.clone() });
        let hint = |exit| {
            let path = output_file.as_ref().filter(|_| exit == Exit::Unconfirmed)?;
            Some(format!("its output may still come: `lampblack lr get HOST {path}`"))
        };
        let outcome = match work.apply_first(change, hint, cx).await? {
            Ok(outcome) => outcome,
            Err(exit) => return Ok(exit),
        };
        match output_file {
            Some(path) => print_output(work, &path, &outcome, cx).await,
            None => Ok(Exit::Done),
        }
    };
    with_host(&args.target, work, cx).await
}

/// Limit of the printed output in bytes; more is fetched by `lr get`.
const MAX_OUTPUT: u64 = 16 << 20;

/// Fetches and prints what the program has printed, and deletes the file on the host if all of it was printed.
async fn print_output(
    work: &mut HostWork<'_>,
    path: &str,
    outcome: &Outcome,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let mut output = Vec::new();
    // One byte more shows whether there is more.
    let fetched = work.session.fetch_file(path, Some(MAX_OUTPUT + 1), |piece| output.extend_from_slice(piece)).await;
    if let Err(Error::Failed { result, .. }) = &fetched
        && result.code.is_not_found()
    {
        cx.note("the program has printed nothing");
        return Ok(Exit::Done);
    }
    delete_copies(&mut work.session, cx).await;
    fetched.map_err(|error| {
        let failure = Failure::from(error);
        failure.with_hint(format!("the program ran; its output is in {path} on the host"))
    })?;
    let max_output = usize::try_from(MAX_OUTPUT).unwrap_or(usize::MAX);
    let is_cut = output.len() > max_output;
    output.truncate(max_output);
    let output = text::normalize_newlines(&String::from_utf8_lossy(&output));
    for line in output.lines() {
        writeln!(cx.streams.out, "{}", text::make_visible(&line.into()))?;
    }
    cx.streams.out.flush()?;
    if is_cut {
        let id = work.session.sensor().id;
        cx.warn(&format!(
            "only the first 16 MiB are shown; all of the output stays on the host: `lampblack lr get {id} '{path}'`"
        ));
        return Ok(Exit::Done);
    }
    let delete = work.change(HostCommand::DeleteFile { path: path.to_owned(), expected: ExpectedEntry::Any });
    delete_announced(delete, path, outcome, work, cx).await
}

/// Deletes a file on the host that a command has left there, as its preview has announced.
pub(super) async fn delete_announced(
    change: crate::changes::Change,
    path: &str,
    outcome: &Outcome,
    work: &HostWork<'_>,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    let left = format!("{} stays on the host", text::excerpt(&path.into()));
    match apply_announced(change, outcome.line, work.justification, work.reader.server(), cx).await {
        // It is gone already.
        Ok(None) => {}
        Ok(Some(deleted)) if exit_of(&deleted, WaitLimit::None) == Exit::Done => {}
        Ok(Some(deleted)) => cx.warn(&format!("{left}: {}", deleted.note)),
        Err(failure) => {
            let why = failure.reports.first().map_or("", |(why, _)| why.as_str());
            cx.warn(&format!("{left}: {why}"));
        }
    }
    Ok(Exit::Done)
}

/// Returns the path of a new file in the directory for temporary files of a host.
pub(super) fn temporary_path(sensor: &Sensor, extension: &str) -> String {
    const RANDOM_CHARS: usize = 12;
    let random: String = std::iter::repeat_with(fastrand::alphanumeric).take(RANDOM_CHARS).collect();
    let directory = if sensor.path_separator() == '/' { "/tmp/" } else { r"c:\windows\temp\" };
    format!("{directory}lampblack-{}.{extension}", random.to_lowercase())
}

/// Returns the command line of a program with its arguments: one word is taken as it is. Each program takes its own command
/// line apart, so words that programs read in different ways are refused.
fn command_line(words: &[String]) -> Result<String, Failure> {
    if let [word] = words {
        return Ok(word.clone());
    }
    let needs_quotes = |word: &str| word.is_empty() || word.contains(char::is_whitespace);
    let is_unclear = |word: &&String| word.contains('"') || needs_quotes(word) && word.ends_with('\\');
    if let Some(word) = words.iter().find(is_unclear) {
        let text = format!("{word:?} cannot be quoted so that every program reads it as one word");
        return Err(Failure::usage(text).with_hint("give the whole command line as one word, in quotes of your shell"));
    }
    let quote = |word: &String| if needs_quotes(word) { format!("\"{word}\"") } else { word.clone() };
    Ok(words.iter().map(quote).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_keeps_its_words_together() {
        let line = |words: &[&str]| command_line(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).ok();
        assert_eq!(line(&["ipconfig", "/all"]).unwrap(), "ipconfig /all");
        assert_eq!(line(&[r#"cmd /c "dir""#]).unwrap(), r#"cmd /c "dir""#);
        assert_eq!(line(&["dir", r"c:\temp\"]).unwrap(), r"dir c:\temp\");
        assert_eq!(line(&[r"c:\Program Files\x.exe", "a b", ""]).unwrap(), r#""c:\Program Files\x.exe" "a b" """#);
        for word in [r#"say "hi""#, r#"a"b"#, r"c:\Program Files\"] {
            assert_eq!(line(&["echo", word]), None, "{word}");
        }
    }
}
