//! The configuration: the example file, all mistakes at once, and which source decides about server and token.

mod access;
mod example;
mod place;
mod secrets;
