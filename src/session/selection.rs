//! The rows under the cursors.

use std::sync::Arc;

use crate::model::{Alert, Binary, Feed, Process, Report, Sensor, Watchlist};

/// The row under the cursor of each list.
#[derive(Debug, Default)]
pub struct Selection {
    pub process: Option<Arc<Process>>,
    /// The process whose details are shown: the selected one, or one of its relatives.
    pub(super) details_process: Option<Arc<Process>>,
    pub alert: Option<Arc<Alert>>,
    pub sensor: Option<Arc<Sensor>>,
    pub binary: Option<Arc<Binary>>,
    pub watchlist: Option<Arc<Watchlist>>,
    pub feed: Option<Arc<Feed>>,
    pub report: Option<Arc<Report>>,
}
