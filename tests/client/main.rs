//! The client against small servers made by hand: what it sends, and what it makes of whatever comes back.

mod answers;
mod downloads;
mod errors;
mod privacy;
mod repeats;
mod requests;
mod server;
mod tls;
