//! Consoles that are about to change something, and what reached the server of it.

use std::time::Duration;

use lampblack::sim::Options;
use serde_json::Value;

use super::console::{Console, small};

/// A console on a server whose sensors check in at once, with the documentation's own host under the cursor.
pub async fn ready() -> Console {
    let options = Options { checkin: Duration::from_millis(1), ..small() };
    let mut console = Console::with(options, 120, 36, |_| {}).await;
    console.search("net use hostname:WIN-IA9NQ1GN8OI").await;
    console
}

/// What was sent that changes something.
pub fn changes(console: &Console) -> Vec<String> {
    let seen = console.sim.seen_requests().into_iter();
    let seen = seen.filter(|seen| seen.method != "GET");
    seen.map(|seen| format!("{} {}", seen.method, seen.target)).collect()
}

/// Lets the simulator fail.
pub fn fault(console: &Console, fault: Value) {
    console.sim.add_fault(serde_json::from_value(fault).unwrap());
}
