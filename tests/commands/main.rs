//! The program itself, headless, against a simulator: standard output, standard error, exit codes.

mod bench;

mod doctor;
mod edges;
mod events;
mod search;
mod sensor;
mod simulate;
mod tree;
