//! The fields of sensor groups, users and ingress filters.

use super::{CellValue, Field, find};
use crate::model::{Group, IngressFilter, User};
use crate::text::Untrusted;
use crate::wire::RecordMembers;

/// The fields of group rows.
pub const GROUP_FIELDS: &[Field<Group>] = &[
    Field::new("name", |group| (&group.name).into()),
    Field::new("number_of_hosts", |group| group.hosts.into()),
    Field::new("banning_enabled", |group| CellValue::on_off(group.banning_enabled)),
    Field::new("alert_criticality", |group| group_member(group, "alert_criticality")),
    Field::new("isolation_exclusions", |group| {
        let exclusions = group.isolation_exclusions.iter();
        CellValue::comma_list(exclusions.map(|address| address.raw().to_owned()))
    }),
    Field::new("id", |group| CellValue::Number(group.id.0)),
    Field::new("site_id", |group| CellValue::text_of(group.site)),
    Field::new("sensorbackend_server", |group| group_member(group, "sensorbackend_server")),
];

/// Returns the field of groups with this name.
pub const fn group_field(name: &str) -> &'static Field<Group> {
    find(GROUP_FIELDS, name)
}

/// Returns the member `name` of the record of `group`.
fn group_member(group: &Group, name: &str) -> CellValue {
    let value = RecordMembers::from_document(&group.document).text_at(name);
    value.map_or(CellValue::None, CellValue::Text)
}

/// The fields of user rows.
pub const USER_FIELDS: &[Field<User>] = &[
    Field::new("id", |user| CellValue::text_of(user.id)),
    Field::new("first_name", |user| (&user.first_name).into()),
    Field::new("last_name", |user| (&user.last_name).into()),
    Field::new("username", |user| (&user.username).into()),
    Field::new("global_admin", |user| match user.is_admin {
        Some(true) => CellValue::Word("admin"),
        Some(false) => CellValue::None,
        None => CellValue::Unavailable,
    }),
    Field::new("name", |user| {
        let name = [user.first_name.raw(), user.last_name.raw()].join(" ");
        let name: Untrusted = name.trim().into();
        (&name).into()
    }),
    Field::new("teams", |user| CellValue::comma_list(user.teams.iter().map(|team| team.raw().to_owned()))),
    Field::new("email", |user| (&user.email).into()),
];

/// Returns the field of users with this name.
pub const fn user_field(name: &str) -> &'static Field<User> {
    find(USER_FIELDS, name)
}

/// The fields of ingress filter rows.
pub const INGRESS_FILTER_FIELDS: &[Field<IngressFilter>] = &[
    Field::new("enabled", |filter| CellValue::on_off(filter.is_enabled)),
    Field::new("name", |filter| (&filter.name).into()),
    Field::new("process_filters", |filter| (&filter.process_patterns()).into()),
    Field::new("filtered_events", |filter| (&filter.filtered_events()).into()),
    Field::new("scope", |filter| (&filter.scope(|_| None)).into()),
    Field::new("os_mask", |filter| CellValue::text_of(Some(filter.systems()))),
    Field::new("descendant_filtering_level", |filter| CellValue::text_of(Some(filter.descendant_levels()))),
    Field::new("filter_on", |filter| CellValue::Word(filter.place())),
    Field::new("hit_rate", |filter| CellValue::text_of(filter.hit_rate)),
    Field::new("priority", |filter| CellValue::text_of(filter.priority)),
    Field::new("id", |filter| (&filter.id.0).into()),
    Field::new("description", |filter| (&filter.description).into()),
];

/// Returns the field of ingress filters with this name.
pub const fn ingress_filter_field(name: &str) -> &'static Field<IngressFilter> {
    find(INGRESS_FILTER_FIELDS, name)
}
