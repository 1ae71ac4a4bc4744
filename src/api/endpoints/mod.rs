//! Requests that read: one file for each resource of the server.

pub(super) mod admin;
pub(super) mod alert;
pub(super) mod ban;
pub(super) mod binary;
pub(super) mod event;
pub(super) mod feed;
pub(super) mod info;
pub(super) mod live_response;
pub(super) mod process;
pub(super) mod sensor;
pub(super) mod watchlist;
