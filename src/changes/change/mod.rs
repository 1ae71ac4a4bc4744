//! The changes that can be made to a server.

mod reading;

use std::{any::Any, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    AdminChange, AlertChange, Aspect, BanChange, FeedChange, HostChange, Justification, ReportChange, SensorChange,
    Target, WatchlistChange, operation::Operation,
};
use crate::api::{Client, Error};

/// A change of server state that the user requests. Its serialized form is in the audit log: names on disk that must stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Isolates, moves, flushes or restarts a sensor, or replaces its notes.
    Sensor(SensorChange),
    /// Bans or unbans a hash.
    Ban(BanChange),
    /// Sets the status or the owner of alerts, or ignores their reports.
    #[serde(rename = "alerts")]
    Triage(AlertChange),
    /// Creates, edits or deletes a watchlist.
    #[serde(rename = "watchlist")]
    Watch(WatchlistChange),
    /// Adds, enables, disables, synchronizes or deletes a feed.
    Feed(FeedChange),
    /// Ignores a threat report, or lets it raise alerts again.
    #[serde(rename = "report")]
    Ignore(ReportChange),
    /// Creates or edits a sensor group, or creates a user or a team.
    Admin(AdminChange),
    /// Changes a host through Live Response.
    Host(HostChange),
}

/// Evaluates an expression for the change in a [`Change`] or the reading in a [`ChangeReading`]: the only match on the
/// families. With `=> $to`, `$wrap` makes a `$to` of that family.
macro_rules! dispatch {
    ($all:ident, $value:expr, $one:ident => $result:expr) => {
        match $value {
            $all::Sensor($one) => $result,
            $all::Ban($one) => $result,
            $all::Triage($one) => $result,
            $all::Watch($one) => $result,
            $all::Feed($one) => $result,
            $all::Ignore($one) => $result,
            $all::Admin($one) => $result,
            $all::Host($one) => $result,
        }
    };
    ($all:ident => $to:ident, $value:expr, ($one:ident, $wrap:ident) => $result:expr) => {
        match $value {
            $all::Sensor($one) => dispatch!(@ $wrap, $to::Sensor, $result),
            $all::Ban($one) => dispatch!(@ $wrap, $to::Ban, $result),
            $all::Triage($one) => dispatch!(@ $wrap, $to::Triage, $result),
            $all::Watch($one) => dispatch!(@ $wrap, $to::Watch, $result),
            $all::Feed($one) => dispatch!(@ $wrap, $to::Feed, $result),
            $all::Ignore($one) => dispatch!(@ $wrap, $to::Ignore, $result),
            $all::Admin($one) => dispatch!(@ $wrap, $to::Admin, $result),
            $all::Host($one) => dispatch!(@ $wrap, $to::Host, $result),
        }
    };
    (@ $wrap:ident, $to:path, $result:expr) => {{
        let $wrap = $to;
        $result
    }};
}
use dispatch;
pub(super) use reading::Reread;
pub use reading::{ChangeReading, Reading};

impl Change {
    /// Returns the verb of the change in the audit log: a name on disk that must stay as it is.
    pub fn verb(&self) -> &'static str {
        dispatch!(Self, self, change => change.verb())
    }

    /// Returns the property of the target that the change sets.
    pub(super) fn aspect(&self) -> Aspect {
        dispatch!(Self, self, change => change.aspect())
    }

    /// Returns the target of the change.
    pub fn target(&self) -> Target {
        dispatch!(Self, self, change => change.target())
    }

    /// Returns whether the server applies the change asynchronously: a missing effect may appear later.
    pub fn is_eventual(&self) -> bool {
        dispatch!(Self, self, change => change.is_eventual())
    }

    /// Returns whether more requests follow once the server has answered.
    pub(super) fn has_follow_ups(&self) -> bool {
        dispatch!(Self, self, change => change.has_follow_ups())
    }

    /// Returns whether the server keeps no evidence of the change, so that its answer is the only proof.
    pub(super) fn is_unverifiable(&self) -> bool {
        dispatch!(Self, self, change => change.is_unverifiable())
    }

    /// Returns whether the target may be read again later, without a user who asks for it.
    pub(super) fn is_read_unasked(&self) -> bool {
        dispatch!(Self, self, change => change.is_read_unasked())
    }

    /// Returns where the state is that the change sets, for messages.
    pub(super) fn place(&self) -> &'static str {
        dispatch!(Self, self, change => change.place())
    }

    /// Returns whether a reason is required: the change removes a protection or isolates a host.
    pub fn needs_reason(&self) -> bool {
        dispatch!(Self, self, change => change.needs_reason())
    }

    /// Returns the state that the server should hold afterwards, as written to the audit log.
    pub(super) fn desired(&self, justification: &Justification) -> Value {
        dispatch!(Self, self, change => change.desired(justification))
    }

    /// Reads the target from the server, past every cache.
    pub async fn read(&self, client: &Client) -> Result<ChangeReading, Error> {
        dispatch!(Self => ChangeReading, self, (change, wrap) => {
            let state = change.read(client).await?;
            Ok(wrap(Arc::new(Reading { change: change.clone(), state })))
        })
    }

    /// Returns the change that undoes this one, by the logged states `before` and `after` it, or why there is none.
    pub(super) fn inverse(&self, before: &Value, after: &Value) -> Result<Self, &'static str> {
        dispatch!(Self => Self, self, (change, wrap) => change.inverse(before, after).map(wrap))
    }

    /// Returns the change if it belongs to this family.
    pub(super) fn as_family<C: 'static>(&self) -> Option<&C> {
        dispatch!(Self, self, change => (change as &dyn Any).downcast_ref())
    }
}
