//! The server details pane: version, features, license, event store.

use jiff::Timestamp;
use ratatui::text::Line;

use super::{Details, MAX_LINES};
use crate::keys::{Action, Scope};
use crate::model::{Document, License, Partition, Precision, ServerInfo};
use crate::panes::{
    copy::{self, Clip},
    details::subject::missing_line,
    list::group_thousands,
};
use crate::session::{Cx, Session, slots};
use crate::text;
use crate::theme::Theme;
use crate::widgets::FieldRow;
use crate::worker::{List, Slot};

/// The only page of the list of partitions.
const PARTITIONS: Slot = Slot::Page(List::Partitions, 0);

/// Details of the server.
#[derive(Debug)]
pub struct ServerDetails;

impl Details for ServerDetails {
    type Id = ();

    const SCOPE: Scope = Scope::Server;
    const SLOTS: &'static [Slot] = &[Slot::ServerInfo, Slot::License, PARTITIONS];
    const PLACEHOLDER: &'static str = "No server information";

    fn subject_id(_: &Session) -> Option<()> {
        Some(())
    }

    fn title(_: &Session) -> String {
        "Server".into()
    }

    fn as_of(session: &Session) -> Option<Timestamp> {
        session.values.latest(slots::LICENSE).map(|fetched| fetched.as_of)
    }

    fn facts(session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
        let mut fields = match session.values.latest(slots::SERVER_INFO) {
            Some(fetched) => info_fields(&fetched.value, theme),
            None => vec![FieldRow::single_line("version", missing_line(session.values.get(slots::SERVER_INFO), theme))],
        };
        fields.push(FieldRow::single_line("", ""));
        match session.values.latest(slots::LICENSE) {
            Some(fetched) => fields.extend(license_fields(&fetched.value, theme)),
            None => {
                fields.push(FieldRow::single_line("license", missing_line(session.values.get(slots::LICENSE), theme)));
            }
        }
        fields.push(FieldRow::single_line("", ""));
        let partitions = session.lists.pages::<Partition>();
        match partitions.total() {
            Some(_) => {
                let rows = partitions.loaded_rows();
                fields.extend(rows.flat_map(|(_, partition)| partition_fields(partition, session, theme)));
                let n_unreadable: usize = partitions.loaded_pages().map(|page| page.value.n_unreadable).sum();
                if n_unreadable > 0 {
                    let partitions = text::pluralize(n_unreadable, "partition", "partitions");
                    let line = Line::styled(format!("{partitions} could not be read"), theme.unknown);
                    fields.push(FieldRow::single_line("store", line));
                }
            }
            None if session.is_pending(PARTITIONS) => {
                fields.push(FieldRow::single_line("store", Line::styled("Loading…", theme.muted)));
            }
            None => fields.push(FieldRow::single_line("store", Line::styled("unknown", theme.unknown))),
        }
        fields
    }

    fn after_input(cx: &mut Cx<'_>) {
        cx.details().fetch_server_details();
    }

    fn refresh(cx: &mut Cx<'_>) {
        cx.details().refresh_details(Self::SLOTS);
        cx.lists().refresh_or_load::<Partition>();
    }

    fn record(session: &Session) -> Option<Document> {
        Some(session.values.latest(slots::SERVER_INFO)?.value.document.clone())
    }

    fn clip(session: &Session, action: Action) -> Option<Clip> {
        let info = &session.values.latest(slots::SERVER_INFO)?.value;
        copy::fields_clip(|| std::iter::once(info.version.clone()), &info.document, action)
    }
}

fn info_fields(info: &ServerInfo, theme: &Theme) -> Vec<FieldRow<'static>> {
    let switch = |label, is_on: Option<bool>| {
        let (word, style) = match is_on {
            Some(true) => ("on", theme.good),
            Some(false) => ("OFF", theme.caution),
            None => ("unknown", theme.unknown),
        };
        FieldRow::single_line(label, Line::styled(word, style))
    };
    let mut fields = vec![
        FieldRow::single_line("version", text::excerpt(&info.version)),
        switch("banning", info.banning_enabled),
        switch("live response", info.live_response_enabled),
    ];
    let features: Vec<_> = info.features.iter().map(text::excerpt).collect();
    if !features.is_empty() {
        fields.push(FieldRow::multi_line("features", features.join(", "), MAX_LINES));
    }
    if let Some(rows) = info.max_rows {
        fields.push(FieldRow::single_line("max rows per request", group_thousands(rows)));
    }
    fields
}

fn license_fields(license: &License, theme: &Theme) -> Vec<FieldRow<'static>> {
    let (word, style) = match (license.is_valid, license.is_expired) {
        (_, Some(true)) => ("EXPIRED", theme.bad),
        (Some(false), _) => ("NOT VALID", theme.bad),
        (Some(true), Some(false)) => ("valid", theme.good),
        _ => ("unknown whether it is valid", theme.unknown),
    };
    let until = license.end.non_empty();
    let until = until.map(|end| format!(" until {}", text::fit(end, 20)));
    let state = format!("{word}{}", until.unwrap_or_default());
    let count = |n: Option<u64>| n.map_or("?".into(), group_thousands);
    let sensors = format!("{} of {} in use (yesterday)", count(license.actual), count(license.licensed));
    let is_exceeded = license.actual.zip(license.licensed).is_some_and(|(actual, licensed)| actual > licensed);
    let sensors = if is_exceeded { Line::styled(format!("{sensors}: EXCEEDED"), theme.bad) } else { sensors.into() };
    vec![FieldRow::single_line("license", Line::styled(state, style)), FieldRow::multi_line("sensors", sensors, 2)]
}

/// Returns the fields of a partition of the event store: name, time range, and size.
fn partition_fields(partition: &Partition, session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
    let at = |at: Option<Timestamp>| at.map(|at| session.connection.zone.format(at, Precision::Minute));
    let from = at(partition.start).unwrap_or_else(|| "?".into());
    let to = at(partition.end).unwrap_or_else(|| "now".into());
    let label = ["hot", "warm", "cold"];
    let label = label.into_iter().find(|label| partition.status.eq_ignore_case(label));
    let name = text::fit(&partition.name, 40);
    let documents = partition.documents.map(|n| format!("{} process records", group_thousands(n)));
    let size = partition.bytes.map(text::format_size);
    let amount: Vec<_> = [documents, size].into_iter().flatten().collect();
    vec![
        FieldRow::multi_line(label.unwrap_or("store"), name, 2),
        FieldRow::multi_line("", Line::styled(format!("  {from} to {to}"), theme.time), 2),
        FieldRow::multi_line("", format!("  {}", amount.join(", ")), 2),
    ]
}
