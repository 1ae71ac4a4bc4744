//! Columns that were chosen are there again the next time.

mod support;

use lampblack::app::Setup;
use lampblack::runtime::{chosen, kept};
use support::stage::Stage;

#[test]
fn columns_that_were_chosen_come_back_with_the_next_session() {
    let mut first = Stage::new(120, 36);
    first.search("a").answer_all(support::world::answer);
    first.press("esc w space esc").text();
    let left = kept(first.app.session());
    assert_eq!(left.columns.len(), 1);
    let text = serde_json::to_string(&left).unwrap();
    let read = serde_json::from_str(&text).unwrap();
    let setup = Setup {
        columns: chosen(&read),
        ..Setup::default()
    };
    let mut second = Stage::with(120, 36, setup);
    assert_eq!(kept(second.app.session()), left);
    second.search("a").answer_all(support::world::answer);
    let header = |stage: &mut Stage| -> String {
        let screen = stage.text();
        let line = screen
            .lines()
            .find(|line| line.contains("PROCESS "))
            .unwrap();
        line[..60].to_owned()
    };
    assert_eq!(header(&mut first), header(&mut second));
    assert_ne!(
        header(&mut second),
        header(
            Stage::new(120, 36)
                .search("a")
                .answer_all(support::world::answer)
        )
    );
}
