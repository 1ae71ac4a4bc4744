//! Doing what was planned: looked at again, logged, sent once, logged, read back.

use jiff::SignedDuration;
use serde_json::Value;

use super::{Deed, Grounds, LIVE, Outcome, Plan, State};
use crate::api::{self, Change, Client, Taken};
use crate::audit::{self, Actions, Event, Request, Sending, Stage, Target};
use crate::storage;

/// How often the state is read before it is believed that nothing came of a request: it may be on its way when its answer
/// was lost, and servers show late what they have taken.
const LOOKS: u32 = 3;

/// How long the index of alerts may take to show what was carried out before the request failed.
const INDEX_LAG: SignedDuration = SignedDuration::from_secs(15);

/// A plan, and on whose behalf it is performed.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// What is to be done.
    pub plan: &'a Plan,
    /// Why, and by whom.
    pub grounds: &'a Grounds,
}

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotSent {
    /// What cannot be logged is not done.
    #[error("{0}")]
    Log(#[from] storage::Error),
    /// It was not known any more what it would do.
    #[error("the current state could not be read from the server: {0}")]
    Blind(#[from] api::Error),
    /// Somebody else did it since it was planned.
    #[error("{0}")]
    AlreadySo(String),
    /// It cannot be done any more.
    #[error("{0}")]
    Impossible(String),
}

/// What was done, and how far it got.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// What was really asked for: less than was planned where somebody else was faster.
    pub deed: Deed,
    /// How far it got.
    pub outcome: Outcome,
}

/// Does what was planned, and finds out how far it got. An error means that nothing was sent.
pub async fn perform(order: Order<'_>, client: &Client, log: &mut Actions) -> Result<Done, NotSent> {
    let Order { plan, grounds } = order;
    // Since it was planned, somebody may have thought about it for a while.
    let before = State::read(&plan.deed, client).await?;
    if let Some(done) = plan.deed.already(&before) {
        return Err(NotSent::AlreadySo(format!("{} {done}", before.name())));
    }
    if let Some((why, _)) = plan.deed.impossible(&before) {
        return Err(NotSent::Impossible(format!("{} {why}", before.name())));
    }
    if let Some(what) = plan.deed.overtaken(&plan.state, &before) {
        return Err(NotSent::Impossible(format!("{} {what}", before.name())));
    }
    let (deed, aside) = plan.deed.without_changed(&plan.state, &before);
    let aside = aside.join("; ");
    if deed.target().is_empty() {
        return Err(NotSent::Impossible(aside));
    }
    let mut doing = Doing { grounds, release: plan.release, undoes: plan.undoes, client, log };
    let (mut outcome, sent) = doing.send(&deed, &before, None).await?;
    outcome.aside = aside;
    if outcome.error.is_none() {
        doing.follow(&deed, &mut outcome).await;
    }
    doing.conclude(&deed, &before, &mut outcome, sent).await;
    Ok(Done { deed, outcome })
}

/// What is needed to do a deed and those that follow from it.
struct Doing<'a> {
    grounds: &'a Grounds,
    release: Option<(u32, u32)>,
    undoes: Option<u64>,
    client: &'a Client,
    log: &'a mut Actions,
}

/// What was sent for a deed.
#[derive(Clone, Copy)]
struct Sent {
    /// How many requests were taken.
    n_taken: usize,
    /// Whether something was to go.
    is_delete: bool,
    /// Whether the server said nothing when it took the last of them.
    is_silent: bool,
}

impl Doing<'_> {
    /// Logs what is to be sent, and sends one request after the other, each when the one before it was taken. `follows` is the line of the deed that it is a part of.
    async fn send(
        &mut self,
        deed: &Deed,
        before: &State,
        follows: Option<u64>,
    ) -> Result<(Outcome, Sent), storage::Error> {
        let changes = deed.changes(before, self.grounds, self.release);
        let now = self.client.clock().now();
        let sending = sending(deed, before, &changes, self.grounds, self.client);
        let sending = Event::Sending(Box::new(Sending { undoes: self.undoes, follows, ..sending }));
        let mut outcome = Outcome {
            line: self.log.append(now, sending).await?,
            stage: Stage::Unknown,
            note: String::new(),
            error: None,
            may_come_until: None,
            aside: String::new(),
        };
        let mut sent = Sent {
            n_taken: 0,
            is_delete: changes.first().is_some_and(|one| one.method() == "DELETE"),
            is_silent: false,
        };
        let until = || self.client.clock().now().checked_add(LIVE).ok();
        for change in &changes {
            match self.client.change(change).await {
                Ok(taken) => sent.is_silent = taken == Taken::Silently,
                Err(error) => {
                    outcome.may_come_until = match &error {
                        error if may_come(error) => until(),
                        // It was carried out or not by now, but the index may not show it yet.
                        error if deed.is_late() && !error.is_refusal() => {
                            self.client.clock().now().checked_add(INDEX_LAG).ok()
                        }
                        _ => None,
                    };
                    outcome.error = Some(error);
                    return Ok((outcome, sent));
                }
            }
            sent.n_taken += 1;
        }
        if deed.is_late() {
            // It was taken, and will show when the server has got to it.
            outcome.stage = Stage::Accepted;
            outcome.may_come_until = until();
        }
        Ok((outcome, sent))
    }

    /// Does what could not be written before the server had answered, each a deed with lines of its own in the log. What
    /// came of the deed itself is read afterwards.
    async fn follow(&mut self, deed: &Deed, outcome: &mut Outcome) {
        if !deed.has_sequel() {
            return;
        }
        let state = match State::read(deed, self.client).await {
            Ok(state) => state,
            Err(error) => {
                outcome.aside = format!("the follow-up request was not sent: {error}");
                return;
            }
        };
        for next in deed.then(&state) {
            match self.send(&next, &state, Some(outcome.line)).await {
                Ok((mut then, sent)) => {
                    self.conclude(&next, &state, &mut then, sent).await;
                    if then.stage != Stage::Confirmed {
                        outcome.aside = format!("{}: {}", next.label(), then.note);
                    }
                }
                Err(error) => outcome.aside = format!("{} was not sent: {error}", next.label()),
            }
        }
    }

    /// Finds out what came of what was sent, and logs it.
    async fn conclude(&mut self, deed: &Deed, before: &State, outcome: &mut Outcome, sent: Sent) {
        let Sent { n_taken, is_delete, is_silent } = sent;
        let after = match &outcome.error {
            Some(error) if n_taken == 0 && !error.may_have_arrived() => {
                outcome.stage = Stage::NotApplied;
                outcome.note = error.to_string();
                None
            }
            // Its word is all there would be, and it has said none.
            None if deed.leaves_no_trace() && is_silent => {
                outcome.stage = Stage::Unknown;
                outcome.note = format!("the answer is empty; {}", deed.words(before).0);
                None
            }
            None if deed.leaves_no_trace() => {
                outcome.stage = Stage::Confirmed;
                outcome.note = format!("accepted by the server; {}", deed.words(before).0);
                None
            }
            // For what is known to be late, others wait.
            None if deed.is_late() => read_back(deed, self.client, outcome, 1).await,
            // Whoever refuses a request after it was carried out has written already.
            Some(error) if n_taken == 0 && error.is_refusal() && !deed.is_late() => {
                let refusal = error.clone();
                let after = read_back(deed, self.client, outcome, 1).await;
                if is_done(outcome) && is_delete && matches!(refusal, api::Error::NotFound { .. }) {
                    outcome.note = "already deleted (verified on the server)".into();
                }
                after
            }
            // Of several requests, those before were taken.
            Some(_) if n_taken > 0 => {
                let failed = outcome.error.take();
                let after = read_back(deed, self.client, outcome, LOOKS).await;
                if let Some(failed) = failed {
                    outcome.note = format!("{}; then: {failed}", outcome.note);
                    outcome.error.get_or_insert(failed);
                }
                after
            }
            _ => read_back(deed, self.client, outcome, LOOKS).await,
        };
        if is_done(outcome) {
            outcome.error = None;
        }
        note(self.log, self.client, outcome, after.as_ref()).await;
    }
}

/// Whether it was read back that the server holds what was wanted.
fn is_done(outcome: &Outcome) -> bool {
    matches!(outcome.stage, Stage::Accepted | Stage::Confirmed)
}

/// Looks again whether what was accepted holds by now. What has changed since is logged.
pub async fn settle(deed: &Deed, client: &Client, log: &mut Actions, outcome: &mut Outcome) {
    let before = outcome.stage;
    outcome.error = None;
    // The answer was all that would ever tell, and it was lost.
    if deed.leaves_no_trace() {
        return;
    }
    // Who settles it looks again by and by.
    let after = read_back(deed, client, outcome, 1).await;
    // That it is still only asked for was said when nobody waited for it any longer.
    if (before, outcome.stage) == (Stage::Pending, Stage::Accepted) {
        outcome.stage = before;
    }
    if outcome.stage != before {
        note(log, client, outcome, after.as_ref()).await;
    }
}

/// Logs that an outcome is all that could be found out in time.
pub async fn give_up(log: &mut Actions, client: &Client, outcome: &mut Outcome) {
    if outcome.stage != Stage::Pending {
        outcome.stage = Stage::Pending;
        note(log, client, outcome, None).await;
    }
}

/// Reads what the server holds now, `most` times if it is not what was wanted. When an answer was lost, that alone says
/// whether it was done.
async fn read_back(deed: &Deed, client: &Client, outcome: &mut Outcome, most: u32) -> Option<State> {
    let lost = outcome.error.clone();
    let mut looks = 0;
    loop {
        looks += 1;
        match State::read(deed, client).await {
            Ok(state) => {
                let reached = deed.stage(&state);
                let is_missing = match reached {
                    // Of what is made by one request, a part is all that will come.
                    Stage::Partly => deed.is_late(),
                    other => other == Stage::NotApplied,
                };
                // What is not there yet may still arrive.
                if is_missing && looks < most {
                    tokio::time::sleep(client.pace().look).await;
                    continue;
                }
                let now = client.clock().now();
                let may_come = outcome.may_come_until.is_some_and(|until| now < until);
                let was_taken = deed.is_late() && outcome.stage == Stage::Accepted;
                outcome.stage = match reached {
                    _ if is_missing && may_come && was_taken => Stage::Accepted,
                    _ if is_missing && may_come => Stage::Pending,
                    other => other,
                };
                if matches!(reached, Stage::Accepted | Stage::Confirmed) {
                    outcome.may_come_until = None;
                }
                outcome.note = words(deed, outcome, lost.as_ref(), &state);
                return Some(state);
            }
            Err(error) => {
                let why = format!("the state could not be read back from the server: {error}");
                if lost.is_some() || outcome.stage == Stage::Unknown {
                    outcome.stage = Stage::Unknown;
                    let said = lost.as_ref().and_then(answered);
                    let why = said.map_or(why.clone(), |said| format!("{said}; {why}"));
                    outcome.note = beside(outcome, why);
                    outcome.error = Some(error);
                } else if outcome.note.is_empty() {
                    outcome.note = beside(outcome, format!("accepted by the server; {why}"));
                }
                return None;
            }
        }
    }
}

/// Whether a request may be carried out yet after it has failed like this: whoever stands before the application has given
/// up, or the way to it broke, which the application does not notice.
fn may_come(error: &api::Error) -> bool {
    match error {
        api::Error::Timeout(_) | api::Error::Cut { .. } => true,
        api::Error::Refused { status, .. } => *status == 504,
        _ => false,
    }
}

fn words(deed: &Deed, outcome: &Outcome, lost: Option<&api::Error>, state: &State) -> String {
    let (held, seen) = deed.words(state);
    let said = match outcome.stage {
        Stage::Confirmed => format!("{held} (verified on the server)"),
        Stage::Accepted if deed.is_late() => format!("{held} so far"),
        Stage::Accepted => format!("{held}{seen}"),
        Stage::Pending if deed.is_late() && deed.target().len() > 1 => {
            format!("{held}; the others may still change")
        }
        Stage::Pending => format!("server state: {held}; the request may still arrive"),
        Stage::Partly => held,
        Stage::NotApplied | Stage::Unknown => format!("server state: {held}"),
    };
    let said = match (lost, lost.and_then(answered)) {
        (None, _) => said,
        (Some(_), None) => format!("the response was lost; {said}"),
        (Some(error), Some(answer)) => match outcome.stage {
            // Somebody else was faster, or it is an answer to what was done already.
            Stage::Accepted | Stage::Confirmed if is_conflict(error) => {
                format!("already done, possibly by another user: {said}; {answer}")
            }
            Stage::Accepted | Stage::Confirmed => format!("{said}, although {answer}"),
            _ => format!("{answer}; {said}"),
        },
    };
    beside(outcome, said)
}

/// What somebody answered in place of "done"; nothing if nobody answered.
fn answered(error: &api::Error) -> Option<String> {
    let is_answer = error.is_refusal()
        || matches!(error, api::Error::Refused { .. } | api::Error::Busy(_) | api::Error::Malformed { .. });
    is_answer.then(|| error.to_string())
}

/// Whether it is what servers answer to somebody who comes too late.
fn is_conflict(error: &api::Error) -> bool {
    matches!(error, api::Error::NotFound { .. } | api::Error::Refused { status: 409, .. })
}

/// What is to be said, after what was left out.
fn beside(outcome: &Outcome, said: String) -> String {
    match outcome.aside.as_str() {
        "" => said,
        aside => format!("{aside}; {said}"),
    }
}

fn sending(deed: &Deed, before: &State, changes: &[Change], grounds: &Grounds, client: &Client) -> Sending {
    let target = deed.target();
    let request = |change: &Change| Request {
        method: change.method().to_owned(),
        path: change.path().to_owned(),
        body: change.body(),
    };
    Sending {
        who: grounds.who.clone(),
        server: client.server().to_owned(),
        deed: deed.verb().to_owned(),
        target: Target { kind: target.kind().into(), id: target.id(), name: before.raw_name().raw().to_owned() },
        reason: grounds.reason.clone(),
        ticket: grounds.ticket.clone(),
        undoes: None,
        batch: grounds.batch,
        follows: None,
        requests: changes.iter().map(request).collect(),
        before: before.json(),
        wanted: deed.wanted(grounds),
    }
}

/// Adds to the log what became of it. The deed is done: that this cannot be written any more does not undo it, and is said.
async fn note(log: &mut Actions, client: &Client, outcome: &mut Outcome, after: Option<&State>) {
    let known = Event::Known(Box::new(audit::Outcome {
        of: outcome.line,
        stage: outcome.stage,
        after: after.map_or(Value::Null, State::json),
        note: outcome.note.clone(),
    }));
    if let Err(error) = log.append(client.clock().now(), known).await {
        outcome.note = format!("{}; this could not be written to the audit log: {error}", outcome.note);
    }
}
