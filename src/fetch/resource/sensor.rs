//! Sensors: one of them, rows of a filtered list, and those that are isolated.

use std::{collections::HashSet, pin::pin, sync::Arc};

use futures_util::TryStreamExt;

use super::{HeapSize, Lifetime, Resource};
use crate::api::{Client, Error};
use crate::fetch::pages;
use crate::model::{IsolatedSensor, Isolation, Page, Search, Sensor, SensorFilter, SensorId, Span};

/// A sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SensorFetch(pub SensorId);

impl Resource for SensorFetch {
    type Value = Sensor;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Sensor, Error> {
        client.sensor(self.0).await
    }
}

/// Rows of the list of sensors.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SensorsFetch {
    pub filter: SensorFilter,
    pub span: Span,
}

impl Resource for SensorsFetch {
    type Value = Page<Arc<Sensor>>;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        let page = if self.filter.client_side.is_empty() {
            client.sensors(&self.filter, self.span).await?
        } else {
            let now = client.clock().now();
            scan_sensors(client, &self.filter, |sensor| self.filter.matches(sensor, now)).await?
        };
        Ok(page.map(Arc::new))
    }
}

/// Sensors that are isolated or about to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IsolatedSensorsFetch;

impl Resource for IsolatedSensorsFetch {
    type Value = Page<Arc<IsolatedSensor>>;

    const LIFETIME: Lifetime = Lifetime::Short;
    const IS_AFFECTED_BY_CHANGES: bool = true;

    /// The server cannot filter by isolation, so all sensors are scanned.
    async fn request(&self, client: &Client) -> Result<Self::Value, Error> {
        let is_isolated = |sensor: &Sensor| !matches!(sensor.isolation(), Isolation::No | Isolation::Unknown);
        let page = scan_sensors(client, &SensorFilter::default(), is_isolated).await?;
        Ok(page.map(|sensor| Arc::new(IsolatedSensor(sensor))))
    }
}

/// Scans all sensors that the server-side part of `filter` finds, and returns those that match, each once.
async fn scan_sensors(
    client: &Client,
    filter: &SensorFilter,
    is_match: impl Fn(&Sensor) -> bool,
) -> Result<Page<Sensor>, Error> {
    let search = Search { query: filter.to_string(), ..Search::default() };
    let mut matches = Vec::new();
    let (mut seen, mut broken) = (HashSet::new(), 0);
    let mut all_pages = pin!(pages::<Sensor>(client, search, None));
    while let Some(page) = all_pages.try_next().await? {
        broken += page.n_unreadable;
        let rows = page.rows.into_iter();
        // Sensors may change their positions during the scan.
        matches.extend(rows.filter(|sensor| seen.insert(sensor.id) && is_match(sensor)));
    }
    let total = u64::try_from(matches.len() + broken).unwrap_or(u64::MAX);
    Ok(Page { n_unreadable: broken, total, ..Page::from(matches) })
}

impl HeapSize for Sensor {
    fn heap_size(&self) -> usize {
        1024 + self.document.len()
    }
}

impl HeapSize for IsolatedSensor {
    fn heap_size(&self) -> usize {
        self.0.heap_size()
    }
}
