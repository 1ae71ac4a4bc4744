//! What an action applies to: rows of a pane, and what a popup must know of them.

use super::{MarkedRows, Observables, PaneId, TargetNames};

/// What actions in a pane apply to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActionTargets {
    /// Observables of the marked rows, or of the selected one.
    pub rows: Vec<Observables>,
    /// Names of the marked rows. Actions apply to them even if another pane has the focus.
    pub marked: MarkedRows,
}

impl From<Vec<Observables>> for ActionTargets {
    fn from(rows: Vec<Observables>) -> Self {
        Self { rows, ..Self::default() }
    }
}

impl From<Option<Observables>> for ActionTargets {
    fn from(row: Option<Observables>) -> Self {
        row.into_iter().collect::<Vec<_>>().into()
    }
}

/// The rows that a popup applies to.
#[derive(Clone, Debug)]
pub struct TargetRows {
    /// The pane with the rows.
    pub pane: PaneId,
    /// The marked rows, of which some may not be visible.
    pub marked: MarkedRows,
    /// Names that the rows have for the targets.
    pub names: TargetNames,
}
