//! The simulator keeps its contract: what the API reference says of a real server is true of it.

mod alerts;
mod bans;
mod binary;
mod cases;
mod events;
mod faults;
mod feeds;
mod fleet;
mod front;
mod groups;
mod lab;
mod live_response;
mod people;
mod process;
mod reports;
mod search;
mod triage;
mod upkeep;
mod watchlists;
