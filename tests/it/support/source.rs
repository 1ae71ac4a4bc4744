//! The product's source files, taken apart into code, comments and texts.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file without its tests, taken apart.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    /// The code, with spaces in the place of comments and texts.
    pub(crate) code: String,
    /// Every comment, a line each.
    pub(crate) comments: Vec<String>,
    /// Every text in quotes.
    pub(crate) texts: Vec<String>,
}

/// The files of the product.
pub(crate) fn sources(directory: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
        if path.is_dir() && !is_test {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            found.push(Source::read(path, text));
        }
    }
    found
}

impl Source {
    /// Takes a file apart.
    pub(crate) fn read(path: PathBuf, text: &str) -> Self {
        let mut source = Self { path, code: String::new(), comments: Vec::new(), texts: Vec::new() };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("//") {
                let (comment, left) = after.split_once('\n').unwrap_or((after, ""));
                source.comments.push(comment.trim_start_matches(['/', '!', ' ']).to_owned());
                source.code.push('\n');
                rest = left;
            } else if let Some((text, left)) = raw_text(rest).or_else(|| plain_text(rest)) {
                source.texts.push(text);
                source.code.push(' ');
                rest = left;
            } else if let Some(left) = character(rest) {
                source.code.push(' ');
                rest = left;
            } else {
                source.code.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        source
    }
}

/// What begins with `r"` or `r#"`, and what stands after it.
fn raw_text(rest: &str) -> Option<(String, &str)> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let (text, left) = body.split_once(&end)?;
    Some((text.to_owned(), left))
}

/// What stands in quotes, and what stands after it.
fn plain_text(rest: &str) -> Option<(String, &str)> {
    let body = rest.strip_prefix('"')?;
    let mut is_escaped = false;
    let end = body.find(|c| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    })?;
    Some((body[..end].to_owned(), &body[end + 1..]))
}

/// What stands after a character in quotes; a lifetime is none.
fn character(rest: &str) -> Option<&str> {
    let body = rest.strip_prefix('\'')?;
    if let Some(escaped) = body.strip_prefix('\\') {
        let (_, left) = escaped.split_once('\'')?;
        // The character may be the quote itself.
        return Some(left.strip_prefix('\'').unwrap_or(left));
    }
    let mut chars = body.chars();
    chars.next()?;
    chars.as_str().strip_prefix('\'')
}
