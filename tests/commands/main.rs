//! The program itself, headless, against a simulator: standard output, standard error, exit codes.

mod bench;
#[path = "../support/dice.rs"]
mod dice;

mod alert;
mod ban;
mod binary;
mod deeds;
mod doctor;
mod edges;
mod events;
mod facets;
mod isolate;
mod join;
mod killed;
mod search;
mod sensor;
mod simulate;
mod tree;
