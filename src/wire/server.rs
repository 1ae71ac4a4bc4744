//! Parsing of the server's information about itself (reference 2.1).

use super::{FromRecord, Record};
use crate::model::ServerInfo;
use crate::text::Untrusted;

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
            features: enabled_features(record),
            document: record.document_without_secrets(),
        })
    }
}

fn enabled_features(record: &Record) -> Vec<Untrusted> {
    let Some(features) = record.nested_record("features") else {
        return Vec::new();
    };
    let enabled = features.names().filter(|name| features.flag(name) == Some(true));
    enabled.map(Untrusted::from).collect()
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
        let mut features: Vec<_> = info.features.iter().map(Untrusted::raw).collect();
        features.sort_unstable();
        assert_eq!(features, ["immutable_documents", "ipv6_support"]);
    }

    #[test]
    fn an_answer_without_a_version_is_refused() {
        assert!(wire::parse_one::<ServerInfo>(r#"{"status": "ok"}"#).is_err());
    }
}
