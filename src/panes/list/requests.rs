//! Every request to the server, the newest first.

use std::sync::Arc;

use super::{Field, Kind, Value};
use crate::keys::{Action, Scope};
use crate::panes::{
    Pane, PaneId,
    copy::{self, Copied},
    record::RecordPane,
};
use crate::session::{Heard, Session};
use crate::widgets::Column;
use crate::worker::Slot;

/// The last requests.
#[derive(Debug)]
pub struct Calls;

impl Kind for Calls {
    type Row = Heard;

    const PANE: PaneId = PaneId::Calls;
    const SCOPE: Scope = Scope::Calls;
    const NAME: &'static str = "Requests";
    const SLOTS: &'static [Slot] = &[Slot::Info];
    const UNASKED: &'static str = "No requests yet";
    const EMPTY: &'static str = "No requests yet";
    const FIELDS: &'static [Field<Heard>] = FIELDS;
    const SHOWN: usize = 6;

    fn copied(row: &Heard, action: Action, session: &Session) -> Option<Copied> {
        if action == Action::YankCurl {
            return Some(("curl", curl(row, session)));
        }
        let fields = || FIELDS.iter().map(|field| (field.value)(row, session).text());
        copy::fields(fields, &row.document, action)
    }

    fn popup(action: Action, chosen: impl FnOnce() -> Vec<Arc<Heard>>, session: &Session) -> Option<Box<dyn Pane>> {
        if action != Action::Open {
            return None;
        }
        let heard = chosen().into_iter().next()?;
        Some(Box::new(RecordPane::of_call(&heard, session)))
    }
}

/// The request as a command, without the token; nothing for what changes the server, which is not to be repeated.
pub(in crate::panes) fn curl(heard: &Heard, session: &Session) -> Option<String> {
    let call = &heard.call;
    let quoted = |text: String| format!("'{}'", text.replace('\'', r"'\''"));
    let url = quoted(format!("{}{}", session.identity.url, call.path));
    (call.method == "GET").then(|| format!("curl -sS -H \"X-Auth-Token: $TOKEN\" {url}"))
}

const FIELDS: &[Field<Heard>] = &[
    Field::time("time", "AT", 2, |heard, _| Value::Time(heard.call.at)),
    Field::new(
        "method",
        Column::left("METHOD", 6, 6, 0),
        |theme| theme.accent,
        |heard, _| Value::Word(heard.call.method),
    ),
    Field::new(
        "status",
        Column::right("STATUS", 6, 6, 0),
        |theme| theme.number,
        |heard, _| match heard.call.status {
            Some(status) => Value::Judged(status.to_string().into(), status < 400),
            None => Value::Judged("-".into(), false),
        },
    ),
    Field::new(
        "ms",
        Column::right("MS", 5, 7, 3),
        |theme| theme.number,
        |heard, _| Value::Number(u64::try_from(heard.call.took.as_millis()).unwrap_or(u64::MAX)),
    ),
    Field::new(
        "bytes",
        Column::right("BYTES", 7, 9, 4),
        |theme| theme.number,
        |heard, _| Value::Number(heard.call.bytes),
    ),
    Field::new(
        "path",
        Column::left("PATH", 20, Column::REST, 1),
        |theme| theme.text,
        |heard, _| Value::Text(heard.call.path.as_str().into()),
    ),
    Field::new(
        "error",
        Column::left("ERROR", 8, 24, 5),
        |theme| theme.bad,
        |heard, _| Value::Text(heard.call.error.clone().unwrap_or_default().into()),
    ),
];
