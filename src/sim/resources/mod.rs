//! What can be asked for: each file knows its routes and writes its JSON.

mod action;
mod alert;
mod ban;
mod binary;
mod card;
mod case;
mod control;
mod dashboard;
mod detect;
mod events;
mod evidence;
mod feed;
mod fields;
mod file;
mod group;
mod history;
mod info;
mod ingress;
mod installer;
mod license;
mod process;
mod report;
mod rows;
mod schema;
mod sensor;
mod sharing;
mod site;
mod store;
mod team;
mod triage;
mod user;
mod watchlist;

pub(super) use card::Card;
pub(super) use control::answer as control;
pub(super) use fields::flag;

use serde_json::Value;

use super::{answer::Answer, ask::Ask, desk::Record, server::Server};

/// Answers an authorized request.
pub(super) fn answer(server: &Server, ask: &Ask) -> Answer {
    if server.options.validates
        && let Some(refusal) = schema::refusal(ask)
    {
        return refusal;
    }
    let resources = [
        info::answer,
        process::answer,
        evidence::answer,
        binary::answer,
        sensor::answer,
        history::answer,
        group::answer,
        site::answer,
        user::answer,
        team::answer,
        license::answer,
        dashboard::answer,
        detect::answer,
        store::answer,
        case::answer,
        ingress::answer,
        sharing::answer,
        installer::answer,
        alert::answer,
        triage::answer,
        watchlist::answer,
        report::answer,
        feed::answer,
        ban::answer,
    ];
    resources.into_iter().find_map(|resource| resource(server, ask)).unwrap_or_else(|| Answer::werkzeug(404))
}

/// The answer about something that may not be there.
fn found(answer: Option<Answer>) -> Answer {
    answer.unwrap_or_else(|| Answer::werkzeug(404))
}

/// The answer to a verb that a route does not know.
fn not_allowed() -> Answer {
    Answer::werkzeug(405)
}

/// The answer to a request whose body has to be an object.
fn body(ask: &Ask, then: impl FnOnce(&Record) -> Answer) -> Answer {
    match ask.json() {
        Ok(Value::Object(wanted)) => then(&wanted),
        _ => Answer::werkzeug(400),
    }
}

/// The answer to whoever wants a name that another has.
fn taken(what: &str, name: &str) -> Answer {
    Answer::text(409, &format!("A {what} named '{name}' already exists"))
}
