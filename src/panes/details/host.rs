//! The host under the cursor of the sensors: what its row says in full, and which alerts are open on it.

use jiff::Timestamp;
use ratatui::text::Line;

use super::{Card, page_of, said};
use crate::keys::{Action, Scope};
use crate::model::{Document, Precision, SensorId};
use crate::panes::{
    PaneId,
    copy::{self, Copied},
    details::subject::{self, missing},
    pivot::Clues,
};
use crate::query::Index;
use crate::session::{Cx, Lead, Remote, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::Field;
use crate::worker::Slot;

/// The card of a host.
#[derive(Debug)]
pub struct HostCard;

impl Card for HostCard {
    type Id = SensorId;

    const PANE: PaneId = PaneId::Host;
    const SCOPE: Scope = Scope::Host;
    const SLOTS: &'static [Slot] = &[Slot::HostAlerts];
    const NONE: &'static str = "Select a sensor for host details";

    fn shown(session: &Session) -> Option<SensorId> {
        session.host.as_ref().map(|host| host.id)
    }

    fn title(session: &Session) -> String {
        let host = session.host.as_ref();
        host.map_or("Host".into(), |host| format!("{} #{}", text::fit(&host.computer_name, 24), host.id))
    }

    fn as_of(session: &Session) -> Option<Timestamp> {
        page_of(session.host.as_ref(), session)
    }

    fn facts(session: &Session, theme: &Theme) -> Vec<Field<'static>> {
        let Some(host) = &session.host else {
            return Vec::new();
        };
        let time = |label, at: Option<Timestamp>| {
            let at = session.zone.show(at?, Precision::Second);
            Some(Field::cut(label, Line::styled(at, theme.time)))
        };
        let as_of = Self::as_of(session).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut fields = subject::facts(host, as_of, None, session, theme);
        let name = &host.computer_name;
        fields.extend(said("dns name", &host.dns_name).filter(|_| !host.dns_name.is_like(name.raw())));
        fields.push(alerts(&host.computer_name, session, theme));
        fields.push(Field::cut("", ""));
        fields.extend(subject::aside(host));
        let flush = said("flush until", &host.flush_until);
        fields.extend(flush);
        fields.extend(time("next check-in", host.next_checkin));
        fields.extend(time("registered", host.registered));
        if let Some(seconds) = host.uptime {
            let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
            fields.push(Field::cut("uptime", format!("{days} d {hours} h")));
        }
        if host.supports_isolation == Some(false) {
            let text = Line::styled("this sensor cannot isolate", theme.caution);
            fields.push(Field::cut("", text));
        }
        fields
    }

    fn settle(cx: &mut Cx<'_>) {
        cx.attend_alerts();
    }

    fn lead(session: &Session) -> Option<Lead> {
        let host = session.host.as_ref()?;
        Some(Lead::Search(Index::Process, format!("sensor_id:{}", host.id)))
    }

    fn clues(session: &Session) -> Option<Clues> {
        let host = session.host.as_ref()?;
        Some(Clues::of_host(host.id, &host.computer_name))
    }

    fn record(session: &Session) -> Option<Document> {
        Some(session.host.as_ref()?.document.clone())
    }

    fn copied(session: &Session, action: Action) -> Option<Copied> {
        copy::sensor(session.host.as_ref()?, action)
    }
}

/// How many alerts nobody has closed.
fn alerts(host: &Untrusted, session: &Session, theme: &Theme) -> Field<'static> {
    let remote = session.open_alerts_of(host);
    let said = match remote.and_then(Remote::current) {
        None => missing(remote, theme),
        Some(known) => match known.value.total {
            0 => "none open".into(),
            total => {
                let as_of = session.as_of(known.as_of);
                Line::styled(format!("{total} open, {as_of}"), theme.bad)
            }
        },
    };
    Field::cut("alerts", said)
}
