//! Which type of question each slot of the [`super::ValueStore`] has.

use super::SlotOf;
use crate::fetch::{
    AlertDigestFetch, AlertFacetsFetch, AlertsFetch, BinaryFetch, CountFetch, FacetsFetch, FileHeadFetch, LicenseFetch,
    LineageFetch, PrevalenceFetch, ReportFetch, SensorFetch, SensorGroupFetch, ServerInfoFetch, WatchActionsFetch,
};
use crate::model::{GroupId, Md5, SensorId};
use crate::worker::{AlertContextPart, FacetSide, JoinObject, Slot};

pub const SERVER_INFO: SlotOf<ServerInfoFetch> = SlotOf::new(Slot::ServerInfo);
pub const LICENSE: SlotOf<LicenseFetch> = SlotOf::new(Slot::License);
pub const FILE_HEAD: SlotOf<FileHeadFetch> = SlotOf::new(Slot::FileHead);
pub const FIELD_VALUES: SlotOf<FacetsFetch> = SlotOf::new(Slot::FieldValues);
pub const ALERT_DIGEST: SlotOf<AlertDigestFetch> = SlotOf::new(Slot::AlertDigest);

// Private, since these values may be about a row that is no longer selected: functions of the session return them only
// for the row that they are about.
pub(super) const LINEAGE: SlotOf<LineageFetch> = SlotOf::new(Slot::Lineage);
pub(super) const SENSOR: SlotOf<SensorFetch> = SlotOf::new(Slot::Sensor);
pub(super) const SENSOR_GROUP: SlotOf<SensorGroupFetch> = SlotOf::new(Slot::SensorGroup);
pub(super) const BINARY: SlotOf<BinaryFetch> = SlotOf::new(Slot::Binary);
pub(super) const PREVALENCE: SlotOf<PrevalenceFetch> = SlotOf::new(Slot::Prevalence);
pub(super) const HOST_ALERTS: SlotOf<AlertsFetch> = SlotOf::new(Slot::HostAlerts);
pub(super) const WATCH_ACTIONS: SlotOf<WatchActionsFetch> = SlotOf::new(Slot::WatchActions);
pub(super) const WATCH_COUNT: SlotOf<CountFetch> = SlotOf::new(Slot::WatchCount);
pub(super) const REPORT: SlotOf<ReportFetch> = SlotOf::new(Slot::Report);
pub(super) const REPORT_ALERTS: SlotOf<CountFetch> = SlotOf::new(Slot::ReportAlerts);
pub(super) const NEW_ALERTS: SlotOf<AlertsFetch> = SlotOf::new(Slot::NewAlerts);

// The context of the alert under the cursor.
pub(super) const NEWEST_ALERT: SlotOf<AlertsFetch> = context(AlertContextPart::NewestAlert);
pub const ALERT_LINEAGE: SlotOf<LineageFetch> = context(AlertContextPart::Lineage);
pub const ALERT_SENSOR: SlotOf<SensorFetch> = context(AlertContextPart::Sensor);
pub const ALERT_BINARY: SlotOf<BinaryFetch> = context(AlertContextPart::Binary);
/// Only the count is used.
pub const OPEN_ON_HOST: SlotOf<AlertsFetch> = context(AlertContextPart::HostAlerts);
/// Only the count is used.
pub const OPEN_FOR_HASH: SlotOf<AlertsFetch> = context(AlertContextPart::HashAlerts);
pub const PAST_OUTCOMES: SlotOf<AlertFacetsFetch> = context(AlertContextPart::PastOutcomes);
pub const LAST_RESOLVED: SlotOf<AlertsFetch> = context(AlertContextPart::LastResolved);

const fn context<R>(part: AlertContextPart) -> SlotOf<R> {
    SlotOf::new(Slot::AlertContext(part))
}

/// Returns the slot of one side of a comparison.
pub const fn facets(side: FacetSide) -> SlotOf<FacetsFetch> {
    SlotOf::new(Slot::Facets(side))
}

pub(super) const fn joined_sensor(id: SensorId) -> SlotOf<SensorFetch> {
    SlotOf::new(Slot::Joined(JoinObject::Sensor(id)))
}

pub(super) const fn joined_group(id: GroupId) -> SlotOf<SensorGroupFetch> {
    SlotOf::new(Slot::Joined(JoinObject::Group(id)))
}

pub(super) const fn joined_binary(md5: Md5) -> SlotOf<BinaryFetch> {
    SlotOf::new(Slot::Joined(JoinObject::Binary(md5)))
}

#[cfg(test)]
mod tests {
    use std::any::TypeId;

    use super::*;

    fn entry<R: 'static>(place: SlotOf<R>) -> (Slot, TypeId) {
        (place.slot, TypeId::of::<R>())
    }

    #[test]
    fn a_slot_has_one_type_of_questions() {
        let mut entries = vec![
            entry(SERVER_INFO),
            entry(LICENSE),
            entry(FILE_HEAD),
            entry(FIELD_VALUES),
            entry(ALERT_DIGEST),
            entry(LINEAGE),
            entry(SENSOR),
            entry(SENSOR_GROUP),
            entry(BINARY),
            entry(PREVALENCE),
            entry(HOST_ALERTS),
            entry(WATCH_ACTIONS),
            entry(WATCH_COUNT),
            entry(REPORT),
            entry(REPORT_ALERTS),
            entry(NEW_ALERTS),
            entry(NEWEST_ALERT),
            entry(ALERT_LINEAGE),
            entry(ALERT_SENSOR),
            entry(ALERT_BINARY),
            entry(OPEN_ON_HOST),
            entry(OPEN_FOR_HASH),
            entry(PAST_OUTCOMES),
            entry(LAST_RESOLVED),
            entry(facets(FacetSide::A)),
            entry(joined_sensor(SensorId(1))),
            entry(joined_group(GroupId(1))),
            entry(joined_binary(Md5([0; 16]))),
        ];
        let (source, _) = include_str!("slots.rs").split_once("#[cfg(test)]").unwrap_or_default();
        let n_places = source.matches(": SlotOf<").count() + source.matches("-> SlotOf<").count();
        // `context` makes places, and is none.
        assert_eq!(entries.len(), n_places - 1, "a place is not in the list of this test");
        entries.sort_by_key(|(slot, _)| *slot);
        for pair in entries.windows(2) {
            assert!(pair[0].0 != pair[1].0 || pair[0].1 == pair[1].1, "{:?} has questions of two types", pair[0].0);
        }
    }
}
