//! The keys that are hinted at, scope by scope.

use crate::keys::{Action, Scope};

/// The keys worth a hint, the most useful first; each once.
pub(super) fn hints(scope: Scope) -> impl Iterator<Item = Action> {
    let own = scope_actions(scope);
    let lists = if is_list(scope) { LIST } else { &[] };
    let further = lists.iter().filter(|action| !own.contains(action));
    own.iter().chain(further).copied()
}

/// Whether rows are looked through.
fn is_list(scope: Scope) -> bool {
    matches!(
        scope,
        Scope::Results
            | Scope::Binaries
            | Scope::Alerts
            | Scope::Bans
            | Scope::Isolated
            | Scope::Sensors
            | Scope::Host
            | Scope::Watchlists
            | Scope::Watchlist
            | Scope::Feeds
            | Scope::Reports
            | Scope::Report
            | Scope::SensorGroups
            | Scope::Users
            | Scope::Teams
            | Scope::Sites
            | Scope::Server
            | Scope::Acts
            | Scope::Calls
    )
}

/// What is worth the most there.
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
        Scope::Reports | Scope::Report => REPORTS,
        Scope::SensorGroups | Scope::Users | Scope::Teams | Scope::Sites | Scope::Server => ADMIN,
        Scope::Acts | Scope::Calls => ACTIVITY,
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
            Action::Isolate,
            Action::Ban,
            Action::NextPane,
            Action::GoParent,
            Action::GoRoot,
            Action::YankCmdline,
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
        Scope::Saved => &[Action::Open, Action::Save, Action::Delete, Action::Back],
        Scope::History | Scope::Groups => &[Action::Open, Action::Down, Action::Up, Action::Back],
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

/// What can be done with any list, after what can be done with this one alone.
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

/// Where rows are found.
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

/// Where alerts are looked through.
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

/// What a process did.
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

/// What was changed, and what was asked.
const ACTIVITY: &[Action] =
    &[Action::Help, Action::Open, Action::Undo, Action::Filter, Action::NextPane, Action::YankCurl];

/// Every host.
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

/// What the server was told to look for.
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

/// Where threat reports come from.
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

/// What raises alerts.
const REPORTS: &[Action] =
    &[Action::Help, Action::Open, Action::EditQuery, Action::IgnoreReport, Action::RestoreReport];

/// Who may tell the server what, and how it fares.
const ADMIN: &[Action] = &[Action::Help, Action::NextPane, Action::Open, Action::New, Action::Edit];

/// What is stopped, and who is cut off.
const PROTECTED: &[Action] = &[Action::Help, Action::Open, Action::Release, Action::Lift, Action::AddBans];
