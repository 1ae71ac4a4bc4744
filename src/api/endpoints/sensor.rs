//! Sensors and their groups (reference 2.6, 2.7).

use super::super::{Client, Error, request::RequestSpec};
use crate::model::{Group, GroupId, Page, Sensor, SensorFilter, SensorId, Span};
use crate::wire;

impl Client {
    /// Fetches one sensor.
    pub async fn sensor(&self, id: SensorId) -> Result<Sensor, Error> {
        let is_requested = |sensor: &Sensor| sensor.id == id;
        let path = format!("/api/v1/sensor/{id}");
        self.fetch_one(path, format!("sensor {id}"), is_requested).await
    }

    /// Lists sensors in order of their names.
    pub async fn sensors(&self, filter: &SensorFilter, span: Span) -> Result<Page<Sensor>, Error> {
        if let Some(id) = filter.id {
            return match self.sensor(id).await {
                Ok(sensor) => Ok(Page::from(vec![sensor])),
                Err(Error::NotFound { .. }) => Ok(Page::default()),
                Err(error) => Err(error),
            };
        }
        if self.release().is_none_or(|release| release >= (5, 2)) {
            let spec = filter_request("/api/v2/sensor", filter)
                .rows(span)
                .with_param("sort.col", "computer_name")
                .with_param("sort.dir", "asc");
            match self.send(&spec).await {
                Ok(answer) => return answer.parse_body(|json| wire::parse_page(json, span)),
                // A server before 5.2, which has no paged list.
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.all_sensors(filter, span).await
    }

    /// Lists sensors of an old server, whose list has no pages: sorting and paging are done here.
    async fn all_sensors(&self, filter: &SensorFilter, span: Span) -> Result<Page<Sensor>, Error> {
        let mut page = match self.send(&filter_request("/api/v1/sensor", filter)).await {
            Ok(answer) if answer.is_nothing() => Page::default(),
            Ok(answer) => answer.parse_body(wire::parse_list)?,
            // One release answers 500 if nothing matches the filter; without a filter it is an error.
            Err(Error::Refused { status: 500, .. }) if *filter != SensorFilter::default() => Page::default(),
            Err(error) => return Err(error),
        };
        let to_usize = |number| usize::try_from(number).unwrap_or(usize::MAX);
        page.rows.sort_by(|a: &Sensor, b| a.computer_name.cmp_folded(&b.computer_name));
        page.rows = page.rows.into_iter().skip(to_usize(span.start)).take(to_usize(span.rows)).collect();
        page.start = span.start;
        Ok(page)
    }

    /// Fetches one group.
    pub async fn group(&self, id: GroupId) -> Result<Group, Error> {
        let is_requested = |group: &Group| group.id == id;
        let path = format!("/api/group/{id}");
        self.fetch_one(path, format!("sensor group {id}"), is_requested).await
    }

    /// Lists all groups that the token's user may see.
    pub async fn groups(&self) -> Result<Page<Group>, Error> {
        self.fetch_list("/api/group", "sensor groups").await
    }
}

fn filter_request(path: &str, filter: &SensorFilter) -> RequestSpec {
    RequestSpec::get(path, "sensors")
        .with_optional_param("hostname", filter.hostname.as_deref())
        .with_optional_param("ip", filter.ip.as_deref())
        .with_optional_param("groupid", filter.group)
}
