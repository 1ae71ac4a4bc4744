//! What is wrong with a query, where, and what to type instead.

use std::ops::Range;

use super::super::syntax::parser::parse;

/// Something wrong with the text of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub level: Level,
    /// What kind of mistake it is, for whoever has to tell them apart.
    pub cause: Cause,
    /// The bytes of the text it is about; may be empty, at the place where something is missing.
    pub span: Range<usize>,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// What to type instead.
    pub hint: Option<String>,
    /// The change that mends it, where one step does.
    pub fix: Option<Fix>,
}

/// One change of the text that mends a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The bytes it replaces; empty where it only adds.
    pub span: Range<usize>,
    /// What it does, as an order.
    pub message: String,
    /// What it puts there.
    pub replacement: String,
}

impl Fix {
    /// The text with the change made.
    pub fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        text.replace_range(self.span.clone(), &self.replacement);
        text
    }
}

/// The changes that would mend something in a text, each by itself, in the order of the text.
pub fn find_fixes(text: &str) -> Vec<Fix> {
    let problems = parse(text).problems;
    problems.into_iter().filter_map(|problem| problem.fix).collect()
}

/// The first value of a well-formed query that begins with a wildcard, which servers can be set to refuse.
pub fn find_leading_wildcard(text: &str) -> Option<String> {
    let parsed = parse(text);
    parsed.query?;
    let found = parsed.problems.into_iter().find(|problem| problem.cause == Cause::LeadingWildcard)?;
    let rest = &text[found.span.start..];
    let end = rest.find(|char: char| char.is_whitespace() || char == ')').unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}

/// A problem just noted, to which a remedy can be added; empty for one that is not worth listing.
pub(in crate::query) struct Noted<'p>(pub(in crate::query) Option<&'p mut Problem>);

impl Noted<'_> {
    /// Adds the change that mends it, if there is one.
    pub(in crate::query) fn add_fix(self, fix: Option<Fix>) {
        if let Some(problem) = self.0 {
            problem.fix = fix;
        }
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The query is good, and there is something to know about it.
    Note,
    /// The server will take the query, and perhaps not as it is meant.
    Warning,
    /// The server will refuse the query, or it is none. It is sent only to who insists.
    Error,
}

/// The kinds of mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A parenthesis without its partner.
    Parenthesis,
    /// A quotation mark without its partner.
    Quote,
    /// Parentheses with nothing between them.
    EmptyGroup,
    /// An operator without the term it works on.
    Operator,
    /// More parentheses and negations in each other than this program follows.
    Depth,
    /// A field without a value.
    NoValue,
    /// A range that is not `[a TO b]`.
    Range,
    /// A list of indicators in the place of a query.
    List,
    /// A wildcard at the beginning of a value, which a server may be set to refuse (6.2.3 and later).
    LeadingWildcard,
    /// An indicator without its field.
    Bare,
    /// A field that servers know and the reference does not.
    Undocumented,
    /// A name before a colon that is no field of the server.
    UnknownField,
    /// A field of another index than the one searched.
    ForeignField,
    /// A value that cannot be in a field of this kind.
    WrongType,
    /// A range on a field that has no order.
    Unordered,
    /// A space that ended a value, or failed to.
    SpaceInValue,
    /// A value the server takes for something else than it looks like.
    Misread,
}

impl Cause {
    /// How bad mistakes of this kind are.
    pub(in crate::query) fn level(self) -> Level {
        match self {
            Self::Parenthesis
            | Self::Quote
            | Self::EmptyGroup
            | Self::Operator
            | Self::Depth
            | Self::NoValue
            | Self::Range
            | Self::List => Level::Error,
            Self::LeadingWildcard | Self::Bare | Self::Undocumented => Level::Note,
            Self::UnknownField
            | Self::ForeignField
            | Self::WrongType
            | Self::Unordered
            | Self::SpaceInValue
            | Self::Misread => Level::Warning,
        }
    }
}

/// What differs between servers in the queries they refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whether a value may not begin with a wildcard: the default of servers since 6.2.3.
    pub refuse_leading_wildcards: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { refuse_leading_wildcards: true }
    }
}

/// The `reason` of the 400 a server answers to this query (section 1.10), or nothing if it takes it.
///
/// The reference names two reasons and does not say which mistake gets which. Here a broken skeleton (parentheses,
/// quotes, operators) is `query_malformed_syntax`, and a broken clause (range, missing value,
/// leading wildcard) is `query_syntax_error`.
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
    // A broken skeleton is noticed before any clause is looked at.
    reasons.min_by_key(|reason| *reason != MALFORMED)
}
