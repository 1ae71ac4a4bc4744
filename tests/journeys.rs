//! An analyst's stories: keys in, screens out.

mod support;

use insta::assert_snapshot;
use support::console::Console;

const EXAMPLE: &str = r"process_name:net.exe cmdline:\\test\blah";

#[tokio::test]
async fn the_two_net_uses_are_found_and_walked_to_the_kernel() {
    let mut console = Console::start().await;
    console.search(EXAMPLE).await;
    console.shows(&[
        "Processes  2, row 1",
        r"net  use y: \\test\blah",
        r"net  use z: \\test\blah",
    ]);
    assert_snapshot!("example", console.picture());
    console.press("tab enter g r").await;
    console.shows(&[
        "ntoskrnl.exe",
        "userinit.exe",
        "WIN-IA9NQ1GN8OI #3",
        "NOT ISOLATED",
    ]);
    assert_snapshot!("example-root", console.picture());
}

#[tokio::test]
async fn the_chain_of_the_second_net_use_costs_no_request() {
    let mut console = Console::start().await;
    console.search(EXAMPLE).await;
    console.asked();
    console.press("tab j").await;
    console.shows(&["row 2", "ntoskrnl.exe"]);
    assert_eq!(console.asked(), Vec::<String>::new());
}
