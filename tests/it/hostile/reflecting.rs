//! A server that sends the token back in its records and its refusals: no screen and no copy has it.

use super::support::{
    console::{Console, small},
    reflecting_server::{ReflectingServer, Reflection},
};
use lampblack::sim;

/// Every view, the whole record of a row and its copies, the log of requests, and the last error.
const KEYS: [&str; 14] =
    ["1", "enter", "y j", "y y", "esc", "2", "3", "enter y j", "4 y j", "5 esc y j", "6 y j", "7 y j", "9 y j", "!"];

#[tokio::test]
async fn a_token_that_is_reflected_is_on_no_screen_and_in_no_copy() {
    let sim = sim::start(small()).await.unwrap();
    let mirror = ReflectingServer::start(&sim.url, &sim.token).await;
    let url = mirror.url.clone();
    let mut console = Console::at(sim, 200, 60, |settings| {
        settings.url = url.parse().unwrap();
        settings.timings.retries = 0;
    })
    .await;
    let mut n_blanked = 0;
    for reflection in Reflection::ALL {
        mirror.reflect(reflection);
        console.search("process_name:net.exe").await;
        console.press("esc").await;
        for keys in KEYS {
            console.press(keys).await;
            let screen = console.text();
            mirror.is_not_in(&screen, &format!("{keys} ({reflection:?})"));
            n_blanked += usize::from(screen.contains("********"));
            console.press("r").await;
            mirror.is_not_in(&console.text(), &format!("{keys} r ({reflection:?})"));
        }
        console.press("esc esc").await;
    }
    assert!(n_blanked > 10, "only {n_blanked} screens had something to blank");
    for copy in &console.outside.copied {
        mirror.is_not_in(copy, "a copy");
    }
    assert!(console.outside.copied.iter().any(|copy| copy.contains("********")));
    for entry in std::fs::read_dir(console.state.path()).unwrap() {
        let file = entry.unwrap().path();
        if file.is_file() {
            let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
            mirror.is_not_in(&text, &file.display().to_string());
        }
    }
}
