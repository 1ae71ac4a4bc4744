//! What must not be touched, or only by its name.

use super::Refusal;
use crate::model::{Group, Sensor};
use crate::text;
use crate::text::Untrusted;

/// What a profile says about changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Whether everything is refused.
    pub is_read_only: bool,
    /// Patterns of hosts: a name with `*`, or `group:NAME`.
    pub protected: Vec<String>,
    /// Names of the server and of this machine, which are always protected.
    pub own: Vec<String>,
}

impl Guard {
    /// What a profile says, of a server at this address.
    pub fn new(is_read_only: bool, protected: Vec<String>, server: Option<&str>) -> Self {
        let machine = rustix::system::uname();
        let machine = machine.nodename().to_str().ok();
        Self {
            is_read_only,
            protected,
            own: server
                .into_iter()
                .chain(machine)
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Why nothing may be changed, if that is so.
    pub fn refuses_all(&self) -> Option<Refusal> {
        self.is_read_only.then(|| Refusal {
            why: "this profile is read-only: nothing is changed with it".into(),
            hint: "use a profile without read_only, and leave --read-only away",
            is_guard: true,
        })
    }

    /// Why a host is protected, if it is. One whose group is not known may be in any that is protected.
    pub fn protects(&self, sensor: &Sensor, group: Option<&Group>) -> Option<String> {
        let names = [&sensor.computer_name, &sensor.dns_name];
        let is_named = |pattern: &str| names.iter().any(|name| is_match(pattern, name.raw()));
        let addresses = || sensor.adapters.iter().map(|adapter| adapter.ip.to_string());
        if self
            .own
            .iter()
            .any(|own| is_named(own) || addresses().any(|address| address == *own))
        {
            return Some("it is this machine, or the server itself".into());
        }
        let is_protected = |pattern: &&String| match pattern.split_once(':') {
            Some(("group", name)) => group.is_none_or(|group| is_match(name, group.name.raw())),
            // A sensor does not tell its role; what its host's processes tell is asked for by whoever prepares a deed.
            Some(("role", _)) => false,
            _ => is_named(pattern),
        };
        let pattern = self.protected.iter().find(is_protected)?;
        let pattern = text::visible(&pattern.as_str().into());
        let doubt = if group.is_none() && pattern.starts_with("group:") {
            ", and its group is not known"
        } else {
            ""
        };
        Some(format!("protected_hosts has {pattern}{doubt}"))
    }

    /// Whether a host of this name is protected, as far as its name tells.
    pub(super) fn names(&self, name: &Untrusted) -> bool {
        let mut patterns = self.own.iter().chain(&self.protected);
        patterns.any(|pattern| !pattern.contains(':') && is_match(pattern, name.raw()))
    }

    /// Whether any pattern is about the role of a host.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.protected
            .iter()
            .filter_map(|pattern| pattern.strip_prefix("role:"))
    }
}

/// Whether a pattern, in which `*` stands for anything, is the whole of a text, letter case aside.
fn is_match(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_the_whole_name_but_for_its_stars() {
        for (pattern, name, expected) in [
            ("*-DC-*", "fin-dc-01", true),
            ("*-DC-*", "dc-01", false),
            ("FIN-DC-01", "fin-dc-01", true),
            ("FIN-DC-0", "FIN-DC-01", false),
            ("FIN*01", "FIN-DC-01", true),
            ("FIN*1*1", "FIN1", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(is_match(pattern, name), expected, "{pattern} {name}");
        }
    }
}
