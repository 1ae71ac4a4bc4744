//! The alert queue, its groups, and the context of the alert under the cursor.

mod group;
mod live_updates;
mod shared_fields;

use std::sync::Arc;

pub(super) use group::AlertGroupId;
pub use group::{AlertGroup, GroupBy};
pub use live_updates::{LiveMode, LiveUpdates, NewAlerts};
pub(super) use shared_fields::shared_status;

use super::{Session, slots};
use crate::model::{AlertDigest, AlertStatus, Fetched, OPEN_ALERTS, Search};

/// State of the alert queue.
#[derive(Debug, Default)]
pub struct AlertState {
    /// `None` if alerts are not grouped.
    pub group_by: Option<GroupBy>,
    /// The search whose alerts are reduced for grouping.
    pub(super) digest_search: Option<Arc<Search>>,
    /// Whether the list of alerts was fetched again after the digest.
    pub(super) is_digest_stale: bool,
    /// Whether the digest was fetched again after the list of alerts.
    pub(super) is_list_stale: bool,
    /// Whether the current search was restored from the navigation history.
    pub(super) is_restored_search: bool,
    /// The status of all alerts of the digest, if they agree.
    pub shared_status: Option<AlertStatus>,
    /// The group under the cursor.
    pub selected_group: Option<Arc<AlertGroup>>,
    pub live: LiveUpdates,
}

impl Session {
    /// Returns all open alerts, if those are what was fetched last for grouping.
    pub fn open_digest(&self) -> Option<&Fetched<AlertDigest>> {
        let is_open = self.alert_state.digest_search.as_ref().is_some_and(|search| search.query == OPEN_ALERTS);
        self.values.latest(slots::ALERT_DIGEST).filter(|_| is_open)
    }
}
