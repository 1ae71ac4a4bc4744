//! Doing what was planned: looked at again, logged, sent once, logged, read back.

use jiff::SignedDuration;
use serde_json::Value;

use super::{Change, Justification, Outcome, Plan, REQUEST_LIFETIME, Snapshot};
use crate::api::{self, Client, Taken, WriteRequest};
use crate::audit::{self, AuditLog, LogEvent, LoggedRequest, LoggedStage, LoggedTarget, Submitted};
use crate::storage;

/// How often the state is read before it is believed that nothing came of a request: it may be on its way when its answer
/// was lost, and servers show late what they have taken.
const MAX_READ_BACKS: u32 = 3;

/// How long the index of alerts may take to show what was carried out before the request failed.
const INDEX_LAG: SignedDuration = SignedDuration::from_secs(15);

/// A plan, and on whose behalf it is performed.
#[derive(Clone, Copy, Debug)]
pub struct PlannedChange<'a> {
    /// What is to be done.
    pub plan: &'a Plan,
    /// Why, and by whom.
    pub justification: &'a Justification,
}

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotSent {
    /// What cannot be logged is not done.
    #[error("{0}")]
    Log(#[from] storage::FileError),
    /// It was not known any more what it would do.
    #[error("the current state could not be read from the server: {0}")]
    NoSnapshot(#[from] api::Error),
    /// Somebody else did it since it was planned.
    #[error("{0}")]
    NoOp(String),
    /// It cannot be done any more.
    #[error("{0}")]
    Rejected(String),
}

/// What was done, and how far it got.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// What was really asked for: less than was planned where somebody else was faster.
    pub change: Change,
    /// How far it got.
    pub outcome: Outcome,
}

/// Does what was planned, and finds out how far it got. An error means that nothing was sent.
pub async fn apply(order: PlannedChange<'_>, client: &Client, log: &mut AuditLog) -> Result<Applied, NotSent> {
    let PlannedChange { plan, justification: grounds } = order;
    // Since it was planned, somebody may have thought about it for a while.
    let before = Snapshot::read(&plan.change, client).await?;
    if let Some(done) = plan.change.no_op_reason(&before) {
        return Err(NotSent::NoOp(format!("{} {done}", before.name())));
    }
    if let Some((why, _)) = plan.change.rejection(&before) {
        return Err(NotSent::Rejected(format!("{} {why}", before.name())));
    }
    if let Some(what) = plan.change.conflict(&plan.state, &before) {
        return Err(NotSent::Rejected(format!("{} {what}", before.name())));
    }
    let (deed, aside) = plan.change.without_conflicts(&plan.state, &before);
    let aside = aside.join("; ");
    if deed.target().is_empty() {
        return Err(NotSent::Rejected(aside));
    }
    let mut doing = Applier { justification: grounds, release: plan.release, undoes: plan.undoes, client, log };
    let (mut outcome, sent) = doing.send(&deed, &before, None).await?;
    outcome.skipped = aside;
    if outcome.error.is_none() {
        doing.apply_follow_ups(&deed, &mut outcome).await;
    }
    doing.verify(&deed, &before, &mut outcome, sent).await;
    Ok(Applied { change: deed, outcome })
}

/// What is needed to do a deed and those that follow from it.
struct Applier<'a> {
    justification: &'a Justification,
    release: Option<(u32, u32)>,
    undoes: Option<u64>,
    client: &'a Client,
    log: &'a mut AuditLog,
}

/// What was sent for a deed.
#[derive(Clone, Copy)]
struct Sent {
    /// How many requests were taken.
    n_accepted: usize,
    /// Whether something was to go.
    is_delete: bool,
    /// Whether the server said nothing when it took the last of them.
    is_silent: bool,
}

impl Applier<'_> {
    /// Logs what is to be sent, and sends one request after the other, each when the one before it was taken. `follows` is the line of the deed that it is a part of.
    async fn send(
        &mut self,
        deed: &Change,
        before: &Snapshot,
        follows: Option<u64>,
    ) -> Result<(Outcome, Sent), storage::FileError> {
        let changes = deed.write_requests(before, self.justification, self.release);
        let now = self.client.clock().now();
        let sending = build_submitted(deed, before, &changes, self.justification, self.client);
        let sending = LogEvent::Sending(Box::new(Submitted { undoes: self.undoes, follows, ..sending }));
        let mut outcome = Outcome {
            line: self.log.append(now, sending).await?,
            stage: LoggedStage::Unknown,
            note: String::new(),
            error: None,
            may_come_until: None,
            skipped: String::new(),
        };
        let mut sent = Sent {
            n_accepted: 0,
            is_delete: changes.first().is_some_and(|one| one.method() == "DELETE"),
            is_silent: false,
        };
        let until = || self.client.clock().now().checked_add(REQUEST_LIFETIME).ok();
        for change in &changes {
            match self.client.send_write(change).await {
                Ok(taken) => sent.is_silent = taken == Taken::Silently,
                Err(error) => {
                    outcome.may_come_until = match &error {
                        error if may_still_arrive(error) => until(),
                        // It was carried out or not by now, but the index may not show it yet.
                        error if deed.is_eventual() && !error.is_refusal() => {
                            self.client.clock().now().checked_add(INDEX_LAG).ok()
                        }
                        _ => None,
                    };
                    outcome.error = Some(error);
                    return Ok((outcome, sent));
                }
            }
            sent.n_accepted += 1;
        }
        if deed.is_eventual() {
            // It was taken, and will show when the server has got to it.
            outcome.stage = LoggedStage::Accepted;
            outcome.may_come_until = until();
        }
        Ok((outcome, sent))
    }

    /// Does what could not be written before the server had answered, each a deed with lines of its own in the log. What
    /// came of the deed itself is read afterwards.
    async fn apply_follow_ups(&mut self, deed: &Change, outcome: &mut Outcome) {
        if !deed.has_follow_ups() {
            return;
        }
        let state = match Snapshot::read(deed, self.client).await {
            Ok(state) => state,
            Err(error) => {
                outcome.skipped = format!("the follow-up request was not sent: {error}");
                return;
            }
        };
        for next in deed.follow_ups(&state) {
            match self.send(&next, &state, Some(outcome.line)).await {
                Ok((mut then, sent)) => {
                    self.verify(&next, &state, &mut then, sent).await;
                    if then.stage != LoggedStage::Confirmed {
                        outcome.skipped = format!("{}: {}", next.label(), then.note);
                    }
                }
                Err(error) => outcome.skipped = format!("{} was not sent: {error}", next.label()),
            }
        }
    }

    /// Finds out what came of what was sent, and logs it.
    async fn verify(&mut self, deed: &Change, before: &Snapshot, outcome: &mut Outcome, sent: Sent) {
        let Sent { n_accepted: n_taken, is_delete, is_silent } = sent;
        let after = match &outcome.error {
            Some(error) if n_taken == 0 && !error.may_have_arrived() => {
                outcome.stage = LoggedStage::NotApplied;
                outcome.note = error.to_string();
                None
            }
            // Its word is all there would be, and it has said none.
            None if deed.is_unverifiable() && is_silent => {
                outcome.stage = LoggedStage::Unknown;
                outcome.note = format!("the answer is empty; {}", deed.describe(before).0);
                None
            }
            None if deed.is_unverifiable() => {
                outcome.stage = LoggedStage::Confirmed;
                outcome.note = format!("accepted by the server; {}", deed.describe(before).0);
                None
            }
            // For what is known to be late, others wait.
            None if deed.is_eventual() => read_back(deed, self.client, outcome, 1).await,
            // Whoever refuses a request after it was carried out has written already.
            Some(error) if n_taken == 0 && error.is_refusal() && !deed.is_eventual() => {
                let refusal = error.clone();
                let after = read_back(deed, self.client, outcome, 1).await;
                if is_verified(outcome) && is_delete && matches!(refusal, api::Error::NotFound { .. }) {
                    outcome.note = "already deleted (verified on the server)".into();
                }
                after
            }
            // Of several requests, those before were taken.
            Some(_) if n_taken > 0 => {
                let failed = outcome.error.take();
                let after = read_back(deed, self.client, outcome, MAX_READ_BACKS).await;
                if let Some(failed) = failed {
                    outcome.note = format!("{}; then: {failed}", outcome.note);
                    outcome.error.get_or_insert(failed);
                }
                after
            }
            _ => read_back(deed, self.client, outcome, MAX_READ_BACKS).await,
        };
        if is_verified(outcome) {
            outcome.error = None;
        }
        log_outcome(self.log, self.client, outcome, after.as_ref()).await;
    }
}

/// Whether it was read back that the server holds what was wanted.
fn is_verified(outcome: &Outcome) -> bool {
    matches!(outcome.stage, LoggedStage::Accepted | LoggedStage::Confirmed)
}

/// Looks again whether what was accepted holds by now. What has changed since is logged.
pub async fn recheck(deed: &Change, client: &Client, log: &mut AuditLog, outcome: &mut Outcome) {
    let before = outcome.stage;
    outcome.error = None;
    // The answer was all that would ever tell, and it was lost.
    if deed.is_unverifiable() {
        return;
    }
    // Who settles it looks again by and by.
    let after = read_back(deed, client, outcome, 1).await;
    // That it is still only asked for was said when nobody waited for it any longer.
    if (before, outcome.stage) == (LoggedStage::Pending, LoggedStage::Accepted) {
        outcome.stage = before;
    }
    if outcome.stage != before {
        log_outcome(log, client, outcome, after.as_ref()).await;
    }
}

/// Logs that an outcome is all that could be found out in time.
pub async fn log_timed_out(log: &mut AuditLog, client: &Client, outcome: &mut Outcome) {
    if outcome.stage != LoggedStage::Pending {
        outcome.stage = LoggedStage::Pending;
        log_outcome(log, client, outcome, None).await;
    }
}

/// Reads what the server holds now, `most` times if it is not what was wanted. When an answer was lost, that alone says
/// whether it was done.
async fn read_back(deed: &Change, client: &Client, outcome: &mut Outcome, most: u32) -> Option<Snapshot> {
    let lost = outcome.error.clone();
    let mut looks = 0;
    loop {
        looks += 1;
        match Snapshot::read(deed, client).await {
            Ok(state) => {
                let reached = deed.stage(&state);
                let is_missing = match reached {
                    // Of what is made by one request, a part is all that will come.
                    LoggedStage::Partly => deed.is_eventual(),
                    other => other == LoggedStage::NotApplied,
                };
                // What is not there yet may still arrive.
                if is_missing && looks < most {
                    tokio::time::sleep(client.timings().read_back_interval).await;
                    continue;
                }
                let now = client.clock().now();
                let may_come = outcome.may_come_until.is_some_and(|until| now < until);
                let was_taken = deed.is_eventual() && outcome.stage == LoggedStage::Accepted;
                outcome.stage = match reached {
                    _ if is_missing && may_come && was_taken => LoggedStage::Accepted,
                    _ if is_missing && may_come => LoggedStage::Pending,
                    other => other,
                };
                if matches!(reached, LoggedStage::Accepted | LoggedStage::Confirmed) {
                    outcome.may_come_until = None;
                }
                outcome.note = describe_outcome(deed, outcome, lost.as_ref(), &state);
                return Some(state);
            }
            Err(error) => {
                let why = format!("the state could not be read back from the server: {error}");
                if lost.is_some() || outcome.stage == LoggedStage::Unknown {
                    outcome.stage = LoggedStage::Unknown;
                    let said = lost.as_ref().and_then(refusal_text);
                    let why = said.map_or(why.clone(), |said| format!("{said}; {why}"));
                    outcome.note = with_skipped(outcome, why);
                    outcome.error = Some(error);
                } else if outcome.note.is_empty() {
                    outcome.note = with_skipped(outcome, format!("accepted by the server; {why}"));
                }
                return None;
            }
        }
    }
}

/// Whether a request may be carried out yet after it has failed like this: whoever stands before the application has given
/// up, or the way to it broke, which the application does not notice.
fn may_still_arrive(error: &api::Error) -> bool {
    match error {
        api::Error::Timeout(_) | api::Error::Cut { .. } => true,
        api::Error::Refused { status, .. } => *status == 504,
        _ => false,
    }
}

fn describe_outcome(deed: &Change, outcome: &Outcome, lost: Option<&api::Error>, state: &Snapshot) -> String {
    let (held, seen) = deed.describe(state);
    let said = match outcome.stage {
        LoggedStage::Confirmed => format!("{held} (verified on the server)"),
        LoggedStage::Accepted if deed.is_eventual() => format!("{held} so far"),
        LoggedStage::Accepted => format!("{held}{seen}"),
        LoggedStage::Pending if deed.is_eventual() && deed.target().len() > 1 => {
            format!("{held}; the others may still change")
        }
        LoggedStage::Pending => format!("server state: {held}; the request may still arrive"),
        LoggedStage::Partly => held,
        LoggedStage::NotApplied | LoggedStage::Unknown => format!("server state: {held}"),
    };
    let said = match (lost, lost.and_then(refusal_text)) {
        (None, _) => said,
        (Some(_), None) => format!("the response was lost; {said}"),
        (Some(error), Some(answer)) => match outcome.stage {
            // Somebody else was faster, or it is an answer to what was done already.
            LoggedStage::Accepted | LoggedStage::Confirmed if is_conflict(error) => {
                format!("already done, possibly by another user: {said}; {answer}")
            }
            LoggedStage::Accepted | LoggedStage::Confirmed => format!("{said}, although {answer}"),
            _ => format!("{answer}; {said}"),
        },
    };
    with_skipped(outcome, said)
}

/// What somebody answered in place of "done"; nothing if nobody answered.
fn refusal_text(error: &api::Error) -> Option<String> {
    let is_answer = error.is_refusal()
        || matches!(error, api::Error::Refused { .. } | api::Error::Busy(_) | api::Error::Malformed { .. });
    is_answer.then(|| error.to_string())
}

/// Whether it is what servers answer to somebody who comes too late.
fn is_conflict(error: &api::Error) -> bool {
    matches!(error, api::Error::NotFound { .. } | api::Error::Refused { status: 409, .. })
}

/// What is to be said, after what was left out.
fn with_skipped(outcome: &Outcome, said: String) -> String {
    match outcome.skipped.as_str() {
        "" => said,
        aside => format!("{aside}; {said}"),
    }
}

fn build_submitted(
    deed: &Change,
    before: &Snapshot,
    changes: &[WriteRequest],
    grounds: &Justification,
    client: &Client,
) -> Submitted {
    let target = deed.target();
    let request = |change: &WriteRequest| LoggedRequest {
        method: change.method().to_owned(),
        path: change.path().to_owned(),
        body: change.body(),
    };
    Submitted {
        who: grounds.actor.clone(),
        server: client.server().to_owned(),
        deed: deed.verb().to_owned(),
        target: LoggedTarget {
            kind: target.kind().into(),
            id: target.id(),
            name: before.target_name().raw().to_owned(),
        },
        reason: grounds.reason.clone(),
        ticket: grounds.ticket.clone(),
        undoes: None,
        batch: grounds.batch,
        follows: None,
        requests: changes.iter().map(request).collect(),
        before: before.snapshot_json(),
        wanted: deed.desired(grounds),
    }
}

/// Adds to the log what became of it. The deed is done: that this cannot be written any more does not undo it, and is said.
async fn log_outcome(log: &mut AuditLog, client: &Client, outcome: &mut Outcome, after: Option<&Snapshot>) {
    let known = LogEvent::Known(Box::new(audit::LoggedOutcome {
        of: outcome.line,
        stage: outcome.stage,
        after: after.map_or(Value::Null, Snapshot::snapshot_json),
        note: outcome.note.clone(),
    }));
    if let Err(error) = log.append(client.clock().now(), known).await {
        outcome.note = format!("{}; this could not be written to the audit log: {error}", outcome.note);
    }
}
