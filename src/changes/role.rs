//! The role of a host, which only its process documents contain (`host_type`, reference 2.2).

use crate::api::{Client, Error};
use crate::model::{Facets, Search, Sensor};
use crate::text::Untrusted;

/// The role whose isolation stops logons and DNS.
pub(super) const DOMAIN_CONTROLLER: &str = "domain_controller";

/// The role of a host, according to its processes.
#[derive(Clone, Debug)]
pub(super) enum HostRole {
    /// The `host_type` values of its processes; empty if the server has no process of the host.
    Read {
        /// The values, as the server writes them.
        names: Vec<Untrusted>,
        /// Why the list may be incomplete.
        doubt: Option<String>,
    },
    /// The role could not be read.
    Unread(Error),
}

impl HostRole {
    /// Reads the role of a host with one request for facet counts. If the server does not answer in time, the role
    /// stays unknown: a slow search must not hold up an isolation.
    pub(super) async fn read(sensor: &Sensor, client: &Client) -> Self {
        let search = Search { query: format!("sensor_id:{}", sensor.id), ..Search::default() };
        let fields = ["host_type".to_owned()];
        let timeout = client.timings().probe_timeout;
        match tokio::time::timeout(timeout, client.facets(&search, &fields)).await {
            Ok(Ok(facets)) => Self::from_facets(&facets),
            Ok(Err(error)) => Self::Unread(error),
            Err(_) => Self::Unread(Error::Timeout(timeout)),
        }
    }

    fn from_facets(facets: &Facets) -> Self {
        let values = facets.get("host_type").into_iter().flat_map(|facet| &facet.values);
        let names: Vec<_> =
            values.filter(|value| value.count > 0 && !value.name.is_empty()).map(|value| value.name.clone()).collect();
        let doubt = facets.gap().or_else(|| {
            let has_no_role = names.is_empty() && (facets.total > 0 || facets.hidden > 0);
            has_no_role.then(|| "its process records do not report it".to_owned())
        });
        Self::Read { names, doubt }
    }

    /// Returns why the host may have this role although no value names it.
    pub(super) fn may_be(&self, role: &str) -> Option<String> {
        match self {
            _ if self.is_role(role) => None,
            Self::Read { doubt, .. } => doubt.clone(),
            Self::Unread(error) => Some(error.to_string()),
        }
    }

    /// Returns whether a value names this role, ignoring case.
    pub(super) fn is_role(&self, role: &str) -> bool {
        match self {
            Self::Read { names, .. } => names.iter().any(|name| name.eq_ignore_case(role)),
            Self::Unread(_) => false,
        }
    }
}
