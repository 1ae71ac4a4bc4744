//! Users, teams, sites, ingress filters, the license and the event storage (reference 2.1, 2.7, 2.8, 2.15, 2.16).

use super::super::{
    Client, Error,
    request::{RequestSpec, segment},
};
use crate::model::{IngressFilter, IngressFilterId, License, Page, Partition, Site, Team, User};
use crate::text;
use crate::wire::{self, FromRecord};

impl Client {
    /// Lists all users.
    pub async fn users(&self) -> Result<Page<User>, Error> {
        self.fetch_list("/api/users", "users").await
    }

    /// Lists all teams.
    pub async fn teams(&self) -> Result<Page<Team>, Error> {
        self.fetch_list("/api/teams", "teams").await
    }

    /// Lists all sites.
    pub async fn sites(&self) -> Result<Page<Site>, Error> {
        self.fetch_list("/api/site", "sites").await
    }

    /// Lists all ingress filters; only administrators may see them.
    pub async fn ingress_filters(&self) -> Result<Page<IngressFilter>, Error> {
        self.fetch_list("/api/v1/ingress_whitelist", "ingress filters").await
    }

    /// Fetches one ingress filter.
    pub async fn ingress_filter(&self, id: &IngressFilterId) -> Result<IngressFilter, Error> {
        /// The maximum width of an ID in messages.
        const ID_CELLS: usize = 60;
        let about = format!("ingress filter {}", text::fit(&id.0, ID_CELLS));
        // A URL with such a segment would be normalized to another path.
        if matches!(id.0.raw(), "" | "." | "..") {
            return Err(Error::NotFound { what: about });
        }
        let path = format!("/api/v1/ingress_whitelist/{}", segment(id.0.raw()));
        self.fetch_one(path, about, |filter: &IngressFilter| filter.id == *id).await
    }

    /// Fetches the license of the server.
    pub async fn license(&self) -> Result<License, Error> {
        self.fetch_one("/api/v1/license", "the license", |_| true).await
    }

    /// Lists the partitions of the event storage; only administrators may see them.
    pub async fn partitions(&self) -> Result<Page<Partition>, Error> {
        let spec = RequestSpec::get("/api/v1/storage/events/partition", "the store of events");
        self.send(&spec).await?.parse_body(wire::partitions)
    }

    /// Fetches a list that has no pages; a 204 is an empty list.
    pub(in crate::api) async fn fetch_list<T: FromRecord>(
        &self,
        path: impl Into<String>,
        about: impl Into<String>,
    ) -> Result<Page<T>, Error> {
        let answer = self.send(&RequestSpec::get(path, about)).await?;
        if answer.is_nothing() {
            return Ok(Page::default());
        }
        answer.parse_body(wire::parse_list)
    }

    /// Fetches one record, and fails unless it satisfies `is_requested`.
    pub(in crate::api) async fn fetch_one<T: FromRecord>(
        &self,
        path: impl Into<String>,
        about: impl Into<String>,
        is_requested: impl FnOnce(&T) -> bool,
    ) -> Result<T, Error> {
        let about = about.into();
        let answer = self.send(&RequestSpec::get(path, &about)).await?;
        match answer.parse_body(wire::parse_one)? {
            Some(record) if is_requested(&record) => Ok(record),
            Some(_) => Err(answer.mismatch_error(&about)),
            None => Err(Error::NotFound { what: about }),
        }
    }
}
