//! Answers that say one thing while the server holds another: every lie of an answer against every kind of change. What is
//! reported is always what was read back.

use crate::support;

mod world;

use std::{sync::Arc, time::Duration};

use lampblack::changes::{LoggedStage, Outcome};
use lampblack::sim::{Fault, Mode};
use serde_json::json;
use tokio::{sync::Semaphore, task::JoinSet};

use world::{Case, World};

/// The kinds of changes. Of two cases, the first changes nothing, so that both may have one target.
const KINDS: [&str; 32] = [
    "isolate",
    "unisolate",
    "move",
    "flush",
    "restart",
    "notes",
    "uninstall",
    "ban",
    "unban",
    "alert status",
    "status of alerts",
    "assign",
    "ignore",
    "create watchlist",
    "edit watchlist",
    "query of a watchlist",
    "enable watchlist",
    "disable watchlist",
    "delete watchlist",
    "add action",
    "remove action",
    "ignore report",
    "restore report",
    "add feed",
    "enable feed",
    "disable feed",
    "sync feed",
    "delete feed",
    "create group",
    "edit group",
    "create user",
    "create team",
];

/// Changes of which the server keeps nothing once they are done: what it does not show may have been done.
const PASSING: [&str; 3] = ["flush", "restart", "sync feed"];

/// Of these, what no record of the server ever shows, neither that it was done nor that it was not.
const TRACELESS: [&str; 1] = ["sync feed"];

/// An answer that need not be true.
struct Lie {
    name: &'static str,
    /// The server's answer, or none, independent of what it has done.
    fault: Fault,
    /// Whether the request may still arrive after the client has timed out.
    may_come: bool,
    /// Whether it says that nothing was done.
    is_refusal: bool,
}

/// Every lie: all statuses that servers and proxies answer a change with, and bodies that are none.
fn lies() -> Vec<Lie> {
    let answer = |status| Fault::new(Mode::Answer).status(status);
    let lie = |name, fault: Fault| Lie {
        name,
        // Who is too busy does not say what became of it.
        is_refusal: fault.status.is_some_and(|status| status != 429 && (400..500).contains(&status)),
        fault,
        may_come: false,
    };
    let silent = |name, fault| Lie { may_come: true, ..lie(name, fault) };
    let page = "<html><head><title>Sign in</title></head><body>Sign in</body></html>";
    let mut lies: Vec<_> = [
        (400, "400"),
        (401, "401"),
        (403, "403"),
        (404, "404"),
        (405, "405"),
        (407, "407"),
        (409, "409"),
        (422, "422"),
        (429, "429"),
        (500, "500"),
        (502, "502"),
        (503, "503"),
    ]
    .map(|(status, name)| lie(name, answer(status)))
    .into();
    lies.extend([
        lie("a redirect", answer(302)),
        lie("an empty 200", answer(200).body("")),
        lie("a page to sign in", answer(200).body(page)),
        lie("broken JSON", answer(200).body("{\"result\": \"succ")),
        lie("no success", answer(200).body("{\"result\": \"feed is busy\"}")),
        lie("an error message", answer(200).body("{\"errorMessage\": \"no rights\"}")),
        silent("504", answer(504)),
        silent("a lost answer", Fault::new(Mode::LostAnswer)),
    ]);
    lies
}

/// Whether what is said of it is true.
fn is_true(outcome: &Outcome, is_made: bool, kind: &str, lie: &Lie) -> bool {
    let is_late = ["alert status", "status of alerts", "assign", "ignore"].contains(&kind);
    match (outcome.stage, is_made) {
        (LoggedStage::Confirmed | LoggedStage::Accepted, true) | (LoggedStage::NotApplied, false) => true,
        // A server that accepted it, or did not answer, may still apply it: alerts change late.
        (LoggedStage::Pending, false) => lie.may_come || is_late && !lie.is_refusal,
        (LoggedStage::Accepted, false) => is_late && lie.name == "an empty 200",
        (LoggedStage::Unknown, false) => PASSING.contains(&kind),
        (LoggedStage::Unknown, true) => TRACELESS.contains(&kind),
        _ => false,
    }
}

/// Every lie against one kind of change: what was said that is not so.
async fn false_answers_to(kind: &'static str) -> Vec<String> {
    let world = World::new().await;
    let mut offences = Vec::new();
    for (n, lie) in lies().into_iter().enumerate() {
        for is_made in [false, true] {
            // An answer can be lost only if the request has arrived.
            if lie.fault.mode == Mode::LostAnswer && !is_made {
                continue;
            }
            let case = world.case(kind, 2 * n + usize::from(is_made)).await;
            let fault = lie.fault.clone().method(case.method);
            let fault = if is_made { fault.after_execution() } else { fault };
            let outcome = world.perform(&case.change, fault).await;
            let held = world.get(&case.record).await;
            assert_eq!((case.is_made)(&held), is_made, "{kind}, {}: {held}", lie.name);
            if !is_true(&outcome, is_made, kind, &lie) {
                offences.push(format!(
                    "{kind}, {}, {}: {}; {}",
                    lie.name,
                    if is_made { "made" } else { "not made" },
                    outcome.stage,
                    outcome.note
                ));
            }
        }
    }
    offences
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_the_answer_says_the_outcome_is_what_the_server_holds() {
    // As many servers as there are cores have enough to do.
    let turns = Arc::new(Semaphore::new(4));
    let mut kinds = JoinSet::new();
    for kind in KINDS {
        let turns = turns.clone();
        kinds.spawn(async move {
            let _turn = turns.acquire().await;
            false_answers_to(kind).await
        });
    }
    let offences: Vec<_> = kinds.join_all().await.into_iter().flatten().collect();
    assert!(offences.is_empty(), "{}:\n{}", offences.len(), offences.join("\n"));
}

/// The change is delayed until another client has made the same one.
async fn beside_a_colleague(kind: &str, colleague: impl AsyncFn(&World, &Case)) -> Outcome {
    let world = World::new().await;
    let case = world.case(kind, 0).await;
    let late = Fault::new(Mode::Latency).method(case.method);
    let late = late.with_delay(Duration::from_millis(300));
    let (outcome, ()) = tokio::join!(world.perform(&case.change, late), async {
        world.on_its_way(case.method).await;
        colleague(&world, &case).await;
    });
    outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_colleague_did_between_the_read_and_the_request_is_already_done() {
    let banned = beside_a_colleague("ban", async |world, case| {
        let md5 = case.record.rsplit('/').next().unwrap();
        let body = json!({"md5hash": md5, "text": "kim's", "enabled": true});
        world.post("/api/v1/banning/bannedlist", body).await;
    });
    let deleted = beside_a_colleague("delete watchlist", async |world, case| {
        let request = world.http.delete(format!("{}{}", world.sim.url, case.record));
        world.say(request).await;
    });
    let (banned, deleted) = (banned.await, deleted.await);
    assert_eq!(banned.stage, LoggedStage::Confirmed, "{}", banned.note);
    assert!(banned.note.contains("already done"), "{}", banned.note);
    assert!(banned.note.contains("kim's"), "{}", banned.note);
    assert_eq!(deleted.stage, LoggedStage::Confirmed, "{}", deleted.note);
    assert!(deleted.note.contains("already deleted"), "{}", deleted.note);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_refused_and_cannot_be_read_is_unknown_and_says_both() {
    let world = World::new().await;
    for (read, is_looked_for) in [(Mode::Internal, true), (Mode::Unauthorized, false)] {
        let case = world.case("isolate", 0).await;
        let unreadable = Fault::new(read).method("GET").for_target(&format!("^{}$", case.record));
        let refused = Fault::new(Mode::Forbidden).method("PUT").after_execution();
        let refused = refused.with_delay(Duration::from_millis(300));
        // The look before it is sent still works.
        let (outcome, ()) = tokio::join!(world.perform(&case.change, refused), async {
            world.on_its_way("PUT").await;
            world.sim.add_fault(unreadable);
        });
        assert_eq!(outcome.stage, LoggedStage::Unknown, "{}", outcome.note);
        assert!(outcome.note.contains("has no permission"), "{}", outcome.note);
        assert!(outcome.note.contains("could not be read back"), "{}", outcome.note);
        assert_eq!(outcome.needs_read_back(), is_looked_for, "{read:?}");
        world.sim.forget_requests();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_kind_of_change_is_taken_by_a_server_that_validates_what_it_is_sent() {
    let world = World::on("7.8", true).await;
    let taken = Fault::new(Mode::Latency);
    for (n, kind) in KINDS.into_iter().enumerate() {
        let case = world.case(kind, 2 * n).await;
        let outcome = world.perform(&case.change, taken.clone()).await;
        let is_taken = matches!(outcome.stage, LoggedStage::Confirmed | LoggedStage::Accepted);
        assert!(is_taken, "{kind}: {}; {}", outcome.stage, outcome.note);
        let held = world.get(&case.record).await;
        assert!((case.is_made)(&held), "{kind}: {held}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_query_that_an_older_server_ignores_is_not_applied() {
    let world = World::on("7.6", false).await;
    let case = world.case("query of a watchlist", 0).await;
    let outcome = world.perform(&case.change, Fault::new(Mode::Latency)).await;
    assert_eq!(outcome.stage, LoggedStage::NotApplied, "{}", outcome.note);
    assert!(outcome.note.contains("query cmdline:own0"), "{}", outcome.note);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refusal_names_the_permission_that_is_missing_in_the_words_of_the_vendor() {
    let world = World::new().await;
    for (kind, words) in [
        ("isolate", "the enhanced permission to isolate"),
        ("ban", "the enhanced permission to ban hashes"),
        ("move", "the role Analyst in a team"),
        ("status of alerts", "a global administrator"),
        ("create group", "a global administrator"),
        ("disable watchlist", "the role Analyst in a team"),
    ] {
        let case = world.case(kind, 0).await;
        let refused = Fault::new(Mode::Forbidden).method(case.method);
        let outcome = world.perform(&case.change, refused).await;
        assert_eq!(outcome.stage, LoggedStage::NotApplied, "{kind}: {}", outcome.note);
        assert!(outcome.note.contains(words), "{kind}: {}", outcome.note);
    }
}
