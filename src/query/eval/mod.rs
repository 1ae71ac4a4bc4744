//! Evaluation: which documents a query matches.

mod domain;
mod field_matcher;
mod fold;
mod path;
mod phrase;
pub(super) mod tokens;

use std::{borrow::Cow, collections::BTreeMap, net::IpAddr};

use jiff::Timestamp;

use super::fields::{self, FieldUse, Index, QueryField};
use super::syntax::expr::{Clause, Expr, Operand, Query};
use field_matcher::FieldMatcher;

pub(super) use fold::fold_text;
pub use fold::is_wildcard_match;

/// One value of a field of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValue<'a> {
    /// Text of any kind, such as names, paths and hashes. An empty text is no value.
    Text(Cow<'a, str>),
    Number(f64),
    Time(Timestamp),
    Ip(IpAddr),
    Flag(bool),
}

/// A document that a query can be matched against.
pub trait SearchableRecord {
    /// Calls `test` for each value of `field` until one passes, and returns whether one did. `field` is the name in the
    /// query, such as `digsig_result_modload` or `watchlist_14`. Unknown fields have no values.
    fn any_value(&self, field: &str, test: &mut dyn FnMut(FieldValue<'_>) -> bool) -> bool;
}

/// A query compiled for matching many documents.
#[derive(Clone, Debug)]
pub struct Matcher {
    root_node: Node,
}

impl Matcher {
    /// Compiles a query for an index. Relative times are counted from `now`.
    ///
    /// If the index does not have a field, `name:value` is matched as a bare term; a range or a quoted value of such a
    /// field matches nothing.
    pub fn new(query: &Query, index: Index, now: Timestamp) -> Self {
        let build = Build { index, now };
        Self { root_node: build.build_node(query.expr(), None) }
    }

    /// Returns whether the query matches `record`.
    pub fn matches(&self, record: &dyn SearchableRecord) -> bool {
        self.root_node.matches(record)
    }
}

/// A node of a compiled query.
#[derive(Clone, Debug)]
enum Node {
    All,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Leaf(Leaf),
    /// A bare term: one leaf for each default field that can match it.
    Any(Vec<Leaf>),
}

#[derive(Clone, Debug)]
struct Leaf {
    field: String,
    matcher: FieldMatcher,
}

impl Leaf {
    fn matches(&self, record: &dyn SearchableRecord) -> bool {
        record.any_value(&self.field, &mut |value| self.matcher.matches(&value))
    }
}

impl Node {
    fn matches(&self, record: &dyn SearchableRecord) -> bool {
        match self {
            Self::All => true,
            Self::And(nodes) => nodes.iter().all(|node| node.matches(record)),
            Self::Or(nodes) => nodes.iter().any(|node| node.matches(record)),
            Self::Not(node) => !node.matches(record),
            Self::Leaf(leaf) => leaf.matches(record),
            Self::Any(leaves) => leaves.iter().any(|leaf| leaf.matches(record)),
        }
    }

    /// Returns a rough estimate of the work for one document.
    fn cost(&self) -> u32 {
        match self {
            Self::All => 0,
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().map(Self::cost).sum(),
            Self::Not(node) => node.cost(),
            Self::Leaf(leaf) => leaf.matcher.cost(),
            Self::Any(leaves) => leaves.iter().map(|leaf| leaf.matcher.cost()).sum(),
        }
    }
}

/// Returns the fields that a bare term searches: the default fields whose type can match it.
pub(super) fn default_fields(index: Index, operand: &Operand, now: Timestamp) -> Vec<&'static QueryField> {
    field_matchers(index, operand, now).map(|(field, _)| field).collect()
}

fn field_matchers(
    index: Index,
    operand: &Operand,
    now: Timestamp,
) -> impl Iterator<Item = (&'static QueryField, FieldMatcher)> {
    fields::fields(index)
        .filter(move |field| field.use_in(index) == FieldUse::Default)
        .map(move |field| (field, FieldMatcher::new(field, operand, now)))
        .filter(|(_, matcher)| !matcher.never_matches())
}

/// Returns a node that matches if any of `nodes` does. The leaves of each field are merged, so that a long list of
/// values reads the field of a document once.
fn any_of(nodes: Vec<Node>) -> Node {
    let (mut leaves, mut others) = (Vec::<Leaf>::new(), Vec::new());
    for node in nodes {
        match node {
            Node::Leaf(leaf) => leaves.push(leaf),
            Node::Any(more) => leaves.extend(more),
            Node::Or(inner) => others.extend(inner),
            other => others.push(other),
        }
    }
    let mut fields: BTreeMap<String, Vec<FieldMatcher>> = BTreeMap::new();
    for leaf in leaves {
        fields.entry(leaf.field).or_default().push(leaf.matcher);
    }
    let merged =
        fields.into_iter().map(|(field, matchers)| Node::Leaf(Leaf { field, matcher: FieldMatcher::any_of(matchers) }));
    let mut nodes: Vec<Node> = merged.chain(others).collect();
    nodes.sort_by_cached_key(Node::cost);
    Node::Or(nodes)
}

/// Merges several exclusions into one: `-a -b` becomes `-(a OR b)`.
fn merge_exclusions(nodes: &mut Vec<Node>) {
    let is_exclusion = |node: &Node| matches!(node, Node::Not(_));
    if nodes.iter().filter(|node| is_exclusion(node)).count() < 2 {
        return;
    }
    let excluded = nodes
        .extract_if(.., |node| is_exclusion(node))
        .filter_map(|node| match node {
            Node::Not(inner) => Some(*inner),
            _ => None,
        })
        .collect();
    nodes.push(Node::Not(Box::new(any_of(excluded))));
    nodes.sort_by_cached_key(Node::cost);
}

struct Build {
    index: Index,
    now: Timestamp,
}

impl Build {
    fn build_node(&self, expr: &Expr, within: Option<&str>) -> Node {
        match expr {
            Expr::All => Node::All,
            Expr::And(members) => {
                let mut nodes = self.build_nodes(members, within);
                merge_exclusions(&mut nodes);
                Node::And(nodes)
            }
            Expr::Or(members) => any_of(self.build_nodes(members, within)),
            Expr::Not(inner) => Node::Not(Box::new(self.build_node(inner, within))),
            Expr::Within(field, inner) => self.build_node(inner, Some(field)),
            Expr::Clause(Clause { field, operand }) => match field.as_deref().or(within) {
                Some(name) => self.build_field(name, operand),
                None => self.build_bare(operand),
            },
        }
    }

    /// Builds the nodes of `members`, cheapest first, so that expensive nodes are evaluated for few documents.
    fn build_nodes(&self, members: &[Expr], within: Option<&str>) -> Vec<Node> {
        let mut nodes: Vec<_> = members.iter().map(|member| self.build_node(member, within)).collect();
        nodes.sort_by_cached_key(Node::cost);
        nodes
    }

    fn build_field(&self, name: &str, operand: &Operand) -> Node {
        match (fields::find_field(self.index, name), operand) {
            (Some(field), _) => {
                Node::Leaf(Leaf { field: name.to_owned(), matcher: FieldMatcher::new(field, operand, self.now) })
            }
            (None, Operand::Word(word)) => self.build_bare(&Operand::Word(format!("{name}:{word}"))),
            (None, Operand::Phrase(_) | Operand::Range(..)) => Node::Any(Vec::new()),
        }
    }

    fn build_bare(&self, operand: &Operand) -> Node {
        let mut leaves: Vec<_> = field_matchers(self.index, operand, self.now)
            .map(|(field, matcher)| Leaf { field: field.name.to_owned(), matcher })
            .collect();
        leaves.sort_by_key(|leaf| leaf.matcher.cost());
        Node::Any(leaves)
    }
}
