//! What is the same for all targets of a preview: asked for once, however many there are.

use tokio::sync::OnceCell;

use super::Policy;
use crate::api::{Client, Error};
use crate::model::{Group, GroupId, License, Restrictions, SensorFilter, ServerInfo, Span};

/// A server as it is while deeds are looked at, and what must not be touched on it.
pub struct PlanContext {
    pub(super) client: Client,
    pub(super) policy: Policy,
    /// The configured user, whose own alerts are nothing to be warned of.
    pub(super) user: Option<String>,
    info: OnceCell<ServerInfo>,
    groups: OnceCell<Vec<Group>>,
    license: OnceCell<License>,
    n_sensors: OnceCell<u64>,
    restrictions: OnceCell<Option<Restrictions>>,
}

/// What was found out, and how many requests that took: none where somebody else has asked.
pub(super) struct Costed<T> {
    pub(super) value: Result<T, Error>,
    pub(super) requests: u32,
}

impl PlanContext {
    /// Nothing is asked yet.
    pub fn new(client: Client, guard: Policy) -> Self {
        Self {
            client,
            policy: guard,
            user: None,
            info: OnceCell::new(),
            groups: OnceCell::new(),
            license: OnceCell::new(),
            n_sensors: OnceCell::new(),
            restrictions: OnceCell::new(),
        }
    }

    /// The same for the user whose token it is.
    #[must_use]
    pub fn with_user(mut self, user: Option<String>) -> Self {
        self.user = user;
        self
    }

    /// What the server says of itself.
    pub(super) async fn info(&self) -> Result<&ServerInfo, Error> {
        self.info.get_or_try_init(|| self.client.info()).await
    }

    /// All sensor groups.
    pub(super) async fn groups(&self) -> Result<&Vec<Group>, Error> {
        let ask = async || Ok(self.client.groups().await?.rows);
        self.groups.get_or_try_init(ask).await
    }

    /// One of them, which is asked for alone only where it is not listed.
    pub(super) async fn group(&self, id: GroupId) -> Result<Group, Error> {
        let listed = self.groups().await.ok();
        let mut listed = listed.into_iter().flatten();
        match listed.find(|group| group.id == id) {
            Some(group) => Ok(group.clone()),
            None => self.client.group(id).await,
        }
    }

    /// What the license of the server takes away, in words, if it has ended, and whether that is so already. Not every user
    /// may know.
    pub(super) async fn license_warning(&self) -> Option<(String, bool)> {
        let license = self.license.get_or_try_init(|| self.client.license());
        license.await.ok()?.license_warning(self.client.clock().now())
    }

    /// How many sensors there are.
    pub(super) async fn n_sensors(&self) -> Costed<u64> {
        let count = async {
            let first = Span { start: 0, rows: 1 };
            let page = self.client.sensors(&SensorFilter::default(), first).await?;
            Ok(page.total)
        };
        fetch_once(&self.n_sensors, count).await
    }

    /// What no ban reaches; nothing where the server does not tell it.
    pub(super) async fn restrictions(&self) -> Costed<Option<Restrictions>> {
        let ask = async {
            match self.client.restrictions().await {
                Ok(restrictions) => Ok(Some(restrictions)),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        };
        fetch_once(&self.restrictions, ask).await
    }
}

async fn fetch_once<T: Clone>(cell: &OnceCell<T>, ask: impl Future<Output = Result<T, Error>>) -> Costed<T> {
    let mut requests = 0;
    let value = cell.get_or_try_init(|| {
        requests = 1;
        ask
    });
    let value = value.await.cloned();
    Costed { value, requests }
}
