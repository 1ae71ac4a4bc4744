//! An event as a row: when, how long after the one before it, of which kind, and what in words.

use jiff::{SignedDuration, Timestamp};
use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::filter::Stretch;
use crate::model::{Event, EventKind, Precision, Zone};
use crate::panes::list::thousands;
use crate::session::Gap;
use crate::text;
use crate::theme::Theme;
use crate::widgets::Column;

/// The columns, for times with their day or without it, under a title that tells their zone.
pub(super) fn columns<'t>(title: &'t str, form: Form<'_>) -> [Column<'t>; 4] {
    let time = if form.has_days { 18 } else { 12 };
    [
        Column::left(title, time, time, 1),
        Column::right("AFTER", 6, 6, 3),
        Column::left("KIND", 6, 6, 2),
        Column::left("DETAIL", 12, Column::REST, 0),
    ]
}

/// How times are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form<'a> {
    zone: &'a Zone,
    /// Whether they are told apart only with their day.
    has_days: bool,
}

impl<'a> Form<'a> {
    /// How the times of a stretch are written.
    pub(super) fn of(stretch: Option<Stretch>, zone: &'a Zone) -> Self {
        let day = |at: Timestamp| zone.bare(at, Precision::Second).get(..10).map(str::to_owned);
        let has_days = stretch.is_some_and(|stretch| day(stretch.from) != day(stretch.to));
        Self { zone, has_days }
    }

    /// A time of day to the second, with its day where that is needed.
    pub(super) fn second(self, at: Timestamp) -> String {
        let whole = self.zone.bare(at, Precision::Second);
        let part = if self.has_days { 5.. } else { 11.. };
        whole.get(part).unwrap_or_default().to_owned()
    }

    /// The same to the millisecond.
    pub(super) fn time(self, at: Timestamp) -> String {
        let ms = at.as_millisecond().rem_euclid(1_000);
        format!("{}.{ms:03}", self.second(at))
    }
}

/// The cells of an event, `before` being the time of the row above it.
pub(super) fn event(
    event: &Event,
    before: Option<Timestamp>,
    form: Form<'_>,
    room: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let at = event.at.map(|at| form.time(at));
    let after = event.at.zip(before);
    let after = after.map(|(at, before)| delta(at.duration_since(before)));
    let at = match at {
        Some(at) => Line::styled(at, theme.time),
        None => Line::styled("unknown", theme.unknown),
    };
    let kind = event.kind();
    vec![
        at,
        Line::styled(after.unwrap_or_default(), theme.muted),
        Line::styled(kind.short(), style(event, theme)),
        Line::raw(words(event, room)),
    ]
}

/// The event in so many cells. Of a path that is too long the end is worth more than the beginning. However long the
/// record is, only what is shown of it costs.
fn words(event: &Event, room: usize) -> String {
    let is_path = matches!(event.kind(), EventKind::Filemod | EventKind::Regmod | EventKind::Modload);
    let (before, object, after) = (event.action(), event.object(), event.remarks());
    let length = before.len() + 1 + object.raw().len() + after.len();
    if is_path && length > room {
        let [before, after] = [before, &after].map(|text| text::fit(&text.into(), room));
        let taken = text::width(&before) + 1 + text::width(&after);
        let path = text::fit_end(&object, room.saturating_sub(taken));
        return text::fit(&format!("{before} {path}{after}").into(), room);
    }
    let shown = text::head(object.raw(), room);
    text::fit(&format!("{before} {shown}{after}").into(), room)
}

/// The cells of the row of a segment that is missing.
pub(super) fn gap(gap: &Gap<'_>, at: Option<Timestamp>, form: Form<'_>, theme: &Theme) -> Vec<Line<'static>> {
    let at = at.map(|at| form.time(at)).unwrap_or_default();
    vec![
        Line::styled(at, theme.time),
        Line::default(),
        Line::styled("gap", theme.bad),
        Line::from(vec![
            Span::styled(format!("{} could not be loaded", missing(gap)), theme.bad),
            Span::styled(if gap.is_left_out { ", " } else { ", r retries: " }, theme.hint),
            Span::raw(why(gap)),
        ]),
    ]
}

/// What is missing.
pub(super) fn missing(gap: &Gap<'_>) -> String {
    let events = match gap.n_events {
        Some(1) => "1 event".into(),
        Some(n) => format!("{} events", thousands(n)),
        None => "events".into(),
    };
    format!("{events} of segment {}", gap.segment)
}

/// Why it is missing.
pub(super) fn why(gap: &Gap<'_>) -> String {
    if gap.is_left_out {
        return "left out: the segments that are here take all the memory there is for one process".into();
    }
    let why = gap.error.map_or("cancelled".into(), ToString::to_string);
    text::visible(&why.into())
}

/// How telling a kind is.
fn style(event: &Event, theme: &Theme) -> Style {
    match event.kind() {
        _ if event.is_tamper || event.is_blocked() => theme.bad,
        _ if event.is_doubtful => theme.caution,
        EventKind::Block | EventKind::Emet => theme.bad,
        EventKind::Crossproc | EventKind::Fileless => theme.caution,
        EventKind::Netconn | EventKind::Childproc => theme.accent,
        EventKind::Filemod | EventKind::Regmod | EventKind::Modload => theme.muted,
        EventKind::Other => theme.unknown,
    }
}

/// A difference in at most six cells.
fn delta(after: SignedDuration) -> String {
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
        for (ms, words) in [
            (0, "+0ms"),
            (999, "+999ms"),
            (1_250, "+1.2s"),
            (59_999, "+59s"),
            (60_000, "+1m"),
            (7_200_000, "+2h"),
            (864_000_000, "+10d"),
        ] {
            assert_eq!(delta(SignedDuration::from_millis(ms)), words);
        }
    }
}
