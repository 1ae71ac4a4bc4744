//! The server itself: version, license, event store, and the number of matches of a query.

use std::sync::Arc;

use super::{HeapSize, Lifetime, Resource, double_text_size};
use crate::api::{Client, Error};
use crate::model::{Corpus, License, Page, Partition, Search, ServerInfo, Span};

/// Version and settings of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServerInfoFetch;

impl Resource for ServerInfoFetch {
    type Value = ServerInfo;

    const LIFETIME: Lifetime = Lifetime::Unlimited;
    const IS_AFFECTED_BY_CHANGES: bool = false;

    async fn request(&self, client: &Client) -> Result<ServerInfo, Error> {
        client.info().await
    }
}

/// The license of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LicenseFetch;

impl Resource for LicenseFetch {
    type Value = License;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<License, Error> {
        client.license().await
    }
}

/// The partitions of the event store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartitionsFetch;

impl Resource for PartitionsFetch {
    type Value = Page<Arc<Partition>>;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        Ok(client.partitions().await?.map(Arc::new))
    }
}

/// Number of matches of a query.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CountFetch {
    pub corpus: Corpus,
    pub query: String,
}

impl Resource for CountFetch {
    type Value = u64;

    const LIFETIME: Lifetime = Lifetime::Count;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<u64, Error> {
        let none = Span { start: 0, rows: 0 };
        // Processes are counted as they are shown, one row each.
        let group_by = (self.corpus == Corpus::Processes).then(|| "id".to_owned());
        let search = Search { query: self.query.clone(), group_by, ..Search::default() };
        Ok(match self.corpus {
            Corpus::Processes => client.processes(&search, none).await?.total,
            Corpus::Binaries => client.binaries(&search, none).await?.total,
            Corpus::Alerts => client.alerts(&search, none).await?.total,
        })
    }
}

impl HeapSize for ServerInfo {
    fn heap_size(&self) -> usize {
        512 + 2 * self.document.len()
    }
}

impl HeapSize for License {
    fn heap_size(&self) -> usize {
        double_text_size::<Self>(&self.document)
    }
}

impl HeapSize for Partition {
    fn heap_size(&self) -> usize {
        256 + self.document.len()
    }
}

impl HeapSize for u64 {
    fn heap_size(&self) -> usize {
        128
    }
}
