//! When the last event of what is searched must have been: as it was typed, so that a day is the last day whenever it is
//! asked.

use jiff::Timestamp;

use crate::model::{EventClock, Period, Search};

/// A period as typed, and whose clock tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodInput {
    /// `-24h`, `FROM..UNTIL`; nothing for any time.
    pub text: String,
    /// Whose clock.
    pub clock: EventClock,
}

impl PeriodInput {
    /// The period that a search put before is bound to.
    pub fn from_search(search: &Search) -> Self {
        let Some(period) = Period::from_search(search).into_iter().next() else {
            return Self::default();
        };
        let end = |at: Option<Timestamp>| at.map_or(String::new(), |at| at.to_string());
        Self { text: format!("{}..{}", end(period.from), end(period.until)), clock: period.clock }
    }

    /// The period, counted from `now`; `None` if the text is none.
    pub fn period(&self, now: Timestamp) -> Option<Period> {
        Period::parse(&self.text, self.clock, now)
    }

    /// Whether it is all of time.
    pub fn is_any_time(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// In a few words: `last event -24h, host's clock`.
    pub fn describe(&self) -> String {
        if self.is_any_time() {
            return "any time".into();
        }
        format!("last event {}, {}", self.text, self.describe_clock())
    }

    /// Whose clock, in words.
    pub fn describe_clock(&self) -> &'static str {
        match self.clock {
            EventClock::Sensor => "host clock",
            EventClock::Server => "server clock",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_tells_the_period_it_was_bound_to() {
        let now: Timestamp = "2026-03-04T10:20:00Z".parse().unwrap();
        let when = PeriodInput { text: "-24h".into(), clock: EventClock::Server };
        let search = when.period(now).unwrap().bind_to(Search::default());
        let again = PeriodInput::from_search(&search);
        assert_eq!(again.text, "2026-03-03T10:20:00Z..");
        assert_eq!(again.period(now), when.period(now));
        assert_eq!(PeriodInput::from_search(&Search::default()), PeriodInput::default());
        assert_eq!(PeriodInput::default().describe(), "any time");
    }
}
