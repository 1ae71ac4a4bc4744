//! Sensor groups, and the accounts of the server.

use std::sync::Arc;

use super::{HeapSize, Lifetime, Resource, double_text_size};
use crate::api::{Client, Error};
use crate::model::{Group, GroupId, IngressFilter, Page, Site, Team, User};

/// A sensor group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SensorGroupFetch(pub GroupId);

impl Resource for SensorGroupFetch {
    type Value = Group;

    const LIFETIME: Lifetime = Lifetime::Unlimited;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Group, Error> {
        client.group(self.0).await
    }
}

/// All sensor groups visible to the token's user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SensorGroupsFetch;

impl Resource for SensorGroupsFetch {
    type Value = Page<Arc<Group>>;

    const LIFETIME: Lifetime = Lifetime::Unlimited;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        Ok(client.groups().await?.map(Arc::new))
    }
}

/// All users of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UsersFetch;

impl Resource for UsersFetch {
    type Value = Page<Arc<User>>;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        Ok(client.users().await?.map(Arc::new))
    }
}

/// All teams of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TeamsFetch;

impl Resource for TeamsFetch {
    type Value = Page<Arc<Team>>;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        Ok(client.teams().await?.map(Arc::new))
    }
}

/// All sites of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SitesFetch;

impl Resource for SitesFetch {
    type Value = Page<Arc<Site>>;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        Ok(client.sites().await?.map(Arc::new))
    }
}

/// All ingress filters of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IngressFiltersFetch;

impl Resource for IngressFiltersFetch {
    type Value = Page<Arc<IngressFilter>>;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        Ok(client.ingress_filters().await?.map(Arc::new))
    }
}

impl HeapSize for Group {
    fn heap_size(&self) -> usize {
        512 + self.document.len()
    }
}

impl HeapSize for User {
    fn heap_size(&self) -> usize {
        double_text_size::<Self>(&self.document)
    }
}

impl HeapSize for Team {
    fn heap_size(&self) -> usize {
        double_text_size::<Self>(&self.document)
    }
}

impl HeapSize for Site {
    fn heap_size(&self) -> usize {
        double_text_size::<Self>(&self.document)
    }
}

impl HeapSize for IngressFilter {
    fn heap_size(&self) -> usize {
        double_text_size::<Self>(&self.document)
    }
}
