//! Fields of a sensor.

use jiff::Timestamp;
use ratatui::text::{Line, Span};

use crate::model::{self, GroupId, Isolation, Precision, Process, Sensor, Zone};
use crate::session::Session;
use crate::text;
use crate::theme::Theme;
use crate::widgets::FieldRow;

/// Addresses shown at the top: a host may have dozens of adapters.
const MAX_TOP_ADDRESSES: usize = 2;

/// Returns the main fields of a sensor, most urgent first.
pub(in crate::panes) fn sensor_fields(
    sensor: &Sensor,
    as_of: Timestamp,
    process: Option<&Process>,
    session: &Session,
    theme: &Theme,
) -> Vec<FieldRow<'static>> {
    let zone = &session.connection.zone;
    let group = group_text(sensor.group, session);
    let mut fields = vec![
        FieldRow::single_line("", isolation_line(sensor, theme)),
        FieldRow::single_line("status", status_line(sensor, as_of, zone, theme)),
        FieldRow::single_line("group", group),
        FieldRow::single_line("os", text::excerpt(&sensor.os)),
    ];
    fields.extend(address_fields(sensor).take(MAX_TOP_ADDRESSES));
    let n_more = sensor.adapters.len().saturating_sub(MAX_TOP_ADDRESSES);
    if n_more > 0
        && let Some(last) = fields.last_mut()
    {
        // The others are shown by `secondary_facts`.
        let more = Span::styled(format!("  +{n_more}"), theme.muted);
        last.value.push_span(more);
    }
    fields.push(FieldRow::single_line("health", health_line(sensor, theme)));
    fields.push(FieldRow::single_line("clock", clock_line(sensor, process, theme)));
    fields
}

/// Returns each IP address of the sensor with its MAC address.
fn address_fields(sensor: &Sensor) -> impl Iterator<Item = FieldRow<'static>> {
    let adapters = sensor.adapters.iter();
    adapters.map(|adapter| FieldRow::single_line("address", format!("{}  {}", adapter.ip, adapter.mac)))
}

/// Returns the name of the sensor group, or its ID while the groups are not loaded.
fn group_text(id: Option<GroupId>, session: &Session) -> String {
    let Some(id) = id else {
        return "unknown".into();
    };
    match session.group_name(id) {
        Some(name) => text::excerpt(name),
        None => format!("#{id}"),
    }
}

/// Returns the less important fields of a sensor.
pub(in crate::panes) fn secondary_facts(sensor: &Sensor) -> Vec<FieldRow<'static>> {
    let mut fields = vec![FieldRow::single_line("version", sensor.release())];
    let backlog = match (sensor.eventlog_bytes, sensor.storefile_bytes) {
        (None, None) => "unknown".into(),
        (events, files) => {
            let size = |bytes: Option<u64>| bytes.map_or("?".into(), text::format_size);
            format!("events {}, files {}", size(events), size(files))
        }
    };
    fields.push(FieldRow::single_line("backlog", backlog));
    if let Some(notes) = sensor.notes.non_empty() {
        fields.push(FieldRow::single_line("notes", text::excerpt(notes)));
    }
    fields.extend(address_fields(sensor).skip(MAX_TOP_ADDRESSES));
    fields
}

/// Returns the isolation state, with what was requested and what the sensor reports.
fn isolation_line(sensor: &Sensor, theme: &Theme) -> Line<'static> {
    let isolation = sensor.isolation();
    let style = match isolation {
        Isolation::No => theme.text,
        Isolation::Pending | Isolation::Lifting => theme.caution,
        Isolation::Yes => theme.bad,
        Isolation::Unknown => theme.unknown,
    };
    let word = isolation.to_string().to_uppercase();
    let (requested, actual) = (yes_no_label(sensor.isolation_wanted), yes_no_label(sensor.is_isolating));
    let state = if requested == actual {
        format!(" requested {requested}")
    } else {
        format!(" requested {requested}, actual {actual}")
    };
    Line::from(vec![Span::styled(word, style), Span::raw(state)])
}

fn status_line(sensor: &Sensor, as_of: Timestamp, zone: &Zone, theme: &Theme) -> Line<'static> {
    let style = match sensor.status.raw() {
        "Online" => theme.good,
        "Offline" => theme.caution,
        _ => theme.unknown,
    };
    let word = |status| text::fit(status, 20).to_lowercase();
    let status = sensor.status.non_empty().map_or("unknown".into(), word);
    let seen = sensor.last_checkin.map_or("never".into(), |at| format_seen(at, as_of, zone));
    let mut spans =
        vec![Span::styled(status, style), Span::styled(", seen ", theme.muted), Span::styled(seen, theme.time)];
    if sensor.is_uninstalled() {
        spans.push(Span::styled("  UNINSTALLED", theme.bad));
    } else if sensor.uninstall == Some(true) {
        spans.push(Span::styled("  uninstall pending", theme.caution));
    } else if sensor.restart_queued == Some(true) {
        spans.push(Span::styled("  restart pending", theme.caution));
    }
    Line::from(spans)
}

fn health_line(sensor: &Sensor, theme: &Theme) -> Line<'static> {
    let Some(health) = sensor.health else {
        return Line::styled("unknown", theme.unknown);
    };
    let style = match health {
        90.. => theme.good,
        50.. => theme.caution,
        _ => theme.bad,
    };
    Line::styled(format!("{health}  {}", text::excerpt(&sensor.health_message)), style)
}

/// Returns the clock offset of a host; whether it is fast or slow only if the times of `process` show that.
pub(in crate::panes) fn clock_line(sensor: &Sensor, process: Option<&Process>, theme: &Theme) -> Line<'static> {
    let lean = |delta| process.and_then(|process| process.clock_lean(delta));
    match sensor.clock_delta {
        Some(delta) if model::is_skewed(delta) => Line::styled(model::describe_skew(delta, lean(delta)), theme.caution),
        Some(delta) => model::describe_skew(delta, None).into(),
        None => Line::styled("unknown", theme.unknown),
    }
}

fn yes_no_label(answer: Option<bool>) -> &'static str {
    match answer {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    }
}

/// Formats a time of the day of `as_of` without the date, and another with it.
fn format_seen(at: Timestamp, as_of: Timestamp, zone: &Zone) -> String {
    if zone.day(at) == zone.day(as_of) { zone.time_of_day(at) } else { zone.format(at, Precision::Minute) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_in_of_another_day_tells_the_day() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let seen = |text| format_seen(at(text), at("2026-03-04T11:00:00Z"), &Zone::Utc);
        assert_eq!(seen("2026-03-04T10:00:05Z"), "10:00:05Z");
        assert_eq!(seen("2026-03-03T10:00:05Z"), "2026-03-03 10:00Z");
    }
}
