//! The policy for changes: what must not be changed, or only after its name is typed.

use std::net::IpAddr;

use super::{Rejection, role::HostRole};
use crate::model::{Group, Sensor};
use crate::query::is_wildcard_match;
use crate::text;
use crate::text::Untrusted;

/// The rules of a profile for changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether every change is rejected.
    pub is_read_only: bool,
    /// Patterns of protected hosts: a name in which `*` and `?` are wildcards, `group:NAME` or `role:NAME`.
    pub protected: Vec<String>,
    /// Names of the server and of this machine, which are always protected.
    pub own_names: Vec<String>,
}

impl Policy {
    /// Creates the policy of a profile that may change things, for the server at this address. `localhost` and loopback addresses, the near end
    /// of an ssh tunnel, are left out: every Linux host has them.
    pub fn new(protected: Vec<String>, server: Option<&str>) -> Self {
        let machine = rustix::system::uname();
        Self {
            is_read_only: false,
            protected,
            own_names: server
                .into_iter()
                .chain(machine.nodename().to_str().ok())
                .map(|name| name.trim_matches(['[', ']']))
                .filter(|name| !is_loopback(name))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Returns the rejection of every change by a read-only profile; `None` for any other.
    pub fn read_only_rejection(&self) -> Option<Rejection> {
        self.is_read_only.then(|| Rejection {
            why: "this profile is read-only: no actions are sent".into(),
            hint: "use a profile without read_only and omit --read-only",
            is_policy: true,
        })
    }

    /// Returns why a host is protected. If its group is unknown, it counts as a member of every protected one.
    pub fn protection_reason(&self, sensor: &Sensor, group: Option<&Group>) -> Option<String> {
        let names = [&sensor.computer_name, &sensor.dns_name];
        let is_named = |pattern: &str| names.iter().any(|name| is_wildcard_match(pattern, name.raw()));
        let is_at = |own: &str| {
            let own: Option<IpAddr> = own.parse().ok();
            let mut adapters = sensor.adapters.iter();
            own.is_some_and(|own| adapters.any(|adapter| adapter.ip == own))
        };
        if self.own_names.iter().any(|own| is_named(own) || is_at(own)) {
            return Some("it is this machine or the CB server itself".into());
        }
        // A group without a readable name is unknown as well.
        let group = group.filter(|group| !group.name.is_empty());
        let is_protected = |pattern: &&String| match pattern.split_once(':') {
            Some(("group", name)) => group.is_none_or(|group| is_wildcard_match(name, group.name.raw())),
            // The sensor record lacks the role: see `role_protection_reason`.
            Some(("role", _)) => false,
            _ => is_named(pattern),
        };
        let pattern = self.protected.iter().find(is_protected)?;
        let pattern = text::make_visible(&pattern.as_str().into());
        let doubt = if group.is_none() && pattern.starts_with("group:") { ", and its group is unknown" } else { "" };
        Some(format!("protected_hosts contains {pattern}{doubt}"))
    }

    /// Returns why it is unknown whether a sensor without a host name is protected.
    pub(super) fn name_doubt(&self, sensor: &Sensor) -> Option<String> {
        let mut patterns = self.own_names.iter().chain(&self.protected);
        let needs_name = patterns.any(|pattern| !pattern.contains(':'));
        (sensor.computer_name.is_empty() && needs_name)
            .then(|| "Host name unknown: cannot tell whether protected_hosts names it".into())
    }

    /// Returns whether a host is protected by its name alone.
    pub(super) fn protects_name(&self, name: &Untrusted) -> bool {
        self.own_names
            .iter()
            .chain(&self.protected)
            .any(|pattern| !pattern.contains(':') && is_wildcard_match(pattern, name.raw()))
    }

    /// Returns the roles whose hosts are protected.
    pub(super) fn protected_roles(&self) -> impl Iterator<Item = &str> {
        self.protected.iter().filter_map(|pattern| pattern.strip_prefix("role:"))
    }

    /// Returns why a host is protected by its role. An unknown role counts as every protected one.
    pub(super) fn role_protection_reason(&self, role: &HostRole) -> Option<String> {
        self.protected_roles().find_map(|protected| {
            let shown = text::make_visible(&protected.into());
            if role.is_role(protected) {
                return Some(format!("protected_hosts contains role:{shown}"));
            }
            let doubt = role.may_be(protected)?;
            Some(format!("protected_hosts contains role:{shown}, and its role is unknown: {doubt}"))
        })
    }
}

/// Returns whether a name or an address means the local machine on every machine.
fn is_loopback(name: &str) -> bool {
    let address: Option<IpAddr> = name.parse().ok();
    let name = name.to_ascii_lowercase();
    let first = name.split('.').next().unwrap_or_default();
    first == "localhost"
        || name.ends_with(".localhost")
        || address.is_some_and(|ip| ip.to_canonical().is_loopback() || ip.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_entire_name() {
        for (pattern, name, expected) in [
            ("*-DC-*", "fin-dc-01", true),
            ("*-DC-*", "dc-01", false),
            ("FIN-DC-01", "fin-dc-01", true),
            ("FIN-DC-0", "FIN-DC-01", false),
            ("FIN*01", "FIN-DC-01", true),
            ("FIN*1*1", "FIN1", false),
            ("FIN-DC-0?", "fin-dc-01", true),
            ("FIN-DC-0?", "FIN-DC-0", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(is_wildcard_match(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_loopback_address_protects_no_host() {
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
            let policy = Policy::new(Vec::new(), Some(near));
            let own = near.trim_matches(['[', ']']);
            assert!(!policy.own_names.iter().any(|name| name == own), "{near}");
        }
        for server in ["cb.example.com", "10.1.2.3", "[2001:db8::1]"] {
            let policy = Policy::new(Vec::new(), Some(server));
            let own = server.trim_matches(['[', ']']);
            assert!(policy.own_names.iter().any(|name| name == own), "{server}");
        }
    }
}
