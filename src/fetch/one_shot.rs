//! Fetches a single value and waits for it; used by the commands.

use std::sync::Arc;

use super::{Answer, Fetch, Fetcher, Paged};
use crate::api::Error;
use crate::model::{
    Binary, EventBatch, Facets, Fetched, FileHead, Group, GroupId, Lineage, Md5, Prevalence, ProcessId, Search,
    Segment, SegmentInfo, Sensor, SensorId, ServerInfo, Span, Summary,
};

impl Fetcher {
    /// Fetches version and settings of the server.
    pub async fn info(&mut self) -> Result<Fetched<ServerInfo>, Error> {
        match self.get(Fetch::ServerInfo).await? {
            Answer::ServerInfo(fetched) => Ok(fetched),
            _ => Err(Error::Internal),
        }
    }

    /// Fetches a process with its relatives, including at most `children` children.
    pub async fn summary(&mut self, id: ProcessId, children: u32) -> Result<Fetched<Summary>, Error> {
        match self.get(Fetch::Summary { id, children }).await? {
            Answer::Summary(fetched) => Ok(fetched),
            _ => Err(Error::Internal),
        }
    }

    /// Fetches a process with at most `depth` ancestors.
    pub async fn lineage(&mut self, id: ProcessId, depth: usize) -> Result<Fetched<Lineage>, Error> {
        let mut n_known_ancestors = 0;
        loop {
            let Answer::Lineage(lineage) = self.get(Fetch::Lineage { id, n_known_ancestors }).await? else {
                return Err(Error::Internal);
            };
            n_known_ancestors = lineage.value.ancestors.len();
            if n_known_ancestors >= depth || !lineage.value.is_walking() {
                let cut = Lineage::clone(&lineage.value).truncate_ancestors(depth);
                return Ok(Fetched { value: Arc::new(cut), ..lineage });
            }
        }
    }

    /// Fetches a sensor.
    pub async fn sensor(&mut self, id: SensorId) -> Result<Fetched<Sensor>, Error> {
        match self.get(Fetch::Sensor(id)).await? {
            Answer::Sensor(fetched) => Ok(fetched),
            _ => Err(Error::Internal),
        }
    }

    /// Fetches a sensor group.
    pub async fn group(&mut self, id: GroupId) -> Result<Fetched<Group>, Error> {
        match self.get(Fetch::SensorGroup(id)).await? {
            Answer::SensorGroup(fetched) => Ok(fetched),
            _ => Err(Error::Internal),
        }
    }

    /// Fetches a binary.
    pub async fn binary(&mut self, md5: Md5) -> Result<Fetched<Binary>, Error> {
        match self.get(Fetch::Binary(md5)).await? {
            Answer::Binary(fetched) => Ok(fetched),
            _ => Err(Error::Internal),
        }
    }

    /// Fetches how often each value of `fields` occurs in a process search.
    pub async fn facets(&mut self, search: &Search, fields: &[String]) -> Result<Fetched<Facets>, Error> {
        match self.get(Fetch::facets(search, fields)).await? {
            Answer::Facets(fetched) => Ok(fetched),
            _ => Err(Error::Internal),
        }
    }

    /// Fetches the segments of a process, oldest first.
    pub async fn segments(&mut self, id: ProcessId) -> Result<Fetched<Vec<SegmentInfo>>, Error> {
        match self.get(Fetch::Segments(id)).await? {
            Answer::Segments(fetched) => Ok(fetched),
            _ => Err(Error::Internal),
        }
    }

    /// Fetches how common a file is.
    pub async fn prevalence(&mut self, md5: Md5) -> Result<Fetched<Prevalence>, Error> {
        match self.get(Fetch::Prevalence(md5)).await? {
            Answer::Prevalence(fetched) => Ok(fetched),
            _ => Err(Error::Internal),
        }
    }

    /// Fetches the events of one segment.
    pub async fn events(&mut self, id: ProcessId, segment: Segment) -> Result<Fetched<EventBatch>, Error> {
        match self.get(Fetch::Events { id, segment }).await? {
            Answer::Events(fetched) => Ok(fetched),
            _ => Err(Error::Internal),
        }
    }

    /// Fetches the first bytes of a file.
    pub async fn head(&mut self, md5: Md5, bytes: usize) -> Result<Fetched<FileHead>, Error> {
        match self.get(Fetch::FileHead { md5, bytes }).await? {
            Answer::FileHead(fetched) => Ok(fetched),
            _ => Err(Error::Internal),
        }
    }

    /// Fetches the number of rows of a search.
    pub async fn count<T: Paged>(&self, search: &Search) -> Result<u64, Error> {
        let search = Search { sort: None, ..search.clone() };
        let none = Span { start: 0, rows: 0 };
        Ok(T::page(&self.client, &search, none).await?.total)
    }
}
