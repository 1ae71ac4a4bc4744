//! Clock and delays, both of which tests replace.

use std::time::Duration;

use jiff::Timestamp;

/// Source of the current time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    #[default]
    System,
    /// A fixed moment, for reproducible screens.
    Fixed(Timestamp),
}

impl Clock {
    /// Returns the current time, in UTC.
    pub fn now(self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(at) => at,
        }
    }
}

/// Every delay of the program; minutes for a user are milliseconds for a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timings {
    /// Delay before the first retry of a failed request; doubled for each further one, with jitter.
    pub backoff: Duration,
    /// Maximum delay between retries, unless `Retry-After` demands a longer one.
    pub max_backoff: Duration,
    /// Maximum `Retry-After` that is honoured; a longer one fails the request.
    pub max_retry_after: Duration,
    /// Maximum number of retries of an idempotent request.
    pub retries: u32,
    /// How long an idle connection may be reused. The server's front end closes it after about a minute, and a request
    /// sent at that moment would have an unknown outcome.
    pub idle: Duration,
    /// How long the cursor must rest before details are fetched, so that holding a key costs one request.
    pub debounce: Duration,
    /// Interval for polling whether a change has taken effect.
    pub read_back_interval: Duration,
    /// Interval for retrying to lock a file that another program has locked.
    pub lock_poll_interval: Duration,
    /// How long an open change is polled at `read_back_interval`; afterwards, 30 times less often.
    pub fast_poll_for: Duration,
    /// Time limit for one line of a blast radius: a line that takes longer reads "not known", so that an urgent action
    /// is not delayed.
    pub probe_timeout: Duration,
    /// Interval for polling for new alerts while live updates are on.
    pub live_poll_interval: Duration,
    /// Delay before the first poll of a command on a host; doubled for each further one.
    pub command_poll: Duration,
    /// Maximum delay between polls of a command or of a pending session.
    pub max_command_poll: Duration,
    /// Interval of the requests that keep a session with a host from being closed while a command runs. The server
    /// closes it after two minutes.
    pub keepalive_interval: Duration,
    /// How long answers that may change at any time, such as a sensor's record, remain fresh.
    pub sensor_age: Duration,
    /// How long the document of a process that has not ended remains fresh.
    pub running_age: Duration,
    /// How long counts over all hosts remain fresh: facets, and how common a file is.
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
            command_poll: Duration::from_millis(50),
            max_command_poll: Duration::from_millis(500),
            keepalive_interval: Duration::from_secs(30),
            sensor_age: Duration::from_secs(15),
            running_age: Duration::from_secs(30),
            count_age: Duration::from_mins(5),
        }
    }
}

impl Timings {
    /// Returns delays for tests, which keep the order of events without the waiting.
    pub fn for_tests() -> Self {
        Self {
            backoff: Duration::from_millis(1),
            max_backoff: Duration::from_millis(5),
            debounce: Duration::ZERO,
            read_back_interval: Duration::from_millis(5),
            lock_poll_interval: Duration::from_millis(5),
            live_poll_interval: Duration::from_millis(5),
            command_poll: Duration::from_millis(1),
            max_command_poll: Duration::from_millis(5),
            ..Self::default()
        }
    }
}
