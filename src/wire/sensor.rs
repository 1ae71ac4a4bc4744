//! Parsing of a sensor record (reference 2.6), in which many numbers are text.

use super::{FromRecord, Record, value::parse_ip};
use crate::model::{Adapter, GroupId, Sensor, SensorId};

impl FromRecord for Sensor {
    fn from_record(record: &Record) -> Option<Self> {
        Some(Self {
            id: SensorId(record.count("id")?),
            computer_name: record.text("computer_name"),
            dns_name: record.text("computer_dns_name"),
            status: record.text("status"),
            os: record.text("os_environment_display_string"),
            os_type: record.int("os_type"),
            version: record.text("build_version_string"),
            group: record.count("group_id").map(GroupId),
            adapters: record
                .texts("network_adapters")
                .iter()
                .flat_map(|text| text.raw().split('|'))
                .filter_map(adapter)
                .collect(),
            last_checkin: record.time("last_checkin_time"),
            next_checkin: record.time("next_checkin_time"),
            registered: record.time("registration_time"),
            isolation_wanted: record.flag("network_isolation_enabled"),
            is_isolating: record.flag("is_isolating"),
            supports_isolation: record.flag("supports_isolation"),
            supports_live_response: record.flag("supports_cblr"),
            uninstall: record.flag("uninstall"),
            uninstalled: record.flag("uninstalled"),
            restart_queued: record.flag("restart_queued"),
            flush_until: record.text("event_log_flush_time"),
            health: record.int("sensor_health_status"),
            health_message: record.text("sensor_health_message"),
            uptime: record.count("uptime"),
            eventlog_bytes: record.count("num_eventlog_bytes"),
            storefile_bytes: record.count("num_storefiles_bytes"),
            clock_delta: record.int("clock_delta"),
            notes: record.text("notes"),
            document: record.document(),
        })
    }
}

/// Parses `<ip>,<mac without colons>`. The list of adapters ends with a separator, so its last entry is empty.
fn adapter(text: &str) -> Option<Adapter> {
    let (ip, mac) = text.split_once(',').unwrap_or((text, ""));
    Some(Adapter { ip: parse_ip(ip)?, mac: hardware_address(mac) })
}

/// Formats a MAC address as twelve lower-case hex digits in pairs; empty for anything else, because the result is shown
/// without escaping.
fn hardware_address(text: &str) -> String {
    let digits: Vec<char> = text.trim().chars().filter(|char| !matches!(char, ':' | '-')).collect();
    if digits.len() != 12 || !digits.iter().all(char::is_ascii_hexdigit) {
        return String::new();
    }
    let pairs: Vec<String> =
        digits.chunks(2).map(|pair| pair.iter().collect::<String>().to_ascii_lowercase()).collect();
    pairs.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    #[test]
    fn a_complete_record_is_parsed() {
        let sensor: Sensor = wire::parse_one(include_str!("../../tests/goldens/get_sensor_7.json")).unwrap().unwrap();
        insta::assert_debug_snapshot!(sensor);
    }

    #[test]
    fn adapters_are_parsed_from_any_list() {
        let adapters = |text: &str| {
            let json = format!(r#"{{"id": 1, "network_adapters": {text}}}"#);
            let sensor: Sensor = wire::parse_one(&json).unwrap().unwrap();
            let adapters = sensor.adapters.iter();
            adapters.map(|adapter| format!("{} {}", adapter.ip, adapter.mac)).collect::<Vec<_>>()
        };
        assert_eq!(
            adapters(r#""192.168.50.7,0050569A1B2C|fe80::1,00-50-56-9a-1b-2d|""#),
            ["192.168.50.7 00:50:56:9a:1b:2c", "fe80::1 00:50:56:9a:1b:2d"]
        );
        assert_eq!(adapters(r#"["10.0.0.1,zz\u001b[2J", "nonsense", "10.0.0.2"]"#), ["10.0.0.1 ", "10.0.0.2 "]);
        assert!(adapters("null").is_empty() && adapters(r#""|""#).is_empty());
    }
}
