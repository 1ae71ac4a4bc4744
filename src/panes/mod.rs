//! The panes: one file each, every one owns its cursor and none owns data.

mod around;
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
mod observables;
mod picker;
mod pivot;
mod prompt;
mod query;
mod record;
mod tree;

use crossterm::event::KeyEvent;
use ratatui::{Frame, layout::Rect, text::Line};

pub use bulk::MarkedRows;
pub use confirm::ConfirmPane;
pub use details::alert::AlertPane;
pub use details::binary::BinaryPane;
pub use details::process::ProcessDetailsPane;
pub use details::subject::SensorPane;
pub use details::{DetailsPane, HostDetails, ReportDetails, ServerDetails, WatchlistDetails};
pub use download::DownloadPane;
pub use error::ErrorPane;
pub use events::{EventsPane, EventsState};
pub use facets::FacetsPane;
pub use form::FormPane;
pub use help::HelpPane;
pub use lineage::LineagePane;
pub use list::{
    Activity, AlertGroups, Alerts, Bans, Binaries, Feeds, IsolatedSensors, ListPane, ListState, ListView, Processes,
    Reports, Requests, SensorGroups, Sensors, Sites, Teams, Users, Watchlists,
};
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
pub use tree::{TreePane, TreeState};

use crate::keys::{self, Action, Keymap, Scope};
use crate::model::Document;
use crate::query::Index;
use crate::session::{Cx, Session};
use crate::text;
use crate::theme::Theme;
use crate::worker::Slot;

/// Names a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaneId {
    /// The query editor of an index.
    Query(Index),
    /// The process list.
    Processes,
    /// The parent chain.
    Lineage,
    /// The tree of the opened process.
    Tree,
    /// The facts of the process under the cursor of the tree.
    ProcessDetails,
    /// The sensor panel.
    Sensor,
    /// What a process did.
    Events,
    /// The list of alerts.
    Alerts,
    /// The groups of alerts.
    AlertGroups,
    /// The alert under the cursor.
    Alert,
    /// The list of binaries.
    Binaries,
    /// The binary under the cursor.
    Binary,
    /// The banned hashes.
    Bans,
    /// The hosts that are isolated.
    IsolatedSensors,
    /// What was changed.
    Activity,
    /// What was asked of the server.
    Requests,
    /// All sensors.
    Sensors,
    /// The host under the cursor of that list.
    Host,
    /// The watchlists.
    Watchlists,
    /// The watchlist under the cursor.
    Watchlist,
    /// The feeds.
    Feeds,
    /// The threat reports.
    Reports,
    /// The threat report under the cursor.
    Report,
    /// The sensor groups.
    SensorGroups,
    /// The users.
    Users,
    /// The teams.
    Teams,
    /// The sites.
    Sites,
    /// The server itself.
    Server,
    /// The counted values of the process list.
    Facets,
    /// Whatever lies over the view.
    Overlay,
}

/// How things look in this frame.
#[derive(Clone, Copy, Debug)]
pub struct RenderCx<'a> {
    /// Colors by role.
    pub theme: &'a Theme,
    /// The effective keys, for hints.
    pub keymap: &'a Keymap,
    /// Whether this pane has the focus.
    pub is_focused: bool,
}

/// A region of the screen that can hold the focus. It draws its content; `app` draws its frame, spinner and errors.
pub trait Pane {
    /// Which one it is.
    fn id(&self) -> PaneId;

    /// Where its keys are looked up.
    fn scope(&self) -> Scope;

    /// What it shows, by the data it shows.
    fn title(&self, session: &Session) -> Line<'static>;

    /// What else is worth saying in its frame, if there is room.
    fn status_line(&self, _session: &Session) -> Line<'static> {
        Line::default()
    }

    /// What the letters and signs mean that the last frame showed of it, for its lower border if there is room.
    fn legend(&self) -> String {
        String::new()
    }

    /// Whose spinner and errors are its own.
    fn slots(&self) -> &'static [Slot] {
        &[]
    }

    /// Does what the user meant; false when it means nothing here.
    fn handle_action(&mut self, action: Action, cx: &mut Cx<'_>) -> bool;

    /// Takes a key that means nothing else, where text is typed.
    fn type_key(&mut self, _key: KeyEvent, _cx: &mut Cx<'_>) {}

    /// Takes characters that came together and mean nothing else, where text is typed. What costs time is done once.
    fn type_text(&mut self, text: &str, cx: &mut Cx<'_>) {
        for char in text.chars() {
            self.type_key(keys::key_of(char), cx);
        }
    }

    /// Takes pasted text, where text is typed.
    fn paste(&mut self, _text: &str, _cx: &mut Cx<'_>) {}

    /// Takes one layer of itself away, the topmost: an entry, a filter, marks. Says which, if there was one.
    fn dismiss_layer(&mut self) -> Option<&'static str> {
        None
    }

    /// What it shows that a verb can act on: of the marked rows, or of the one under the cursor.
    fn observables(&self, _session: &Session) -> Vec<Observables> {
        Vec::new()
    }

    /// Whether rows of it are marked: then verbs act on these, wherever the focus is.
    fn is_marked(&self) -> bool {
        false
    }

    /// The marked rows in words, by whether they can be seen.
    fn marked_rows(&self, _session: &Session) -> MarkedRows {
        MarkedRows::default()
    }

    /// Whether the last frame showed the row or record that an action here is about.
    fn shows_target(&self) -> bool {
        true
    }

    /// Takes note, as an overlay, that some of the marked rows it is about cannot be seen.
    fn set_hidden_rows(&mut self, _marked: &MarkedRows) {}

    /// What was marked was acted on: nothing is marked any more.
    fn clear_marks(&mut self) {}

    /// The record under the cursor as the server sent it, and what it is called.
    fn record(&self, _session: &Session) -> Option<(String, Document)> {
        None
    }

    /// What an action opens over this pane, if it is one that does.
    fn popup(&self, _action: Action, _session: &Session) -> Option<Box<dyn Pane>> {
        None
    }

    /// Comes after every input: asks for what it is about to show.
    fn after_input(&mut self, _cx: &mut Cx<'_>) {}

    /// Whether an overlay wants all the room there is, where there is little.
    fn wants_full_area(&self) -> bool {
        false
    }

    /// How many lines it needs in so many cells; nothing if it takes what it is given.
    fn preferred_height(&self, _width: u16) -> Option<u16> {
        None
    }

    /// Whether it has nothing more to do; an overlay is then taken away.
    fn is_done(&self) -> bool {
        false
    }

    /// What was picked in it, to be done once it is gone.
    fn picked_action(&self) -> Option<Action> {
        None
    }

    /// What takes its place when it has nothing more to do.
    fn next_overlay(&mut self) -> Option<Box<dyn Pane>> {
        None
    }

    /// What lies below it, and is shown again when it is closed.
    fn overlay_below(&mut self) -> Option<Box<dyn Pane>> {
        None
    }

    /// Draws its content. What it may change is where it is scrolled to, nothing else.
    fn render(&mut self, frame: &mut Frame<'_>, area: Rect, session: &Session, look: &RenderCx<'_>);
}

/// So many hosts, in words.
fn count_hosts(n: u64) -> String {
    text::pluralize(n, "host", "hosts")
}
