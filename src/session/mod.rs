//! What the investigation knows: shared by every pane, drawn by all, owned by none.

mod chosen;
mod cx;
mod deeds;
mod effect;
mod facets;
mod family;
mod heard;
mod lead;
mod listed;
mod order;
mod pages;
mod related;
mod remote;
mod saved;
mod slots;
mod timeline;
mod transfer;
mod triage;
mod when;

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

pub use chosen::Chosen;
pub use cx::Cx;
pub use deeds::{Doing, Preview};
pub use effect::Effect;
pub use facets::{Counts, Other};
pub use heard::Heard;
pub use lead::Lead;
pub use listed::Listed;
pub use order::{Order, orders};
pub use pages::{Awaited, Pages, Row};
pub use related::{Found, Relations};
pub use remote::{Awaiting, Remote};
pub use saved::SavedQuery;
pub use timeline::{Gap, Place, Progress, Timeline};
pub use transfer::Transfer;
pub use triage::{Asides, Bundle, By, Live, News, Triage, Watch};
pub use when::When;

use crate::api::{Call, Error};
use crate::deeds::{Act, Journal};
use crate::model::{
    Alert, Ban, Binary, Facets, Group, Head, Lineage, Md5, Prevalence, Process, ProcessId, Search,
    Sensor, SensorId, ServerInfo, Summary, Survey, Zone,
};
use crate::query::Index;
use crate::read::{AlertRows, Answer, Tally};
use crate::text::Untrusted;
use crate::worker::{List, Slot, Ticket};

/// Where the console is, and as whom: what the header says whatever happens.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// Host and port of the server.
    pub server: String,
    /// Its address, as requests begin with it.
    pub url: String,
    /// Its host and port, as the action log names it.
    pub host: String,
    /// The account on this machine, as the action log names it.
    pub account: Option<String>,
    /// Where address and token were found.
    pub source: String,
    /// The profile's name, if there is one.
    pub profile: String,
    /// The configured user; the server cannot say whose token it is.
    pub user: Option<String>,
    /// Whether every change is refused.
    pub is_read_only: bool,
    /// The color of the profile's frame.
    pub color: Option<String>,
    /// The zone of the hosts, where somebody said it.
    pub host_zone: Option<TimeZone>,
    /// The zone of whoever sits before the screen, where it is not UTC.
    pub my_zone: Option<TimeZone>,
    /// How others could read or fake what is said to the server, in a word.
    pub insecurity: Option<&'static str>,
}

/// Something to be told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What is to be told.
    pub text: String,
    /// Whether it is a warning.
    pub is_warning: bool,
}

/// A query asked before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The query, as typed.
    pub query: String,
    /// When the last event had to be.
    pub when: When,
    /// When it was asked.
    pub at: Timestamp,
    /// How many rows it had, if that was ever known.
    pub total: Option<u64>,
    /// How long its first page took, in milliseconds.
    pub took_ms: Option<u64>,
}

/// What the console asked of the server so far.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Calls made.
    pub calls: u64,
    /// The last call.
    pub last: Option<Call>,
    /// How often the cache had the answer.
    pub tally: Tally,
}

/// Everything that is known.
#[derive(Debug, Default)]
pub struct Session {
    /// Where the console is, and as whom.
    pub identity: Identity,
    /// The zone that times are shown in.
    pub zone: Zone,
    /// What the server says of itself.
    pub info: Remote<ServerInfo>,
    /// The processes last searched for.
    pub results: Pages<Process>,
    /// The alerts last searched for.
    pub alerts: Pages<Alert>,
    /// The binaries last searched for.
    pub binaries: Pages<Binary>,
    /// The banned hashes.
    pub bans: Pages<Ban>,
    /// The hosts that are isolated, or are to be.
    pub isolated: Pages<Sensor>,
    /// What was changed on servers, the newest first.
    pub acts: Pages<Act>,
    /// What was asked of the server, the newest first.
    pub calls: Pages<Heard>,
    /// What the log of changes tells; `None` until it was read.
    pub journal: Option<Arc<Journal>>,
    /// How many deeds of it are open on this server; counted once, since every frame shows it.
    n_open_acts: usize,
    /// How many of these have nothing known of them yet.
    n_silent_acts: usize,
    /// The reason last typed for a deed that was not done, to be typed no second time.
    pub draft: Option<String>,
    /// What deeds would do that are looked at.
    pub preview: Option<Preview>,
    /// The deeds of this run.
    pub doings: Vec<Doing>,
    /// The ticket that the last deed belonged to.
    pub last_ticket: Option<String>,
    /// What is known of the queue of alerts as a whole, and around the one under the cursor.
    pub triage: Triage,
    /// The alert under the cursor.
    pub alert: Option<Arc<Alert>>,
    /// The file under the cursor of the list of binaries.
    pub file: Option<Arc<Binary>>,
    /// The first bytes of a file.
    pub head: Remote<Head>,
    /// What belongs to the rows of lists.
    pub related: Relations,
    /// Files on their way to the disk.
    pub transfers: Vec<Transfer>,
    /// The place for a new file that was last looked at.
    pub survey: Option<Survey>,
    /// When the last search was asked, and of when, for the history.
    asked_at: Option<(Timestamp, When)>,
    /// The process that was opened.
    pub opened: Option<ProcessId>,
    /// Whose relatives are known: the process that was opened, or one of them that was opened before it.
    pub origin: Option<ProcessId>,
    /// What is known of it and of each of them.
    pub family: BTreeMap<ProcessId, Remote<Summary>>,
    /// What it did.
    pub timeline: Timeline,
    /// The process under examination.
    pub subject: Option<Arc<Process>>,
    /// Its parent chain.
    pub lineage: Remote<Lineage>,
    /// Its host.
    pub sensor: Remote<Sensor>,
    /// The group of its host.
    pub group: Remote<Group>,
    /// All sensor groups, as far as anybody asked.
    pub groups: Remote<Vec<Group>>,
    /// Its executable.
    pub binary: Remote<Binary>,
    /// Whose binary it is: the subject, or the ancestor looked at.
    pub binary_of: Option<Arc<Process>>,
    /// How common the file of that process is.
    pub prevalence: Remote<Prevalence>,
    /// The alerts that are open on its host.
    pub host_alerts: Remote<AlertRows>,
    /// What is counted of the processes last searched for.
    pub counts: Counts,
    /// Values of the field that is typed.
    pub values: Remote<Facets>,
    /// In which order each list is asked for, where it is not the first of its orders.
    orders: BTreeMap<List, usize>,
    /// Whether every segment is a row of its own.
    pub is_split: bool,
    /// The columns that were chosen, by the name of their list.
    pub columns: BTreeMap<String, Vec<Chosen>>,
    /// When the last event of the processes searched for must have been.
    pub when: When,
    /// Queries asked before, the newest first.
    pub history: Vec<Past>,
    /// Queries kept under a name.
    pub saved: Vec<SavedQuery>,
    /// A query picked elsewhere, for the editor of its index to take.
    proposal: Option<(Index, String)>,
    /// Where the last key leads.
    lead: Option<Lead>,
    /// The last warning, in full.
    pub last_warning: Option<String>,
    /// What was last to be told.
    pub notice: Option<Notice>,
    /// What was asked of the server so far.
    pub traffic: Traffic,
    tickets: u64,
}

impl Session {
    /// Starts with nothing asked.
    pub fn new(identity: Identity, history: Vec<Past>) -> Self {
        Self {
            identity,
            history,
            ..Self::default()
        }
    }

    /// A sensor, if anything has asked for it.
    pub fn known_sensor(&self, id: SensorId) -> Option<&Sensor> {
        let looked_at = self.sensor.held().map(|known| &*known.value);
        let looked_at = looked_at.filter(|sensor| sensor.id == id);
        looked_at.or_else(|| match self.related.sensor(id) {
            Found::Here(sensor) => Some(sensor),
            _ => None,
        })
    }

    /// What a file is called, if anything that is shown tells.
    pub fn known_name(&self, md5: Md5) -> Option<Untrusted> {
        let looked_at = self.binary_of.as_ref();
        let process = looked_at.filter(|process| process.md5 == Some(md5));
        let file = self.file.as_ref().filter(|file| file.md5 == md5);
        let name = process.map(|process| process.name.clone());
        name.or_else(|| file.map(|file| file.name()))
    }

    /// From when an answer is, in the zone that times are shown in.
    pub fn as_of(&self, at: Timestamp) -> String {
        format!("as of {}", self.zone.clock(at))
    }

    /// Whether an answer is on its way.
    pub fn is_waiting(&self) -> bool {
        self.n_pending() > 0
    }

    /// In which order a list is asked for, where there are several.
    pub fn order(&self, list: List) -> Option<Order> {
        let orders = orders(list);
        let at = self.orders.get(&list).copied().unwrap_or_default();
        orders.get(at % orders.len().max(1)).copied()
    }

    /// Sets order and grouping to those of a question put before.
    fn ask_as(&mut self, list: List, search: &Search) {
        let is_its = |order: &Order| search.sort.as_deref() == Some(order.sort);
        let at = orders(list).iter().position(is_its);
        self.orders.insert(list, at.unwrap_or_default());
        if list == List::Processes {
            self.is_split = search.group_by.is_none();
            self.when = When::of(search);
        }
    }

    /// The columns that were chosen for a list.
    pub fn columns(&self, list: &str) -> Option<&[Chosen]> {
        self.columns.get(list).map(Vec::as_slice)
    }

    /// Takes an answer to heart; false when it came too late to matter.
    fn settle(&mut self, ticket: Ticket, slot: Slot, result: Result<Answer, Error>) -> bool {
        match (result, slot) {
            (Ok(answer), Slot::Related(object)) => self.related.settle(object, ticket, answer),
            (Ok(answer), Slot::Aside(aside)) => self.triage.asides.settle(aside, ticket, answer),
            (Ok(Answer::Queue(known)), _) => self.triage.queue.settle(ticket, known),
            (Ok(Answer::Alerts(known)), Slot::Live) => self.triage.live.look.settle(ticket, known),
            (Ok(Answer::Info(known)), _) => self.info.settle(ticket, known),
            (Ok(Answer::Page(known)), Slot::Page(_, start)) => {
                self.results.settle(start, ticket, known)
            }
            (Ok(Answer::Prevalence(known)), _) => self.prevalence.settle(ticket, known),
            (Ok(Answer::Alerts(known)), Slot::HostAlerts) => self.host_alerts.settle(ticket, known),
            (Ok(Answer::Alerts(known)), Slot::Page(_, start)) => {
                self.alerts.settle(start, ticket, known)
            }
            (Ok(Answer::Binaries(known)), Slot::Page(_, start)) => {
                self.binaries.settle(start, ticket, known)
            }
            (Ok(Answer::Isolated(known)), Slot::Page(_, start)) => {
                self.isolated.settle(start, ticket, known)
            }
            (Ok(Answer::Bans(known)), Slot::Page(_, start)) => {
                self.bans.settle(start, ticket, known)
            }
            (Ok(Answer::Summary(known)), Slot::Summary(id)) => self
                .family
                .get_mut(&id)
                .is_some_and(|remote| remote.settle(ticket, known)),
            (Ok(Answer::Facets(known)), Slot::Facets(side)) => {
                self.side_mut(side).settle(ticket, known)
            }
            (Ok(Answer::Facets(known)), Slot::Values) => self.values.settle(ticket, known),
            // A refreshed chain grows from its beginning; until it is whole, what is known of it stays.
            (Ok(Answer::Lineage(known)), _) if self.is_longer(&known.value) => {
                self.lineage.keep(ticket)
            }
            (Ok(Answer::Lineage(known)), _) => self.lineage.settle(ticket, known),
            (Ok(Answer::Sensor(known)), _) => self.sensor.settle(ticket, known),
            (Ok(Answer::Group(known)), _) => self.group.settle(ticket, known),
            (Ok(Answer::Groups(known)), _) => self.groups.settle(ticket, known),
            (Ok(Answer::Binary(known)), _) => self.binary.settle(ticket, known),
            (Ok(Answer::Segments(known)), _) => self.timeline.settle_segments(ticket, known),
            (Ok(Answer::Events(known)), Slot::Events(segment)) => {
                self.timeline.settle(segment, ticket, known)
            }
            (Ok(Answer::Head(known)), _) => self.head.settle(ticket, known),
            // What no slot asks for.
            (
                Ok(
                    Answer::Summary(_)
                    | Answer::Page(_)
                    | Answer::Facets(_)
                    | Answer::Alerts(_)
                    | Answer::Events(_)
                    | Answer::Binaries(_)
                    | Answer::Bans(_)
                    | Answer::Isolated(_),
                ),
                _,
            ) => false,
            (Err(error), Slot::Page(list, start)) => self.list_mut(list).fail(start, ticket, error),
            (Err(error), Slot::Live) => self.triage.live.fail(ticket, error),
            (Err(error), Slot::Events(segment)) => self.timeline.fail(segment, ticket, error),
            (Err(error), _) => self
                .awaiting_mut(slot)
                .is_some_and(|remote| remote.fail(ticket, error)),
        }
    }

    /// Whether more is held of a chain whose walk goes on.
    fn is_longer(&self, lineage: &Lineage) -> bool {
        let held = self.lineage.current();
        lineage.is_walking() && held.is_some_and(|held| held.value.goes_beyond(lineage))
    }
}
