//! The pages of the documentation, and how they are kept true.

use std::{
    env,
    fmt::Write,
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
};

/// Every page whose examples are run.
pub(crate) const ALL: [&str; 5] = [
    "README.md",
    "assets/docs/manual.md",
    "assets/docs/keys.md",
    "assets/docs/contributing.md",
    "assets/docs/security.md",
];

/// Tests run beside each other, and several of them keep the same page.
static WRITING: Mutex<()> = Mutex::new(());

/// Reads a page.
#[track_caller]
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Fails unless `edit`, which puts in what the program shows, leaves a page as it is. With `DOCS_UPDATE=1`, writes the page.
#[track_caller]
pub(crate) fn keep(path: &str, edit: impl FnOnce(&str) -> String) {
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let text = if Path::new(path).exists() { read(path) } else { String::new() };
    let edited = edit(&text);
    if edited == text {
        return;
    }
    if env::var_os("DOCS_UPDATE").is_some() {
        fs::write(path, edited).unwrap();
        return;
    }
    let begin = text.lines().zip(edited.lines());
    let n_equal = begin.take_while(|(one, other)| one == other).count();
    let lines: Vec<_> = edited.lines().skip(n_equal).take(40).collect();
    panic!(
        "{path} is out of date; DOCS_UPDATE=1 cargo test --test it readme:: writes it anew. From line {}:\n{}",
        n_equal + 1,
        lines.join("\n")
    );
}

/// What stands between two marks.
#[track_caller]
pub(crate) fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("{begin} begins no part"));
    let (part, _) = rest.split_once(end).unwrap_or_else(|| panic!("{end} ends no part"));
    part
}

/// The blocks of code in a language, without their fences.
pub(crate) fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let rests = text.split(fence.as_str()).skip(1);
    rests.map(|rest| rest.split("```").next().unwrap_or_default()).collect()
}

/// The text with other blocks of code in a language, one for each there is.
pub(crate) fn with_blocks(text: &str, language: &str, blocks: &[String]) -> String {
    let fence = format!("```{language}\n");
    let mut parts = text.split(fence.as_str());
    let mut edited = parts.next().unwrap_or_default().to_owned();
    for (rest, block) in parts.zip(blocks) {
        let (_, after) = rest.split_once("```").unwrap_or_default();
        let _ = write!(edited, "{fence}{block}```{after}");
    }
    edited
}

/// The text of every file below a folder.
pub(crate) fn sources(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let path = path.to_str().unwrap();
        if Path::new(path).is_dir() {
            found.extend(sources(path));
        } else {
            found.push(read(path));
        }
    }
    found
}
