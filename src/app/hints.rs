//! The keys shown as hints, by scope.

use crate::keys::{Action, Scope};

/// Returns the actions worth a hint in a scope, most useful first and each once.
pub(super) fn hints(scope: Scope) -> impl Iterator<Item = Action> {
    let own = scope_actions(scope);
    let lists = if is_list(scope) { LIST } else { &[] };
    let further = lists.iter().filter(|action| !own.contains(action));
    own.iter().chain(further).copied()
}

/// Returns whether the scope is that of a list, or of the details beside one.
fn is_list(scope: Scope) -> bool {
    let is_beside_list = matches!(scope, Scope::Host | Scope::Watchlist | Scope::Report | Scope::Server);
    is_beside_list || scope.lookup_chain().contains(&Scope::Rows)
}

/// Returns the actions specific to a scope, most useful first.
fn scope_actions(scope: Scope) -> &'static [Action] {
    match scope {
        Scope::Query => QUERY,
        Scope::Filter => &[Action::KeepFilter, Action::Back],
        Scope::Entry | Scope::Download => &[Action::Accept, Action::NextForm, Action::Back],
        Scope::Commands => &[Action::Accept, Action::Down, Action::Up, Action::Back],
        Scope::Sheet => &[Action::NextPane, Action::Accept, Action::Back],
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
        Scope::Results | Scope::Binaries => ROWS,
        Scope::Alerts => ALERTS,
        Scope::Bans | Scope::Isolated => PROTECTED,
        Scope::Sensors | Scope::Host => HOSTS,
        Scope::Watchlists | Scope::Watchlist => WATCHLISTS,
        Scope::Feeds => FEEDS,
        Scope::Switched => &[Action::Help, Action::Enable, Action::Disable, Action::Filter, Action::ShowRecord],
        Scope::Reports | Scope::Report => REPORTS,
        Scope::Acts | Scope::Calls => ACTIVITY,
        Scope::Lineage => &[
            Action::Help,
            Action::EditQuery,
            Action::Open,
            Action::NextPane,
            Action::GoParent,
            Action::GoRoot,
            Action::ShowCommandLine,
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
            Action::Isolate,
            Action::Ban,
            Action::NextPane,
            Action::GoParent,
            Action::GoRoot,
            Action::ShowCommandLine,
            Action::GoBack,
            Action::Refresh,
            Action::Quit,
        ],
        Scope::Events => EVENTS,
        Scope::Facts | Scope::Sensor | Scope::Alert | Scope::Binary => &[
            Action::Help,
            Action::EditQuery,
            Action::Open,
            Action::ShowBytes,
            Action::Isolate,
            Action::Ban,
            Action::NextPane,
            Action::YankRow,
            Action::Refresh,
            Action::Back,
            Action::Quit,
        ],
        Scope::Facets => FACETS,
        Scope::Saved => &[Action::Open, Action::Filter, Action::Save, Action::Delete, Action::Back],
        Scope::History | Scope::Groups => &[Action::Open, Action::Filter, Action::Down, Action::Up, Action::Back],
        other if is_list(other) => ADMIN,
        _ => &[Action::Back, Action::Down, Action::Up],
    }
}

/// Query editor.
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

/// All lists, after the actions of the specific list.
const LIST: &[Action] = &[
    Action::Filter,
    Action::Mark,
    Action::NextPane,
    Action::YankRow,
    Action::Columns,
    Action::Export,
    Action::GoBack,
    Action::Refresh,
    Action::Zoom,
    Action::ShowError,
    Action::Quit,
];

/// Processes and binaries.
const ROWS: &[Action] = &[
    Action::Help,
    Action::EditQuery,
    Action::Open,
    Action::Filter,
    Action::Mark,
    Action::Isolate,
    Action::Ban,
    Action::NextPane,
    Action::SameHash,
    Action::Around,
    Action::YankRow,
    Action::Columns,
    Action::Export,
    Action::ShowBytes,
    Action::Download,
    Action::Sort,
];

/// Alerts and alert groups.
const ALERTS: &[Action] = &[
    Action::Help,
    Action::EditQuery,
    Action::Open,
    Action::GroupBy,
    Action::Take,
    Action::Resolve,
    Action::FalsePositive,
    Action::Filter,
    Action::Mark,
    Action::Live,
    Action::Isolate,
    Action::Ban,
    Action::NextPane,
    Action::Around,
    Action::Sort,
];

/// Value counts.
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

/// Events of a process.
const EVENTS: &[Action] = &[
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
];

/// Audit log and request log.
const ACTIVITY: &[Action] =
    &[Action::Help, Action::Open, Action::Undo, Action::Filter, Action::NextPane, Action::YankCurl];

/// Sensors.
const HOSTS: &[Action] = &[
    Action::Help,
    Action::EditQuery,
    Action::Open,
    Action::Filter,
    Action::Mark,
    Action::Isolate,
    Action::Release,
    Action::MoveSensor,
    Action::NextPane,
    Action::AlertsOfHost,
    Action::YankHost,
];

/// Watchlists.
const WATCHLISTS: &[Action] = &[
    Action::Help,
    Action::Open,
    Action::New,
    Action::Edit,
    Action::Enable,
    Action::Disable,
    Action::CountHits,
    Action::AddAction,
    Action::Remove,
];

/// Feeds.
const FEEDS: &[Action] = &[
    Action::Help,
    Action::Open,
    Action::New,
    Action::Enable,
    Action::Disable,
    Action::Synchronize,
    Action::Remove,
    Action::EditQuery,
];

/// Threat reports.
const REPORTS: &[Action] =
    &[Action::Help, Action::Open, Action::EditQuery, Action::IgnoreReport, Action::RestoreReport];

/// Users, sensor groups and the server.
const ADMIN: &[Action] = &[Action::Help, Action::NextPane, Action::Open, Action::New, Action::Edit];

/// Bans and isolated sensors.
const PROTECTED: &[Action] = &[Action::Help, Action::Open, Action::Release, Action::Lift, Action::AddBans];
