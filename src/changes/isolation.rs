//! The effects of isolating a host, by operating system and sensor version (reference 7).

use crate::model::{Group, Sensor};
use crate::text;

/// The `os_type` of a Windows sensor.
const WINDOWS: i64 = 1;

/// The first version of the Windows sensor whose isolation survives a reboot.
const PERSISTENT_ISOLATION_VERSION: (u32, u32, u32) = (7, 4, 1);

/// Describes which connections an isolated host keeps, and whether a reboot ends the isolation.
pub(super) fn effects(sensor: &Sensor, group: Option<&Group>) -> Vec<String> {
    let exclusions: Vec<_> =
        group.into_iter().flat_map(|group| &group.isolation_exclusions).map(text::make_visible).collect();
    let excluded = match (group, &exclusions[..]) {
        (None, _) => "; group exclusions unknown".to_owned(),
        (_, []) => String::new(),
        (_, some) => format!("; {} (group exclusion)", some.join(", ")),
    };
    vec![
        format!("Still reachable: CB server (and Live Response){excluded}"),
        open_ports(sensor).into(),
        reboot_effect(sensor.os_type, sensor.version_numbers()).into(),
    ]
}

/// Describes which ports stay open while the host is isolated.
fn open_ports(sensor: &Sensor) -> &'static str {
    match sensor.os_type {
        Some(WINDOWS) => "UDP is blocked except ports 53, 67 and 68 (DNS, DHCP); old Windows versions leave ICMP open",
        Some(_) => "UDP is blocked except ports 53, 67 and 68 (DNS, DHCP); ICMP stays open",
        None => "UDP is blocked except ports 53, 67 and 68 (DNS, DHCP); ICMP may stay open",
    }
}

/// Describes what a reboot of the host does to its isolation.
fn reboot_effect(os_type: Option<i64>, version: Option<(u32, u32, u32)>) -> &'static str {
    match (os_type, version) {
        (Some(WINDOWS), Some(version)) if version >= PERSISTENT_ISOLATION_VERSION => {
            "Stays isolated after a reboot; CbEDRCLI on the host can end it"
        }
        (Some(WINDOWS), Some(_)) => "After a reboot the host is NOT isolated until the sensor checks in",
        _ => "Unknown whether isolation survives a reboot: documented for Windows sensors only",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reboot_ends_isolation_only_with_windows_sensors_before_7_4_1() {
        for (os_type, version, expected) in [
            (Some(1), Some((6, 2, 2)), "After a reboot the host is NOT isolated"),
            (Some(1), Some((7, 4, 0)), "After a reboot the host is NOT isolated"),
            (Some(1), Some((7, 4, 1)), "Stays isolated after a reboot"),
            (Some(1), Some((7, 10, 0)), "Stays isolated after a reboot"),
            (Some(1), None, "Unknown"),
            (Some(2), Some((7, 4, 1)), "Unknown"),
            (Some(3), Some((6, 1, 8)), "Unknown"),
            (None, Some((7, 4, 1)), "Unknown"),
        ] {
            let text = reboot_effect(os_type, version);
            assert!(text.starts_with(expected), "{os_type:?} {version:?}: {text}");
        }
    }
}
