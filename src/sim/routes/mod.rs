//! What can be asked for: each file knows its routes and writes its JSON.

mod action;
mod alert;
mod ban;
mod binary;
mod case;
mod control;
mod dashboard;
mod detect;
mod event_store;
mod events;
mod feed;
mod file;
mod group;
mod info;
mod ingress;
mod installer;
mod json_body;
mod license;
mod process;
mod process_evidence;
mod process_json;
mod report;
mod schema;
mod sensor;
mod sensor_history;
mod sensor_record;
mod sharing;
mod site;
mod team;
mod triage;
mod user;
mod watchlist;

pub(super) use control::answer as control;
pub(super) use json_body::flag;
pub(super) use sensor_record::Card;

use serde_json::Value;

use super::{
    http::{request::Ask, response::Answer},
    state::{admin::Record, server::Server},
};

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
        process_evidence::answer,
        binary::answer,
        sensor::answer,
        sensor_history::answer,
        group::answer,
        site::answer,
        user::answer,
        team::answer,
        license::answer,
        dashboard::answer,
        detect::answer,
        event_store::answer,
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
