//! Which part of the console handles an action.

use jiff::{Timestamp, ToSpan};

use super::View;
use crate::changes::{AdminChange, Change, FeedChange, SensorChange, Target, WatchlistChange};
use crate::keys::Action::{
    self, Accept, AddAction, AddBans, AlertsOfHost, AnnotateSensor, Apply, Around, Assign, Back, Ban, Bottom, Cancel,
    Columns, Commands, Compare, Complete, CountHits, Deeper, Delete, Disable, Down, Download, Earlier, Edit, EditQuery,
    Enable, Exclude, Explain, Export, FalsePositive, Filter, Fix, FlushSensor, Fold, GoBack, GoBinary, GoForward,
    GoHost, GoParent, GoReport, GoRoot, GoWatchlist, GroupBy, HalfPageDown, HalfPageUp, Help, History, IgnoreAlerts,
    IgnoreReport, Include, Isolate, KeepFilter, Later, Left, Lift, Live, Mark, MarkAll, MarkRange, MoveColumnDown,
    MoveColumnUp, MoveSensor, Narrow, Narrower, New, Newline, NextCompletion, NextField, NextForm, NextPane,
    OfferValues, Open, PageDown, PageUp, Period, PreviousCompletion, PreviousField, PreviousPane, Quit, Rarest, Redraw,
    Refresh, Release, Remove, RemoveAction, Reopen, ResetColumns, Resolve, RestartSensor, RestoreReport, Right,
    SameAddress, SameCmdline, SameDomain, SameFile, SameHash, SameHost, SameKey, SameName, SameParent, SameUser, Save,
    SaveWatchlist, SavedQueries, Shallower, ShowAllKinds, ShowBlocks, ShowBytes, ShowChildprocs, ShowCommandLine,
    ShowCrossprocs, ShowError, ShowFilemods, ShowModloads, ShowNetconns, ShowOthers, ShowRecord, ShowRegmods,
    ShowScripts, ShowTampering, Sort, SplitSegments, Submit, Suspend, Synchronize, Take, Tighten, TimeZone, Toggle,
    Top, Undo, Unfold, UninstallSensor, Up, ViewActivity, ViewAdmin, ViewAlerts, ViewBans, ViewBinaries, ViewFacets,
    ViewFeeds, ViewHunt, ViewIngressFilters, ViewIsolated, ViewPartitions, ViewProcess, ViewSensors, ViewWatchlists,
    Widen, Wider, YankCmdline, YankCurl, YankGuid, YankHash, YankHistogram, YankHost, YankJson, YankRaw, YankRow, Zoom,
};
use crate::model::SensorId;
use crate::panes::Step;

/// Hours until a flush of a sensor's backlog ends; the official client uses this value, too (API reference 2.6,
/// "Flush").
const FLUSH_HOURS: i64 = 365 * 24;

/// What handles an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// Shows a view.
    View(View),
    /// Opens a popup of the app.
    Popup(PopupAction),
    /// Opens the confirmation of a change, or the form before it.
    Change(ChangeAction),
    /// Opens the confirmation that undoes a change.
    Undo,
    /// Changes how alerts are shown.
    Alerts(AlertsAction),
    /// Moves the focus, or changes the size of the focused pane.
    Focus(FocusAction),
    /// Concerns the console as a whole.
    App(AppAction),
    /// Goes to the focused pane.
    Pane(PaneAction),
}

/// What becomes of an action while popups are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OverPopups {
    /// It is handled; the popups stay.
    Available,
    /// The topmost popup gets it, and decides whether it means something there.
    IsForPopup,
    /// It is handled and closes the popups, unless one of them takes text, which could be lost.
    Closes,
    /// It is refused.
    Refused,
}

impl Route {
    /// Returns what becomes of the action while popups are open.
    pub(super) fn over_popups(self) -> OverPopups {
        match self {
            // The help is about the popup below it.
            Self::Popup(PopupAction::Help)
            | Self::App(
                AppAction::Quit
                | AppAction::Cancel
                | AppAction::Suspend
                | AppAction::Redraw
                | AppAction::Back
                | AppAction::ShowError
                | AppAction::TimeZone,
            ) => OverPopups::Available,
            // The query that is explained is that of the view.
            Self::View(_)
            | Self::Popup(PopupAction::Explain)
            | Self::App(AppAction::Navigate(_) | AppAction::EditQuery | AppAction::Refresh) => OverPopups::Closes,
            Self::Change(_) | Self::Undo => OverPopups::Refused,
            Self::Popup(
                PopupAction::Commands
                | PopupAction::History
                | PopupAction::SavedQueries
                | PopupAction::Period
                | PopupAction::SaveWatchlist
                | PopupAction::Record,
            )
            | Self::App(AppAction::Complete)
            | Self::Alerts(_)
            | Self::Focus(_)
            | Self::Pane(_) => OverPopups::IsForPopup,
        }
    }
}

/// An action that opens a popup of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PopupAction {
    Help,
    Commands,
    History,
    SavedQueries,
    Period,
    Explain,
    SaveWatchlist,
    /// The selected record as JSON.
    Record,
}

/// An action that changes the server, by the kind of its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChangeAction {
    Host(HostAction),
    Hash(HashAction),
    Alerts(TriageAction),
    Report(ReportAction),
    Switch(SwitchAction),
}

impl ChangeAction {
    /// Returns the kind of its target in words.
    pub(super) fn target_label(self) -> &'static str {
        match self {
            Self::Host(_) => "host",
            Self::Hash(_) => "hash",
            Self::Alerts(_) => "alert",
            Self::Report(_) => "threat report",
            Self::Switch(SwitchAction::Synchronize) => "feed",
            Self::Switch(SwitchAction::Delete) => "watchlist or feed",
            Self::Switch(SwitchAction::Enable | SwitchAction::Disable) => "watchlist, feed or ingress filter",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HostAction {
    Isolate,
    Unisolate,
    Move,
    Flush,
    Restart,
    Uninstall,
    Annotate,
}

/// What is entered before a sensor is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SensorInput {
    Group,
    Notes,
}

impl HostAction {
    /// Returns the change of a sensor, or what is entered before.
    pub(super) fn change(self, sensor: SensorId, now: Timestamp) -> Result<SensorChange, SensorInput> {
        Ok(match self {
            Self::Isolate => SensorChange::Isolate(sensor),
            Self::Unisolate => SensorChange::Unisolate(sensor),
            Self::Flush => {
                let until = now.checked_add(FLUSH_HOURS.hours()).unwrap_or(Timestamp::MAX);
                SensorChange::Flush { sensor, until }
            }
            Self::Restart => SensorChange::Restart(sensor),
            Self::Uninstall => SensorChange::Uninstall(sensor),
            Self::Move => return Err(SensorInput::Group),
            Self::Annotate => return Err(SensorInput::Notes),
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HashAction {
    Ban,
    Unban,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TriageAction {
    /// Assigns alerts to the user of the console.
    Take,
    Resolve,
    FalsePositive,
    Reopen,
    Assign,
    Ignore,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReportAction {
    Ignore,
    Restore,
}

/// A change of watchlists or feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SwitchAction {
    Enable,
    Disable,
    Delete,
    /// Feeds only.
    Synchronize,
}

impl SwitchAction {
    /// Returns the change of `target`; `None` if the action is not for its kind.
    pub(super) fn change(self, target: Target) -> Option<Change> {
        let is_enabled = self == Self::Enable;
        Some(match (self, target) {
            (Self::Enable | Self::Disable, Target::Watchlist(id)) => {
                Change::Watch(WatchlistChange::Switch { id, is_enabled })
            }
            (Self::Delete, Target::Watchlist(id)) => Change::Watch(WatchlistChange::Delete(id)),
            (Self::Enable | Self::Disable, Target::Feed(id)) => Change::Feed(FeedChange::Switch { id, is_enabled }),
            (Self::Enable | Self::Disable, Target::IngressFilter(id)) => {
                Change::Admin(AdminChange::SwitchIngressFilter { id, is_enabled })
            }
            (Self::Delete, Target::Feed(id)) => Change::Feed(FeedChange::Delete(id)),
            (Self::Synchronize, Target::Feed(id)) => Change::Feed(FeedChange::Synchronize(id)),
            _ => return None,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AlertsAction {
    GroupBy,
    Live,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FocusAction {
    /// Moves to the next or previous pane.
    Pane(Step),
    Zoom,
    /// Moves in the pane with the ancestors.
    Ancestors,
}

/// An action on the console as a whole, which is available over a popup as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AppAction {
    Quit,
    Cancel,
    Suspend,
    Redraw,
    /// Closes the topmost layer.
    Back,
    Navigate(Step),
    ShowError,
    EditQuery,
    /// Accepts a completion, or moves to the next pane.
    Complete,
    Refresh,
    TimeZone,
}

/// An action of the focused pane, by what the app does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PaneAction {
    /// Nothing.
    Any,
    /// Nothing, even if the screen is not visible.
    Move,
    /// Adds the search before it to the navigation history.
    Search,
    /// Requires that the profile may change the server.
    New,
    /// Requires one visible row, and that the profile may change the server.
    EditRow,
    /// Requires a visible row.
    Download,
}

/// Returns what handles an action.
pub(super) fn route(action: Action) -> Route {
    match action {
        Quit => Route::App(AppAction::Quit),
        Cancel => Route::App(AppAction::Cancel),
        Suspend => Route::App(AppAction::Suspend),
        Redraw => Route::App(AppAction::Redraw),
        Back => Route::App(AppAction::Back),
        GoBack => Route::App(AppAction::Navigate(Step::Back)),
        GoForward => Route::App(AppAction::Navigate(Step::Forward)),
        ShowError => Route::App(AppAction::ShowError),
        EditQuery => Route::App(AppAction::EditQuery),
        Complete => Route::App(AppAction::Complete),
        Refresh => Route::App(AppAction::Refresh),
        TimeZone => Route::App(AppAction::TimeZone),
        ViewHunt | ViewProcess | ViewAlerts | ViewBinaries | ViewFacets | ViewBans | ViewSensors | ViewWatchlists
        | ViewFeeds | ViewAdmin | ViewIsolated | ViewPartitions | ViewIngressFilters | ViewActivity => {
            Route::View(View::for_action(action))
        }
        Help => Route::Popup(PopupAction::Help),
        Commands => Route::Popup(PopupAction::Commands),
        History => Route::Popup(PopupAction::History),
        SavedQueries => Route::Popup(PopupAction::SavedQueries),
        Period => Route::Popup(PopupAction::Period),
        Explain => Route::Popup(PopupAction::Explain),
        SaveWatchlist => Route::Popup(PopupAction::SaveWatchlist),
        ShowRecord => Route::Popup(PopupAction::Record),
        Isolate => Route::Change(ChangeAction::Host(HostAction::Isolate)),
        Release => Route::Change(ChangeAction::Host(HostAction::Unisolate)),
        MoveSensor => Route::Change(ChangeAction::Host(HostAction::Move)),
        FlushSensor => Route::Change(ChangeAction::Host(HostAction::Flush)),
        RestartSensor => Route::Change(ChangeAction::Host(HostAction::Restart)),
        UninstallSensor => Route::Change(ChangeAction::Host(HostAction::Uninstall)),
        AnnotateSensor => Route::Change(ChangeAction::Host(HostAction::Annotate)),
        Ban => Route::Change(ChangeAction::Hash(HashAction::Ban)),
        Lift => Route::Change(ChangeAction::Hash(HashAction::Unban)),
        Take => Route::Change(ChangeAction::Alerts(TriageAction::Take)),
        Resolve => Route::Change(ChangeAction::Alerts(TriageAction::Resolve)),
        FalsePositive => Route::Change(ChangeAction::Alerts(TriageAction::FalsePositive)),
        Reopen => Route::Change(ChangeAction::Alerts(TriageAction::Reopen)),
        Assign => Route::Change(ChangeAction::Alerts(TriageAction::Assign)),
        IgnoreAlerts => Route::Change(ChangeAction::Alerts(TriageAction::Ignore)),
        IgnoreReport => Route::Change(ChangeAction::Report(ReportAction::Ignore)),
        RestoreReport => Route::Change(ChangeAction::Report(ReportAction::Restore)),
        Enable => Route::Change(ChangeAction::Switch(SwitchAction::Enable)),
        Disable => Route::Change(ChangeAction::Switch(SwitchAction::Disable)),
        Remove => Route::Change(ChangeAction::Switch(SwitchAction::Delete)),
        Synchronize => Route::Change(ChangeAction::Switch(SwitchAction::Synchronize)),
        Undo => Route::Undo,
        GroupBy => Route::Alerts(AlertsAction::GroupBy),
        Live => Route::Alerts(AlertsAction::Live),
        NextPane => Route::Focus(FocusAction::Pane(Step::Forward)),
        PreviousPane => Route::Focus(FocusAction::Pane(Step::Back)),
        Zoom => Route::Focus(FocusAction::Zoom),
        GoParent | GoRoot => Route::Focus(FocusAction::Ancestors),
        Submit | Sort | SplitSegments => Route::Pane(PaneAction::Search),
        Down | Up | HalfPageDown | HalfPageUp | PageDown | PageUp | Top | Bottom => Route::Pane(PaneAction::Move),
        New => Route::Pane(PaneAction::New),
        Edit | AddAction | RemoveAction => Route::Pane(PaneAction::EditRow),
        Download => Route::Pane(PaneAction::Download),
        AddBans | Save | Delete | Newline | OfferValues | Fix | NextCompletion | PreviousCompletion | Left | Right
        | Open | Filter | KeepFilter | Mark | MarkRange | MarkAll | Columns | Export | Toggle | MoveColumnUp
        | MoveColumnDown | Wider | Narrower | ResetColumns | Accept | ShowFilemods | ShowRegmods | ShowNetconns
        | ShowModloads | ShowChildprocs | ShowCrossprocs | ShowBlocks | ShowScripts | ShowTampering | ShowOthers
        | ShowAllKinds | Narrow | Earlier | Later | SameHash | SameName | SameHost | SameUser | SameParent
        | SameCmdline | ShowCommandLine | SameAddress | SameDomain | SameFile | SameKey | AlertsOfHost | Around
        | Widen | Tighten | Include | Exclude | Apply | NextField | PreviousField | Rarest | Compare | GoBinary
        | GoHost | GoWatchlist | GoReport | CountHits | NextForm | ShowBytes | Unfold | Fold | Deeper | Shallower
        | YankRow | YankHash | YankCmdline | YankGuid | YankHost | YankJson | YankHistogram | YankCurl | YankRaw => {
            Route::Pane(PaneAction::Any)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::views::Tab;

    #[test]
    fn the_key_of_a_view_shows_it() {
        for view in View::all() {
            let spec = view.spec();
            let shown = if let Tab::SharedWith(other) = spec.tab { other } else { view };
            assert_eq!(route(spec.action), Route::View(shown));
        }
    }
}
