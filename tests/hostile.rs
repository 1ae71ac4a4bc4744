//! What attackers write stays text: on the screen, in notices and titles, on the clipboard and in the editor.

mod support;

use lampblack::app::Input;
use lampblack::session::Identity;
use support::{console::Console, stage::Stage};

/// Everything in the simulator's world that was written to deceive.
const HOSTILE: &str =
    r"process_md5:0badc0de0badc0de0badc0de0badc0de or path:invoice* or path:プログラム*";

/// Nothing on the screen moves the cursor or hides, and every frame stands where it belongs.
#[track_caller]
fn check_whole(screen: &str) {
    for line in screen.lines() {
        assert!(line.chars().all(|char| !char.is_control()), "{line:?}");
        assert!(
            !line.contains(['\u{202e}', '\u{200b}', '\u{2066}', '\u{feff}']),
            "{line:?}"
        );
    }
    let framed = screen.lines().skip(1).take(33);
    for line in framed.filter(|line| !line.is_empty()) {
        let edge = |char: Option<char>| char.is_some_and(|char| "│╭╮╰╯".contains(char));
        assert!(
            edge(line.chars().next()) && edge(line.chars().next_back()),
            "a frame is broken: {line:?}"
        );
        assert_eq!(lampblack::text::width(line), 120, "{line:?}");
    }
}

#[tokio::test]
async fn hostile_processes_are_shown_and_copied_as_text() {
    let mut console = Console::start().await;
    console.search(HOSTILE).await.press("esc").await;
    let total = console.app.session().results.total().unwrap();
    assert!(total >= 6, "{total} processes:\n{}", console.text());
    for _ in 0..total {
        check_whole(&console.text());
        console.press("y y").await;
        check_whole(&console.text());
        console.press("y c y j y d y n l h tab").await;
        check_whole(&console.text());
        console.press("esc j").await;
    }
    for copied in &console.outside.copied {
        // The columns of a row are parted by tabs, which are ours.
        assert!(
            copied
                .chars()
                .all(|char| char == '\t' || !char.is_control()),
            "{copied:?}"
        );
        assert!(!copied.contains(['\u{202e}', '\u{200b}']), "{copied:?}");
    }
    let seen = console.outside.copied.join("\n");
    for written in ["␛[2J", "<U+202E>", "␛]52;c;", "␇"] {
        assert!(seen.contains(written), "{written} was not met");
    }
}

#[tokio::test]
async fn a_megabyte_of_command_line_is_a_row_like_any_other() {
    let mut console = Console::start().await;
    console
        .search("process_md5:0badc0de0badc0de0badc0de0badc0de")
        .await
        .press("esc G g g")
        .await;
    let rows = console
        .app
        .session()
        .results
        .held()
        .flat_map(|page| &page.value.rows);
    let longest = rows.map(|row| row.cmdline.raw().len()).max();
    assert!(longest >= Some(1_000_000), "{longest:?}");
    check_whole(&console.text());
}

#[test]
fn a_paste_is_cleaned_before_it_is_shown_or_asked() {
    let mut stage = Stage::new(120, 36);
    stage.input(Input::Paste(
        "domain:evil[.]example \u{1b}[2J\u{202e}\r\nprocess_name:a.exe".into(),
    ));
    let screen = stage.text();
    check_whole(&screen);
    assert!(screen.contains("domain:evil.example [2J"), "{screen}");
    assert!(
        screen.contains("what cannot be seen was taken out"),
        "{screen}"
    );
}

#[test]
fn names_from_a_profile_cannot_draw_on_the_header() {
    let identity = Identity {
        server: "cb\u{1b}[2J\u{202e}.example".into(),
        profile: "prod\r\nuction".into(),
        user: Some("ana\u{7}".into()),
        ..Identity::default()
    };
    let setup = lampblack::app::Setup {
        identity,
        ..lampblack::app::Setup::default()
    };
    let mut stage = Stage::with(120, 36, setup);
    let screen = stage.text();
    check_whole(&screen);
    assert!(screen.contains("cb␛[2J<U+202E>.example"), "{screen}");
}
