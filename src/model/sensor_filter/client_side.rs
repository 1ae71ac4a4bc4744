//! What no server looks for among its sensors: found out here, sensor by sensor.

use std::fmt;

use jiff::Timestamp;
use strum::{EnumString, IntoStaticStr};

use crate::model::{Isolation, Sensor};

/// A condition that is told from a sensor's record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Also {
    is_not: bool,
    what: What,
    /// As it was typed.
    value: String,
}

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum What {
    Text(Text),
    Isolation(Vec<Wanted>),
    /// A number from 0 to 100, compared.
    Health(Compared, i64),
    /// How long ago it last reported, in seconds, compared.
    Seen(Compared, i64),
}

/// States of isolation that are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Wanted {
    Yes,
    No,
    Pending,
    Lifting,
    Unknown,
}

/// The states of a sensor, in lower case.
const STATUSES: [&str; 4] = ["online", "offline", "uninstalled", "uninstall pending"];

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Compared {
    Less,
    More,
}

/// Texts of a sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
enum Text {
    Status,
    Version,
    Os,
    Dns,
    Notes,
    Health,
}

impl Also {
    /// The names of conditions, for people.
    pub const NAMES: &'static str = "status, isolation, version, os, health, seen, dns, notes";

    /// Reads what stands to both sides of a colon; nothing if there is no condition of that name.
    ///
    /// # Errors
    ///
    /// What is wrong with the value, in words.
    pub(super) fn read(name: &str, value: &str) -> Option<Result<Self, String>> {
        let bare = name.strip_prefix('-');
        let name = bare.unwrap_or(name).to_ascii_lowercase();
        let what = match name.as_str() {
            "isolation" => isolation(value),
            "seen" => {
                let (how, value) = compared(value);
                seconds(value).map(|seconds| What::Seen(how, seconds))
            }
            "health" if value.starts_with(['<', '>']) => {
                let (how, value) = compared(value);
                let number = value.parse().map_err(|_| format!("{value:?} is not a number"));
                number.map(|number| What::Health(how, number))
            }
            "status" => status(value),
            "health" if value.parse::<i64>().is_ok() => {
                Err(format!("health takes <{value} or >{value} for the number, or words of the sensor's message"))
            }
            _ => Ok(What::Text(name.parse().ok()?)),
        };
        Some(what.map(|what| Self { is_not: bare.is_some(), what, value: value.to_lowercase() }))
    }

    /// Whether a sensor is like that; `now` is the server's clock. What its record does not say is not so.
    pub(super) fn holds(&self, sensor: &Sensor, now: Timestamp) -> bool {
        let holds = match &self.what {
            What::Text(text) => text.of(sensor).contains(&self.value),
            What::Isolation(wanted) => wanted.contains(&sensor.isolation().into()),
            What::Health(how, than) => sensor.health.is_some_and(|health| how.holds(health, *than)),
            What::Seen(how, than) => {
                sensor.last_checkin.is_some_and(|at| how.holds(now.duration_since(at).as_secs(), *than))
            }
        };
        holds != self.is_not
    }

    fn name(&self) -> &'static str {
        match self.what {
            What::Text(text) => text.into(),
            What::Isolation(_) => "isolation",
            What::Health(..) => "health",
            What::Seen(..) => "seen",
        }
    }
}

impl Text {
    /// What a sensor has of it, in lower case.
    fn of(self, sensor: &Sensor) -> String {
        let text = match self {
            Self::Status => &sensor.status,
            Self::Version => return sensor.release(),
            // A distribution need not say that it is one.
            Self::Os => return format!("{} {}", sensor.os.raw().to_lowercase(), system(sensor)),
            Self::Dns => &sensor.dns_name,
            Self::Notes => &sensor.notes,
            Self::Health => &sensor.health_message,
        };
        text.raw().to_lowercase()
    }
}

impl fmt::Display for Also {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.is_not { "-" } else { "" };
        write!(f, "{not}{}:\"{}\"", self.name(), self.value)
    }
}

/// The kind of operating system.
fn system(sensor: &Sensor) -> &'static str {
    match sensor.os_type {
        Some(1) => "windows",
        Some(2) => "macos",
        Some(3) => "linux",
        _ => "",
    }
}

impl From<Isolation> for Wanted {
    fn from(isolation: Isolation) -> Self {
        match isolation {
            Isolation::Yes => Self::Yes,
            Isolation::No => Self::No,
            Isolation::Pending => Self::Pending,
            Isolation::Lifting => Self::Lifting,
            Isolation::Unknown => Self::Unknown,
        }
    }
}

impl Compared {
    fn holds(self, one: i64, other: i64) -> bool {
        match self {
            Self::Less => one < other,
            Self::More => one > other,
        }
    }
}

fn isolation(value: &str) -> Result<What, String> {
    Ok(What::Isolation(match value.to_ascii_lowercase().as_str() {
        "yes" => vec![Wanted::Yes],
        "no" => vec![Wanted::No],
        "pending" => vec![Wanted::Pending, Wanted::Lifting],
        "unknown" => vec![Wanted::Unknown],
        _ => return Err("isolation is yes, no, pending or unknown".into()),
    }))
}

/// Part of a state of a sensor: what is part of none would find nothing.
fn status(value: &str) -> Result<What, String> {
    let part = value.to_lowercase();
    let mut known = STATUSES.iter();
    if known.any(|status| status.contains(&part)) {
        return Ok(What::Text(Text::Status));
    }
    Err(format!("{value:?} is no status; status is one of {}", STATUSES.join(", ")))
}

/// `<7` or `>7`; a number alone is what lies below it.
fn compared(value: &str) -> (Compared, &str) {
    match value.strip_prefix('>') {
        Some(rest) => (Compared::More, rest),
        None => (Compared::Less, value.strip_prefix('<').unwrap_or(value)),
    }
}

/// `30m`, `4h`, `7d` or `2w`.
fn seconds(value: &str) -> Result<i64, String> {
    let unit = value.chars().last().and_then(|unit| match unit {
        'm' => Some(60),
        'h' => Some(3_600),
        'd' => Some(86_400),
        'w' => Some(7 * 86_400),
        _ => None,
    });
    let number = value.get(..value.len().saturating_sub(1));
    let number = number.and_then(|number| number.parse::<i64>().ok());
    let found = unit.zip(number).and_then(|(unit, number)| number.checked_mul(unit));
    found.ok_or("seen takes <4h for the last four hours, or >7d for longer ago than seven days".into())
}
