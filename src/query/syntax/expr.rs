//! The syntax tree of a query.

/// A valid query. Its `Display` is the canonical text, which parses back to an equal query.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    expr: Expr,
}

impl Query {
    /// Creates a query from a tree in normal form.
    pub(in crate::query) fn new(expr: Expr) -> Self {
        Self { expr }
    }

    /// Returns the tree; [`Expr::All`] for an empty query.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// Returns whether the query has no condition and matches everything.
    pub fn is_empty(&self) -> bool {
        self.expr == Expr::All
    }
}

impl Default for Query {
    fn default() -> Self {
        Self::new(Expr::All)
    }
}

/// A node of the syntax tree. In normal form no `And` is a direct member of an `And`, no `Or` of an `Or`, and both have
/// at least two members.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// Matches everything: the empty query, `*` or `*:*`.
    All,
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    /// A field before a group, as in `cmdline:(a or b)`. It applies to every bare term inside.
    Within(String, Box<Expr>),
    Clause(Clause),
}

impl Expr {
    /// Joins `members` by `and`, in normal form.
    pub fn and(members: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(members.len());
        for member in members {
            match member {
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Self::single_or(flat, Self::And)
    }

    /// Joins `members` by `or`, in normal form.
    pub fn or(members: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(members.len());
        for member in members {
            match member {
                Self::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Self::single_or(flat, Self::Or)
    }

    fn single_or(mut members: Vec<Self>, many: fn(Vec<Self>) -> Self) -> Self {
        match members.len() {
            0 => Self::All,
            1 => members.remove(0),
            _ => many(members),
        }
    }
}

/// A single term: a value, and the field to search for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// The field name as written; `None` for a bare term, which searches all default fields.
    pub field: Option<String>,
    pub operand: Operand,
}

/// The value that a clause searches for.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A word without its escapes; `*` and `?` are wildcards, and `*` alone matches any value.
    Word(String),
    /// A quoted value without its escapes; every character is literal.
    Phrase(String),
    /// `[a TO b]`, both ends included.
    Range(Bound, Bound),
}

/// An end of a range.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// `*`: unbounded.
    Open,
    /// This value, included in the range.
    At(String),
}
