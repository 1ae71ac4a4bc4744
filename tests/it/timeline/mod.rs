//! What a process did: streamed in, sifted, narrowed, told in words, and led on from.

mod bench;
mod event_details;
mod event_filter;
mod journey;
mod screens;
mod segments;
