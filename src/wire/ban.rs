//! Parsing of a ban (reference 2.9).

use super::{FromRecord, Record};
use crate::model::{Ban, Restrictions};

impl FromRecord for Ban {
    const IS_WRITTEN_BACK: bool = true;

    fn from_record(record: &Record) -> Option<Self> {
        Some(Self {
            md5: record.md5("md5hash")?,
            text: record.text("text"),
            is_enabled: record.flag("enabled"),
            username: record.text("username"),
            created: record.time("timestamp"),
            blocks: record.count("block_count"),
            last_block: record.time("last_block_time"),
            last_host: record.text("last_block_hostname"),
            document: record.document(),
        })
    }
}

impl FromRecord for Restrictions {
    fn from_record(record: &Record) -> Option<Self> {
        Some(Self { patterns: record.texts("patterns") })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Ban, Page};
    use crate::wire;

    #[test]
    fn enabled_and_disabled_bans_are_distinguished() {
        let page: Page<Ban> = wire::parse_list(include_str!("../../tests/goldens/get_ban_list.json")).unwrap();
        assert_eq!((page.rows.len(), page.n_unreadable), (2, 1));
        let [first, disabled] = &page.rows[..] else {
            panic!("two bans");
        };
        assert_eq!(first.md5.to_string(), "9e107d9d372bb6826bd81d3542a419d6");
        assert_eq!((first.is_enabled, first.blocks), (Some(true), Some(3)));
        assert_eq!(first.last_block.unwrap().to_string(), "2021-03-04T10:15:33.883886Z");
        assert_eq!(first.last_host.raw(), "WS-7");
        assert_eq!((disabled.is_enabled, disabled.last_block), (Some(false), None));
        assert!(disabled.text.is_empty());
    }
}
