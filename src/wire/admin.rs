//! Parsing of users, teams, sites, the license and partitions (reference 2.1, 2.7, 2.8, 2.15).

use super::{FromRecord, Malformed, Record, page::read_members};
use crate::model::{License, Page, Partition, Site, Team, TeamAccess, User};

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
            let record = Record::parse(part.get())?;
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
    fn a_license_is_parsed_without_the_secrets_of_the_installation() {
        let json = r#"{"license_valid": true, "license_expired": false, "license_end_date": "2022-12-31",
            "licensed_sensor_count": 500, "actual_sensor_count": 412, "server_token": "s3cret"}"#;
        let license: License = wire::parse_one(json).unwrap().unwrap();
        assert_eq!((license.licensed, license.actual), (Some(500), Some(412)));
        assert!(!license.document.json().contains("s3cret"));
        assert!(wire::parse_one::<License>("{}").is_err());
    }
}
