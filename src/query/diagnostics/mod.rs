//! Diagnostics of a query: errors, warnings, notes and their fixes.

pub(super) mod collector;
pub(super) mod indicators;
pub(super) mod lint;
pub(super) mod lint_operators;
pub(super) mod lint_values;
pub(super) mod problem;
pub(super) mod quotes;
pub(super) mod suggest;
pub(super) mod type_check;
