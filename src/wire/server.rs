//! Parsing of the server's information about itself (reference 2.1).

use super::{FromRecord, Record};
use crate::model::ServerInfo;

impl FromRecord for ServerInfo {
    fn from_record(record: &Record) -> Option<Self> {
        let version = record.text_or("version", "version_release");
        // Without a version, the JSON is not of a Carbon Black server.
        version.non_empty()?;
        Some(Self {
            version,
            banning_enabled: record.flag("banningEnabled"),
            live_response_enabled: record.flag("cblrEnabled"),
            max_rows: record.count("maxSearchResultRows"),
            document: record.document_without_secrets(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    #[test]
    fn version_and_enabled_features_are_parsed() {
        let info: ServerInfo = wire::parse_one(include_str!("../../tests/goldens/get_info.json")).unwrap().unwrap();
        assert_eq!(info.version.raw(), "6.2.4.180911.1420");
        assert_eq!(info.release(), Some((6, 2)));
        assert_eq!((info.banning_enabled, info.live_response_enabled), (Some(true), Some(false)));
        assert_eq!(info.max_rows, Some(1000));
    }

    #[test]
    fn an_answer_without_a_version_is_refused() {
        assert!(wire::parse_one::<ServerInfo>(r#"{"status": "ok"}"#).is_err());
    }
}
