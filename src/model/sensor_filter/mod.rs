//! Filters for the list of sensors, and their syntax.

mod client_side;

use std::fmt;

use jiff::Timestamp;

use super::{GroupId, Sensor, SensorId};
use crate::text;
pub use client_side::ClientFilter;

/// A filter for sensors; texts match as substrings, and those evaluated by the server are case-sensitive (API reference
/// 2.6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SensorFilter {
    /// Part of the host name.
    pub hostname: Option<String>,
    /// Part of an IP address; if given, the server ignores the host name.
    pub ip: Option<String>,
    pub group: Option<GroupId>,
    /// A single sensor; the server then ignores the other conditions.
    pub id: Option<SensorId>,
    /// Conditions that the client evaluates for every sensor that the server finds.
    pub client_side: Vec<ClientFilter>,
}

impl SensorFilter {
    /// Parses `hostname:FIN`, `ip:10.1.`, `group:"Default Group"`, `id:7`, a bare part of a name or address, and
    /// conditions such as `status:offline`, `-version:6.2` or `seen:>7d`. `group` resolves the name of a group.
    ///
    /// # Errors
    ///
    /// Describes what is not possible.
    pub fn parse(text: &str, group: impl Fn(&str) -> Option<GroupId>) -> Result<Self, String> {
        if text.matches('"').count() % 2 == 1 {
            return Err("unclosed quote: add \" or remove it".into());
        }
        let mut filter = Self::default();
        for word in text::split_words(text) {
            let (field, value) = match word.split_once(':') {
                Some((field, value)) if is_field(field) => (field.to_ascii_lowercase(), value),
                _ if is_address(&word) => ("ip".to_owned(), word.as_str()),
                Some((field, value)) => {
                    let client_filter = ClientFilter::parse(field, value).ok_or_else(|| {
                        let names = ClientFilter::NAMES;
                        format!("unknown sensor field {field}: use hostname, ip, group, id, {names}")
                    })?;
                    filter.client_side.push(require_value(field, value).and(client_filter)?);
                    continue;
                }
                None => ("hostname".to_owned(), word.as_str()),
            };
            require_value(&field, value)?;
            if field == "ip" && !value.chars().all(is_of_address) {
                return Err(format!("{value:?} is not part of an IP address"));
            }
            let is_twice = match field.as_str() {
                "ip" => filter.ip.replace(value.to_owned()).is_some(),
                "group" => {
                    let number = value.parse().ok().map(GroupId);
                    let id = group(value).or(number);
                    let id = id.ok_or(format!("no sensor group is named {value:?}"))?;
                    filter.group.replace(id).is_some()
                }
                "id" => {
                    let id = value.parse().map_err(|_| format!("{value:?} is not a number"))?;
                    filter.id.replace(SensorId(id)).is_some()
                }
                _ => filter.hostname.replace(value.to_owned()).is_some(),
            };
            if is_twice {
                return Err(format!("the server searches one {field} at a time"));
            }
        }
        if filter.ip.is_some() && filter.hostname.is_some() {
            return Err("the server searches a name or an IP address, not both".into());
        }
        Ok(filter)
    }

    /// Returns whether a sensor found by the server also meets the client-side conditions; `now` is on the server's
    /// clock.
    pub fn matches(&self, sensor: &Sensor, now: Timestamp) -> bool {
        self.client_side.iter().all(|filter| filter.matches(sensor, now))
    }

    /// Parses the output of [`Display`](fmt::Display).
    pub fn parse_canonical(text: &str) -> Self {
        Self::parse(text, |_| None).unwrap_or_default()
    }
}

impl fmt::Display for SensorFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &String| format!("\"{text}\"");
        let parts = [
            self.hostname.as_ref().map(quoted).map(|name| format!("hostname:{name}")),
            self.ip.as_ref().map(quoted).map(|ip| format!("ip:{ip}")),
            self.group.map(|group| format!("group:{group}")),
            self.id.map(|id| format!("id:{id}")),
        ];
        let client_side = self.client_side.iter().map(ToString::to_string);
        let parts: Vec<_> = parts.into_iter().flatten().chain(client_side).collect();
        f.write_str(&parts.join(" "))
    }
}

fn require_value(field: &str, value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Err(format!("{field}: needs a value"));
    }
    Ok(())
}

fn is_field(name: &str) -> bool {
    ["hostname", "ip", "group", "id"].iter().any(|field| field.eq_ignore_ascii_case(name))
}

/// Returns whether a character may be part of an IP address.
fn is_of_address(char: char) -> bool {
    char.is_ascii_hexdigit() || matches!(char, '.' | ':')
}

/// Returns whether a word can only be part of an IP address.
fn is_address(word: &str) -> bool {
    let is_v4 = word.contains('.') && word.chars().all(|char| char.is_ascii_digit() || char == '.');
    is_v4 || word.contains(':') && word.chars().all(|char| char.is_ascii_hexdigit() || char == ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        let group = |name: &str| (name == "Default Group").then_some(GroupId(1));
        SensorFilter::parse(text, group).map(|filter| filter.to_string())
    }

    #[test]
    fn a_bare_word_is_a_name_or_an_address() {
        for (typed, expected) in [
            ("FIN", "hostname:\"FIN\""),
            ("10.1.", "ip:\"10.1.\""),
            ("HOSTNAME:FIN-7", "hostname:\"FIN-7\""),
            ("ip:10", "ip:\"10\""),
            ("group:\"Default Group\" FIN", "hostname:\"FIN\" group:1"),
            ("group:7", "group:7"),
            ("id:7", "id:7"),
            ("STATUS:Offline", "status:\"offline\""),
            ("-status:off", "-status:\"off\""),
            ("status:\"uninstall pending\"", "status:\"uninstall pending\""),
            ("health:driver", "health:\"driver\""),
            ("ip:FE80::", "ip:\"FE80::\""),
            ("FIN -version:6.2 seen:>7d", "hostname:\"FIN\" -version:\"6.2\" seen:\">7d\""),
            ("fe80::1", "ip:\"fe80::1\""),
            ("", ""),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(expected), "{typed}");
            assert_eq!(SensorFilter::parse_canonical(expected).to_string(), expected);
        }
    }

    #[test]
    fn conditions_that_the_server_would_ignore_are_rejected() {
        for typed in [
            "ip:10 FIN",
            "FIN HR",
            "group:Nobody",
            "hostname:",
            "id:x",
            "state:offline",
            "status:",
            "isolation:maybe",
            "seen:7",
            "status:foo",
            "status:offline,online",
            "-status:ofline",
            "health:90",
            "ip:zzz",
            "\"fin",
            "group:\"Default",
            "health:<many",
        ] {
            assert!(read(typed).is_err(), "{typed}");
        }
    }
}
