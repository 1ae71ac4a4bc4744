//! Why a host is protected: by its name, its group or its role.

use super::{PlanContext, Policy, role::HostRole};
use crate::api::Error;
use crate::model::{Group, Sensor};

/// What the policy says of a host.
pub(super) struct HostProtection {
    /// Why it is protected.
    pub(super) reason: Option<String>,
    /// Why it is unknown whether it is.
    pub(super) name_doubt: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) group: Option<Group>,
}

impl HostProtection {
    /// Finds out whether a host is protected; its role is read only if the policy names roles.
    pub(super) async fn find(sensor: &Sensor, context: &PlanContext) -> Self {
        let PlanContext { client, policy, .. } = context;
        let group = match sensor.group {
            Some(id) => Some(client.group(id).await),
            None => None,
        };
        let needs_role = policy.protected_roles().next().is_some();
        let role = if needs_role { Some(HostRole::read(sensor, client).await) } else { None };
        Self::of(sensor, group, role.as_ref(), policy)
    }

    /// Returns what the policy says of a host with this group, if it has one, and this role, if it was read.
    pub(super) fn of(
        sensor: &Sensor,
        group: Option<Result<Group, Error>>,
        role: Option<&HostRole>,
        policy: &Policy,
    ) -> Self {
        let (group, mut notes) = (group.transpose(), Vec::new());
        notes.extend(group.as_ref().err().map(|error| format!("Its sensor group is unknown: {error}")));
        let group = group.ok().flatten();
        let role_reason = || role.and_then(|role| policy.role_protection_reason(role));
        let reason = policy.protection_reason(sensor, group.as_ref()).or_else(role_reason);
        // A host that is known to be protected needs no doubt.
        let name_doubt = policy.name_doubt(sensor).filter(|_| reason.is_none());
        Self { reason, name_doubt, notes, group }
    }
}
