//! What scripts, logs and configurations rely on: the built program is run against the simulator, and what it writes is
//! compared with goldens of today. No name of the code is used here, so that names can change and these tests stay.
//!
//! `NETS_UPDATE=1 cargo test --test it nets::` writes the goldens again; the difference is then looked at, and is meant.

mod golden;
mod json;
mod program;
mod simulator;
mod state;

mod audit;
mod chain;
mod changes;
mod commands;
mod config;
mod exits;
mod help;
mod keys;
mod words;
