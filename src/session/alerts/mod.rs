//! The queue of alerts as a whole, what belongs together in it, and what is known around the alert under the cursor.

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
use crate::model::{AlertDigest, AlertStatus, Search};

/// What is known.
#[derive(Debug, Default)]
pub struct AlertState {
    /// By what alerts are put together, if they are.
    pub group_by: Option<GroupBy>,
    /// All alerts of the search.
    pub digest: Remote<AlertDigest>,
    /// The search that they were asked for.
    pub(super) digest_search: Option<Arc<Search>>,
    /// Whether the alerts were asked for again as a list since they were read whole.
    pub(super) is_queue_old: bool,
    /// Whether they were read whole since they were last asked for as a list.
    pub(super) is_list_old: bool,
    /// Whether that search was put before and is gone back to.
    pub(super) is_restored_search: bool,
    /// What belongs together of them.
    pub groups: Pages<AlertGroup>,
    /// The status of all alerts that they were made of, if they have one.
    pub shared_status: Option<AlertStatus>,
    /// The group under the cursor, where alerts are grouped.
    pub selected_group: Option<Arc<AlertGroup>>,
    /// What is known around the alert under the cursor.
    pub context: AlertContext,
    /// Whether anybody wants to be told of new alerts, and what is to be told.
    pub live: LiveUpdates,
}
