//! House rules that no lint knows, enforced on every file.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use lampblack::keys;

/// A file of the project, as far as a rule wants to know.
struct Source {
    path: PathBuf,
    text: String,
}

/// Tables: they grow by the row and hide nothing in their length.
const LONG: [&str; 3] = ["src/query/fields.rs", "src/keys/defaults.rs", "src/keys/action.rs"];

/// What the page of keys says above its table.
const KEYS: &str = "\
# Keys

Every key, by the place where it works. `?` in the console shows those that work where you are.

The name in the column Action is the one for a configuration: `[keys.results]` with `sort = [\"O\"]` changes a key, `[]` removes it.
`lampblack keys` prints the keys in force, with the name of each place.

";

/// The most lines a file may have.
const LINES: usize = 600;

#[test]
fn every_file_says_first_what_it_is_for() {
    check(&sources(), |line_number, line, _| line_number > 1 || line.starts_with("//! "));
}

#[test]
fn no_file_is_too_long_to_hold_in_mind() {
    let files = sources();
    let long = files.iter().filter(|file| {
        let is_table = LONG.iter().any(|table| file.path == Path::new(table));
        !is_table && file.text.lines().count() > LINES
    });
    let offences: Vec<_> = long.map(|file| file.path.display().to_string()).collect();
    assert!(offences.is_empty(), "over {LINES} lines: {}", offences.join(", "));
}

#[test]
fn only_the_theme_knows_a_color() {
    let files = product(|path| !path.starts_with("src/theme"));
    // `ColorChoice` is clap's, `PROFILE_COLORS` ours.
    check(&files, |_, line, _| !words(line).any(|word| word == "Color"));
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    check(&product(|_| true), |_, line, _| !line.contains(".unwrap()"));
}

#[test]
fn every_public_type_and_function_has_a_doc_comment() {
    let mut offences = Vec::new();
    for file in product(|_| true) {
        let (mut is_documented, mut is_in_attribute) = (false, false);
        for (index, line) in file.text.lines().map(str::trim_start).enumerate() {
            let is_item = ["pub fn ", "pub async fn ", "pub const fn ", "pub struct ", "pub enum ", "pub trait "]
                .iter()
                .any(|start| line.starts_with(start));
            if is_item && !is_documented {
                offences.push(format!("{}:{}: {line}", file.path.display(), index + 1));
            }
            // Between a comment and its item there may be attributes, each on one or more lines.
            let is_attribute = is_in_attribute || line.starts_with("#[");
            is_in_attribute = is_attribute && !line.ends_with(']');
            is_documented = line.starts_with("///") || (is_documented && is_attribute);
        }
    }
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn no_function_is_longer_than_a_screen() {
    /// Lines with which a function is still seen at once.
    const MAX_LINES: usize = 80;
    let mut offences = Vec::new();
    for file in product(|_| true) {
        for (number, lines) in functions(&file.text).filter(|(_, lines)| lines.len() > MAX_LINES) {
            offences.push(format!("{}:{number}: {} lines", file.path.display(), lines.len()));
        }
    }
    assert!(offences.is_empty(), "over {MAX_LINES} lines:\n{}", offences.join("\n"));
}

#[test]
fn what_is_passed_to_a_function_says_what_it_is() {
    let mut offences = Vec::new();
    for file in product(|_| true) {
        for (number, lines) in functions(&file.text) {
            // Up to the body; a trait of another crate has the parameters it has.
            let n_lines = lines.iter().position(|line| line.ends_with(['{', ';', '}'])).unwrap_or(0) + 1;
            let signature = lines[..n_lines].join(" ");
            let parameters = signature.split(['(', ',', ')']);
            let n_flags = parameters.filter(|parameter| parameter.trim_end().ends_with(": bool")).count();
            let is_foreign = signature.contains("W: ?Sized + io::Write");
            if n_flags > 0 && !is_foreign {
                offences.push(format!("{}:{number}: {}", file.path.display(), lines[0].trim()));
            }
        }
    }
    let text = offences.join("\n");
    assert!(offences.is_empty(), "`true` says nothing where it is passed; name it by a type:\n{text}");
}

#[test]
fn no_test_sleeps() {
    // Put together here, so that this line is no offence of its own.
    let sleep = ["thread", "time"].map(|module| format!("{module}::{}", "sleep"));
    check(&within("tests"), |_, line, _| !sleep.iter().any(|call| line.contains(call)));
}

#[test]
fn nothing_is_left_for_later() {
    let marks = [("TO", "DO"), ("FIX", "ME"), ("#[ig", "nore"), ("should_", "panic")];
    let marks = marks.map(|(start, end)| format!("{start}{end}"));
    check(&sources(), |_, line, _| !marks.iter().any(|mark| line.contains(mark)));
}

#[test]
fn imports_are_by_module() {
    // A brace after `crate::` would hide a module from the layer test.
    let brace = format!("{}::{{", "crate");
    check(&sources(), |_, line, _| !line.contains(&brace));
    // A glob hides where a name comes from; tests beside the code take all of it.
    check(&sources(), |_, line, is_test| {
        let line = line.trim();
        let is_glob = line.starts_with("use ") && line.contains('*');
        let is_allowed = is_test && (line == "use super::*;" || line.ends_with("prelude::*;"));
        !is_glob || is_allowed
    });
}

#[test]
fn the_page_of_keys_is_the_table_of_keys() {
    let path = "assets/docs/keys.md";
    let table = keys::to_markdown(&keys::Keymap::default());
    let expected = format!("{KEYS}{table}");
    if env::var_os("DOCS_UPDATE").is_some() {
        fs::write(path, &expected).unwrap();
    }
    let page = fs::read_to_string(path).unwrap();
    assert!(page == expected, "DOCS_UPDATE=1 cargo test --test it tidy:: writes {path} anew:\n{expected}");
}

#[test]
fn the_crates_of_the_screen_are_there_once() {
    // Two copies would have two types of one name, and the screen would be drawn by both.
    let lock = fs::read_to_string("Cargo.lock").unwrap();
    for name in ["ratatui-core", "crossterm", "unicode-width"] {
        let line = format!("name = \"{name}\"");
        assert_eq!(lock.lines().filter(|found| **found == line).count(), 1, "{name}");
    }
}

/// Fails with every line that breaks the rule: `rule` gets its number, the line, and whether it belongs to a test.
#[track_caller]
fn check(files: &[Source], rule: impl Fn(usize, &str, bool) -> bool) {
    let mut offences = Vec::new();
    for file in files {
        let mut is_test = is_for_tests(&file.path);
        for (index, line) in file.text.lines().enumerate() {
            is_test |= line == "#[cfg(test)]";
            if !rule(index + 1, line, is_test) {
                offences.push(format!("{}:{}: {line}", file.path.display(), index + 1));
            }
        }
    }
    assert!(!files.is_empty());
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

/// The functions of a file, each with the number of its first line, and its lines.
fn functions(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    let lines: Vec<_> = text.lines().collect();
    let starts: Vec<_> = (0..lines.len()).filter(|at| is_function_start(lines[*at])).collect();
    starts.into_iter().map(move |start| {
        let line = lines[start];
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = format!("{indent}}}");
        // A body ends with a brace, a signature without one with a semicolon.
        let is_declared = |line: &str| {
            let line = line.strip_prefix(indent).unwrap_or_default();
            line.starts_with(')') && line.ends_with(';')
        };
        let is_whole = line.ends_with([';', '}']);
        let last = lines[start..].iter().position(|line| is_whole || *line == end || is_declared(line));
        (start + 1, lines[start..=start + last.unwrap_or(0)].to_vec())
    })
}

/// Whether a function begins in a line: with its visibility and kind before it.
fn is_function_start(line: &str) -> bool {
    let Some((before, _)) = line.trim_start().split_once("fn ") else {
        return false;
    };
    let mut words = before.split_whitespace();
    words
        .all(|word| matches!(word, "pub" | "const" | "async" | "in") || word.starts_with("pub(") || word.ends_with(')'))
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|char: char| !char.is_alphanumeric() && char != '_')
}

/// Every file of `src` and `tests`.
fn sources() -> Vec<Source> {
    [within("src"), within("tests")].into_iter().flatten().collect()
}

/// The files of `src` without their tests.
fn product(is_wanted: impl Fn(&Path) -> bool) -> Vec<Source> {
    let mut files = within("src");
    let tests: Vec<_> = files.iter().flat_map(test_files).collect();
    files.retain(|file| is_wanted(&file.path) && !is_for_tests(&file.path) && !tests.contains(&file.path));
    for file in &mut files {
        let tests = file.text.find("#[cfg(test)]\nmod tests {");
        let tests = tests.or_else(|| file.text.find("#[cfg(test)]\npub(super) mod tests {"));
        file.text.truncate(tests.unwrap_or(file.text.len()));
    }
    files
}

/// Whether a file holds tests, or lies in a directory of them, at the top or beside the code.
fn is_for_tests(path: &Path) -> bool {
    let is_named = path.file_stem().is_some_and(|stem| stem == "tests");
    is_named || path.components().any(|part| part.as_os_str() == "tests")
}

/// The files that a file declares to be there for tests alone.
fn test_files(file: &Source) -> Vec<PathBuf> {
    let declarations = file.text.split("#[cfg(test)]\nmod ").skip(1);
    let names = declarations.filter_map(|rest| rest.lines().next()?.strip_suffix(';'));
    let dir = match file.path.file_stem() {
        Some(stem) if stem == "mod" || stem == "lib" => file.path.with_file_name(""),
        _ => file.path.with_extension(""),
    };
    names.map(|name| dir.join(format!("{name}.rs"))).collect()
}

fn within(dir: &str) -> Vec<Source> {
    let mut pending = vec![PathBuf::from(dir)];
    let mut found = Vec::new();
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { path, text });
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}
