//! The tree of a query.

use super::print;

/// A query the language allows. Its `Display` is the canonical text, which parses back to an equal query.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    expr: Expr,
}

impl Query {
    /// A query of this tree, which is in normal form.
    pub(in crate::query) fn new(expr: Expr) -> Self {
        Self { expr }
    }

    /// The tree; [`Expr::All`] for an empty query.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// Whether it finds everything because it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.expr == Expr::All
    }
}

impl Default for Query {
    fn default() -> Self {
        Self::new(Expr::All)
    }
}

impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&print::print_query(self))
    }
}

/// A part of a query. In normal form no `And` is directly in an `And`, no `Or` in an `Or`, and both have two members
/// or more.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// Everything: the empty query, `*` or `*:*`.
    All,
    /// Whatever matches each of them.
    And(Vec<Expr>),
    /// Whatever matches at least one of them.
    Or(Vec<Expr>),
    /// Whatever does not match it.
    Not(Box<Expr>),
    /// A field before a group: `cmdline:(a or b)`, which is the field of every bare term inside.
    Within(String, Box<Expr>),
    /// One term.
    Clause(Clause),
}

impl Expr {
    /// All of these, in normal form.
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

    /// Any of these, in normal form.
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

/// One term: what is looked for, and in which field.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// The field as written; none for a bare term, which is looked for in all default fields.
    pub field: Option<String>,
    /// What the field must hold.
    pub operand: Operand,
}

/// What a clause looks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A word, escapes resolved; `*` and `?` in it are wildcards. `*` alone asks for any value.
    Word(String),
    /// A quoted value, escapes resolved; every character stands for itself.
    Phrase(String),
    /// `[a TO b]`, both ends included.
    Range(Bound, Bound),
}

/// An end of a range.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// `*`: no end.
    Open,
    /// This value, itself included.
    At(String),
}
