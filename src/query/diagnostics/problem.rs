//! Problems of a query: message, place, hint and fix.

use std::ops::Range;

/// A problem in the text of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub level: Level,
    pub cause: Cause,
    /// The bytes of the text with the problem; empty where something is missing.
    pub span: Range<usize>,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to type instead.
    pub hint: Option<String>,
    /// The edit that solves the problem, if a single one does.
    pub fix: Option<Fix>,
}

impl Problem {
    /// The problem on one line: the message, the key that applies the fix (if there is one), and the hint.
    pub fn to_line(&self, fix_key: Option<&str>) -> String {
        let message = &self.message;
        let hint = self.hint.as_deref().filter(|hint| !hint.is_empty());
        let Some((key, fix)) = fix_key.zip(self.fix.as_ref()) else {
            return hint.map_or_else(|| message.clone(), |hint| format!("{message}. {}", capitalize(hint)));
        };
        let fix = &fix.message;
        match hint {
            Some(hint) if hint.ends_with('?') => format!("{message}. {} ({key})", capitalize(hint)),
            Some(hint) if hint.starts_with(fix) => format!("{message}. {key}: {hint}"),
            // The fix does exactly what the hint says.
            Some(hint) if hint.starts_with("write ") && !hint.contains(" or ") => format!("{message}. {key}: {fix}"),
            Some(hint) => format!("{message}. {key}: {fix}; or {hint}"),
            None => format!("{message}. {key}: {fix}"),
        }
    }
}

/// The text with its first letter in upper case.
fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// An edit of the text that solves a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The bytes to replace; empty for an insertion.
    pub span: Range<usize>,
    /// What the edit does, as a command: `delete it`.
    pub message: String,
    pub replacement: String,
}

impl Fix {
    /// Returns `text` with the edit applied.
    pub fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        text.replace_range(self.span.clone(), &self.replacement);
        text
    }
}

/// A problem that was just added, to attach a fix to; `None` if it was beyond the limit of listed problems.
pub(in crate::query) struct Noted<'p>(pub(in crate::query) Option<&'p mut Problem>);

impl Noted<'_> {
    /// Sets the fix of the problem.
    pub(in crate::query) fn add_fix(self, fix: Option<Fix>) {
        if let Some(problem) = self.0 {
            problem.fix = fix;
        }
    }
}

/// The severity of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The query is good; the message is additional information.
    Note,
    /// The server accepts the query, but may read it differently than intended.
    Warning,
    /// The server rejects the query, or the text is no query. It is sent only if the user insists.
    Error,
}

/// The kind of mistake behind a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A parenthesis without its partner.
    Parenthesis,
    /// A quotation mark without its partner.
    Quote,
    /// Parentheses with nothing between them.
    EmptyGroup,
    /// An operator without a term to apply to.
    Operator,
    /// Groups and negations nested deeper than the parser supports.
    Depth,
    /// A field without a value.
    NoValue,
    /// A range that is not `[a TO b]`.
    Range,
    /// A list of indicators in place of a query.
    List,
    /// A wildcard at the beginning of a value, which servers from 6.2.3 on can be configured to reject.
    LeadingWildcard,
    /// An indicator without its field.
    Bare,
    /// A field that some servers know but the API reference does not document.
    Undocumented,
    /// A name before a colon that is no known field.
    UnknownField,
    /// A field of another index than the searched one.
    ForeignField,
    /// A value that the type of its field does not allow.
    WrongType,
    /// A range on a field whose type has no order.
    Unordered,
    /// An unintended space in a value, or an unintended end of a value at a space.
    SpaceInValue,
    /// Text that the server reads differently than it looks.
    Misread,
}

impl Cause {
    /// Returns the severity of this kind of mistake.
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
