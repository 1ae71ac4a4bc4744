//! The server in plain words: what it is, what it may serve, where it keeps events.

use jiff::Timestamp;
use ratatui::text::Line;
use serde_json::Value;

use super::{Card, LONG};
use crate::keys::{Action, Scope};
use crate::model::{Document, License, Partition, Precision, ServerInfo};
use crate::panes::{
    PaneId,
    copy::{self, Copied},
    details::subject::missing,
    list::thousands,
};
use crate::session::{Cx, Session};
use crate::text;
use crate::theme::Theme;
use crate::widgets::Field;
use crate::worker::Slot;

/// The card of the server.
#[derive(Debug)]
pub struct ServerCard;

impl Card for ServerCard {
    type Id = ();

    const PANE: PaneId = PaneId::Server;
    const SCOPE: Scope = Scope::Server;
    const SLOTS: &'static [Slot] = &[Slot::Info, Slot::License, Slot::Partitions];
    const NONE: &'static str = "No server information";

    fn shown(_: &Session) -> Option<()> {
        Some(())
    }

    fn title(_: &Session) -> String {
        "Server".into()
    }

    fn as_of(session: &Session) -> Option<Timestamp> {
        session.license.current().map(|known| known.as_of)
    }

    fn facts(session: &Session, theme: &Theme) -> Vec<Field<'static>> {
        let mut fields = match session.info.current() {
            Some(known) => info(&known.value, theme),
            None => vec![Field::cut("version", missing(Some(&session.info), theme))],
        };
        fields.push(Field::cut("", ""));
        match session.license.current() {
            Some(known) => fields.extend(license(&known.value, theme)),
            None => fields.push(Field::cut("license", missing(Some(&session.license), theme))),
        }
        fields.push(Field::cut("", ""));
        match session.partitions.current() {
            Some(known) => fields.extend(known.value.iter().flat_map(|part| store(part, session, theme))),
            None => fields.push(Field::cut("store", missing(Some(&session.partitions), theme))),
        }
        fields
    }

    fn settle(cx: &mut Cx<'_>) {
        cx.ask_server();
    }

    fn record(session: &Session) -> Option<Document> {
        Some(session.info.current()?.value.document.clone())
    }

    fn copied(session: &Session, action: Action) -> Option<Copied> {
        let info = &session.info.current()?.value;
        copy::fields(|| std::iter::once(info.version.clone()), &info.document, action)
    }
}

fn info(info: &ServerInfo, theme: &Theme) -> Vec<Field<'static>> {
    let switch = |label, is_on: Option<bool>| {
        let (word, style) = match is_on {
            Some(true) => ("on", theme.good),
            Some(false) => ("OFF", theme.caution),
            None => ("unknown", theme.unknown),
        };
        Field::cut(label, Line::styled(word, style))
    };
    let mut fields = vec![
        Field::cut("version", text::excerpt(&info.version)),
        switch("banning", info.banning_enabled),
        switch("live response", info.live_response_enabled),
    ];
    let features = features(info);
    if !features.is_empty() {
        fields.push(Field::wrapped("features", features.join(", "), LONG));
    }
    if let Some(rows) = info.max_rows {
        fields.push(Field::cut("max rows per request", thousands(rows)));
    }
    fields
}

/// What the server says it can do, by its own names.
fn features(info: &ServerInfo) -> Vec<String> {
    let record: Value = serde_json::from_str(info.document.json()).unwrap_or_default();
    let Some(features) = record.get("features").and_then(Value::as_object) else {
        return Vec::new();
    };
    let on = features.iter().filter(|(_, is_on)| **is_on == Value::Bool(true));
    on.map(|(name, _)| text::excerpt(&name.as_str().into())).collect()
}

fn license(license: &License, theme: &Theme) -> Vec<Field<'static>> {
    let (word, style) = match (license.is_valid, license.is_expired) {
        (_, Some(true)) => ("EXPIRED", theme.bad),
        (Some(false), _) => ("NOT VALID", theme.bad),
        (Some(true), Some(false)) => ("valid", theme.good),
        _ => ("unknown whether it is valid", theme.unknown),
    };
    let until = license.end.non_empty();
    let until = until.map(|end| format!(" until {}", text::fit(end, 20)));
    let state = format!("{word}{}", until.unwrap_or_default());
    let count = |n: Option<u64>| n.map_or("?".into(), thousands);
    let sensors = format!("{} of {} in use (yesterday)", count(license.actual), count(license.licensed));
    let is_exceeded = license.actual.zip(license.licensed).is_some_and(|(actual, licensed)| actual > licensed);
    let sensors = if is_exceeded { Line::styled(format!("{sensors}: EXCEEDED"), theme.bad) } else { sensors.into() };
    vec![Field::cut("license", Line::styled(state, style)), Field::wrapped("sensors", sensors, 2)]
}

/// A part of the store of events: how warm it is, from when to when, and how large.
fn store(part: &Partition, session: &Session, theme: &Theme) -> Vec<Field<'static>> {
    let at = |at: Option<Timestamp>| at.map(|at| session.zone.show(at, Precision::Minute));
    let from = at(part.start).unwrap_or_else(|| "?".into());
    let to = at(part.end).unwrap_or_else(|| "now".into());
    let label = ["hot", "warm", "cold"];
    let label = label.into_iter().find(|label| part.status.is_like(label));
    let name = text::fit(&part.name, 40);
    let documents = part.documents.map(|n| format!("{} process records", thousands(n)));
    let size = part.bytes.map(size);
    let amount: Vec<_> = [documents, size].into_iter().flatten().collect();
    vec![
        Field::wrapped(label.unwrap_or("store"), name, 2),
        Field::wrapped("", Line::styled(format!("  {from} to {to}"), theme.time), 2),
        Field::wrapped("", format!("  {}", amount.join(", ")), 2),
    ]
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_048_576 => format!("{} KB", bytes / 1024),
        1_048_576..1_073_741_824 => format!("{} MB", bytes / 1_048_576),
        _ => format!("{} GB", bytes / 1_073_741_824),
    }
}
