//! Sensors and their groups (reference 2.6, 2.7).

use super::super::{Client, Error, request::RequestSpec};
use crate::model::{Group, GroupId, Page, Sensor, SensorFilter, SensorId, Span};
use crate::wire;

impl Client {
    /// Fetches one sensor.
    pub async fn sensor(&self, id: SensorId) -> Result<Sensor, Error> {
        let is_it = |found: &Sensor| found.id == id;
        let path = format!("/api/v1/sensor/{id}");
        self.fetch_one(path, format!("sensor {id}"), is_it).await
    }

    /// Lists sensors by name.
    pub async fn sensors(&self, filter: &SensorFilter, span: Span) -> Result<Page<Sensor>, Error> {
        if let Some(id) = filter.id {
            return match self.sensor(id).await {
                Ok(sensor) => Ok(Page::from(vec![sensor])),
                Err(Error::NotFound { .. }) => Ok(Page::default()),
                Err(error) => Err(error),
            };
        }
        if self.release().is_none_or(|release| release >= (5, 2)) {
            let ask = filter_request("/api/v2/sensor", filter)
                .rows(span)
                .with_param("sort.col", "computer_name")
                .with_param("sort.dir", "asc");
            match self.send(&ask).await {
                Ok(answer) => return answer.parse_body(|json| wire::parse_page(json, span)),
                // Paged lists came with 5.2.
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.all_sensors(filter, span).await
    }

    /// The list of old servers, which comes whole and is cut here.
    async fn all_sensors(&self, filter: &SensorFilter, span: Span) -> Result<Page<Sensor>, Error> {
        let mut page = match self.send(&filter_request("/api/v1/sensor", filter)).await {
            Ok(answer) if answer.is_nothing() => Page::default(),
            Ok(answer) => answer.parse_body(wire::parse_list)?,
            // One version says "no match" like this; without a filter there is nothing that could not match.
            Err(Error::Refused { status: 500, .. }) if *filter != SensorFilter::default() => Page::default(),
            Err(error) => return Err(error),
        };
        let cut = |number| usize::try_from(number).unwrap_or(usize::MAX);
        page.rows.sort_by(|a: &Sensor, b| a.computer_name.cmp_folded(&b.computer_name));
        page.rows = page.rows.into_iter().skip(cut(span.start)).take(cut(span.rows)).collect();
        page.start = span.start;
        Ok(page)
    }

    /// Fetches one group.
    pub async fn group(&self, id: GroupId) -> Result<Group, Error> {
        let is_it = |found: &Group| found.id == id;
        let path = format!("/api/group/{id}");
        self.fetch_one(path, format!("sensor group {id}"), is_it).await
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
