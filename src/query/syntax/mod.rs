//! Parsing query text into a tree, and printing it.

pub(super) mod dates;
pub(super) mod expr;
pub(super) mod filter_word;
pub(super) mod marks;
pub(super) mod network;
pub(super) mod print;
pub(super) mod quote;
pub(super) mod scan;
