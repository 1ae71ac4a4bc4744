//! What cutting a host off means.

use crate::model::Group;
use crate::text;

/// What stays reachable, and what ends it.
pub(super) fn effects(group: Option<&Group>) -> Vec<String> {
    let exclusions: Vec<_> = group
        .into_iter()
        .flat_map(|group| &group.isolation_exclusions)
        .map(text::visible)
        .collect();
    let excluded = match (group, &exclusions[..]) {
        (None, _) => "; the exclusions of its group are not known".to_owned(),
        (_, []) => String::new(),
        (_, some) => format!("; {}, by its group", some.join(", ")),
    };
    vec![
        format!("stays reachable: the server, and with it Live Response{excluded}"),
        "a reboot lifts it until the sensor checks in again".into(),
    ]
}
