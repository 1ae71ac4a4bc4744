//! The prompt for the time range of searches.

use jiff::Timestamp;
use ratatui::text::{Line, Span};

use super::{Prompt, Question};
use crate::keys::Action;
use crate::model::EventClock;
use crate::panes::ActionResult;
use crate::session::{Cx, Destination, PeriodInput, Session};
use crate::theme::Theme;

/// The popup in which a time range and its clock are chosen.
pub type PeriodPane = Prompt<PeriodQuestion>;

/// The question for a time range.
#[derive(Debug)]
pub struct PeriodQuestion {
    clock: EventClock,
    /// Time when the popup was opened, from which relative times are counted.
    now: Timestamp,
}

impl PeriodPane {
    /// Creates the prompt with the time range in force.
    pub fn new(cx: &Cx<'_>) -> Self {
        let period = &cx.session().search.period;
        Self::with_text(PeriodQuestion { clock: period.clock, now: cx.now }, &period.text)
    }
}

impl PeriodQuestion {
    fn with_clock(&self, text: &str) -> PeriodInput {
        PeriodInput { text: text.to_owned(), clock: self.clock }
    }
}

impl Question for PeriodQuestion {
    const LABEL: &'static str = "when   ";

    fn title(&self, _: &Session) -> Line<'static> {
        "Time range (last event)".into()
    }

    fn accept(&mut self, text: &str, cx: &mut Cx<'_>) -> ActionResult {
        let period = self.with_clock(text);
        if period.period(cx.now).is_none() {
            cx.warn("Not a time range: write -24h, or FROM..UNTIL");
            return ActionResult::Done;
        }
        ActionResult::Navigate(Destination::Period(period))
    }

    fn handle_action(&mut self, action: Action, _: &mut Cx<'_>) -> ActionResult {
        if !matches!(action, Action::NextPane | Action::PreviousPane) {
            return ActionResult::Ignored;
        }
        self.clock = self.clock.other_clock();
        ActionResult::Done
    }

    fn hints(&self, text: &str, _: &Session, theme: &Theme) -> Vec<Line<'static>> {
        let means = match self.with_clock(text).period(self.now) {
            Some(period) => Span::styled(period.to_string(), theme.good),
            None => Span::styled("no time range yet", theme.caution),
        };
        let clock = match self.clock {
            EventClock::Sensor => "host (can be wrong or tampered with)",
            EventClock::Server => "server (when events arrived)",
        };
        vec![
            Line::from(vec![Span::styled("means  ", theme.muted), means]),
            Line::from(vec![
                Span::styled("clock  ", theme.muted),
                Span::styled(clock, theme.text),
                Span::styled("  tab", theme.key),
                Span::styled(" other", theme.hint),
            ]),
            Line::default(),
            Line::styled("-24h -1h30m -7d   until now", theme.muted),
            Line::styled("-7d..-2d          a time range", theme.muted),
            Line::styled("2026-03-04 10:00..2026-03-04 12:00, yesterday..", theme.muted),
            Line::styled("empty             any time", theme.muted),
        ]
    }
}
