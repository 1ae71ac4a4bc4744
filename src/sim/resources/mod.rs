//! What can be asked for: each file knows its routes and writes its JSON.

mod action;
mod alert;
mod ban;
mod binary;
mod control;
mod events;
mod feed;
mod fields;
mod file;
mod group;
mod info;
mod process;
mod report;
mod rows;
mod sensor;
mod triage;
mod user;
mod watchlist;

pub(super) use control::answer as control;

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
        watchlist::answer,
        report::answer,
        feed::answer,
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
