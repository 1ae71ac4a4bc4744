//! The program itself, headless, against a simulator: standard output, standard error, exit codes.

mod bench;
#[path = "../support/dice.rs"]
mod dice;
#[path = "../support/mirror.rs"]
#[expect(unreachable_pub, reason = "other tests share it")]
mod mirror;
#[path = "../support/pty.rs"]
#[expect(dead_code, unreachable_pub, reason = "other tests need more of it")]
mod pty;

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
