//! Times are shown in one zone everywhere at once, and every header says which.

use crate::support::console::Console;
use crate::support::stage::Stage;
use lampblack::app::AppSetup;

#[tokio::test]
async fn the_zone_goes_round_and_every_time_goes_with_it() {
    let mut console = Console::start().await;
    console.resize(200, 60).await;
    console.search(r"process_name:net.exe cmdline:\\test\blah").await;
    console.press("esc").await;
    console.shows(&["START (UTC)", "2016-11-11 20:59:31  ", "no user set  UTC"]);
    console.press("T").await;
    console
        .shows(&["START (-05:00)", "2016-11-11 15:59:31  ", "no user set  UTC-05:00 host", "seen 05:19:33-05:00"])
        .lacks("2016-11-11 20:59:31  ");
    console.press("T").await;
    console.shows(&["START (UTC)", "2016-11-11 20:59:31  "]);
}

#[test]
fn where_no_other_zone_is_known_it_is_said_how_to_make_one_known() {
    let mut stage = Stage::with(120, 36, AppSetup::default());
    stage.press("esc T");
    stage.shows(&["Only UTC available", "host_zone"]);
}
