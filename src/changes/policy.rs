//! What must not be touched, or only by its name.

use std::net::IpAddr;

use super::{Rejection, role::HostRole};
use crate::model::{Group, Sensor};
use crate::text;
use crate::text::Untrusted;

/// What a profile says about changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether everything is refused.
    pub is_read_only: bool,
    /// Patterns of hosts: a name with `*`, or `group:NAME`.
    pub protected: Vec<String>,
    /// Names of the server and of this machine, which are always protected.
    pub own_names: Vec<String>,
}

impl Policy {
    /// What a profile says, of a server at this address. The name or address of an ssh tunnel's near end (`localhost`,
    /// `127.0.0.1`) names no host of the fleet: every Linux host has it.
    pub fn new(is_read_only: bool, protected: Vec<String>, server: Option<&str>) -> Self {
        let machine = rustix::system::uname();
        let machine = machine.nodename().to_str().ok();
        let own = server.into_iter().chain(machine);
        Self {
            is_read_only,
            protected,
            own_names: own
                .map(|name| name.trim_matches(['[', ']']))
                .filter(|name| !is_loopback(name))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Why nothing may be changed, if that is so.
    pub fn read_only_rejection(&self) -> Option<Rejection> {
        self.is_read_only.then(|| Rejection {
            why: "this profile is read-only: no actions are sent".into(),
            hint: "use a profile without read_only, and leave out --read-only",
            is_policy: true,
        })
    }

    /// Why a host is protected, if it is. One whose group is not known may be in any that is protected.
    pub fn protection_reason(&self, sensor: &Sensor, group: Option<&Group>) -> Option<String> {
        let names = [&sensor.computer_name, &sensor.dns_name];
        let is_named = |pattern: &str| names.iter().any(|name| is_match(pattern, name.raw()));
        let is_at = |own: &str| {
            let own: Option<IpAddr> = own.parse().ok();
            let mut adapters = sensor.adapters.iter();
            own.is_some_and(|own| adapters.any(|adapter| adapter.ip == own))
        };
        if self.own_names.iter().any(|own| is_named(own) || is_at(own)) {
            return Some("it is this machine or the CB server itself".into());
        }
        // A group whose name cannot be read is not known either.
        let group = group.filter(|group| !group.name.is_empty());
        let is_protected = |pattern: &&String| match pattern.split_once(':') {
            Some(("group", name)) => group.is_none_or(|group| is_match(name, group.name.raw())),
            // The record of a sensor does not have its role: see `protects_role`.
            Some(("role", _)) => false,
            _ => is_named(pattern),
        };
        let pattern = self.protected.iter().find(is_protected)?;
        let pattern = text::make_visible(&pattern.as_str().into());
        let doubt = if group.is_none() && pattern.starts_with("group:") { ", and its group is unknown" } else { "" };
        Some(format!("protected_hosts has {pattern}{doubt}"))
    }

    /// Whether a host of this name is protected, as far as its name tells.
    pub(super) fn protects_name(&self, name: &Untrusted) -> bool {
        let mut patterns = self.own_names.iter().chain(&self.protected);
        patterns.any(|pattern| !pattern.contains(':') && is_match(pattern, name.raw()))
    }

    /// The roles whose hosts are protected.
    pub(super) fn protected_roles(&self) -> impl Iterator<Item = &str> {
        self.protected.iter().filter_map(|pattern| pattern.strip_prefix("role:"))
    }

    /// Why a host of this role is protected, if it is. One whose role could not be read may have any.
    pub(super) fn role_protection_reason(&self, role: &HostRole) -> Option<String> {
        self.protected_roles().find_map(|wanted| {
            let shown = text::make_visible(&wanted.into());
            if role.is_role(wanted) {
                return Some(format!("protected_hosts has role:{shown}"));
            }
            let doubt = role.may_be(wanted)?;
            Some(format!("protected_hosts has role:{shown}, and its role is unknown: {doubt}"))
        })
    }
}

/// Whether a name or an address is that of whatever machine says it.
fn is_loopback(name: &str) -> bool {
    let address: Option<IpAddr> = name.parse().ok();
    let name = name.to_ascii_lowercase();
    let first = name.split('.').next().unwrap_or_default();
    first == "localhost"
        || name.ends_with(".localhost")
        || address.is_some_and(|ip| ip.to_canonical().is_loopback() || ip.is_unspecified())
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

    #[test]
    fn the_near_end_of_a_tunnel_names_no_host() {
        for near in [
            "127.0.0.1",
            "127.9.9.9",
            "[::1]",
            "::ffff:127.0.0.1",
            "localhost",
            "LOCALHOST.localdomain",
            "x.localhost",
            "0.0.0.0",
        ] {
            let guard = Policy::new(false, Vec::new(), Some(near));
            let own = near.trim_matches(['[', ']']);
            assert!(!guard.own_names.iter().any(|name| name == own), "{near}");
        }
        for server in ["cb.example.com", "10.1.2.3", "[2001:db8::1]"] {
            let guard = Policy::new(false, Vec::new(), Some(server));
            let own = server.trim_matches(['[', ']']);
            assert!(guard.own_names.iter().any(|name| name == own), "{server}");
        }
    }
}
