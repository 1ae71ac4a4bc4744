//! The alert queue, its groups, and the context of the alert under the cursor.

mod context;
mod group;
mod live_updates;
mod shared_fields;

use std::sync::Arc;

pub use context::AlertContext;
pub(super) use group::AlertGroupId;
pub use group::{AlertGroup, GroupBy};
pub use live_updates::{LiveMode, LiveUpdates, NewAlerts};
pub(super) use shared_fields::shared_status;

use super::{Pages, Remote};
use crate::model::{AlertDigest, AlertStatus, Fetched, OPEN_ALERTS, Search};

/// State of the alert queue.
#[derive(Debug, Default)]
pub struct AlertState {
    /// `None` if alerts are not grouped.
    pub group_by: Option<GroupBy>,
    /// All alerts of the search, reduced for grouping.
    pub digest: Remote<AlertDigest>,
    /// The search whose alerts are in `digest`.
    pub(super) digest_search: Option<Arc<Search>>,
    /// Whether the list of alerts was fetched again after the digest.
    pub(super) is_digest_stale: bool,
    /// Whether the digest was fetched again after the list of alerts.
    pub(super) is_list_stale: bool,
    /// Whether the current search was restored from the navigation history.
    pub(super) is_restored_search: bool,
    pub groups: Pages<AlertGroup>,
    /// The status of all alerts of the digest, if they agree.
    pub shared_status: Option<AlertStatus>,
    /// The group under the cursor.
    pub selected_group: Option<Arc<AlertGroup>>,
    pub context: AlertContext,
    pub live: LiveUpdates,
}

impl AlertState {
    /// Returns all open alerts, if those are what was fetched last for grouping.
    pub fn open_digest(&self) -> Option<&Fetched<AlertDigest>> {
        let is_open = self.digest_search.as_ref().is_some_and(|search| search.query == OPEN_ALERTS);
        self.digest.latest().filter(|_| is_open)
    }
}
