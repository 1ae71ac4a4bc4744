//! Random keys, pastes, sizes and answers: nothing panics, and no invariant breaks.

use std::{collections::HashSet, time::Duration};

use crate::support::{family, stage::Stage, world};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use lampblack::api::Error;
use lampblack::app::{App, Input};
use lampblack::fetch::{CacheStats, Fetch, ServerInfoFetch};
use lampblack::keys::Keymap;
use lampblack::worker::{Reply, Slot, Ticket};
use proptest::prelude::*;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    /// A binding of the key table.
    Bound(usize),
    /// Any key at all.
    Key(KeyEvent),
    Paste(String),
    Resize(u16, u16),
    /// The answer to one of the requests that wait.
    Answer(usize),
    /// A failure instead.
    Fail(usize, Error),
    /// An answer to a request that was cancelled.
    Late(u64),
    Turn,
}

fn any_error() -> impl Strategy<Value = Error> {
    prop_oneof![
        Just(Error::Unauthorized),
        Just(Error::Timeout(Duration::from_mins(2))),
        Just(Error::NotFound { what: "process".into() }),
        Just(Error::Malformed { endpoint: "GET /api/v1/process".into(), reason: "no \u{1b}[2J JSON".into() }),
        Just(Error::Internal),
    ]
}

fn any_key() -> impl Strategy<Value = KeyEvent> {
    let code = prop_oneof![
        any::<char>().prop_map(KeyCode::Char),
        Just(KeyCode::Enter),
        Just(KeyCode::Esc),
        Just(KeyCode::Backspace),
        Just(KeyCode::Delete),
        Just(KeyCode::Left),
        Just(KeyCode::Home),
        Just(KeyCode::Tab),
        (1..12_u8).prop_map(KeyCode::F),
    ];
    (code, prop_oneof![3 => Just(KeyModifiers::NONE), 1 => Just(KeyModifiers::CONTROL), 1 => Just(KeyModifiers::ALT)])
        .prop_map(|(code, modifiers)| KeyEvent::new(code, modifiers))
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => any::<usize>().prop_map(Step::Bound),
        3 => any_key().prop_map(Step::Key),
        1 => any::<String>().prop_map(Step::Paste),
        1 => (0..220_u16, 0..70_u16).prop_map(|(width, height)| Step::Resize(width, height)),
        6 => any::<usize>().prop_map(Step::Answer),
        2 => (any::<usize>(), any_error()).prop_map(|(which, error)| Step::Fail(which, error)),
        1 => any::<u64>().prop_map(Step::Late),
        1 => Just(Step::Turn),
    ]
}

fn perform(stage: &mut Stage, step: Step, keymap: &Keymap) {
    let n_waiting = stage.asked.len();
    match step {
        Step::Bound(which) => {
            let entries: Vec<_> = keymap.entries().collect();
            let chords = entries[which % entries.len()].binding.chords().to_vec();
            for chord in chords {
                stage.input(Input::Key(chord.to_key()));
            }
        }
        Step::Key(key) => _ = stage.input(Input::Key(key)),
        Step::Paste(text) => _ = stage.input(Input::Paste(text)),
        Step::Resize(width, height) => _ = stage.resize(width, height),
        Step::Answer(which) if n_waiting > 0 => stage.answer(which % n_waiting, world::answer),
        Step::Fail(which, error) if n_waiting > 0 => {
            stage.answer(which % n_waiting, |_| Err(error.clone()));
        }
        Step::Late(number) => {
            let result = world::answer(&Fetch::ServerInfo(ServerInfoFetch));
            let ticket = Ticket(u64::MAX - number % 1000);
            stage.input(Input::Reply(Reply::Answer {
                ticket,
                slot: Slot::Sensor,
                result,
                cache_stats: CacheStats::default(),
            }));
        }
        Step::Turn => _ = stage.input(Input::Tick),
        Step::Answer(_) | Step::Fail(..) => {}
    }
}

fn check(app: &App, asked: &[(Ticket, Slot, Fetch)], screen: &str) {
    let slots: HashSet<_> = asked.iter().map(|(_, slot, _)| *slot).collect();
    assert_eq!(slots.len(), asked.len(), "a slot awaits two answers: {asked:?}");
    // A look that the worker takes later is nothing that anybody waits for.
    let asked = asked.iter().filter(|(_, slot, _)| *slot != Slot::NewAlerts);
    let asked: Vec<_> = asked.collect();
    // A download is not one of the requests that the stage answers.
    let n_files = app.session().transfers.downloads.len();
    assert_eq!(app.is_waiting(), asked.len() + n_files > 0, "what is awaited was not asked, or the reverse: {asked:?}");
    assert_eq!(app.session().n_pending(), asked.len() + n_files);
    assert!(screen.chars().all(|char| char == '\n' || !char.is_control()), "{screen:?}");
}

#[test]
fn a_poll_for_new_alerts_is_not_awaited_by_the_screen() {
    let mut stage = Stage::new(120, 36);
    stage.answer_all(world::answer).press("esc 3").answer_all(family::answer).press("R");
    let screen = stage.text();
    assert!(stage.asked.iter().any(|(_, slot, _)| *slot == Slot::NewAlerts), "{screen}");
    check(&stage.app, &stage.asked, &screen);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_console_stays_whole(steps in prop::collection::vec(any_step(), 1..120)) {
        let keymap = Keymap::default();
        let mut stage = Stage::new(120, 36);
        stage.search("process_name:rundll32.exe");
        for step in steps {
            perform(&mut stage, step, &keymap);
            let screen = stage.text();
            check(&stage.app, &stage.asked, &screen);
        }
        // After any input, the next answers are accepted.
        stage.answer_all(world::answer);
        prop_assert_eq!(stage.app.session().n_pending(), stage.app.session().transfers.downloads.len());
    }
}
