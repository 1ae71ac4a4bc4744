//! Parsing of users, teams, sites, ingress filters, the license and partitions (reference 2.1, 2.7, 2.8, 2.15, 2.16).

use super::{FromRecord, Malformed, Record, page::read_members};
use crate::model::{
    GroupId, IngressFilter, IngressFilterId, License, Page, Partition, SensorId, Site, Team, TeamAccess, User,
};
use crate::text::Untrusted;

/// The lists of process patterns of an ingress filter, each with the words for what it is compared with.
const PROCESS_FILTERS: [(&str, &str); 3] =
    [("path_filters", "path"), ("cmdline_filters", "command line"), ("md5_filters", "MD5")];

/// The lists of event patterns of an ingress filter, each with the words for the kind of events.
const EVENT_FILTERS: [(&str, &str); 6] = [
    ("regmod_filters", "regmod"),
    ("modload_filters", "modload"),
    ("filemod_filters", "filemod"),
    ("non_binary_filemod_filters", "filemod of other files than binaries"),
    ("netconn_filters", "netconn"),
    ("crossproc_filters", "crossproc"),
];

impl FromRecord for User {
    fn from_record(record: &Record) -> Option<Self> {
        let teams = record.records("teams");
        Some(Self {
            id: record.count("id"),
            username: record.text("username").non_empty()?.clone(),
            first_name: record.text("first_name"),
            last_name: record.text("last_name"),
            email: record.text("email"),
            is_admin: record.flag("global_admin"),
            teams: teams.iter().map(|team| team.text_or("name", "id")).collect(),
            document: record.document_without_secrets(),
        })
    }
}

impl FromRecord for Team {
    fn from_record(record: &Record) -> Option<Self> {
        let access = record.records("group_access");
        Some(Self {
            id: record.count("id")?,
            name: record.text("name"),
            access: access
                .iter()
                .map(|entry| TeamAccess {
                    group: entry.text_or("group_name", "group_id"),
                    category: entry.text("access_category"),
                })
                .collect(),
            document: record.document_without_secrets(),
        })
    }
}

impl FromRecord for Site {
    fn from_record(record: &Record) -> Option<Self> {
        Some(Self { id: record.count("id")?, name: record.text("name"), document: record.document_without_secrets() })
    }
}

impl FromRecord for IngressFilter {
    const IS_WRITTEN_BACK: bool = true;

    fn from_record(record: &Record) -> Option<Self> {
        let ids = |name| record.texts(name).into_iter().filter_map(|id| id.raw().trim().parse().ok());
        Some(Self {
            id: IngressFilterId(record.text("id").non_empty()?.clone()),
            name: record.text("name"),
            description: record.text("description"),
            is_enabled: record.flag("enabled"),
            priority: record.int("priority"),
            os_mask: record.count("os_mask"),
            is_global: record.flag("global"),
            groups: ids("group_ids").map(GroupId).collect(),
            sensors: ids("sensor_ids").map(SensorId).collect(),
            processes: patterns(record, &PROCESS_FILTERS),
            descendants: record.int("descendant_filtering_level"),
            has_all_events: record.flag("filter_all_events"),
            events: patterns(record, &EVENT_FILTERS),
            is_on_sensor: record.flag("filter_on_sensor"),
            is_on_server: record.flag("filter_on_server"),
            hit_rate: record.float("hit_rate"),
            document: record.document(),
        })
    }
}

/// Parses lists of patterns, each pattern with the words for its list.
fn patterns(record: &Record, lists: &[(&str, &'static str)]) -> Vec<(&'static str, Untrusted)> {
    let list = |(name, kind): &(&str, &'static str)| {
        let kind = *kind;
        record.texts(name).into_iter().map(move |pattern| (kind, pattern))
    };
    lists.iter().flat_map(list).collect()
}

impl FromRecord for License {
    fn from_record(record: &Record) -> Option<Self> {
        // Without either member, the JSON is not a license.
        record.text_or("license_valid", "license_end_date").non_empty()?;
        Some(Self {
            is_valid: record.flag("license_valid"),
            is_expired: record.flag("license_expired"),
            end: record.text("license_end_date"),
            licensed: record.count("licensed_sensor_count"),
            actual: record.count("actual_sensor_count"),
            document: record.document_without(&["server_token", "license_request_block"]),
        })
    }
}

/// Parses the partitions of the event store, newest first; the one being written to is the first.
pub fn partitions(json: &str) -> Result<Page<Partition>, Malformed> {
    let members = read_members(json, "an object of partitions")?;
    let mut rows: Vec<_> = members
        .iter()
        .filter_map(|(name, part)| {
            let record = Record::from_row(part)?;
            let info = record.nested_record("info").unwrap_or_default();
            Some(Partition {
                name: name.as_str().into(),
                status: record.text("status"),
                start: info.time("startDate"),
                end: info.time("endDate"),
                documents: info.count("numDocs"),
                bytes: info.count("sizeInBytes"),
                document: record.document(),
            })
        })
        .collect();
    rows.sort_by_key(|part| (part.end.is_some(), std::cmp::Reverse(part.start)));
    let n_unreadable = members.len() - rows.len();
    Ok(Page { n_unreadable, ..Page::from(rows) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    #[test]
    fn a_user_is_parsed_without_the_token_that_old_servers_include() {
        let json = r#"{"username": "ana", "first_name": "Ana", "global_admin": true, "auth_token": "s3cret",
            "teams": [{"id": 1, "name": "Tier 1"}, {"id": 2}]}"#;
        let user: User = wire::parse_one(json).unwrap().unwrap();
        assert_eq!((user.username.raw(), user.is_admin), ("ana", Some(true)));
        assert_eq!(user.teams, ["Tier 1".into(), "2".into()]);
        assert!(!format!("{user:?}").contains("s3cret"));
    }

    #[test]
    fn the_partition_being_written_to_comes_first() {
        let json = r#"{"cbevents_2021_02_28_2031": {"status": "warm", "info": {"startDate": "2021-02-28T20:31:00Z",
            "endDate": "2021-03-03T20:31:33Z", "numDocs": 3}}, "writer": {"status": "hot", "info": {"endDate": null,
            "startDate": "2021-03-03T20:31:33.521670Z", "sizeInBytes": 1917159}}, "odd": 3}"#;
        let page = partitions(json).unwrap();
        assert_eq!(page.n_unreadable, 1);
        let parts = page.rows;
        let names: Vec<_> = parts.iter().map(|part| part.name.raw()).collect();
        assert_eq!(names, ["writer", "cbevents_2021_02_28_2031"]);
        assert_eq!((parts[0].bytes, parts[1].documents), (Some(1_917_159), Some(3)));
        assert!(partitions("[]").is_err());
    }

    #[test]
    fn an_ingress_filter_is_parsed_with_what_it_hides_and_for_whom() {
        let json = r#"{"id": "backup-jobs", "name": "Backup jobs", "enabled": true, "os_mask": 5, "global": false,
            "group_ids": [3, "4"], "sensor_ids": [7], "path_filters": ["c:\\backup\\*"], "md5_filters": null,
            "netconn_filters": ["10.0.0.*"], "filter_all_events": false, "descendant_filtering_level": -1,
            "filter_on_server": true, "filter_on_sensor": false, "hit_rate": 1.5, "priority": "2"}"#;
        let filter: IngressFilter = wire::parse_one(json).unwrap().unwrap();
        let name = |id| (id == GroupId(3)).then(|| "Finance".into());
        assert_eq!(filter.scope(name).raw(), "Finance, group 4, sensor 7");
        assert_eq!(filter.systems(), "Windows, Linux");
        assert_eq!(filter.process_patterns().raw(), r"path c:\backup\*");
        assert_eq!(filter.filtered_events().raw(), "netconn 10.0.0.*");
        assert_eq!((filter.descendant_levels().as_str(), filter.place()), ("all", "server"));
        assert_eq!((filter.priority, filter.hit_rate), (Some(2), Some(1.5)));
        let bare: IngressFilter = wire::parse_one(r#"{"id": "x"}"#).unwrap().unwrap();
        assert_eq!((bare.title().raw(), bare.is_enabled), ("x", None));
        assert_eq!((bare.scope(|_| None).raw(), bare.filtered_events().raw()), ("unknown", "unknown events"));
        assert!(wire::parse_one::<IngressFilter>(r#"{"name": "no id"}"#).is_err());
    }

    #[test]
    fn a_license_is_parsed_without_the_secrets_of_the_installation() {
        let json = r#"{"license_valid": true, "license_expired": false, "license_end_date": "2022-12-31",
            "licensed_sensor_count": 500, "actual_sensor_count": 412, "server_token": "s3cret"}"#;
        let license: License = wire::parse_one(json).unwrap().unwrap();
        assert_eq!((license.licensed, license.actual), (Some(500), Some(412)));
        assert!(!license.document.json().contains("s3cret"));
        assert!(wire::parse_one::<License>("{}").is_err());
    }
}
