//! The timeline of a process: loading, filters, time ranges, event texts, pivots.

mod bench;
mod event_details;
mod event_filter;
mod journey;
mod screens;
mod segments;
