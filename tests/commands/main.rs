//! The program itself, headless, against a simulator: standard output, standard error, exit codes.

mod bench;

mod binary;
mod doctor;
mod edges;
mod facets;
mod search;
mod sensor;
mod simulate;
mod tree;
