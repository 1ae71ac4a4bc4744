//! The whole command line of a row, a node, an event or an alert, and what it hides.

use crate::support::console::Console;

/// What the encoded command of the incident says.
const SCRIPT: &str = "IEX (New-Object Net.WebClient).DownloadString('http";

#[tokio::test]
async fn one_key_shows_the_whole_command_line_and_what_it_hides() {
    let mut console = Console::with_query("process_name:powershell.exe cmdline:hidden hostname:fin-ws-042").await;
    console.press("esc C").await.shows(&["Command line", "-nop -w hidden -enc", "SQBFAFgA", "ACcAKQA=", "decoded 1"]);
    console.shows(&["base64 of UTF-16, in the command line; decoded here", SCRIPT]);
    console.press("esc").await.lacks("decoded 1");
    // The tree, the details and the events of the process have it as well.
    console.press("enter").await.shows(&["decoded"]);
    for pane in ["", "tab", "tab"] {
        console.press(pane).await.press("C").await.shows(&["ACcAKQA=", SCRIPT]);
        console.press("esc").await;
    }
}

#[tokio::test]
async fn a_command_line_that_hides_nothing_says_so() {
    let mut console = Console::with_query("process_name:net.exe").await;
    console.press("esc C").await.shows(&["command line net", "nothing that is encoded in a known way"]);
}

#[tokio::test]
async fn an_alert_has_the_command_line_of_its_process() {
    let mut console = Console::start().await;
    console.press("esc 3 /").await.write("powershell.exe").await.press("enter").await;
    console.shows(&["cmdline"]);
    console.press("C").await.shows(&["Command line", "decoded 1", SCRIPT]);
}

#[tokio::test]
async fn a_row_without_a_command_line_says_so() {
    let mut console = Console::start().await;
    console.press("esc 4 C").await.shows(&["command line: unknown here"]);
}
