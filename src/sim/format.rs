//! Times, ids and addresses in the server's formats (reference 1.3 to 1.5).

use std::net::Ipv4Addr;

use jiff::{
    Timestamp,
    tz::{TimeZone, offset},
};

use super::version::Release;
use crate::model::ProcessId;

/// Time zone of the server, in hours from UTC.
const SERVER_ZONE: i8 = -6;

/// Converts milliseconds since 1970.
pub(super) fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default()
}

/// Formats `2021-03-04T10:15:30.12Z`: UTC, milliseconds, trailing zeros trimmed (T1).
pub(super) fn solr_time(milliseconds: i64) -> String {
    timestamp(milliseconds).to_string()
}

/// Formats `2021-03-04 04:15:33.883886-06:00`: local time of the server (T3).
pub(super) fn local_time(milliseconds: i64) -> String {
    let zone = TimeZone::fixed(offset(SERVER_ZONE));
    // Real times have microseconds; they are made up here.
    let micros = (milliseconds.rem_euclid(997), milliseconds.div_euclid(1_000));
    let at = timestamp(milliseconds).to_zoned_datetime(zone);
    format!(
        "{}.{:03}{:03}-06:00",
        at.strftime("%Y-%m-%d %H:%M:%S"),
        milliseconds.rem_euclid(1_000),
        (micros.0 + micros.1).rem_euclid(1_000)
    )
}

/// Formats `2018-02-06 12:44:47.197794`: local time of the server, without its zone.
pub(super) fn naive_time(at: Timestamp) -> String {
    let text = local_time(at.as_millisecond());
    text.trim_end_matches("-06:00").to_owned()
}

/// Formats `2021-03-03T20:31:33.521670Z`: UTC, microseconds (T6).
pub(super) fn micros_time(milliseconds: i64) -> String {
    timestamp(milliseconds).strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// Formats `2021-03-04 10:15:30.12`: UTC, without a zone, trailing zeros trimmed (T5).
pub(super) fn naive_event_time(milliseconds: i64) -> String {
    timestamp(milliseconds).strftime("%Y-%m-%d %H:%M:%S%.f").to_string()
}

/// Formats `2021-03-04 10:15:30.120000`: UTC, without a zone, microseconds (T5).
pub(super) fn naive_micros_time(milliseconds: i64) -> String {
    timestamp(milliseconds).strftime("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

/// Formats a GUID with its segment: 8 hex digits up to 5.x, 12 from 6.0 on.
pub(super) fn unique_id(id: ProcessId, segment: i64, release: &Release) -> String {
    if release.is_at_least_6() { format!("{id}-{segment:012x}") } else { format!("{id}-{segment:08x}") }
}

/// Converts an address to the signed number used by process documents and by events up to v3.
pub(super) fn signed_address(ip: Ipv4Addr) -> i32 {
    i32::from_be_bytes(ip.octets())
}

/// Returns a host or group name as process documents have it: in lower case from 6.0 on.
pub(super) fn lowercase_name(name: &str, release: &Release) -> String {
    if release.is_at_least_6() { name.to_lowercase() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spelled_as_the_server_spells_them() {
        let at: Timestamp = "2021-03-04T10:15:30.120Z".parse().unwrap();
        let at = at.as_millisecond();
        assert_eq!(solr_time(at), "2021-03-04T10:15:30.12Z");
        assert_eq!(solr_time(at - 120), "2021-03-04T10:15:30Z");
        assert_eq!(micros_time(at), "2021-03-04T10:15:30.120000Z");
        assert_eq!(naive_event_time(at), "2021-03-04 10:15:30.12");
        assert_eq!(naive_event_time(at - 120), "2021-03-04 10:15:30");
        assert_eq!(naive_micros_time(at), "2021-03-04 10:15:30.120000");
        let text = local_time(at);
        assert!(text.starts_with("2021-03-04 04:15:30.120"), "{text}");
        assert!(text.ends_with("-06:00") && text.len() == 32, "{text}");
        assert_eq!(naive_time(timestamp(at)).len(), 26);
    }

    #[test]
    fn an_address_is_a_signed_number() {
        assert_eq!(signed_address(Ipv4Addr::new(192, 168, 50, 7)), -1_062_718_969);
        assert_eq!(signed_address(Ipv4Addr::new(10, 20, 30, 40)), 169_090_600);
    }

    #[test]
    fn segments_depend_on_the_release() {
        let (old, six) = (Release::new("5.2"), Release::new("6.2"));
        let id = ProcessId::new(7, 4242, 132_593_265_301_230_000);
        assert_eq!(unique_id(id, 1_614_852_945_678, &six), "00000007-0000-1092-01d7-10df4de391b0-0177fcbc770e");
        assert_eq!(unique_id(id, 1, &old), "00000007-0000-1092-01d7-10df4de391b0-00000001");
    }
}
