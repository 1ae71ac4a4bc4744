//! Parsing query text into a tree, and printing it.

pub(super) mod clause;
pub(super) mod dates;
pub(super) mod expr;
pub(super) mod facet_filters;
pub(super) mod network;
pub(super) mod parameters;
pub(super) mod parser;
pub(super) mod print;
pub(super) mod scan;
