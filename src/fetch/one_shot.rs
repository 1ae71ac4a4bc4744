//! Fetches a single value and waits for it; used by the commands.

use std::sync::Arc;

use super::{Answer, Fetch, Fetcher, LineageFetch, Resource};
use crate::api::Error;
use crate::model::{Fetched, Lineage, ProcessId};

impl Fetcher {
    /// Fetches a value.
    ///
    /// # Panics
    ///
    /// If a resource was answered by another type than its own, which its implementation excludes.
    pub async fn get<R: Resource>(&mut self, question: R) -> Result<Fetched<R::Value>, Error> {
        let answer = self.get_answer(question.into()).await?;
        Ok(answer.get().expect("an answer has the type of its resource"))
    }

    /// Submits a request and waits for its response, for callers with one request at a time.
    pub async fn get_answer(&mut self, fetch: Fetch) -> Result<Answer, Error> {
        let request_id = self.new_request_id();
        self.request(request_id, fetch);
        let mut others = Vec::new();
        let result = loop {
            match self.next().await {
                Some(response) if response.request_id == request_id => break response.result,
                Some(other) => others.push(other),
                None => break Err(Error::Internal),
            }
        };
        self.ready.extend(others);
        result
    }

    /// Fetches a process with at most `depth` ancestors.
    pub async fn lineage(&mut self, id: ProcessId, depth: usize) -> Result<Fetched<Lineage>, Error> {
        let mut question = LineageFetch::new(id);
        loop {
            let lineage = self.get(question).await?;
            question.n_known_ancestors = lineage.value.ancestors.len();
            if question.n_known_ancestors >= depth || !lineage.value.is_walking() {
                let cut = Lineage::clone(&lineage.value).truncate_ancestors(depth);
                return Ok(Fetched { value: Arc::new(cut), ..lineage });
            }
        }
    }
}
