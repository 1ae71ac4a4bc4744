//! Answers of the server.

use std::{any::Any, sync::Arc};

use jiff::Timestamp;

use super::HeapSize;
use crate::model::Fetched;

/// An answer of the server, of any type. Cheap to clone: cache and screen share its value.
#[derive(Clone, Debug)]
pub struct Answer {
    value: Arc<dyn HeapSize>,
    /// Time of the answer (clock of this machine, UTC).
    pub as_of: Timestamp,
    /// Whether it came from the cache, without a request.
    pub from_cache: bool,
}

impl Answer {
    /// Returns the answer as a value of type `T`; `None` if it is of another type.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<Fetched<T>> {
        let value: Arc<dyn Any + Send + Sync> = self.value.clone();
        let value = value.downcast().ok()?;
        Some(Fetched { value, as_of: self.as_of, from_cache: self.from_cache })
    }

    /// Estimates the memory it uses, in bytes.
    pub(in crate::fetch) fn heap_size(&self) -> usize {
        self.value.heap_size()
    }
}

impl<T: HeapSize> From<Fetched<T>> for Answer {
    fn from(Fetched { value, as_of, from_cache }: Fetched<T>) -> Self {
        Self { value, as_of, from_cache }
    }
}
