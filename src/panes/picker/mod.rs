//! Popups in which one of several entries is picked.

pub(super) mod columns;
pub(super) mod history;
pub(super) mod palette;
pub(super) mod saved_queries;
pub(super) mod sensor_groups;
