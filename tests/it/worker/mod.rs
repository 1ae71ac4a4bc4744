//! The worker and the fetcher, with the real client: which requests are sent, how often, and what comes back.

mod bench;
mod bulk;
mod cached;
mod events;
mod lookups;
mod paged;
mod related;
mod slots;
mod walks;
