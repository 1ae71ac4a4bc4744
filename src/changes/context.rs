//! What all previews of one run share: client, policy, and server facts that are fetched at most once.

use tokio::sync::OnceCell;

use super::Policy;
use crate::api::{Client, Error};
use crate::model::{Group, GroupId, License, Restrictions, SensorFilter, ServerInfo, Span};

/// Client, policy and server facts that the planning of several changes shares.
pub struct PlanContext {
    pub(super) client: Client,
    pub(super) policy: Policy,
    /// The configured user, whose own alerts need no warning.
    pub(super) user: Option<String>,
    info: OnceCell<ServerInfo>,
    groups: OnceCell<Vec<Group>>,
    license: OnceCell<License>,
    n_sensors: OnceCell<u64>,
    restrictions: OnceCell<Option<Restrictions>>,
}

/// A result with the number of requests it took; 0 if it was fetched before.
pub(super) struct Costed<T> {
    pub(super) value: Result<T, Error>,
    pub(super) requests: u32,
}

impl PlanContext {
    /// Creates a context; nothing is fetched yet.
    pub fn new(client: Client, policy: Policy) -> Self {
        Self {
            client,
            policy,
            user: None,
            info: OnceCell::new(),
            groups: OnceCell::new(),
            license: OnceCell::new(),
            n_sensors: OnceCell::new(),
            restrictions: OnceCell::new(),
        }
    }

    /// Sets the user that the API token belongs to.
    #[must_use]
    pub fn with_user(mut self, user: Option<String>) -> Self {
        self.user = user;
        self
    }

    /// Returns the server's version and settings.
    pub(super) async fn info(&self) -> Result<&ServerInfo, Error> {
        self.info.get_or_try_init(|| self.client.info()).await
    }

    /// Returns all sensor groups.
    pub(super) async fn groups(&self) -> Result<&Vec<Group>, Error> {
        let fetch = async || Ok(self.client.groups().await?.rows);
        self.groups.get_or_try_init(fetch).await
    }

    /// Returns the sensor group `id`; fetches it alone only if it is not in the list.
    pub(super) async fn group(&self, id: GroupId) -> Result<Group, Error> {
        let mut listed = self.groups().await.ok().into_iter().flatten();
        match listed.find(|group| group.id == id) {
            Some(group) => Ok(group.clone()),
            None => self.client.group(id).await,
        }
    }

    /// Returns the warning of an expired license, and whether the server rejects new bans by now; `None` while it is
    /// valid or if the user may not read it.
    pub(super) async fn license_warning(&self) -> Option<(String, bool)> {
        self.license.get_or_try_init(|| self.client.license()).await.ok()?.license_warning(self.client.clock().now())
    }

    /// Returns the number of sensors.
    pub(super) async fn n_sensors(&self) -> Costed<u64> {
        let count = async {
            let first = Span { start: 0, rows: 1 };
            let page = self.client.sensors(&SensorFilter::default(), first).await?;
            if page.is_incomplete {
                let reason = "the number of sensors is missing from it".into();
                return Err(Error::Malformed { endpoint: "GET /api/v2/sensor".into(), reason });
            }
            Ok(page.total)
        };
        fetch_once(&self.n_sensors, count).await
    }

    /// Returns the ban restrictions; `None` from a server without this endpoint.
    pub(super) async fn restrictions(&self) -> Costed<Option<Restrictions>> {
        let fetch = async {
            match self.client.restrictions().await {
                Ok(restrictions) => Ok(Some(restrictions)),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        };
        fetch_once(&self.restrictions, fetch).await
    }
}

async fn fetch_once<T: Clone>(cell: &OnceCell<T>, fetch: impl Future<Output = Result<T, Error>>) -> Costed<T> {
    let mut requests = 0;
    let value = cell
        .get_or_try_init(|| {
            requests = 1;
            fetch
        })
        .await
        .cloned();
    Costed { value, requests }
}
