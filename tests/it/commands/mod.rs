//! The program itself, headless, against a simulator: standard output, standard error, exit codes.

mod bench;
use crate::support::dice;
use crate::support::mirror;
use crate::support::pty;

mod alert;
mod alerts;
mod asked;
mod ban;
mod binary;
mod deeds;
mod doctor;
mod edges;
mod events;
mod facets;
mod feed;
mod group;
mod isolate;
mod join;
mod killed;
mod lies;
mod links;
mod log;
mod outlets;
mod queries;
mod report;
mod search;
mod secrets;
mod sensor;
mod simulate;
mod tree;
mod unknown;
mod user;
mod warnings;
mod watchlist;
