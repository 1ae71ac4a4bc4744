//! The two things a test wants in its own hands: what time it is, and how long to wait.

use std::time::Duration;

use jiff::Timestamp;

/// Where the time of an answer comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// This machine's clock.
    #[default]
    System,
    /// Always the same moment, so that a screen is a function of its inputs.
    Fixed(Timestamp),
}

impl Clock {
    /// The present, in UTC.
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(at) => at,
        }
    }
}

/// Every delay of the program in one value: what is minutes for a user is milliseconds for a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timings {
    /// The wait before the first repetition of a failed request; doubled each time, with jitter.
    pub backoff: Duration,
    /// No wait between repetitions is longer, unless the server asks for more in `Retry-After`.
    pub max_backoff: Duration,
    /// A `Retry-After` up to here is honoured; one that asks for more ends the request.
    pub max_retry_after: Duration,
    /// How many times a request that is safe to repeat is repeated.
    pub retries: u32,
    /// How long an unused connection may be used again. The server's front end closes it after a minute or so, and a
    /// request must not meet with that: it would be unknown whether it has arrived.
    pub idle: Duration,
    /// How long the cursor must rest before what follows it is asked for: holding a key costs one request.
    pub debounce: Duration,
    /// The wait between two looks whether a deed has taken effect.
    pub read_back_interval: Duration,
    /// The wait between two tries to lock a file that another program holds.
    pub lock_poll_interval: Duration,
    /// How long a deed is looked after as closely; after that, thirty times as seldom.
    pub fast_poll_for: Duration,
    /// How long one line of a blast radius may take: what is not known by then is called unknown, and whoever must act does
    /// not wait for ever.
    pub probe_timeout: Duration,
    /// The wait between two looks whether new alerts have come, while somebody wants to be told.
    pub live_poll_interval: Duration,
    /// How long a sensor's answer may be reused: it decides about a host.
    pub sensor_age: Duration,
    /// How long the document of a process that was not seen to end may be reused.
    pub running_age: Duration,
    /// How long counts over the whole fleet may be reused: facets, and how common a file is.
    pub count_age: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(30),
            max_retry_after: Duration::from_mins(5),
            retries: 3,
            idle: Duration::from_secs(30),
            debounce: Duration::from_millis(80),
            read_back_interval: Duration::from_secs(1),
            lock_poll_interval: Duration::from_millis(50),
            fast_poll_for: Duration::from_mins(2),
            probe_timeout: Duration::from_secs(10),
            live_poll_interval: Duration::from_secs(30),
            sensor_age: Duration::from_secs(15),
            running_age: Duration::from_secs(30),
            count_age: Duration::from_mins(5),
        }
    }
}

impl Timings {
    /// For tests: the same order of events, without the waiting.
    pub fn for_tests() -> Self {
        Self {
            backoff: Duration::from_millis(1),
            max_backoff: Duration::from_millis(5),
            debounce: Duration::ZERO,
            read_back_interval: Duration::from_millis(5),
            lock_poll_interval: Duration::from_millis(5),
            live_poll_interval: Duration::from_millis(5),
            ..Self::default()
        }
    }
}
