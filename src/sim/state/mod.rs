//! Mutable state of the simulated server: what clients change.

pub(super) mod admin;
pub(super) mod append_list;
pub(super) mod bans;
pub(super) mod detections;
pub(super) mod live_response;
pub(super) mod machine;
pub(super) mod result_cache;
pub(super) mod sensor_list;
pub(super) mod sensors;
pub(super) mod server;
