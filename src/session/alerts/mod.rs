//! The queue of alerts as a whole, what belongs together in it, and what is known around the alert under the cursor.

mod context;
mod group;
mod live_updates;
mod shared_fields;

use std::sync::Arc;

pub use context::Asides;
pub(super) use group::BundleId;
pub use group::{Bundle, By};
pub use live_updates::{Live, News, Watch};
pub(super) use shared_fields::status;

use super::{Pages, Remote};
use crate::model::{AlertStatus, Queue, Search};

/// What is known.
#[derive(Debug, Default)]
pub struct Triage {
    /// By what alerts are put together, if they are.
    pub by: Option<By>,
    /// All alerts of the search.
    pub queue: Remote<Queue>,
    /// The search that they were asked for.
    pub(super) of: Option<Arc<Search>>,
    /// Whether the alerts were asked for again as a list since they were read whole.
    pub(super) is_queue_old: bool,
    /// Whether they were read whole since they were last asked for as a list.
    pub(super) is_list_old: bool,
    /// Whether that search was put before and is gone back to.
    pub(super) is_back: bool,
    /// What belongs together of them.
    pub bundles: Pages<Bundle>,
    /// The status of all alerts that they were made of, if they have one.
    pub status: Option<AlertStatus>,
    /// The group under the cursor, where alerts are grouped.
    pub bundle: Option<Arc<Bundle>>,
    /// What is known around the alert under the cursor.
    pub asides: Asides,
    /// Whether anybody wants to be told of new alerts, and what is to be told.
    pub live: Live,
}
