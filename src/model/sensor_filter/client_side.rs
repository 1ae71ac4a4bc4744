//! Conditions on sensors that the server cannot evaluate; the client evaluates them for each sensor.

use std::fmt;

use jiff::Timestamp;
use strum::{EnumString, IntoStaticStr};

use crate::model::{Isolation, Sensor};

/// A condition on a sensor's record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientFilter {
    is_negated: bool,
    condition: SensorProperty,
    /// In lower case.
    value: String,
}

/// The property of a condition, with the expected value if it is not text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum SensorProperty {
    Text(Text),
    Isolation(Vec<ExpectedValue>),
    /// 0 to 100.
    Health(Comparison, i64),
    /// Seconds since the last check-in.
    Seen(Comparison, i64),
}

/// Isolation states that can be searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum ExpectedValue {
    Yes,
    No,
    Pending,
    Lifting,
    Unknown,
}

/// Statuses of sensors, in lower case.
const STATUSES: [&str; 4] = ["online", "offline", "uninstalled", "uninstall pending"];

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Comparison {
    Less,
    More,
}

/// Text properties of a sensor.
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
    /// The names of conditions, for help and errors.
    pub const NAMES: &'static str = "status, isolation, version, os, health, seen, dns, notes";

    /// Parses the condition `name:value`; `None` if there is no condition of that name.
    ///
    /// # Errors
    ///
    /// Describes what is wrong with `value`.
    pub(super) fn parse(name: &str, value: &str) -> Option<Result<Self, String>> {
        let negated_name = name.strip_prefix('-');
        let name = negated_name.unwrap_or(name).to_ascii_lowercase();
        let condition = match name.as_str() {
            "isolation" => parse_isolation(value),
            "seen" => {
                let (comparison, value) = parse_comparison(value);
                parse_seconds(value).map(|seconds| SensorProperty::Seen(comparison, seconds))
            }
            "health" if value.starts_with(['<', '>']) => {
                let (comparison, value) = parse_comparison(value);
                let number = value.parse().map_err(|_| format!("{value:?} is not a number"));
                number.map(|number| SensorProperty::Health(comparison, number))
            }
            "status" => status(value),
            "health" if value.parse::<i64>().is_ok() => {
                Err(format!("health needs <{value} or >{value}, or words of the health message"))
            }
            _ => Ok(SensorProperty::Text(name.parse().ok()?)),
        };
        Some(condition.map(|condition| Self {
            is_negated: negated_name.is_some(),
            condition,
            value: value.to_lowercase(),
        }))
    }

    /// Returns whether a sensor meets the condition; `now` is on the server's clock. A property that the record lacks
    /// does not match.
    pub(super) fn matches(&self, sensor: &Sensor, now: Timestamp) -> bool {
        let is_match = match &self.condition {
            SensorProperty::Text(text) => text.value(sensor).contains(&self.value),
            SensorProperty::Isolation(states) => states.contains(&sensor.isolation().into()),
            SensorProperty::Health(comparison, limit) => {
                sensor.health.is_some_and(|health| comparison.is_true_of(health, *limit))
            }
            SensorProperty::Seen(comparison, limit) => {
                sensor.last_checkin.is_some_and(|at| comparison.is_true_of(now.duration_since(at).as_secs(), *limit))
            }
        };
        is_match != self.is_negated
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
    /// Returns the sensor's value of this property, in lower case.
    fn value(self, sensor: &Sensor) -> String {
        let text = match self {
            Self::Status => &sensor.status,
            Self::Version => return sensor.release(),
            // The name of a Linux distribution need not contain "linux".
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

/// Returns the family of the operating system.
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
        _ => return Err("isolation needs yes, no, pending or unknown".into()),
    }))
}

/// Parses part of a status; a text that is part of none would never match.
fn status(value: &str) -> Result<SensorProperty, String> {
    let part = value.to_lowercase();
    let mut statuses = STATUSES.iter();
    if statuses.any(|status| status.contains(&part)) {
        return Ok(SensorProperty::Text(Text::Status));
    }
    Err(format!("{value:?} is not a status: use one of {}", STATUSES.join(", ")))
}

/// Parses `<7` or `>7`; a bare number means "less than".
fn parse_comparison(value: &str) -> (Comparison, &str) {
    match value.strip_prefix('>') {
        Some(rest) => (Comparison::More, rest),
        None => (Comparison::Less, value.strip_prefix('<').unwrap_or(value)),
    }
}

/// Parses `30m`, `4h`, `7d` or `2w` as seconds.
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
    let seconds = unit.zip(number).and_then(|(unit, number)| number.checked_mul(unit));
    seconds.ok_or("seen needs <4h for the last four hours, or >7d for more than seven days ago".into())
}
