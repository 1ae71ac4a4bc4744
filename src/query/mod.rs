//! The search language of the server (API reference, section 3), shared by editor, client and simulator.
//!
//! [`parse`] turns text into a [`Query`] and says what is wrong with it; a query prints itself, is summed up by
//! [`summary()`], and is made into a [`Matcher`] that decides which documents it finds. [`highlight()`] and [`complete()`]
//! serve an editor, [`quote`] and [`narrow`] whoever builds a query from a value, [`server_error`] whoever plays the server.
//!
//! The text, not the tree, is what goes to a server: a query is never rewritten on its way.

mod fields;

mod ioc;

mod links;

mod eval;

pub use diagnostics::problem::{Cause, Fix, Level, Problem, Rules, fixes, leading_wildcard, server_error};
pub use edit::build::{Sense, also, condition, either, instead, narrow, quote, without};
pub use edit::complete::{Completion, complete};
pub use edit::explain::{explain, problem_lines};
pub use edit::highlight::{Role, highlight};
pub use edit::summary::{summary, terms};
pub use edit::value_completion::{Typing, counted, typing};
pub use eval::tokens::tokens;
pub use eval::{Matcher, Record, Value};
pub use fields::{Field, Index, Join, Kind, Place, field, fields, join};
pub use ioc::{Ioc, IocKind, iocs, list_message};
pub use links::{Linked, linked};
pub use syntax::expr::{Bound, Clause, Expr, Operand, Query};
pub use syntax::facet_filters::Filtered;
pub use syntax::parameters::{Stored, indicated, parse_parameters, readable, replace_query, stored};
pub use syntax::parser::{Parsed, parse, parse_for};
pub use syntax::print::one_line;

mod diagnostics;
mod edit;
mod syntax;
#[cfg(test)]
mod tests;
