//! The state of a pane in the navigation history.

use std::{any::Any, fmt, sync::Arc};

/// What a pane saved; only a pane of its kind can read it.
#[derive(Clone, Default)]
pub struct SavedState(Option<Arc<dyn Any + Send + Sync>>);

impl SavedState {
    pub(super) fn new(state: impl Any + Send + Sync) -> Self {
        Self(Some(Arc::new(state)))
    }

    /// Returns the saved value if it has this type.
    pub(super) fn get<T: Any + Clone>(&self) -> Option<T> {
        self.0.as_ref()?.downcast_ref().cloned()
    }
}

impl fmt::Debug for SavedState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SavedState").field(&self.0.is_some()).finish()
    }
}
