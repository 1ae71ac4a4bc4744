//! The program itself, headless, against a simulator: standard output, standard error, exit codes.

mod bench;
use crate::support::pty;
use crate::support::random;
use crate::support::reflecting_server;

mod alert;
mod alerts;
mod ban;
mod binary;
mod crashes;
mod doctor;
mod events;
mod every_command;
mod facets;
mod false_answers;
mod feed;
mod group;
mod isolate;
mod join;
mod links;
mod live_response;
mod log;
mod prompts;
mod queries;
mod report;
mod search;
mod secrets;
mod sensor;
mod sensor_changes;
mod simulate;
mod streams;
mod tree;
mod unknown;
mod user;
mod warnings;
mod watchlist;
