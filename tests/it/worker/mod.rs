//! The worker and the reader, with the real client: what is asked of a server, how often, and what comes back.

mod bench;
mod cached;
mod events;
mod paged;
mod related;
mod slots;
mod walks;
