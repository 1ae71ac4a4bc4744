//! The period of a search as the user typed it, so that a relative one such as `-24h` is evaluated anew for every
//! request.

use jiff::Timestamp;

use crate::model::{EventClock, Period, Search};

/// A period as typed, and the clock that it refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodInput {
    /// `-24h` or `FROM..UNTIL`; empty for any time.
    pub text: String,
    pub clock: EventClock,
}

impl PeriodInput {
    /// Returns the period that an earlier `search` was restricted to.
    pub fn from_search(search: &Search) -> Self {
        let Some(period) = Period::from_search(search).into_iter().next() else {
            return Self::default();
        };
        let bound = |at: Option<Timestamp>| at.map_or(String::new(), |at| at.to_string());
        Self { text: format!("{}..{}", bound(period.from), bound(period.until)), clock: period.clock }
    }

    /// Returns the period counted from `now`; `None` if the text is invalid.
    pub fn period(&self, now: Timestamp) -> Option<Period> {
        Period::parse(&self.text, self.clock, now)
    }

    /// Returns whether the period is unrestricted.
    pub fn is_any_time(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Describes the period: `last event -24h, host clock`.
    pub fn describe(&self) -> String {
        if self.is_any_time() {
            return "any time".into();
        }
        format!("last event {}, {}", self.text, self.describe_clock())
    }

    /// Describes the clock that the period refers to.
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
    fn a_period_is_restored_from_a_search() {
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
