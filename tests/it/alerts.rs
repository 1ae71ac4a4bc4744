//! Alerts on the screen: what is open, why it was raised, and the way from there to the process.

use crate::support::console::Console;

#[tokio::test]
async fn the_open_alerts_are_one_key_away_the_highest_score_first() {
    let mut console = Console::start().await;
    console.press("esc 3").await;
    console.shows(&[
        "3 Alerts",
        "status:Unresolved",
        "FUZZYWOMBAT",
        "fin-ws-042",
        "Alert details",
        "highest score first",
    ]);
    // Going away and coming back asks nothing.
    console.asked();
    console.press("1 3").await;
    console.shows(&["FUZZYWOMBAT"]);
    assert_eq!(console.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn an_alert_leads_to_its_process_and_back_to_where_one_was() {
    let mut console = Console::start().await;
    console.press("esc 3 /").await.write("svch0st").await.press("enter k").await;
    let screen = console.text();
    let row = screen.split("row ").nth(1).unwrap();
    let row = row.split([' ', ',']).next().unwrap().to_owned();
    console.press("enter").await;
    console.shows(&["svch0st.exe", "outlook.exe", "NOT ISOLATED"]);
    console.press("[").await;
    console.shows(&["FUZZYWOMBAT", &format!("row {row}"), "/svch0st"]);
    console.press("]").await;
    console.shows(&["outlook.exe", "Tree  svch0st.exe"]);
}

#[tokio::test]
async fn other_alerts_are_found_by_a_query_of_their_own() {
    let mut console = Console::start().await;
    console.press("3 i ctrl-u").await;
    console.write("status:Resolved").await.press("enter").await;
    console.shows(&["Resolved"]).lacks("Unresolved ");
    console.press("i ctrl-u").await.write("start:-3d").await;
    // It is a field of processes.
    console.shows(&["start"]);
}
