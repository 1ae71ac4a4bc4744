//! The README shows the real screen.

mod support;

use std::fs;

use support::console::{Console, small};

const BEGIN: &str = "<!-- screen -->\n";
const END: &str = "<!-- /screen -->";

#[tokio::test]
async fn the_screen_in_the_readme_is_the_one_the_program_draws() {
    let mut console = Console::with(small(), 120, 34, |_| {}).await;
    console
        .search(r"process_name:net.exe cmdline:\\test\blah")
        .await
        .press("esc")
        .await;
    let screen = format!("```text\n{}```\n", console.text());

    let readme = fs::read_to_string("README.md").unwrap();
    let (_, rest) = readme
        .split_once(BEGIN)
        .expect("the screen has a beginning");
    let (shown, _) = rest.split_once(END).expect("the screen has an end");
    assert_eq!(shown, screen, "there belongs:\n{screen}");
}
