//! The keys that are hinted at, scope by scope.

use crate::keys::{Action, Scope};

/// The keys worth a hint, the most useful first.
pub(super) fn hints(scope: Scope) -> &'static [Action] {
    match scope {
        Scope::Query => QUERY,
        Scope::Filter => &[Action::KeepFilter, Action::Back],
        Scope::Entry | Scope::Download => &[Action::Accept, Action::NextForm, Action::Back],
        Scope::Around => &[Action::Accept, Action::Widen, Action::Tighten, Action::Back],
        Scope::Columns => &[
            Action::Toggle,
            Action::MoveColumnUp,
            Action::MoveColumnDown,
            Action::Wider,
            Action::Narrower,
            Action::ResetColumns,
            Action::Back,
        ],
        Scope::Results | Scope::Alerts | Scope::Binaries => ROWS,
        Scope::Lineage => &[
            Action::Help,
            Action::EditQuery,
            Action::Open,
            Action::NextPane,
            Action::GoParent,
            Action::GoRoot,
            Action::YankCmdline,
            Action::Refresh,
            Action::Back,
            Action::Quit,
        ],
        Scope::Tree => &[
            Action::Help,
            Action::Open,
            Action::Unfold,
            Action::Fold,
            Action::Deeper,
            Action::NextPane,
            Action::GoParent,
            Action::GoRoot,
            Action::YankCmdline,
            Action::GoBack,
            Action::Refresh,
            Action::Quit,
        ],
        Scope::Events => &[
            Action::Help,
            Action::Filter,
            Action::ShowAllKinds,
            Action::Narrow,
            Action::Later,
            Action::Open,
            Action::NextPane,
            Action::YankRow,
            Action::Export,
            Action::Refresh,
            Action::GoBack,
            Action::Back,
            Action::ShowError,
            Action::Quit,
        ],
        Scope::Facts | Scope::Sensor | Scope::Alert | Scope::Binary => &[
            Action::Help,
            Action::EditQuery,
            Action::Open,
            Action::ShowBytes,
            Action::NextPane,
            Action::YankRow,
            Action::Refresh,
            Action::Back,
            Action::Quit,
        ],
        Scope::Facets => FACETS,
        Scope::Saved => &[Action::Open, Action::Save, Action::Delete, Action::Back],
        Scope::History => &[Action::Open, Action::Down, Action::Up, Action::Back],
        _ => &[Action::Back, Action::Down, Action::Up],
    }
}

/// Where a query is written.
const QUERY: &[Action] = &[
    Action::Submit,
    Action::Complete,
    Action::Back,
    Action::Help,
    Action::History,
    Action::SavedQueries,
    Action::Period,
    Action::Explain,
    Action::Newline,
    Action::Cancel,
];

/// Where rows are found.
const ROWS: &[Action] = &[
    Action::Help,
    Action::EditQuery,
    Action::Open,
    Action::Filter,
    Action::Mark,
    Action::NextPane,
    Action::SameHash,
    Action::Around,
    Action::YankRow,
    Action::Columns,
    Action::Export,
    Action::ShowBytes,
    Action::Download,
    Action::Sort,
    Action::GoBack,
    Action::Refresh,
    Action::Zoom,
    Action::ShowError,
    Action::Quit,
];

/// Where values are counted.
const FACETS: &[Action] = &[
    Action::Help,
    Action::Include,
    Action::Exclude,
    Action::Apply,
    Action::NextField,
    Action::Rarest,
    Action::Compare,
    Action::Filter,
    Action::Columns,
    Action::Export,
    Action::YankHistogram,
    Action::GoBack,
    Action::Back,
];
