//! What attackers write stays text: on the screen, in notices and titles, on the clipboard, in the editor and in the log.

#[path = "../support/mod.rs"]
mod support;

mod checks;
mod processes;
mod reflecting;
mod servers;
mod users;
