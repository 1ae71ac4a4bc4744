//! Parsing of a sensor group (reference 2.7).

use super::{FromRecord, Record};
use crate::model::{Group, GroupId};
use crate::text::Untrusted;

impl FromRecord for Group {
    const IS_WRITTEN_BACK: bool = true;

    fn from_record(record: &Record) -> Option<Self> {
        Some(Self {
            id: GroupId(record.count("id")?),
            name: record.text("name"),
            site: record.count("site_id"),
            banning_enabled: record.flag("banning_enabled"),
            hosts: record.count("number_of_hosts"),
            isolation_exclusions: exclusions(record),
            document: record.document(),
        })
    }
}

/// Returns the addresses of the enabled isolation exclusions.
fn exclusions(record: &Record) -> Vec<Untrusted> {
    record
        .records("isolation_exclusions")
        .iter()
        .filter(|entry| entry.flag("enabled") != Some(false))
        .map(|entry| entry.text_or("ip_address", "name"))
        .filter(|address| !address.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    #[test]
    fn a_group_is_parsed_from_a_list_of_one() {
        let group: Group = wire::parse_one(include_str!("../../tests/goldens/get_group_1.json")).unwrap().unwrap();
        assert_eq!((group.id, group.name.raw()), (GroupId(1), "Default Group"));
        assert_eq!((group.hosts, group.banning_enabled), (Some(12), Some(true)));
        let exclusions: Vec<_> = group.isolation_exclusions.iter().map(Untrusted::raw).collect();
        assert_eq!(exclusions, ["10.20.30.40", "backup host"]);
    }
}
