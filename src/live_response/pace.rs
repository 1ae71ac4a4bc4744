//! The delays between polls.

use std::time::{Duration, Instant};

use crate::model::Timings;

/// The delays between polls: doubled each time, up to a limit.
pub(super) struct Pace {
    start: Instant,
    delay: Duration,
    most: Duration,
}

impl Pace {
    pub(super) fn new(timings: &Timings) -> Self {
        Self { start: Instant::now(), delay: timings.command_poll, most: timings.max_command_poll }
    }

    /// Whether a time limit has passed since the first poll.
    pub(super) fn has_passed(&self, limit: Option<Duration>) -> bool {
        limit.is_some_and(|limit| self.start.elapsed() >= limit)
    }

    pub(super) fn next_delay(&mut self) -> Duration {
        let delay = self.delay.min(self.most);
        self.delay = delay.saturating_mul(2);
        delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delays_between_polls_double_up_to_half_a_second() {
        let mut pace = Pace::new(&Timings::default());
        let delays: Vec<_> = std::iter::repeat_with(|| pace.next_delay().as_millis()).take(6).collect();
        assert_eq!(delays, [50, 100, 200, 400, 500, 500]);
    }
}
