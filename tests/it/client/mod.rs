//! The client against small servers made by hand: what it sends, and how it reads the answers.

mod alerts;
mod answers;
mod downloads;
mod errors;
mod events;
mod live_response;
mod others;
mod privacy;
mod repeats;
mod requests;
mod server;
mod tls;
