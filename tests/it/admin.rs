//! What administrators keep, on the screen: groups, users, teams, sites, and the server in plain words.

use crate::support::{
    console::{Console, small},
    stage::Stage,
    world,
};
use lampblack::api::Error;
use lampblack::fetch::{Answer, Fetch, PartitionsFetch, UsersFetch};

#[tokio::test]
async fn groups_users_teams_sites_and_the_server_are_shown() {
    let mut console = Console::start().await;
    console.press("esc 9").await;
    console.shows(&[
        "Sensor groups  6, row 1",
        "Domain",
        "10.20.1.20",
        "Users  4",
        "rmercer",
        "Teams  2",
        "Sites  1",
        "6.2.0.171114.1158",
        "banning",
        "live response",
        "valid until",
        "in use (yesterday)",
        "hot",
        "to now",
    ]);
}

#[tokio::test]
async fn a_group_leads_to_its_sensors_and_back() {
    let mut console = Console::start().await;
    console.press("esc 9 /").await.write("finance").await;
    console.press("enter enter").await;
    console.shows(&["Sensors  9", "filter: group:\"Finance\"", "FIN-WS-042"]);
    console.press("[").await.shows(&["Sensor groups  6"]);
}

#[tokio::test]
async fn nothing_is_asked_twice_until_it_is_refreshed() {
    let mut console = Console::start().await;
    console.press("esc 9").await;
    console.asked();
    console.press("1 9 tab tab tab").await;
    assert_eq!(console.asked(), Vec::<String>::new());
    console.press("r").await;
    let asked = console.asked();
    for path in ["/group", "/users", "/teams", "/site", "/license", "/partition"] {
        let n = asked.iter().filter(|asked| asked.contains(path)).count();
        assert_eq!(n, 1, "{path} of {asked:?}");
    }
}

#[tokio::test]
async fn the_partitions_of_the_event_store_say_how_far_back_searches_reach() {
    let mut console = Console::start().await;
    console.press("esc g e").await;
    console.shows(&[
        "Partitions  5",
        "searches reach back to",
        "MOUNTED",
        "FROM",
        "TO",
        "writer",
        "now",
        "hot",
        "warm",
        "yes",
    ]);
    console.press("/ w a r m enter").await.shows(&["warm"]);
    console.lacks("writer");
    console.press("esc p").await.shows(&["sizeInBytes"]);
    console.press("esc esc").await;
    console.asked();
    // The details of the server show the rows of the list, so nothing is requested again.
    console.press("9").await.shows(&["hot", "to now"]);
    console.press("1 g e").await.shows(&["Partitions  5"]);
    let asked = console.asked();
    assert!(!asked.iter().any(|asked| asked.contains("partition")), "{asked:?}");
    console.press("[").await.shows(&["Sensor groups  6"]);
}

#[tokio::test]
async fn ingress_filters_say_which_events_are_not_stored_and_for_whom() {
    let mut console = Console::start().await;
    console.press("esc g x").await;
    console.shows(&[
        "Ingress filters  3",
        "2 enabled",
        "Backup agent",
        r"path c:\program fil",
        "all events",
        "Finance",
        "Windows",
        "48.25",
        "NOT STORED",
        "APPLIES TO",
        "off",
    ]);
    console.press("/ f a r m enter").await.shows(&["Compilers"]);
    console.lacks("Backup agent");
    console.press("esc p").await.shows(&["non_binary_filemod_filters"]);
    console.press("esc y y").await.shows(&["Copied"]);
    console.press("esc 9 [").await.shows(&["Ingress filters  3"]);
}

#[test]
fn what_the_token_has_no_right_to_see_is_said_in_its_pane_and_the_others_stay() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer).press("esc 9");
    let answer = |fetch: &Fetch| -> Result<Answer, Error> {
        match fetch {
            Fetch::Users(UsersFetch) | Fetch::Partitions(PartitionsFetch) => {
                Err(Error::Forbidden { what: "that".into() })
            }
            other => world::answer(other),
        }
    };
    stage.answer_all(answer);
    stage.shows(&["Sensor groups  1", "Finance", "no permission", "version"]);
}

#[tokio::test]
async fn one_pane_is_shown_where_there_is_room_for_one() {
    for (width, height) in [(80, 24), (60, 16)] {
        let mut console = Console::with(small(), width, height, |_| {}).await;
        console.press("esc 9").await.shows(&["Sensor groups  6"]);
        console.press("tab").await.shows(&["Users  4", "rmercer"]);
        console.press("tab").await.shows(&["Server", "version"]);
        console.press("tab").await.shows(&["Teams  2"]);
        console.press("tab").await.shows(&["Sites  1"]);
    }
}

#[tokio::test]
async fn escape_goes_from_the_preview_back_to_what_was_written() {
    let console = Console::with(small(), 120, 36, |_| {}).await;
    let mut console = console.of("ana").await;
    console.press("esc 9 n").await.write("Finance").await;
    console.press("tab enter").await;
    console.shows(&["CREATE GROUP", "Finance already exists"]);
    console.press("esc").await;
    console.shows(&["New sensor group", "Finance"]);
    console.press("shift-tab").await.write(" 2").await;
    console.press("tab enter").await;
    console.shows(&["CREATE GROUP", "Finance 2"]).lacks("already exists");
    console.press("tab tab enter").await.until("CONFIRMED").await;
    console.lacks("New sensor group").shows(&["Finance 2"]);
}
