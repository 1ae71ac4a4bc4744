//! The action log as it lies on the disk: lines, each with the hash of the one before it, over several files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::nets::json::Json;

/// A whole line.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) json: Json,
}

/// The SHA-256 of a line, in hex.
pub(crate) fn hash(line: &str) -> String {
    format!("{:x}", Sha256::digest(line))
}

/// The files of a log, the oldest first.
fn files(state: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(state).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names
        .filter(|name| {
            let is_log = Path::new(name).extension().is_some_and(|end| end == "jsonl");
            is_log && name.starts_with("actions-")
        })
        .collect();
    names.sort();
    names.push("actions.jsonl".into());
    names.into_iter().map(|name| state.join(name)).collect()
}

/// The whole lines of a log; none where there is no log yet.
pub(crate) fn read(state: &Path) -> Vec<Line> {
    if !state.join("actions.jsonl").exists() {
        return Vec::new();
    }
    let texts = files(state).into_iter().map(|path| fs::read_to_string(path).unwrap());
    let texts: Vec<_> = texts.collect();
    let whole = texts.iter().flat_map(|text| {
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines()
    });
    let lines = whole.map(|line| Line { text: line.to_owned(), json: Json::read(line) });
    lines.collect()
}

/// Changes every line, and makes a chain of them again; `edit` gets the place of a line, and the line.
pub(crate) fn rewrite(state: &Path, edit: impl Fn(usize, &mut Json)) {
    let (mut at, mut bytes, mut last) = (0, 0, "0".repeat(64));
    for path in files(state) {
        let mut text = String::new();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let mut json = Json::read(line);
            edit(at, &mut json);
            set(&mut json, "prev", &last);
            let line = json.to_string();
            last = hash(&line);
            text = text + &line + "\n";
            at += 1;
        }
        bytes += text.len();
        fs::write(path, text).unwrap();
    }
    let head = format!(r#"{{"lines":{at},"bytes":{bytes},"last":"{last}"}}"#);
    fs::write(state.join("actions.head"), head).unwrap();
}

/// Copies a log, with its head.
pub(crate) fn copy(state: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in files(state).into_iter().chain([state.join("actions.head")]) {
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// A member of a record.
pub(crate) fn member<'a>(json: &'a mut Json, name: &str) -> Option<&'a mut Json> {
    match json {
        Json::Record(members) => {
            let found = members.iter_mut().find(|(key, _)| key == name);
            found.map(|(_, value)| value)
        }
        _ => None,
    }
}

/// Replaces a text that is there.
pub(crate) fn set(json: &mut Json, name: &str, text: &str) {
    if let Some(value @ Json::Text(_)) = member(json, name) {
        *value = Json::Text(text.to_owned());
    }
}

/// Writes another text wherever there is this one.
pub(crate) fn replace(json: &mut Json, from: &str, to: &str) {
    match json {
        Json::Text(text) => *text = text.replace(from, to),
        Json::List(values) => values.iter_mut().for_each(|value| replace(value, from, to)),
        Json::Record(members) => members.iter_mut().for_each(|(_, value)| replace(value, from, to)),
        Json::Null | Json::Flag(_) | Json::Number(_) => {}
    }
}
