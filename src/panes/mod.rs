//! Panes: one file each. A pane owns its cursor, and no data of the server.

mod action_result;
mod action_targets;
mod bulk;
mod confirm;
mod copy;
mod cursor;
mod details;
mod download;
mod editor;
mod error;
mod events;
mod facets;
mod form;
mod help;
mod hexdump;
mod legend;
mod lineage;
mod links;
mod list;
mod nearby_processes;
mod observables;
mod pane_header;
mod picker;
mod pivot;
mod prompt;
mod query;
mod record;
mod saved_state;
mod scroll_view;
mod target_names;
mod tree;
mod view_pane;

use crossterm::event::KeyEvent;
use ratatui::{Frame, layout::Rect};

pub use action_result::{ActionResult, AfterInput};
pub use action_targets::{ActionTargets, TargetRows};
pub use bulk::MarkedRows;
pub use confirm::ConfirmPane;
pub use cursor::Step;
pub use details::alert::AlertPane;
pub use details::binary::BinaryPane;
pub use details::process::ProcessDetailsPane;
pub use details::subject::SensorPane;
pub use details::{DetailsPane, HostDetails, ReportDetails, ServerDetails, WatchlistDetails};
pub use download::DownloadPane;
pub use error::ErrorPane;
pub use events::EventsPane;
pub use facets::FacetsPane;
pub use form::FormPane;
pub use help::HelpPane;
pub use lineage::LineagePane;
pub use list::*;
pub use pane_header::PaneHeader;
pub use picker::columns::ColumnPicker;
pub use picker::history::HistoryPane;
pub use picker::palette::PalettePane;
pub use picker::saved_queries::SavedPane;
pub use picker::sensor_groups::SensorGroupPicker;
pub use pivot::{AroundPane, Observables};
pub use prompt::export::ExportPane;
pub use prompt::notes::NotesPane;
pub use prompt::period::PeriodPane;
pub use prompt::sensor_search::SensorSearchPane;
pub use query::QueryPane;
pub use record::RecordPane;
pub use saved_state::SavedState;
pub use target_names::TargetNames;
pub use tree::TreePane;
pub use view_pane::ViewPane;

use scroll_view::ScrollView;

use crate::keys::{Action, Keymap, Scope};
use crate::query::Index;
use crate::session::{Cx, Session};
use crate::text;
use crate::theme::Theme;
use crate::worker::List;

/// Identifies a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaneId {
    /// The query editor of an index.
    Query(Index),
    List(List),
    Lineage,
    Tree,
    /// Details of the process selected in the tree.
    ProcessDetails,
    /// Sensor and binary of the selected process.
    Sensor,
    /// The timeline of the opened process.
    Events,
    /// Details of the selected alert.
    Alert,
    /// Details of the selected binary.
    Binary,
    /// Details of the selected sensor.
    Host,
    /// Details of the selected watchlist.
    Watchlist,
    /// Details of the selected threat report.
    Report,
    Server,
    Facets,
    /// A popup over the view.
    Overlay,
}

/// What a pane needs for drawing, besides the session.
#[derive(Clone, Copy, Debug)]
pub struct RenderCx<'a> {
    pub theme: &'a Theme,
    /// The effective key bindings, for hints.
    pub keymap: &'a Keymap,
    pub is_focused: bool,
}

/// The size of a popup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PopupSize {
    Default,
    /// The whole area of a small screen.
    Full,
    /// This number of lines.
    Lines(u16),
}

/// Text that is typed or pasted into a pane.
#[derive(Clone, Copy, Debug)]
pub enum TextInput<'a> {
    /// A key without a binding.
    Key(KeyEvent),
    /// Characters without a binding that arrived together; expensive work is done once for all.
    Typed(&'a str),
    Pasted(&'a str),
}

/// A region of the screen that can have the focus: a popup, or a [`ViewPane`]. It draws its content; `app` draws its frame, spinner and errors.
pub trait Pane {
    /// Returns the key scope that is looked up while it has the focus.
    fn scope(&self) -> Scope;

    /// Returns the texts of its frame.
    fn header(&self, session: &Session) -> PaneHeader;

    /// Handles an action.
    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> ActionResult;

    /// Handles typed or pasted text, where text is typed.
    fn enter_text(&mut self, _input: TextInput<'_>, _cx: &mut Cx<'_>) -> ActionResult {
        ActionResult::Done
    }

    /// Dismisses the topmost layer, such as a text input, a filter, or marks. Returns its name if there was one.
    fn dismiss_layer(&mut self) -> Option<&'static str> {
        None
    }

    /// Sets the rows that a popup applies to.
    fn set_target(&mut self, _rows: &TargetRows) {}

    /// Called after every input; fetches what is about to be shown.
    fn after_input(&mut self, _cx: &mut Cx<'_>) -> AfterInput {
        AfterInput::Nothing
    }

    /// Returns how large a popup should be if it is `width` cells wide.
    fn popup_size(&self, _width: u16) -> PopupSize {
        PopupSize::Default
    }

    /// Draws the content. Scroll positions are the only state that it may change.
    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, cx: &RenderCx<'_>);
}

/// Formats a number of hosts.
fn count_hosts(n: u64) -> String {
    text::pluralize(n, "host", "hosts")
}
