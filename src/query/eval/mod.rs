//! Which documents a query finds.

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

/// One value of a field of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValue<'a> {
    /// Text of any kind: names, paths, hashes, and whatever the document stores as text. An empty text is no value.
    Text(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// A moment.
    Time(Timestamp),
    /// An address.
    Ip(IpAddr),
    /// Yes or no.
    Flag(bool),
}

/// A document that can be searched.
pub trait SearchableRecord {
    /// Calls `test` for each value of the field until one passes, and says whether one did. The name is as in the
    /// query: `digsig_result_modload`, `watchlist_14`. A field the document does not have has no values.
    fn any_value(&self, field: &str, test: &mut dyn FnMut(FieldValue<'_>) -> bool) -> bool;
}

/// A query made ready to be asked of many documents.
#[derive(Clone, Debug)]
pub struct Matcher {
    root_node: Node,
}

impl Matcher {
    /// Prepares a query for an index. Relative times are counted from `now`.
    ///
    /// A field the index does not have is none, so `name:value` is looked for as it stands; a range or a quoted value
    /// of such a field finds nothing.
    pub fn new(query: &Query, index: Index, now: Timestamp) -> Self {
        let build = Build { index, now };
        Self { root_node: build.build_node(query.expr(), None) }
    }

    /// Whether the query finds this document.
    pub fn matches(&self, record: &dyn SearchableRecord) -> bool {
        self.root_node.matches(record)
    }
}

/// A part of a prepared query.
#[derive(Clone, Debug)]
enum Node {
    All,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Leaf(Leaf),
    /// A bare term: one leaf for each default field it can be in.
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

    /// How much work it is, roughly.
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

/// The fields in which a bare term is looked for: the default fields that can have it.
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
        .filter(|(_, probe)| !probe.never_matches())
}

/// One of the nodes. Leaves of the same field become one, so that a long list of values costs a document one look at
/// its field.
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
    let merged = fields.into_iter().map(|(field, probes)| {
        let probe = FieldMatcher::any_of(probes);
        Node::Leaf(Leaf { field, matcher: probe })
    });
    let mut nodes: Vec<Node> = merged.chain(others).collect();
    nodes.sort_by_cached_key(Node::cost);
    Node::Or(nodes)
}

/// Makes many exclusions one: neither a nor b is not one of them.
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

    /// The members, the cheapest first, so that most documents are decided before the dear ones are asked.
    fn build_nodes(&self, members: &[Expr], within: Option<&str>) -> Vec<Node> {
        let nodes = members.iter().map(|member| self.build_node(member, within));
        let mut nodes: Vec<_> = nodes.collect();
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
            .map(|(field, probe)| Leaf { field: field.name.to_owned(), matcher: probe })
            .collect();
        leaves.sort_by_key(|leaf| leaf.matcher.cost());
        Node::Any(leaves)
    }
}
