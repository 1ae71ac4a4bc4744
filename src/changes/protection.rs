//! Why a host is protected: by its name, its group or its role.

use super::{PlanContext, role::HostRole};
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
        let mut notes = Vec::new();
        let group = match sensor.group {
            Some(id) => match client.group(id).await {
                Ok(group) => Some(group),
                Err(error) => {
                    notes.push(format!("Its sensor group is unknown: {error}"));
                    None
                }
            },
            None => None,
        };
        let mut reason = policy.protection_reason(sensor, group.as_ref());
        if reason.is_none() && policy.protected_roles().next().is_some() {
            let role = HostRole::read(sensor, client).await;
            reason = policy.role_protection_reason(&role);
        }
        // A host that is known to be protected needs no doubt.
        let name_doubt = policy.name_doubt(sensor).filter(|_| reason.is_none());
        Self { reason, name_doubt, notes, group }
    }
}
