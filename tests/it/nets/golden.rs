//! Goldens: files under `tests/goldens/nets` that a text must equal, or that it replaces when that is asked for.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// More lines of a difference than anybody reads.
const MAX_LINES: usize = 60;

/// Where the goldens are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens/nets")
}

/// Whether the goldens are to be written again.
pub(crate) fn is_update() -> bool {
    env::var_os("NETS_UPDATE").is_some_and(|value| !value.is_empty())
}

/// Fails unless the golden of this name has this text; with `NETS_UPDATE` set, it has it from now on.
#[track_caller]
pub(crate) fn check(name: &str, text: &str) {
    let difference = compare(name, text);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

/// What a golden says otherwise than this text, line by line; `None` where they are the same.
pub(crate) fn compare(name: &str, text: &str) -> Option<String> {
    let path = folder().join(name);
    if is_update() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        return None;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    (golden != text).then(|| {
        let lines = difference(&golden, text);
        let n_more = lines.len().saturating_sub(MAX_LINES);
        let shown: Vec<_> = lines.into_iter().take(MAX_LINES).collect();
        let more = if n_more > 0 { format!("\n... and {n_more} more lines") } else { String::new() };
        format!(
            "tests/goldens/nets/{name} differs (- golden, + now); NETS_UPDATE=1 writes it again:\n{}{more}\n",
            shown.join("\n")
        )
    })
}

/// The lines that only one of two texts has, in their order, by a longest common subsequence.
fn difference(golden: &str, text: &str) -> Vec<String> {
    let old: Vec<&str> = golden.lines().collect();
    let new: Vec<&str> = text.lines().collect();
    let mut common = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    for (at, line) in old.iter().enumerate().rev() {
        for (other_at, other) in new.iter().enumerate().rev() {
            common[at][other_at] = if line == other {
                common[at + 1][other_at + 1] + 1
            } else {
                common[at + 1][other_at].max(common[at][other_at + 1])
            };
        }
    }
    let (mut at, mut other_at) = (0, 0);
    let mut found = Vec::new();
    while at < old.len() || other_at < new.len() {
        if at < old.len() && other_at < new.len() && old[at] == new[other_at] {
            at += 1;
            other_at += 1;
        } else if other_at == new.len() || at < old.len() && common[at + 1][other_at] >= common[at][other_at + 1] {
            found.push(format!("- {}", old[at]));
            at += 1;
        } else {
            found.push(format!("+ {}", new[other_at]));
            other_at += 1;
        }
    }
    found
}

#[test]
fn a_difference_names_the_lines_that_are_gone_and_those_that_are_new() {
    assert_eq!(difference("a\nb\nc", "a\nx\nc\nd"), ["- b", "+ x", "+ d"]);
    assert_eq!(difference("", "a"), ["+ a"]);
    assert!(difference("a\nb", "a\nb").is_empty());
}
