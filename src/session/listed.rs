//! What comes in lists that the server gives page by page.

use std::{fmt::Debug, sync::Arc};

use super::{Pages, Session};
use crate::model::{
    Alert, AlertId, Binary, Document, Md5, Process, ProcessId, Search, SensorId, Span,
};
use crate::query::Index;
use crate::read::Fetch;

/// A row of a list that the server gives page by page.
pub trait Listed: Debug + Sized + 'static {
    /// What tells it from other rows, wherever it stands.
    type Id: Clone + Debug + Ord;

    /// What is searched for such rows.
    const INDEX: Index;

    /// Its own.
    fn id(&self) -> Self::Id;

    /// The record as the server sent it.
    fn document(&self) -> &Document;

    /// The sensor that saw it, where it names one.
    fn sensor(&self) -> Option<SensorId> {
        None
    }

    /// The file that it is about, where it names one.
    fn md5(&self) -> Option<Md5> {
        None
    }

    /// How a page of such rows is asked for.
    fn fetch(search: Arc<Search>, span: Span) -> Fetch;

    /// Where they are kept.
    fn pages(session: &Session) -> &Pages<Self>;

    /// The same, to be changed.
    fn pages_mut(session: &mut Session) -> &mut Pages<Self>;
}

impl Listed for Process {
    /// Segments are parts of one process: what is done to a row is done to all of it.
    type Id = ProcessId;

    const INDEX: Index = Index::Process;

    fn id(&self) -> ProcessId {
        self.id
    }

    fn document(&self) -> &Document {
        &self.document
    }

    fn sensor(&self) -> Option<SensorId> {
        Some(self.sensor)
    }

    fn md5(&self) -> Option<Md5> {
        self.md5
    }

    fn fetch(search: Arc<Search>, span: Span) -> Fetch {
        Fetch::Page { search, span }
    }

    fn pages(session: &Session) -> &Pages<Self> {
        &session.results
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.results
    }
}

impl Listed for Alert {
    type Id = AlertId;

    const INDEX: Index = Index::Alert;

    fn id(&self) -> AlertId {
        self.id.clone()
    }

    fn document(&self) -> &Document {
        &self.document
    }

    fn sensor(&self) -> Option<SensorId> {
        self.sensor
    }

    fn md5(&self) -> Option<Md5> {
        self.md5
    }

    fn fetch(search: Arc<Search>, span: Span) -> Fetch {
        Fetch::Alerts { search, span }
    }

    fn pages(session: &Session) -> &Pages<Self> {
        &session.alerts
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.alerts
    }
}

impl Listed for Binary {
    type Id = Md5;

    const INDEX: Index = Index::Binary;

    fn id(&self) -> Md5 {
        self.md5
    }

    fn document(&self) -> &Document {
        &self.document
    }

    fn fetch(search: Arc<Search>, span: Span) -> Fetch {
        Fetch::Binaries { search, span }
    }

    fn pages(session: &Session) -> &Pages<Self> {
        &session.binaries
    }

    fn pages_mut(session: &mut Session) -> &mut Pages<Self> {
        &mut session.binaries
    }
}
