//! The client against small servers made by hand: what it sends, and what it makes of whatever comes back.

mod alerts;
mod answers;
mod downloads;
mod errors;
mod events;
mod others;
mod privacy;
mod repeats;
mod requests;
mod server;
mod tls;
