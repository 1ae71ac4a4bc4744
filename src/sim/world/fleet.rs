//! The hosts, their groups, and the people who watch them.

use std::net::Ipv4Addr;

use serde::Deserialize;

use super::{parse_duration, rng::Rng};

/// Fewer hosts than this would leave the stories without a place.
pub(crate) const MIN_HOSTS: u64 = 14;
/// More than this is not a fleet but a mistyped number.
const MAX_HOSTS: u64 = 50_000;
const SALT: u64 = 0xf1ee;

/// An operating system, as the three indexes spell it in three ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Os {
    #[default]
    Windows,
    Osx,
    Linux,
}

impl Os {
    /// In process documents.
    pub(crate) fn process_name(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Osx => "osx",
            Self::Linux => "linux",
        }
    }

    /// In binary documents.
    pub(crate) fn binary_name(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::Osx => "OSX",
            Self::Linux => "Linux",
        }
    }

    /// In sensor records.
    pub(crate) fn sensor_code(self) -> u8 {
        match self {
            Self::Windows => 1,
            Self::Osx => 2,
            Self::Linux => 3,
        }
    }
}

/// One computer with a sensor.
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
    /// Who works on it.
    pub(crate) account: String,
    pub(crate) version: String,
    /// Seconds by which its clock is ahead of the server's.
    pub(crate) skew: i64,
    /// How long ago it was last heard of, in milliseconds; none while it checks in.
    pub(crate) silent_for: Option<i64>,
    pub(crate) uninstalled: bool,
    pub(crate) isolated: bool,
    /// Nothing runs on it but what the stories tell.
    pub(crate) has_no_background: bool,
    pub(crate) health: u32,
    pub(crate) health_message: String,
    pub(crate) eventlog: u64,
    pub(crate) storefiles: u64,
    pub(crate) notes: Option<String>,
    /// Which build of the system's programs it has.
    pub(crate) build: usize,
    /// The number of the sensor's build, where it is told.
    pub(crate) sensor_build: Option<u64>,
    /// How often it was started, where it is told.
    pub(crate) boots: Option<u64>,
}

/// A sensor group.
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

/// A team of console users.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Team {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) access: String,
}

/// A console user.
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

/// The whole fleet.
#[derive(Clone, Debug)]
pub(crate) struct Fleet {
    pub(crate) groups: Vec<Group>,
    pub(crate) teams: Vec<Team>,
    pub(crate) users: Vec<User>,
    /// Host `id` stands at `id - 1`.
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
    /// The hosts of the stories, and others up to `count`.
    pub(crate) fn new(seed: u64, count: u64) -> Self {
        let sheet: FleetToml = toml::from_str(include_str!("../../../assets/world/fleet.toml"))
            .expect("the embedded fleet is read by a test");
        let mut hosts: Vec<Host> = sheet.host.into_iter().map(scenario_host).collect();
        let count = u32::try_from(count.clamp(MIN_HOSTS, MAX_HOSTS)).unwrap_or(u32::MAX);
        for id in u32::try_from(hosts.len()).unwrap_or(0) + 1..=count {
            hosts.push(random_host(seed, id, &sheet.series));
        }
        Self { groups: sheet.group, teams: sheet.team, users: sheet.user, hosts }
    }

    /// The host of a sensor.
    pub(crate) fn host(&self, id: u32) -> Option<&Host> {
        self.hosts.get(usize::try_from(id.checked_sub(1)?).ok()?)
    }

    /// A group's name, as typed.
    pub(crate) fn group_name(&self, id: u32) -> &str {
        let group = self.groups.iter().find(|group| group.id == id);
        group.map_or("Default Group", |group| &group.name)
    }
}

fn scenario_host(sheet: HostToml) -> Host {
    Host {
        dns: format!("{}.corp.example", sheet.name.to_lowercase()),
        build: usize::from(sheet.role != "workstation"),
        sensor_build: sheet.build,
        boots: sheet.boot,
        id: sheet.id,
        name: sheet.name,
        group: sheet.group,
        os: sheet.os,
        role: sheet.role,
        system: sheet.system,
        ip: sheet.ip,
        account: sheet.account,
        version: sheet.version.unwrap_or_else(|| sensor_version(sheet.os).into()),
        skew: sheet.skew,
        silent_for: sheet.offline.as_deref().map(parse_duration),
        uninstalled: sheet.uninstalled,
        isolated: sheet.isolated,
        has_no_background: sheet.quiet,
        health: sheet.health,
        health_message: sheet.health_message.unwrap_or_else(|| "Healthy".into()),
        eventlog: sheet.eventlog,
        storefiles: sheet.storefiles,
        notes: sheet.notes,
    }
}

fn random_host(seed: u64, id: u32, series: &[Series]) -> Host {
    const HOUR: i64 = 3_600_000;
    let mut dice = Rng::new(seed, SALT, u64::from(id));
    let mut left = dice.next_below(series.iter().map(|series| series.weight).sum());
    let series = series
        .iter()
        .find(|series| match left.checked_sub(series.weight) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        })
        .expect("the draw is below the sum of the weights");
    let name = format!("{}{:03}", series.name, id);
    let [_, _, high, low] = id.to_be_bytes();
    let sick = dice.is_one_in(12);
    Host {
        dns: format!("{}.corp.example", name.to_lowercase()),
        name,
        id,
        group: series.group,
        os: series.os,
        role: series.role.clone(),
        system: series.system.clone(),
        ip: Ipv4Addr::new(10, 21, high, low),
        account: random_account(&mut dice),
        version: sensor_version(series.os).into(),
        skew: if dice.is_one_in(9) { dice.below_ms(240) - 120 } else { dice.below_ms(3) },
        silent_for: dice.is_one_in(8).then(|| HOUR / 2 + dice.below_ms(60 * 24 * HOUR)),
        uninstalled: dice.is_one_in(60),
        isolated: dice.is_one_in(90),
        has_no_background: false,
        health: if sick { 75 } else { 100 },
        health_message: if sick { "Elevated memory usage" } else { "Healthy" }.into(),
        eventlog: if dice.is_one_in(3) { dice.next_below(4_000_000) } else { 0 },
        storefiles: if dice.is_one_in(5) { dice.next_below(90_000_000) } else { 0 },
        notes: None,
        build: usize::try_from(dice.next_below(3)).unwrap_or(0),
        sensor_build: None,
        boots: None,
    }
}

fn random_account(dice: &mut Rng) -> String {
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
    let initial = char::from(b'a' + u8::try_from(dice.next_below(26)).unwrap_or(0));
    let name = dice.choose(&NAMES).copied().unwrap_or("guest");
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
    fn the_hosts_of_the_stories_stand_at_their_ids() {
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
    fn a_drawn_host_does_not_depend_on_how_many_there_are() {
        let (few, many) = (Fleet::new(5, 40), Fleet::new(5, 400));
        assert_eq!(few.hosts[30].name, many.hosts[30].name);
        assert_eq!(few.hosts[30].account, many.hosts[30].account);
        assert!(many.hosts.iter().any(|host| host.silent_for.is_some()));
        assert_eq!(many.group_name(3), "Domain Controllers");
    }
}
