//! What can be asked for: each file knows its routes and writes its JSON.

mod alert;
mod ban;
mod binary;
mod control;
mod events;
mod file;
mod group;
mod info;
mod process;
mod rows;
mod sensor;
mod triage;
mod user;

pub(super) use control::answer as control;

use serde_json::Value;

use super::{answer::Answer, ask::Ask, server::Server};

/// Answers an authorized request.
pub(super) fn answer(server: &Server, ask: &Ask) -> Answer {
    let resources = [
        info::answer,
        process::answer,
        binary::answer,
        sensor::answer,
        group::answer,
        user::answer,
        alert::answer,
        triage::answer,
        ban::answer,
    ];
    resources
        .into_iter()
        .find_map(|resource| resource(server, ask))
        .unwrap_or_else(|| Answer::werkzeug(404))
}

/// The answer about something that may not be there.
fn found(answer: Option<Answer>) -> Answer {
    answer.unwrap_or_else(|| Answer::werkzeug(404))
}

/// The answer to a verb that a route does not know.
fn not_allowed() -> Answer {
    Answer::werkzeug(405)
}

/// A yes or no, which may be a word: programs written in Python send `"True"`.
fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(word) if word.eq_ignore_ascii_case("true") => Some(true),
        Value::String(word) if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}
