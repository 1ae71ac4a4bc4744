//! Sensor record, built member by member, so that sorting a list does not build complete records (reference 2.6).

use serde_json::{Map, Value, json};

use crate::sim::{
    format,
    state::{sensors::SensorState, server::Server},
    world::{Host, hash_text},
};

/// Interval of the check-ins of a sensor, in milliseconds.
pub(crate) const CHECKIN_INTERVAL: i64 = 30_000;
const DAY: i64 = 86_400_000;

/// Members of a record, without those of [`SensorState`] and of [`constant_members`].
const MEMBERS: [&str; 25] = [
    "id",
    "computer_name",
    "computer_dns_name",
    "computer_sid",
    "status",
    "os_type",
    "os_environment_id",
    "os_environment_display_string",
    "build_id",
    "build_version_string",
    "network_adapters",
    "last_checkin_time",
    "next_checkin_time",
    "registration_time",
    "last_update",
    "sensor_health_status",
    "sensor_health_message",
    "sensor_uptime",
    "uptime",
    "physical_memory_size",
    "systemvolume_free_size",
    "num_eventlog_bytes",
    "num_storefiles_bytes",
    "clock_delta",
    "boot_id",
];

/// Record of a sensor at a point in time.
#[derive(Debug)]
pub(crate) struct SensorRecord<'s> {
    host: &'s Host,
    sensor: SensorState,
    /// The present, and when the world was generated, in milliseconds since 1970.
    now: [i64; 2],
}

impl<'s> SensorRecord<'s> {
    pub(crate) fn new(server: &Server, host: &'s Host, sensor: SensorState) -> Self {
        Self { host, sensor, now: [server.now().as_millisecond(), server.world.now] }
    }

    /// Returns the complete record.
    pub(crate) fn to_record(&self) -> Value {
        let mut record: Map<String, Value> = MEMBERS
            .into_iter()
            .chain(SensorState::MEMBERS)
            .map(|name| (name.into(), self.member_value(name)))
            .collect();
        record.insert("cookie".into(), json!(self.stable_random("cookie", 2_000_000_000)));
        if let Value::Object(constants) = constant_members() {
            record.extend(constants);
        }
        Value::Object(record)
    }

    /// Returns one member; `null` if the record has no such member. Many numbers are text, as in the real server.
    pub(crate) fn member_value(&self, name: &str) -> Value {
        let (host, sensor) = (self.host, &self.sensor);
        let [_, generated_at] = self.now;
        match name {
            "id" => json!(host.id),
            "computer_name" => json!(host.name),
            "computer_dns_name" => json!(host.dns),
            "computer_sid" => json!(format!("S-1-5-21-1004336348-1177238915-{}", 600_000_000 + host.id)),
            "status" => json!(self.status()),
            "os_type" => json!(host.os.sensor_code()),
            "os_environment_id" => json!(1 + host.build),
            "os_environment_display_string" => json!(host.system),
            "build_id" => json!(host.sensor_build.unwrap_or(11)),
            "build_version_string" => json!(host.version),
            "network_adapters" => json!(format!("{},0050569a{:04x}|", host.ip, host.id & 0xffff)),
            "last_checkin_time" => json!(format::local_time(self.last_checkin())),
            "next_checkin_time" => json!(format::local_time(self.last_checkin() + CHECKIN_INTERVAL)),
            "last_update" => json!(format::local_time(self.last_checkin() + 417)),
            "registration_time" => {
                let age = i64::try_from(self.stable_random("registered", 20_000_000_000)).unwrap_or(0);
                json!(format::local_time(generated_at - 90 * DAY - age))
            }
            "sensor_health_status" => json!(host.health),
            "sensor_health_message" => json!(host.health_message),
            "sensor_uptime" => json!((self.uptime() - 122).to_string()),
            "uptime" => json!(self.uptime().to_string()),
            "physical_memory_size" => {
                json!(((4 + 4 * self.stable_random("memory", 4)) << 30).to_string())
            }
            "systemvolume_free_size" => {
                json!((10_000_000_000 + self.stable_random("free", 90_000_000_000)).to_string())
            }
            "num_eventlog_bytes" => json!(host.eventlog.to_string()),
            "num_storefiles_bytes" => json!(host.storefiles.to_string()),
            "clock_delta" => json!(host.skew.to_string()),
            "boot_id" => {
                json!(host.boots.unwrap_or_else(|| 1 + self.stable_random("boot", 60)).to_string())
            }
            other => {
                let constant = || constant_members().get_mut(other).map(Value::take);
                sensor.member_value(other).or_else(constant).unwrap_or_default()
            }
        }
    }

    /// Returns the time of the last check-in, in milliseconds since 1970.
    pub(crate) fn last_checkin(&self) -> i64 {
        let [now, generated_at] = self.now;
        let phase = i64::try_from(self.stable_random("phase", 30_000)).unwrap_or(0);
        match self.host.silent_for {
            Some(silent_for) => generated_at - silent_for,
            None => now - (now - phase).rem_euclid(CHECKIN_INTERVAL),
        }
    }

    fn status(&self) -> &'static str {
        match (self.sensor.is_uninstalled(), self.host.silent_for) {
            (true, _) => "Uninstalled",
            (_, Some(_)) => "Offline",
            _ => "Online",
        }
    }

    fn uptime(&self) -> u64 {
        86_400 + self.stable_random("uptime", 2_000_000)
    }

    /// Returns a random number below `bound`, which is constant for a host and a purpose.
    fn stable_random(&self, purpose: &str, bound: u64) -> u64 {
        hash_text(&format!("{purpose} {}", self.host.id)) % bound
    }
}

/// Returns the members that are equal for all sensors.
fn constant_members() -> Value {
    json!({
        "supports_isolation": true,
        "supports_cblr": true,
        "supports_2nd_gen_modloads": false,
        "systemvolume_total_size": "127371571200",
        "parity_host_id": "0",
        "power_state": 0,
        "node_id": 0,
        "shard_id": 0,
        "display": true,
        "license_expiration": "1990-01-01 00:00:00-06:00",
        "emet_version": "",
        "emet_telemetry_path": "",
        "emet_dump_flags": "",
        "emet_exploit_action": " (Locally configured)",
        "emet_report_setting": " (Locally configured)",
        "emet_process_count": 0,
        "emet_is_gpo": false,
    })
}
