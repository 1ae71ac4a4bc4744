//! Parsing of the prevalence of a file (reference 2.2, frequency).

use super::{FromRecord, Record};
use crate::model::{HostCount, Prevalence};

impl FromRecord for Prevalence {
    fn from_record(record: &Record) -> Option<Self> {
        let n_sent = record.texts("hostnames").len() + record.records("hostnames").len();
        let mut hostnames: Vec<_> = record
            .records("hostnames")
            .iter()
            .filter_map(|host| {
                Some(HostCount { name: host.text("name").non_empty()?.clone(), count: host.count("value")? })
            })
            .collect();
        hostnames.sort_by(|one, other| {
            let by_count = other.count.cmp(&one.count);
            by_count.then_with(|| one.name.cmp_folded(&other.name))
        });
        let listed = u64::try_from(hostnames.len()).unwrap_or(u64::MAX);
        let hosts = record.count("hostCount");
        let processes = record.count("globalCount");
        // Without either member, the JSON is not a prevalence.
        hosts.or(processes)?;
        Some(Self {
            hosts: hosts.unwrap_or(listed),
            n_unreadable: n_sent - hostnames.len(),
            hostnames,
            processes: processes.unwrap_or(0),
            total: record.count("numDocs").unwrap_or(0),
            is_exact: record.flag("accurateHostCount"),
            document: record.document(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    #[test]
    fn a_count_is_parsed_with_its_hosts() {
        let json = include_str!("../../tests/goldens/get_process_host_count.json");
        let prevalence: Prevalence = wire::parse_one(json).unwrap().unwrap();
        insta::assert_debug_snapshot!(prevalence);
    }

    #[test]
    fn a_broken_host_does_not_affect_others() {
        let json = r#"{"hostCount": "3", "numDocs": "90", "hostnames": [{"name": "b", "value": "2"}, {"value": 1}, "x",
            {"name": "a", "value": 2}], "accurateHostCount": null}"#;
        let prevalence: Prevalence = wire::parse_one(json).unwrap().unwrap();
        let names: Vec<_> = prevalence.hostnames.iter().map(|host| host.name.raw()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!((prevalence.hosts, prevalence.n_unreadable, prevalence.total), (3, 2, 90));
        assert_eq!(prevalence.is_exact, None);
    }

    #[test]
    fn an_answer_without_a_count_is_refused() {
        assert!(wire::parse_one::<Prevalence>(r#"{"hostnames": []}"#).is_err());
    }
}
