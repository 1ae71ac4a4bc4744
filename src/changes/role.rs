//! The role of a host, which only the documents of its processes have (`host_type`, reference 2.2).

use crate::api::{Client, Error};
use crate::model::{Facets, Search, Sensor};
use crate::text::Untrusted;

/// The role that logons and names depend on.
pub(super) const DOMAIN_CONTROLLER: &str = "domain_controller";

/// What the processes of a host say of its role.
#[derive(Clone, Debug, Default)]
pub(super) enum HostRole {
    /// Nothing depends on it, and it was not read.
    #[default]
    NotRead,
    /// Each `host_type` that its processes have; none where the server has no process of it.
    Read {
        /// The names, as the server writes them.
        names: Vec<Untrusted>,
        /// Why the host may have another role than these.
        doubt: Option<String>,
    },
    /// Why it could not be read.
    Unread(Error),
}

impl HostRole {
    /// Reads the role of a host with one request that counts and returns no row. A server that does not answer in time
    /// leaves it unknown, so that a slow search never keeps a host from being isolated.
    pub(super) async fn read(sensor: &Sensor, client: &Client) -> Self {
        let search = Search { query: format!("sensor_id:{}", sensor.id), ..Search::default() };
        let fields = ["host_type".to_owned()];
        let patience = client.timings().probe_timeout;
        match tokio::time::timeout(patience, client.facets(&search, &fields)).await {
            Ok(Ok(facets)) => Self::from_facets(&facets),
            Ok(Err(error)) => Self::Unread(error),
            Err(_) => Self::Unread(Error::Timeout(patience)),
        }
    }

    fn from_facets(facets: &Facets) -> Self {
        let values = facets.get("host_type").into_iter().flat_map(|facet| &facet.values);
        let names: Vec<_> =
            values.filter(|value| value.count > 0 && !value.name.is_empty()).map(|value| value.name.clone()).collect();
        let doubt = facets.gap().or_else(|| {
            let is_nameless = names.is_empty() && (facets.total > 0 || facets.hidden > 0);
            is_nameless.then(|| "its processes do not say it".to_owned())
        });
        Self::Read { names, doubt }
    }

    /// Why it may be this one although no name says so.
    pub(super) fn may_be(&self, wanted: &str) -> Option<String> {
        match self {
            _ if self.is_role(wanted) => None,
            Self::Read { doubt, .. } => doubt.clone(),
            Self::Unread(error) => Some(error.to_string()),
            Self::NotRead => None,
        }
    }

    /// Whether it is known to be this one, letter case aside.
    pub(super) fn is_role(&self, wanted: &str) -> bool {
        match self {
            Self::Read { names, .. } => names.iter().any(|name| name.eq_ignore_case(wanted)),
            Self::NotRead | Self::Unread(_) => false,
        }
    }
}
