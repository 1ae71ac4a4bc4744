//! Fields of the binary of a process, with its signature.

use jiff::Timestamp;
use ratatui::text::{Line, Span};

use crate::fetch::BinaryFetch;
use crate::model::{Binary, Fetched, Process, Zone};
use crate::panes::count_hosts;
use crate::session::{Remote, RemoteState};
use crate::text;
use crate::theme::Theme;
use crate::widgets::FieldRow;

/// Returns the fields of the binary of `process`.
pub(super) fn binary_fields(
    fetched: &Fetched<Binary>,
    process: &Process,
    zone: &Zone,
    theme: &Theme,
) -> Vec<FieldRow<'static>> {
    let binary = &fetched.value;
    let signature = &binary.signature;
    let style = match signature.is_valid() {
        Some(true) => theme.good,
        Some(false) => theme.bad,
        None => theme.unknown,
    };
    let result = signature.result.non_empty().map_or("unknown".into(), text::excerpt);
    let publisher = signature.publisher.non_empty().map(|publisher| format!(" by {}", text::excerpt(publisher)));
    let signature_spans = vec![Span::styled(result, style), Span::raw(publisher.unwrap_or_default())];
    let mut fields = vec![
        FieldRow::single_line("binary", text::excerpt(&process.name)),
        FieldRow::single_line("md5", binary.md5.to_string()),
        FieldRow::single_line("signature", Line::from(signature_spans)),
    ];
    if let Some(signed_at) = signature.signed_at {
        let day = zone.day(signed_at);
        let age = process.started.map(|started| describe_age(signed_at, started)).unwrap_or_default();
        fields.push(FieldRow::single_line("signed", format!("{day}{age}")));
    }
    let hosts = binary.hosts.map_or("unknown".into(), count_hosts);
    let first = binary.first_seen.map(|at| format!(", first seen {}", zone.day(at)));
    fields.push(FieldRow::single_line("seen on", format!("{hosts}{}", first.unwrap_or_default())));
    fields
}

/// Returns why there are no fields.
pub(super) fn missing_fields(
    process: &Process,
    remote: Option<&Remote<BinaryFetch>>,
    theme: &Theme,
) -> FieldRow<'static> {
    let line = match process.md5 {
        None => Line::styled("hash unknown", theme.unknown),
        Some(_) if remote.is_some_and(RemoteState::is_pending) => Line::styled("Loading…", theme.muted),
        Some(md5) => Line::styled(format!("{md5}: unknown"), theme.unknown),
    };
    FieldRow::single_line("binary", line)
}

/// Describes the days between signing and start: an old file name with a fresh signature is suspicious.
fn describe_age(signed_at: Timestamp, started: Timestamp) -> String {
    match started.duration_since(signed_at).as_hours() / 24 {
        days @ 0.. => format!(", {days} d before start"),
        days => format!(", {} d AFTER start", -days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_dated_against_the_start() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(describe_age(at("2026-03-01T12:00:00Z"), at("2026-03-04T11:00:00Z")), ", 2 d before start");
        assert_eq!(describe_age(at("2026-03-09T12:00:00Z"), at("2026-03-04T11:00:00Z")), ", 5 d AFTER start");
    }
}
