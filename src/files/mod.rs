//! File access: only regular files are opened, new ones are private (0600), and files are replaced atomically.

mod atomic;
mod permissions;
mod regular;

pub use atomic::{AtomicFile, Existing, remove_leftovers, replace};
pub use permissions::{is_writable_by_others, restrict_to_owner};
pub use regular::{create_dir, open, open_to_append, read, read_text};
