//! What attackers write stays text: on the screen, in notices and titles, on the clipboard, in the editor and in the log.

use crate::support;

mod checks;
mod processes;
mod reflecting;
mod servers;
mod users;
