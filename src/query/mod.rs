//! The search language of the server (API reference, section 3), shared by editor, client and simulator.
//!
//! [`parse`] turns text into a [`Query`] and says what is wrong with it; a query prints itself, is summed up by
//! [`summary()`], and is made into a [`Matcher`] that decides which documents it finds. [`highlight()`] and [`complete()`]
//! serve an editor, [`quote`] and [`narrow`] whoever builds a query from a value, [`server_error`] whoever plays the server.
//!
//! The text, not the tree, is what goes to a server: a query is never rewritten on its way.

mod expr;
mod facet_filters;
mod fields;
mod problem;

mod clause;
mod parser;
mod remark;
mod scan;

mod ioc;
mod lint;
mod misfit;
mod nearest;
mod operators;
mod quotes;
mod spelling;

mod compose;
mod parameters;
mod print;
mod summary;

mod complete;
mod explain;
mod highlight;
mod links;
mod values;

mod dates;
mod matching;
mod network;
mod tokens;

pub use complete::{Completion, complete};
pub use compose::{Sense, also, condition, either, instead, narrow, quote, without};
pub use explain::{explain, problem_lines};
pub use expr::{Bound, Clause, Expr, Operand, Query};
pub use facet_filters::Filtered;
pub use fields::{Field, Index, Join, Kind, Place, field, fields, join};
pub use highlight::{Role, highlight};
pub use ioc::{Ioc, IocKind, iocs, list_message};
pub use links::{Linked, linked};
pub use matching::{Matcher, Record, Value};
pub use parameters::{Stored, indicated, parse_parameters, readable, replace_query, stored};
pub use parser::{Parsed, parse, parse_for};
pub use print::one_line;
pub use problem::{Cause, Fix, Level, Problem, Rules, fixes, leading_wildcard, server_error};
pub use summary::{summary, terms};
pub use tokens::tokens;
pub use values::{Typing, counted, typing};

#[cfg(test)]
mod tests;
