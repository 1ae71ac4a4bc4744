//! The host details pane: the selected sensor in full, and the open alerts on it.

use jiff::Timestamp;
use ratatui::text::Line;

use super::{Details, fetched_at, text_field};
use crate::keys::{Action, Scope};
use crate::model::{Document, Precision, SensorId};
use crate::panes::{
    copy::{self, Clip},
    details::subject::{self, missing_line},
    pivot::Observables,
};
use crate::query::Index;
use crate::session::{Cx, Destination, Remote, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::FieldRow;
use crate::worker::Slot;

/// Details of a sensor.
#[derive(Debug)]
pub struct HostDetails;

impl Details for HostDetails {
    type Id = SensorId;

    const SCOPE: Scope = Scope::Host;
    const SLOTS: &'static [Slot] = &[Slot::HostAlerts];
    const PLACEHOLDER: &'static str = "Select a sensor for host details";

    fn subject_id(session: &Session) -> Option<SensorId> {
        session.selection.sensor.as_ref().map(|host| host.id)
    }

    fn title(session: &Session) -> String {
        let host = session.selection.sensor.as_ref();
        host.map_or("Host".into(), |host| format!("{} #{}", text::fit(&host.computer_name, 24), host.id))
    }

    fn as_of(session: &Session) -> Option<Timestamp> {
        fetched_at(session.selection.sensor.as_ref(), session)
    }

    fn facts(session: &Session, theme: &Theme) -> Vec<FieldRow<'static>> {
        let Some(host) = &session.selection.sensor else {
            return Vec::new();
        };
        let time = |label, at: Option<Timestamp>| {
            let at = session.connection.zone.format(at?, Precision::Second);
            Some(FieldRow::single_line(label, Line::styled(at, theme.time)))
        };
        let as_of = Self::as_of(session).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut fields = subject::sensor_fields(host, as_of, None, session, theme);
        let name = &host.computer_name;
        fields.extend(text_field("DNS name", &host.dns_name).filter(|_| !host.dns_name.eq_ignore_case(name.raw())));
        fields.push(alerts_field(&host.computer_name, session, theme));
        fields.push(FieldRow::single_line("", ""));
        fields.extend(subject::secondary_facts(host));
        let flush = text_field("flush until", &host.flush_until);
        fields.extend(flush);
        fields.extend(time("next check-in", host.next_checkin));
        fields.extend(time("registered", host.registered));
        if let Some(seconds) = host.uptime {
            let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
            fields.push(FieldRow::single_line("uptime", format!("{days} d {hours} h")));
        }
        if host.supports_isolation == Some(false) {
            let text = Line::styled("this sensor cannot isolate", theme.caution);
            fields.push(FieldRow::single_line("", text));
        }
        fields
    }

    fn after_input(cx: &mut Cx<'_>) {
        cx.details().fetch_host_alerts();
    }

    fn destination(session: &Session) -> Option<Destination> {
        let host = session.selection.sensor.as_ref()?;
        Some(Destination::Search(Index::Process, format!("sensor_id:{}", host.id)))
    }

    fn observables(session: &Session) -> Option<Observables> {
        let host = session.selection.sensor.as_ref()?;
        Some(Observables::of_host(host.id, &host.computer_name))
    }

    fn record(session: &Session) -> Option<Document> {
        Some(session.selection.sensor.as_ref()?.document.clone())
    }

    fn clip(session: &Session, action: Action) -> Option<Clip> {
        copy::sensor_clip(session.selection.sensor.as_ref()?, action)
    }
}

/// Returns the number of open alerts on the host.
fn alerts_field(host: &Untrusted, session: &Session, theme: &Theme) -> FieldRow<'static> {
    let remote = session.host_alerts_of(host);
    let line = match remote.and_then(Remote::latest) {
        None => missing_line(remote, theme),
        Some(fetched) => match fetched.value.total {
            0 => "none open".into(),
            total => {
                let as_of = session.describe_answer_time(fetched.as_of);
                Line::styled(format!("{total} open, {as_of}"), theme.bad)
            }
        },
    };
    FieldRow::single_line("alerts", line)
}
