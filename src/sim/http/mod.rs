//! The simulator's HTTP server: sockets, front end, requests, responses and faults.

pub(super) mod certificate;
pub(super) mod fault;
pub(super) mod json_body;
pub(super) mod request;
pub(super) mod response;
