//! The search language of the server (API reference, section 3), shared by editor, client and simulator.
//!
//! [`parse`] turns text into a [`Query`] and reports its problems. A query prints itself, is described by
//! [`summary()`], and compiles to a [`Matcher`] that decides which documents match. [`highlight()`] and [`complete()`]
//! serve an editor, [`quote`] and [`narrow`] build queries from values, and [`server_error`] serves the simulator.
//!
//! The text, not the tree, is sent to the server: a query is never rewritten before it is sent.

mod diagnostics;
mod edit;
mod eval;
mod facet_filters;
mod fields;
mod ioc;
mod links;
mod parameters;
mod parser;
mod server_rules;
mod syntax;
#[cfg(test)]
mod tests;

pub use diagnostics::indicators::list_message;
pub use diagnostics::problem::{Cause, Fix, Level, Problem};
pub use edit::build::{Polarity, and_condition, facet_condition, narrow, remove_fields, replace_condition};
pub use edit::complete::{Completion, complete};
pub use edit::explain::{explain, problem_lines};
pub use edit::highlight::highlight;
pub use edit::summary::{summary, terms};
pub use edit::value_completion::{TypedValue, countable_facets, typing_at};
pub use eval::tokens::tokens;
pub use eval::{FieldValue, Matcher, SearchableRecord, is_wildcard_match};
pub use facet_filters::FilteredQuery;
pub use fields::{BinaryJoin, FieldType, FieldUse, Index, QueryField, fields, find_field, find_joined};
pub use ioc::{Ioc, IocKind, parse_list};
pub use links::{LinkedQuery, link_query};
pub use parameters::{StoredQuery, describe_stored, indicator_text, parameters_text, parse_parameters, replace_query};
pub use parser::{Parsed, parse, parse_for};
pub use server_rules::{Rules, find_fixes, find_leading_wildcard, server_error};
pub use syntax::expr::{Bound, Clause, Expr, Operand, Query};
pub use syntax::marks::TokenRole;
pub use syntax::print::one_line;
pub use syntax::quote::{or_conditions, quote};
