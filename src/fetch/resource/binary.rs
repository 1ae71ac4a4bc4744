//! Binaries: their records, their bytes, how common they are, and which are banned.

use std::sync::Arc;

use super::{HeapSize, Lifetime, Resource, double_text_size};
use crate::api::{Client, Error};
use crate::fetch::file_head;
use crate::model::{Ban, Binary, FileHead, HostCount, Md5, Page, Prevalence, Search, Span};

/// The record of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BinaryFetch(pub Md5);

impl Resource for BinaryFetch {
    type Value = Binary;

    const LIFETIME: Lifetime = Lifetime::Unlimited;
    const IS_AFFECTED_BY_CHANGES: bool = false;

    async fn request(&self, client: &Client) -> Result<Binary, Error> {
        client.binary(self.0).await
    }
}

/// Rows of a binary search.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BinariesFetch {
    pub search: Arc<Search>,
    pub span: Span,
}

impl Resource for BinariesFetch {
    type Value = Page<Arc<Binary>>;

    const LIFETIME: Lifetime = Lifetime::Unlimited;
    const IS_AFFECTED_BY_CHANGES: bool = false;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        Ok(client.binaries(&self.search, self.span).await?.map(Arc::new))
    }
}

/// How common a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PrevalenceFetch(pub Md5);

impl Resource for PrevalenceFetch {
    type Value = Prevalence;

    const LIFETIME: Lifetime = Lifetime::Count;
    const IS_AFFECTED_BY_CHANGES: bool = false;

    async fn request(&self, client: &Client) -> Result<Prevalence, Error> {
        client.prevalence(self.0).await
    }
}

/// The first bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileHeadFetch {
    pub md5: Md5,
    /// Number of bytes.
    pub bytes: usize,
}

impl Resource for FileHeadFetch {
    type Value = FileHead;

    const LIFETIME: Lifetime = Lifetime::Unlimited;
    const IS_AFFECTED_BY_CHANGES: bool = false;

    async fn request(&self, client: &Client) -> Result<FileHead, Error> {
        file_head::head(client, self.md5, self.bytes).await
    }
}

/// All bans, including lifted ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BansFetch;

impl Resource for BansFetch {
    type Value = Page<Arc<Ban>>;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        Ok(client.bans().await?.map(Arc::new))
    }
}

impl HeapSize for Binary {
    fn heap_size(&self) -> usize {
        double_text_size::<Self>(&self.document)
    }
}

impl HeapSize for Prevalence {
    /// The host names are stored twice: in the record and parsed.
    fn heap_size(&self) -> usize {
        512 + self.hostnames.len() * size_of::<HostCount>() + 2 * self.document.len()
    }
}

impl HeapSize for FileHead {
    fn heap_size(&self) -> usize {
        128 + self.bytes.len()
    }
}

impl HeapSize for Ban {
    fn heap_size(&self) -> usize {
        double_text_size::<Self>(&self.document)
    }
}
