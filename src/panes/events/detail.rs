//! The selected event in words: every fact that its record has, and what came with it.

use jiff::Timestamp;
use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::cells;
use crate::model::{Event, Precision, Signature, Zone};
use crate::session::{Gap, Session};
use crate::text::{self, Untrusted};
use crate::theme::Theme;
use crate::widgets::Field;

/// Lines that one fact may take.
const LINES: usize = 3;

/// The facts of an event, in as many cells.
pub(super) fn event(event: &Event, session: &Session, width: usize, theme: &Theme) -> Vec<Field<'static>> {
    let zone = &session.zone;
    let mut fields = vec![Field::cut("time", time(event.at, zone, theme))];
    for (name, value) in event.facts() {
        let value = text::fit(&value, width * LINES);
        fields.push(Field::wrapped(name, value, LINES));
    }
    if let Some(signature) = event.md5().and_then(|md5| session.timeline.signature(md5)) {
        fields.push(Field::cut("signature", signed(signature, theme)));
    }
    let arrived = event.segment.arrived();
    let arrived = arrived.map(|at| format!(", received {}", zone.show(at, Precision::Most)));
    let segment = format!("{}{}", event.segment, arrived.unwrap_or_default());
    fields.push(Field::cut("segment", segment));
    fields
}

/// What there is to say of a segment that is missing.
pub(super) fn gap(gap: &Gap<'_>, theme: &Theme) -> Vec<Field<'static>> {
    let hint = gap.error.and_then(crate::api::Error::hint);
    let missing = Line::styled(cells::missing(gap), theme.bad);
    let mut fields = vec![Field::cut("missing", missing), Field::wrapped("why", cells::why(gap), LINES)];
    fields.extend(hint.map(|hint| Field::wrapped("hint", hint, LINES)));
    let next =
        if gap.is_left_out { "lampblack events PROCESS --limit 0 writes all of them" } else { "r loads it again" };
    fields.push(Field::cut("", Line::styled(next, theme.hint)));
    fields
}

fn time(at: Option<Timestamp>, zone: &Zone, theme: &Theme) -> Line<'static> {
    match at {
        Some(at) => Line::styled(format!("{} (sensor clock)", zone.show(at, Precision::Most)), theme.time),
        None => Line::styled("unknown: the record's time is unreadable", theme.unknown),
    }
}

/// What is known of a signature: the result, and who signed.
fn signed(signature: &Signature, theme: &Theme) -> Line<'static> {
    let style = match signature.is_good() {
        Some(true) => theme.good,
        Some(false) => theme.bad,
        None => theme.unknown,
    };
    let shown = |text: &Untrusted| text.non_empty().map(text::excerpt);
    let result = shown(&signature.result).unwrap_or("unknown".into());
    let by = shown(&signature.publisher).map(|by| format!(" by {by}"));
    Line::from(vec![Span::styled(result, style), Span::styled(by.unwrap_or_default(), Style::new())])
}
