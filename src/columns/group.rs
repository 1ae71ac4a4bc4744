//! The fields of sensor groups.

use super::{CellValue, Field, find};
use crate::model::Group;
use crate::wire::RecordMembers;

/// The fields of group rows.
pub const FIELDS: &[Field<Group>] = &[
    Field::new("name", |group| (&group.name).into()),
    Field::new("number_of_hosts", |group| group.hosts.into()),
    Field::new("banning_enabled", |group| CellValue::on_off(group.banning_enabled)),
    Field::new("alert_criticality", |group| group_member(group, "alert_criticality")),
    Field::new("isolation_exclusions", |group| {
        let exclusions = group.isolation_exclusions.iter();
        CellValue::comma_list(exclusions.map(|address| address.raw().to_owned()))
    }),
    Field::new("id", |group| CellValue::Number(group.id.0)),
    Field::new("sensorbackend_server", |group| group_member(group, "sensorbackend_server")),
];

/// Returns the field with this name.
pub const fn field(name: &str) -> &'static Field<Group> {
    find(FIELDS, name)
}

/// Returns the member `name` of the record of `group`.
fn group_member(group: &Group, name: &str) -> CellValue {
    let value = RecordMembers::from_document(&group.document).text_at(name);
    value.map_or(CellValue::None, CellValue::Text)
}
