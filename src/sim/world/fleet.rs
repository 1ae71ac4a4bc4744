//! Hosts, sensor groups, teams and console users.

use std::net::Ipv4Addr;

use serde::Deserialize;

use super::{parse_duration, rng::Rng};

/// The scenarios refer to this many hosts.
pub(crate) const MIN_HOSTS: u64 = 14;
/// Upper limit, against a mistyped number.
const MAX_HOSTS: u64 = 50_000;
const SALT: u64 = 0xf1ee;

/// Operating system, which the server spells in three ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Os {
    #[default]
    Windows,
    Osx,
    Linux,
}

impl Os {
    /// Returns the name in process documents.
    pub(crate) fn process_name(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Osx => "osx",
            Self::Linux => "linux",
        }
    }

    /// Returns the name in binary documents.
    pub(crate) fn binary_name(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::Osx => "OSX",
            Self::Linux => "Linux",
        }
    }

    /// Returns the number in sensor records.
    pub(crate) fn sensor_code(self) -> u8 {
        match self {
            Self::Windows => 1,
            Self::Osx => 2,
            Self::Linux => 3,
        }
    }
}

/// Computer with a sensor.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) dns: String,
    pub(crate) group: u32,
    pub(crate) os: Os,
    pub(crate) role: String,
    pub(crate) system: String,
    pub(crate) ip: Ipv4Addr,
    /// The user who works on it, without the domain.
    pub(crate) account: String,
    pub(crate) version: String,
    /// Seconds by which the host's clock is ahead of the server's.
    pub(crate) skew: i64,
    /// Time since the last check-in, in milliseconds; `None` while the sensor checks in.
    pub(crate) silent_for: Option<i64>,
    pub(crate) uninstalled: bool,
    pub(crate) isolated: bool,
    /// Whether only scenario processes run on it.
    pub(crate) has_no_background: bool,
    pub(crate) health: u32,
    pub(crate) health_message: String,
    pub(crate) eventlog: u64,
    pub(crate) storefiles: u64,
    pub(crate) notes: Option<String>,
    /// Which of the `BUILDS` of each program it has.
    pub(crate) build: usize,
    /// Build number of the sensor, if the TOML record has one.
    pub(crate) sensor_build: Option<u64>,
    /// Number of boots, if the TOML record has one.
    pub(crate) boots: Option<u64>,
}

/// Sensor group of a new world.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) id: u32,
    pub(crate) name: String,
    #[serde(default = "three")]
    pub(crate) criticality: u32,
    #[serde(default = "yes")]
    pub(crate) banning: bool,
}

/// Team of console users, with the access it has to every group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Team {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) access: String,
}

/// Console user.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    pub(crate) username: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) admin: bool,
    pub(crate) teams: Vec<u32>,
}

/// Hosts, sensor groups, teams and users.
#[derive(Clone, Debug)]
pub(crate) struct Fleet {
    pub(crate) groups: Vec<Group>,
    pub(crate) teams: Vec<Team>,
    pub(crate) users: Vec<User>,
    /// The host of sensor `id` is at `id - 1`.
    pub(crate) hosts: Vec<Host>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FleetToml {
    group: Vec<Group>,
    team: Vec<Team>,
    user: Vec<User>,
    host: Vec<HostToml>,
    series: Vec<Series>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HostToml {
    id: u32,
    name: String,
    group: u32,
    #[serde(default)]
    os: Os,
    #[serde(default = "workstation")]
    role: String,
    system: String,
    ip: Ipv4Addr,
    account: String,
    version: Option<String>,
    build: Option<u64>,
    boot: Option<u64>,
    #[serde(default)]
    skew: i64,
    offline: Option<String>,
    #[serde(default)]
    uninstalled: bool,
    #[serde(default)]
    isolated: bool,
    #[serde(default)]
    quiet: bool,
    #[serde(default = "hundred")]
    health: u32,
    health_message: Option<String>,
    #[serde(default)]
    eventlog: u64,
    #[serde(default)]
    storefiles: u64,
    notes: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Series {
    name: String,
    group: u32,
    #[serde(default)]
    os: Os,
    #[serde(default = "workstation")]
    role: String,
    system: String,
    weight: u64,
}

impl Fleet {
    /// Creates the hosts of the scenarios, and random ones up to `count`.
    pub(crate) fn new(seed: u64, count: u64) -> Self {
        let fleet: FleetToml =
            toml::from_str(include_str!("../../../assets/world/fleet.toml")).expect("a test parses the embedded fleet");
        let mut hosts: Vec<Host> = fleet.host.into_iter().map(scenario_host).collect();
        let count = u32::try_from(count.clamp(MIN_HOSTS, MAX_HOSTS)).unwrap_or(u32::MAX);
        for id in u32::try_from(hosts.len()).unwrap_or(0) + 1..=count {
            hosts.push(random_host(seed, id, &fleet.series));
        }
        Self { groups: fleet.group, teams: fleet.team, users: fleet.user, hosts }
    }

    /// Returns the host of the sensor with `id`.
    pub(crate) fn host(&self, id: u32) -> Option<&Host> {
        self.hosts.get(usize::try_from(id.checked_sub(1)?).ok()?)
    }

    /// Returns the name of a group, with its upper-case letters.
    pub(crate) fn group_name(&self, id: u32) -> &str {
        let group = self.groups.iter().find(|group| group.id == id);
        group.map_or("Default Group", |group| &group.name)
    }
}

fn scenario_host(record: HostToml) -> Host {
    Host {
        dns: format!("{}.corp.example", record.name.to_lowercase()),
        build: usize::from(record.role != "workstation"),
        sensor_build: record.build,
        boots: record.boot,
        id: record.id,
        name: record.name,
        group: record.group,
        os: record.os,
        role: record.role,
        system: record.system,
        ip: record.ip,
        account: record.account,
        version: record.version.unwrap_or_else(|| sensor_version(record.os).into()),
        skew: record.skew,
        silent_for: record.offline.as_deref().map(parse_duration),
        uninstalled: record.uninstalled,
        isolated: record.isolated,
        has_no_background: record.quiet,
        health: record.health,
        health_message: record.health_message.unwrap_or_else(|| "Healthy".into()),
        eventlog: record.eventlog,
        storefiles: record.storefiles,
        notes: record.notes,
    }
}

fn random_host(seed: u64, id: u32, series: &[Series]) -> Host {
    const HOUR: i64 = 3_600_000;
    let mut rng = Rng::new(seed, SALT, u64::from(id));
    let mut left = rng.next_below(series.iter().map(|series| series.weight).sum());
    let series = series
        .iter()
        .find(|series| match left.checked_sub(series.weight) {
            Some(remaining) => {
                left = remaining;
                false
            }
            None => true,
        })
        .expect("the draw is below the sum of the weights");
    let name = format!("{}{:03}", series.name, id);
    let [_, _, high, low] = id.to_be_bytes();
    let is_unhealthy = rng.is_one_in(12);
    Host {
        dns: format!("{}.corp.example", name.to_lowercase()),
        name,
        id,
        group: series.group,
        os: series.os,
        role: series.role.clone(),
        system: series.system.clone(),
        ip: Ipv4Addr::new(10, 21, high, low),
        account: random_account(&mut rng),
        version: sensor_version(series.os).into(),
        skew: if rng.is_one_in(9) { rng.below_ms(240) - 120 } else { rng.below_ms(3) },
        silent_for: rng.is_one_in(8).then(|| HOUR / 2 + rng.below_ms(60 * 24 * HOUR)),
        uninstalled: rng.is_one_in(60),
        isolated: rng.is_one_in(90),
        has_no_background: false,
        health: if is_unhealthy { 75 } else { 100 },
        health_message: if is_unhealthy { "Elevated memory usage" } else { "Healthy" }.into(),
        eventlog: if rng.is_one_in(3) { rng.next_below(4_000_000) } else { 0 },
        storefiles: if rng.is_one_in(5) { rng.next_below(90_000_000) } else { 0 },
        notes: None,
        build: usize::try_from(rng.next_below(3)).unwrap_or(0),
        sensor_build: None,
        boots: None,
    }
}

fn random_account(rng: &mut Rng) -> String {
    const NAMES: [&str; 16] = [
        "nguyen",
        "moreau",
        "silva",
        "ibrahim",
        "kowalski",
        "haddad",
        "novak",
        "tanaka",
        "osei",
        "lindqvist",
        "ferrari",
        "patel",
        "romero",
        "becker",
        "doyle",
        "yilmaz",
    ];
    let initial = char::from(b'a' + u8::try_from(rng.next_below(26)).unwrap_or(0));
    let name = rng.choose(&NAMES).copied().unwrap_or("guest");
    format!("{initial}{name}")
}

fn sensor_version(os: Os) -> &'static str {
    match os {
        Os::Windows => "006.002.002.80304",
        Os::Osx => "006.002.002.80202",
        Os::Linux => "006.001.008.10228",
    }
}

fn workstation() -> String {
    "workstation".into()
}

fn hundred() -> u32 {
    100
}

fn three() -> u32 {
    3
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_of_the_scenarios_are_found_by_their_ids() {
        let fleet = Fleet::new(1, 0);
        assert_eq!(fleet.hosts.len(), 14);
        for (at, host) in fleet.hosts.iter().enumerate() {
            assert_eq!(usize::try_from(host.id).unwrap(), at + 1);
        }
        assert_eq!(fleet.host(3).unwrap().name, "WIN-IA9NQ1GN8OI");
        assert_eq!(fleet.host(4).unwrap().name, "HOSTNAME");
        assert!(fleet.host(0).is_none() && fleet.host(15).is_none());
    }

    #[test]
    fn a_random_host_does_not_depend_on_the_size_of_the_fleet() {
        let (few, many) = (Fleet::new(5, 40), Fleet::new(5, 400));
        assert_eq!(few.hosts[30].name, many.hosts[30].name);
        assert_eq!(few.hosts[30].account, many.hosts[30].account);
        assert!(many.hosts.iter().any(|host| host.silent_for.is_some()));
        assert_eq!(many.group_name(3), "Domain Controllers");
    }
}
