//! Files of this program: only regular ones are opened, other users cannot read them, and each is replaced as a whole.

mod atomic;
mod permissions;
mod regular;

pub use atomic::{AtomicFile, Existing, remove_leftovers, replace};
pub use permissions::{is_writable_by_others, restrict_to_owner};
pub use regular::{create_dir, open, open_to_append, read, read_text};
