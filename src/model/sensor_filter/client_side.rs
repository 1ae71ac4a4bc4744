//! What no server looks for among its sensors: found out here, sensor by sensor.

use std::fmt;

use jiff::Timestamp;
use strum::{EnumString, IntoStaticStr};

use crate::model::{Isolation, Sensor};

/// A condition that is told from a sensor's record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientFilter {
    is_negated: bool,
    condition: SensorProperty,
    /// As it was typed.
    value: String,
}

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum SensorProperty {
    Text(Text),
    Isolation(Vec<ExpectedValue>),
    /// A number from 0 to 100, compared.
    Health(Comparison, i64),
    /// How long ago it last reported, in seconds, compared.
    Seen(Comparison, i64),
}

/// States of isolation that are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum ExpectedValue {
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
enum Comparison {
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

impl ClientFilter {
    /// The names of conditions, for people.
    pub const NAMES: &'static str = "status, isolation, version, os, health, seen, dns, notes";

    /// Reads what stands to both sides of a colon; nothing if there is no condition of that name.
    ///
    /// # Errors
    ///
    /// What is wrong with the value, in words.
    pub(super) fn parse(name: &str, value: &str) -> Option<Result<Self, String>> {
        let bare = name.strip_prefix('-');
        let name = bare.unwrap_or(name).to_ascii_lowercase();
        let what = match name.as_str() {
            "isolation" => parse_isolation(value),
            "seen" => {
                let (how, value) = parse_comparison(value);
                parse_seconds(value).map(|seconds| SensorProperty::Seen(how, seconds))
            }
            "health" if value.starts_with(['<', '>']) => {
                let (how, value) = parse_comparison(value);
                let number = value.parse().map_err(|_| format!("{value:?} is not a number"));
                number.map(|number| SensorProperty::Health(how, number))
            }
            "status" => status(value),
            "health" if value.parse::<i64>().is_ok() => {
                Err(format!("health takes <{value} or >{value} for the number, or words of the sensor's message"))
            }
            _ => Ok(SensorProperty::Text(name.parse().ok()?)),
        };
        Some(what.map(|what| Self { is_negated: bare.is_some(), condition: what, value: value.to_lowercase() }))
    }

    /// Whether a sensor is like that; `now` is the server's clock. What its record does not say is not so.
    pub(super) fn matches(&self, sensor: &Sensor, now: Timestamp) -> bool {
        let holds = match &self.condition {
            SensorProperty::Text(text) => text.value(sensor).contains(&self.value),
            SensorProperty::Isolation(wanted) => wanted.contains(&sensor.isolation().into()),
            SensorProperty::Health(how, than) => sensor.health.is_some_and(|health| how.is_true_of(health, *than)),
            SensorProperty::Seen(how, than) => {
                sensor.last_checkin.is_some_and(|at| how.is_true_of(now.duration_since(at).as_secs(), *than))
            }
        };
        holds != self.is_negated
    }

    fn name(&self) -> &'static str {
        match self.condition {
            SensorProperty::Text(text) => text.into(),
            SensorProperty::Isolation(_) => "isolation",
            SensorProperty::Health(..) => "health",
            SensorProperty::Seen(..) => "seen",
        }
    }
}

impl Text {
    /// What a sensor has of it, in lower case.
    fn value(self, sensor: &Sensor) -> String {
        let text = match self {
            Self::Status => &sensor.status,
            Self::Version => return sensor.release(),
            // A distribution need not say that it is one.
            Self::Os => return format!("{} {}", sensor.os.raw().to_lowercase(), os_name(sensor)),
            Self::Dns => &sensor.dns_name,
            Self::Notes => &sensor.notes,
            Self::Health => &sensor.health_message,
        };
        text.raw().to_lowercase()
    }
}

impl fmt::Display for ClientFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.is_negated { "-" } else { "" };
        write!(f, "{not}{}:\"{}\"", self.name(), self.value)
    }
}

/// The kind of operating system.
fn os_name(sensor: &Sensor) -> &'static str {
    match sensor.os_type {
        Some(1) => "windows",
        Some(2) => "macos",
        Some(3) => "linux",
        _ => "",
    }
}

impl From<Isolation> for ExpectedValue {
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

impl Comparison {
    fn is_true_of(self, one: i64, other: i64) -> bool {
        match self {
            Self::Less => one < other,
            Self::More => one > other,
        }
    }
}

fn parse_isolation(value: &str) -> Result<SensorProperty, String> {
    Ok(SensorProperty::Isolation(match value.to_ascii_lowercase().as_str() {
        "yes" => vec![ExpectedValue::Yes],
        "no" => vec![ExpectedValue::No],
        "pending" => vec![ExpectedValue::Pending, ExpectedValue::Lifting],
        "unknown" => vec![ExpectedValue::Unknown],
        _ => return Err("isolation is yes, no, pending or unknown".into()),
    }))
}

/// Part of a state of a sensor: what is part of none would find nothing.
fn status(value: &str) -> Result<SensorProperty, String> {
    let part = value.to_lowercase();
    let mut known = STATUSES.iter();
    if known.any(|status| status.contains(&part)) {
        return Ok(SensorProperty::Text(Text::Status));
    }
    Err(format!("{value:?} is no status; status is one of {}", STATUSES.join(", ")))
}

/// `<7` or `>7`; a number alone is what lies below it.
fn parse_comparison(value: &str) -> (Comparison, &str) {
    match value.strip_prefix('>') {
        Some(rest) => (Comparison::More, rest),
        None => (Comparison::Less, value.strip_prefix('<').unwrap_or(value)),
    }
}

/// `30m`, `4h`, `7d` or `2w`.
fn parse_seconds(value: &str) -> Result<i64, String> {
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
