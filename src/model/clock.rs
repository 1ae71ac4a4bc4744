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
pub struct Pace {
    /// The wait before the first repetition of a failed request; doubled each time, with jitter.
    pub backoff: Duration,
    /// No wait between repetitions is longer, unless the server asks for more in `Retry-After`.
    pub backoff_most: Duration,
    /// A `Retry-After` up to here is honoured; one that asks for more ends the request.
    pub patience_most: Duration,
    /// How many times a request that is safe to repeat is repeated.
    pub retries: u32,
    /// How long an unused connection may be used again. The server's front end closes it after a minute or so, and a
    /// request must not meet with that: it would be unknown whether it has arrived.
    pub idle: Duration,
    /// How long the cursor must rest before what follows it is asked for: holding a key costs one request.
    pub settle: Duration,
    /// The wait between two looks whether a deed has taken effect.
    pub look: Duration,
    /// The wait between two tries to lock a file that another program holds.
    pub lock: Duration,
    /// How long a deed is looked after as closely; after that, thirty times as seldom.
    pub closely: Duration,
    /// How long one line of a blast radius may take: what is not known by then is called unknown, and whoever must act does
    /// not wait for ever.
    pub patience: Duration,
    /// The wait between two looks whether new alerts have come, while somebody wants to be told.
    pub live: Duration,
    /// How long a sensor's answer may be reused: it decides about a host.
    pub sensor_age: Duration,
    /// How long the document of a process that was not seen to end may be reused.
    pub running_age: Duration,
    /// How long counts over the whole fleet may be reused: facets, and how common a file is.
    pub count_age: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            backoff: Duration::from_millis(500),
            backoff_most: Duration::from_secs(30),
            patience_most: Duration::from_mins(5),
            retries: 3,
            idle: Duration::from_secs(30),
            settle: Duration::from_millis(80),
            look: Duration::from_secs(1),
            lock: Duration::from_millis(50),
            closely: Duration::from_mins(2),
            patience: Duration::from_secs(10),
            live: Duration::from_secs(30),
            sensor_age: Duration::from_secs(15),
            running_age: Duration::from_secs(30),
            count_age: Duration::from_mins(5),
        }
    }
}

impl Pace {
    /// For tests: the same order of events, without the waiting.
    pub fn quick() -> Self {
        Self {
            backoff: Duration::from_millis(1),
            backoff_most: Duration::from_millis(5),
            settle: Duration::ZERO,
            look: Duration::from_millis(5),
            lock: Duration::from_millis(5),
            live: Duration::from_millis(5),
            ..Self::default()
        }
    }
}
