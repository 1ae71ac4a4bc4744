//! Cells of a timeline row: time, time after the previous event, kind, description.

use jiff::{SignedDuration, Timestamp};
use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::filter::TimeRange;
use crate::model::{Event, EventKind, Precision, Zone};
use crate::panes::list::group_thousands;
use crate::session::TimelineGap;
use crate::text;
use crate::theme::Theme;
use crate::widgets::TableColumn;

/// Returns the columns; `title` is the heading of the time column, with the time zone.
pub(super) fn columns<'t>(title: &'t str, style: TimeStyle<'_>) -> [TableColumn<'t>; 4] {
    let time = if style.shows_days { 18 } else { 12 };
    [
        TableColumn::left_aligned(title, time, time, 1),
        TableColumn::right_aligned("AFTER", 6, 6, 3),
        TableColumn::left_aligned("KIND", 6, 6, 2),
        TableColumn::left_aligned("DETAIL", 12, TableColumn::FILL, 0),
    ]
}

/// Format of the times in a timeline.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeStyle<'a> {
    zone: &'a Zone,
    /// Whether times have the month and day: the shown events are not all of one day.
    shows_days: bool,
}

impl<'a> TimeStyle<'a> {
    /// Returns the format for events in `range`.
    pub(super) fn for_range(range: Option<TimeRange>, zone: &'a Zone) -> Self {
        let day = |at: Timestamp| zone.without_offset(at, Precision::Second).get(..10).map(str::to_owned);
        Self { zone, shows_days: range.is_some_and(|range| day(range.start) != day(range.end)) }
    }

    /// Formats a time to the second.
    pub(super) fn format_second(self, at: Timestamp) -> String {
        let text = self.zone.without_offset(at, Precision::Second);
        let part = if self.shows_days { 5.. } else { 11.. };
        text.get(part).unwrap_or_default().to_owned()
    }

    /// Formats a time to the millisecond.
    pub(super) fn format_time(self, at: Timestamp) -> String {
        let ms = at.as_millisecond().rem_euclid(1_000);
        format!("{}.{ms:03}", self.format_second(at))
    }
}

/// Returns the cells of an event; `before` is the time of the row above it.
pub(super) fn event_cells(
    event: &Event,
    before: Option<Timestamp>,
    style: TimeStyle<'_>,
    room: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let at = event.at.map(|at| style.format_time(at));
    let after = event.at.zip(before);
    let after = after.map(|(at, before)| format_delta(at.duration_since(before)));
    let at = match at {
        Some(at) => Line::styled(at, theme.time),
        None => Line::styled("unknown", theme.unknown),
    };
    let kind = event.kind();
    vec![
        at,
        Line::styled(after.unwrap_or_default(), theme.muted),
        Line::styled(kind.short_name(), kind_style(event, theme)),
        Line::raw(describe(event, room)),
    ]
}

/// Describes an event in `room` cells. A path that is too long loses its start, not its end. However long the record
/// is, only the visible part is measured.
fn describe(event: &Event, room: usize) -> String {
    let is_path = matches!(event.kind(), EventKind::Filemod | EventKind::Regmod | EventKind::Modload);
    let (before, object, after) = (event.action(), event.object(), event.annotations());
    let length = before.len() + 1 + object.raw().len() + after.len();
    if is_path && length > room {
        let [before, after] = [before, &after].map(|text| text::fit(&text.into(), room));
        let taken = text::width(&before) + 1 + text::width(&after);
        let path = text::fit_end(&object, room.saturating_sub(taken));
        return text::fit(&format!("{before} {path}{after}").into(), room);
    }
    let visible = text::prefix_for_cells(object.raw(), room);
    text::fit(&format!("{before} {visible}{after}").into(), room)
}

/// Returns the cells of the row for a segment that is missing.
pub(super) fn gap_cells(
    gap: &TimelineGap<'_>,
    at: Option<Timestamp>,
    style: TimeStyle<'_>,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let at = at.map(|at| style.format_time(at)).unwrap_or_default();
    vec![
        Line::styled(at, theme.time),
        Line::default(),
        Line::styled("gap", theme.bad),
        Line::from(vec![
            Span::styled(format!("{} could not be loaded", describe_gap(gap)), theme.bad),
            Span::styled(if gap.is_left_out { ", " } else { ", r retries: " }, theme.hint),
            Span::raw(gap_reason(gap)),
        ]),
    ]
}

/// Describes what is missing.
pub(super) fn describe_gap(gap: &TimelineGap<'_>) -> String {
    let events = match gap.n_events {
        Some(1) => "1 event".into(),
        Some(n) => format!("{} events", group_thousands(n)),
        None => "events".into(),
    };
    format!("{events} of segment {}", gap.segment)
}

/// Returns why it is missing.
pub(super) fn gap_reason(gap: &TimelineGap<'_>) -> String {
    if gap.is_left_out {
        return "not loaded: the memory limit for one process is reached".into();
    }
    let reason = gap.error.map_or("cancelled".into(), ToString::to_string);
    text::make_visible(&reason.into())
}

/// Returns a style that makes suspicious kinds stand out.
fn kind_style(event: &Event, theme: &Theme) -> Style {
    match event.kind() {
        _ if event.is_tamper || event.is_blocked() => theme.bad,
        _ if event.is_ambiguous => theme.caution,
        EventKind::Block | EventKind::Emet => theme.bad,
        EventKind::Crossproc | EventKind::Fileless => theme.caution,
        EventKind::Netconn | EventKind::Childproc => theme.accent,
        EventKind::Filemod | EventKind::Regmod | EventKind::Modload => theme.muted,
        EventKind::Other => theme.unknown,
    }
}

/// Formats the time between two events in at most six cells.
fn format_delta(after: SignedDuration) -> String {
    let (ms, s) = (after.as_millis(), after.as_secs());
    match s {
        ..1 => format!("+{ms}ms"),
        1..10 => format!("+{s}.{}s", ms % 1_000 / 100),
        10..60 => format!("+{s}s"),
        60..3_600 => format!("+{}m", s / 60),
        3_600..86_400 => format!("+{}h", s / 3_600),
        _ => format!("+{}d", s / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_as_precise_as_six_cells_can_tell() {
        for (ms, text) in [
            (0, "+0ms"),
            (999, "+999ms"),
            (1_250, "+1.2s"),
            (59_999, "+59s"),
            (60_000, "+1m"),
            (7_200_000, "+2h"),
            (864_000_000, "+10d"),
        ] {
            assert_eq!(format_delta(SignedDuration::from_millis(ms)), text);
        }
    }
}
