//! Problems as a server sees them: which queries it rejects, and which edits solve that.

use super::diagnostics::problem::{Cause, Fix};
use super::parser::parse;

/// Returns the fixes for the problems of a text, in the order of the text. Each applies to the unchanged text.
pub fn find_fixes(text: &str) -> Vec<Fix> {
    let problems = parse(text).problems;
    problems.into_iter().filter_map(|problem| problem.fix).collect()
}

/// Returns the first value of a valid query that begins with a wildcard, which servers can be configured to reject.
pub fn find_leading_wildcard(text: &str) -> Option<String> {
    let parsed = parse(text);
    parsed.query?;
    let problem = parsed.problems.into_iter().find(|problem| problem.cause == Cause::LeadingWildcard)?;
    let rest = &text[problem.span.start..];
    let end = rest.find(|char: char| char.is_whitespace() || char == ')').unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}

/// The server settings that decide which queries are rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whether values that begin with a wildcard are rejected: the default since server 6.2.3.
    pub refuse_leading_wildcards: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { refuse_leading_wildcards: true }
    }
}

/// Returns the `reason` with which a server rejects this query by an HTTP 400 (API reference, section 1.10); `None` if
/// it accepts it.
///
/// The reference names two reasons, but not which mistake gets which. Here broken structure (parentheses, quotes,
/// operators) is `query_malformed_syntax`, and a broken clause (range, missing value, leading wildcard) is
/// `query_syntax_error`.
pub fn server_error(text: &str, rules: Rules) -> Option<&'static str> {
    const MALFORMED: &str = "query_malformed_syntax";
    const SYNTAX: &str = "query_syntax_error";
    let reasons = parse(text).problems.into_iter().filter_map(|problem| match problem.cause {
        Cause::Parenthesis | Cause::Quote | Cause::EmptyGroup | Cause::Operator | Cause::Depth => Some(MALFORMED),
        Cause::NoValue | Cause::Range => Some(SYNTAX),
        Cause::LeadingWildcard => rules.refuse_leading_wildcards.then_some(SYNTAX),
        Cause::List
        | Cause::Bare
        | Cause::Undocumented
        | Cause::UnknownField
        | Cause::ForeignField
        | Cause::WrongType
        | Cause::Unordered
        | Cause::SpaceInValue
        | Cause::Misread => None,
    });
    // Broken structure takes precedence, because it is found before any clause is read.
    reasons.min_by_key(|reason| *reason != MALFORMED)
}
