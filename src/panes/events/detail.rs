//! The facts of the selected event.

use jiff::Timestamp;
use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::cells;
use crate::model::{Event, Precision, Signature, Zone};
use crate::session::{Session, TimelineGap};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::FieldRow;

/// Lines that one field may take.
const MAX_LINES: usize = 3;

/// Returns the fields of an event for a width of `width` cells.
pub(super) fn event_fields(event: &Event, session: &Session, width: usize, theme: &Theme) -> Vec<FieldRow<'static>> {
    let zone = &session.connection.zone;
    let mut fields = vec![FieldRow::single_line("time", time_line(event.at, zone, theme))];
    for (name, value) in event.properties() {
        let value = text::fit(&value, width * MAX_LINES);
        fields.push(FieldRow::multi_line(name, value, MAX_LINES));
    }
    if let Some(signature) = event.md5().and_then(|md5| session.opened.timeline.signature(md5)) {
        fields.push(FieldRow::single_line("signature", signature_line(signature, theme)));
    }
    let arrived = event.segment.arrival_time();
    let arrived = arrived.map(|at| format!(", received {}", zone.format(at, Precision::Most)));
    let segment = format!("{}{}", event.segment, arrived.unwrap_or_default());
    fields.push(FieldRow::single_line("segment", segment));
    fields
}

/// Returns the fields of a segment that is missing.
pub(super) fn gap_fields(gap: &TimelineGap<'_>, theme: &Theme) -> Vec<FieldRow<'static>> {
    let hint = gap.error.and_then(crate::api::Error::hint);
    let missing = Line::styled(cells::describe_gap(gap), theme.bad);
    let mut fields =
        vec![FieldRow::single_line("missing", missing), FieldRow::multi_line("why", cells::gap_reason(gap), MAX_LINES)];
    fields.extend(hint.map(|hint| FieldRow::multi_line("hint", hint, MAX_LINES)));
    let next = if gap.is_left_out { "`lampblack events PROCESS --limit 0` shows all" } else { "r reloads it" };
    fields.push(FieldRow::single_line("", Line::styled(next, theme.hint)));
    fields
}

fn time_line(at: Option<Timestamp>, zone: &Zone, theme: &Theme) -> Line<'static> {
    match at {
        Some(at) => Line::styled(format!("{} (sensor clock)", zone.format(at, Precision::Most)), theme.time),
        None => Line::styled("unknown: the record's time is unreadable", theme.unknown),
    }
}

/// Formats the signature result and the publisher.
fn signature_line(signature: &Signature, theme: &Theme) -> Line<'static> {
    let style = match signature.is_valid() {
        Some(true) => theme.good,
        Some(false) => theme.bad,
        None => theme.unknown,
    };
    let excerpt = |text: &Untrusted| text.non_empty().map(text::excerpt);
    let result = excerpt(&signature.result).unwrap_or("unknown".into());
    let publisher = excerpt(&signature.publisher).map(|publisher| format!(" by {publisher}"));
    Line::from(vec![Span::styled(result, style), Span::styled(publisher.unwrap_or_default(), Style::new())])
}
