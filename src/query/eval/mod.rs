//! Which documents a query finds.

mod domain;
mod field_matcher;
mod fold;
mod path;
mod phrase;
pub(super) mod tokens;

use std::{borrow::Cow, collections::BTreeMap, net::IpAddr};

use jiff::Timestamp;

use super::fields::{self, Field, Index, Place};
use super::syntax::expr::{Clause, Expr, Operand, Query};
use field_matcher::Probe;

pub(super) use fold::folded;

/// One value of a field of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
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
pub trait Record {
    /// Calls `test` for each value of the field until one passes, and says whether one did. The name is as in the
    /// query: `digsig_result_modload`, `watchlist_14`. A field the document does not have has no values.
    fn any(&self, field: &str, test: &mut dyn FnMut(Value<'_>) -> bool) -> bool;
}

/// A query made ready to be asked of many documents.
#[derive(Clone, Debug)]
pub struct Matcher {
    root: Node,
}

impl Matcher {
    /// Prepares a query for an index. Relative times are counted from `now`.
    ///
    /// A field the index does not have is none, so `name:value` is looked for as it stands; a range or a quoted value
    /// of such a field finds nothing.
    pub fn new(query: &Query, index: Index, now: Timestamp) -> Self {
        let build = Build { index, now };
        Self { root: build.node(query.expr(), None) }
    }

    /// Whether the query finds this document.
    pub fn matches(&self, record: &dyn Record) -> bool {
        self.root.matches(record)
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
    probe: Probe,
}

impl Leaf {
    fn matches(&self, record: &dyn Record) -> bool {
        record.any(&self.field, &mut |value| self.probe.passes(&value))
    }
}

impl Node {
    fn matches(&self, record: &dyn Record) -> bool {
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
            Self::Leaf(leaf) => leaf.probe.cost(),
            Self::Any(leaves) => leaves.iter().map(|leaf| leaf.probe.cost()).sum(),
        }
    }
}

/// The fields in which a bare term is looked for: the default fields that can have it.
pub(super) fn default_fields(index: Index, operand: &Operand, now: Timestamp) -> Vec<&'static Field> {
    probes(index, operand, now).map(|(field, _)| field).collect()
}

fn probes(index: Index, operand: &Operand, now: Timestamp) -> impl Iterator<Item = (&'static Field, Probe)> {
    fields::fields(index)
        .filter(move |field| field.place(index) == Place::Default)
        .map(move |field| (field, Probe::new(field, operand, now)))
        .filter(|(_, probe)| !probe.is_vain())
}

/// One of the nodes. Leaves of the same field become one, so that a long list of values costs a document one look at
/// its field.
fn either(nodes: Vec<Node>) -> Node {
    let (mut leaves, mut others) = (Vec::<Leaf>::new(), Vec::new());
    for node in nodes {
        match node {
            Node::Leaf(leaf) => leaves.push(leaf),
            Node::Any(more) => leaves.extend(more),
            Node::Or(inner) => others.extend(inner),
            other => others.push(other),
        }
    }
    let mut fields: BTreeMap<String, Vec<Probe>> = BTreeMap::new();
    for leaf in leaves {
        fields.entry(leaf.field).or_default().push(leaf.probe);
    }
    let merged = fields.into_iter().map(|(field, probes)| {
        let probe = Probe::one_of(probes);
        Node::Leaf(Leaf { field, probe })
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
    nodes.push(Node::Not(Box::new(either(excluded))));
    nodes.sort_by_cached_key(Node::cost);
}

struct Build {
    index: Index,
    now: Timestamp,
}

impl Build {
    fn node(&self, expr: &Expr, within: Option<&str>) -> Node {
        match expr {
            Expr::All => Node::All,
            Expr::And(members) => {
                let mut nodes = self.nodes(members, within);
                merge_exclusions(&mut nodes);
                Node::And(nodes)
            }
            Expr::Or(members) => either(self.nodes(members, within)),
            Expr::Not(inner) => Node::Not(Box::new(self.node(inner, within))),
            Expr::Within(field, inner) => self.node(inner, Some(field)),
            Expr::Clause(Clause { field, operand }) => match field.as_deref().or(within) {
                Some(name) => self.named(name, operand),
                None => self.bare(operand),
            },
        }
    }

    /// The members, the cheapest first, so that most documents are decided before the dear ones are asked.
    fn nodes(&self, members: &[Expr], within: Option<&str>) -> Vec<Node> {
        let nodes = members.iter().map(|member| self.node(member, within));
        let mut nodes: Vec<_> = nodes.collect();
        nodes.sort_by_cached_key(Node::cost);
        nodes
    }

    fn named(&self, name: &str, operand: &Operand) -> Node {
        match (fields::field(self.index, name), operand) {
            (Some(field), _) => {
                Node::Leaf(Leaf { field: name.to_owned(), probe: Probe::new(field, operand, self.now) })
            }
            (None, Operand::Word(word)) => self.bare(&Operand::Word(format!("{name}:{word}"))),
            (None, Operand::Phrase(_) | Operand::Range(..)) => Node::Any(Vec::new()),
        }
    }

    fn bare(&self, operand: &Operand) -> Node {
        let mut leaves: Vec<_> = probes(self.index, operand, self.now)
            .map(|(field, probe)| Leaf { field: field.name.to_owned(), probe })
            .collect();
        leaves.sort_by_key(|leaf| leaf.probe.cost());
        Node::Any(leaves)
    }
}
