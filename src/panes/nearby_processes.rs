//! The popup that searches for other process starts on a host around a time.

use jiff::{SignedDuration, Timestamp};
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{observables::Moment, pivot::Observables};
use crate::keys::{Action, Scope};
use crate::model::{Precision, SensorId};
use crate::panes::{ActionResult, Pane, PaneHeader, RenderCx, details::subject};
use crate::query::{Index, quote};
use crate::session::{Cx, Destination, Session};
use crate::text::{self, Untrusted};

/// Selectable spans before and after the time: seconds and label.
const TIME_SPANS: [(i64, &str); 8] = [
    (60, "1 minute"),
    (2 * 60, "2 minutes"),
    (5 * 60, "5 minutes"),
    (15 * 60, "15 minutes"),
    (60 * 60, "1 hour"),
    (4 * 60 * 60, "4 hours"),
    (24 * 60 * 60, "1 day"),
    (7 * 24 * 60 * 60, "1 week"),
];

/// Index of the default span, five minutes: one action of an attacker mostly takes less.
const DEFAULT_SPAN: usize = 2;

/// The popup to choose the span.
#[derive(Debug)]
pub struct AroundPane {
    host: Untrusted,
    sensor: Option<SensorId>,
    moment: Moment,
    span: usize,
}

impl AroundPane {
    /// Creates the popup for the host and time of `observables`; `None` if either is unknown.
    pub fn new(observables: &Observables) -> Option<Self> {
        Some(Self {
            host: observables.host()?.clone(),
            sensor: observables.sensor,
            moment: observables.at?,
            span: DEFAULT_SPAN,
        })
    }

    /// Returns start and end of the searched time range.
    fn time_range(&self) -> (Timestamp, Timestamp) {
        let span = SignedDuration::from_secs(TIME_SPANS[self.span].0);
        // At the limits of representable time the range is cut off.
        let from = self.moment.at.checked_sub(span).unwrap_or(Timestamp::MIN);
        let until = self.moment.at.checked_add(span).unwrap_or(Timestamp::MAX);
        (from, until)
    }

    /// Returns the clock offset of the host, by which start times are dated, if the sensor is loaded.
    fn clock_line(&self, session: &Session, cx: &RenderCx<'_>) -> Line<'static> {
        let sensor = self.sensor.and_then(|id| session.find_sensor(id));
        let mut line = sensor.map_or_else(
            || Line::styled("unknown", cx.theme.unknown),
            |sensor| subject::clock_line(sensor, None, cx.theme),
        );
        let label = Span::styled(format!("{:<8}", "clock"), cx.theme.muted);
        line.spans.insert(0, label);
        line
    }

    fn range_query(&self) -> String {
        let (from, until) = self.time_range();
        let format = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let host = quote(self.host.raw());
        format!("hostname:{host} start:[{} TO {}]", format(from), format(until))
    }
}

impl Pane for AroundPane {
    fn scope(&self) -> Scope {
        Scope::Around
    }

    fn header(&self, _: &Session) -> PaneHeader {
        "Other process starts around this time".into()
    }

    fn handle_action(&mut self, action: Action, _: &mut Cx<'_>) -> ActionResult {
        match action {
            Action::Widen => self.span = (self.span + 1).min(TIME_SPANS.len() - 1),
            Action::Tighten => self.span = self.span.saturating_sub(1),
            Action::Accept => {
                return ActionResult::Navigate(Destination::Search(Index::Process, self.range_query()));
            }
            _ => return ActionResult::Ignored,
        }
        ActionResult::Done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>) {
        let (theme, zone) = (cx.theme, &session.connection.zone);
        let (from, until) = self.time_range();
        let fact = |label: &'static str, value: String, style| {
            let label = Span::styled(format!("{label:<8}"), theme.muted);
            Line::from(vec![label, Span::styled(value, style)])
        };
        let room = usize::from(area.width).saturating_sub(8);
        let format = |at| zone.format(at, Precision::Second);
        let lines = [
            fact("host", text::fit(&self.host, room), theme.text),
            fact("time", format(self.moment.at), theme.time),
            fact("", self.moment.description.into(), theme.muted),
            self.clock_line(session, cx),
            fact("around", format!("+/- {}", TIME_SPANS[self.span].1), theme.accent),
            fact("from", format(from), theme.time),
            fact("to", format(until), theme.time),
            Line::default(),
            fact("query", text::fit(&self.range_query().into(), room), theme.value),
        ];
        for (line, row) in lines.into_iter().zip(area.rows()) {
            frame.render_widget(line, row);
        }
    }
}
