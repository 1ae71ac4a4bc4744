//! The period that is searched in, set without editing the query.

use crossterm::event::KeyEvent;
use jiff::Timestamp;
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::super::{Pane, PaneId, RenderCx};
use super::line::LineInput;
use crate::keys::{Action, Scope};
use crate::model::EventClock;
use crate::session::{Cx, PeriodInput, Session};

/// The overlay in which a period and its clock are chosen.
#[derive(Debug)]
pub struct PeriodPane {
    entry: LineInput,
    clock: EventClock,
    /// When it was opened: relative times are shown as of then.
    now: Timestamp,
    is_done: bool,
}

impl PeriodPane {
    /// Starts with the period in force.
    pub fn new(cx: &Cx<'_>) -> Self {
        let when = &cx.session().period;
        Self { entry: LineInput::new(&when.text), clock: when.clock, now: cx.now, is_done: false }
    }

    /// What is typed.
    fn period_input(&self) -> PeriodInput {
        PeriodInput { text: self.entry.text(), clock: self.clock }
    }
}

impl Pane for PeriodPane {
    fn id(&self) -> PaneId {
        PaneId::Overlay
    }

    fn scope(&self) -> Scope {
        Scope::Entry
    }

    fn title(&self, _: &Session) -> Line<'static> {
        "Time range (last event)".into()
    }

    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        match action {
            Action::NextPane | Action::PreviousPane => self.clock = self.clock.other_clock(),
            Action::Accept if self.period_input().period(cx.now).is_some() => {
                cx.search_period(self.period_input());
                self.is_done = true;
            }
            Action::Accept => cx.warn("Not a time range: write -24h, or FROM..UNTIL"),
            _ => return false,
        }
        true
    }

    fn type_key(&mut self, key: KeyEvent, cx: &mut Cx<'_>) {
        self.entry.type_key(key, cx);
    }

    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.entry.type_text(text, cx);
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.entry.paste(text, cx);
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, _: &Session, look: &RenderCx<'_>) {
        let theme = look.theme;
        let when = self.period_input();
        let means = match when.period(self.now) {
            Some(period) => Span::styled(period.to_string(), theme.good),
            None => Span::styled("no time range yet", theme.caution),
        };
        let clock = match self.clock {
            EventClock::Sensor => "host (can be wrong or tampered with)",
            EventClock::Server => "server (when events arrived)",
        };
        let lines = [
            Line::default(),
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
        ];
        for (line, place) in lines.into_iter().zip(area.rows()) {
            frame.render_widget(line, place);
        }
        self.entry.render("when   ", frame, area, look);
    }
}
