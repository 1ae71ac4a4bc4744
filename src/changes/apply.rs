//! Applying a plan: read again, log, send once, log, read back.

use jiff::SignedDuration;
use serde_json::Value;

use super::{
    Change, ChangeReading, Justification, Outcome, Plan, REQUEST_LIFETIME, change::Reread, operation::WriteContext,
};
use crate::api::{self, Client, CommandAnswer, WriteReply, WriteRequest};
use crate::audit::{self, AuditLog, LogEvent, LoggedRequest, LoggedStage, LoggedTarget, Submitted};
use crate::storage;

/// How often the state is read before a request counts as without effect: it may still be on its way if its answer was
/// lost, and servers show late what they have accepted.
const MAX_READ_BACKS: u32 = 3;

/// How long the index of alerts may take to show what the server applied before the request failed.
const INDEX_LAG: SignedDuration = SignedDuration::from_secs(15);

/// A plan with the reason and the actor.
#[derive(Clone, Copy, Debug)]
pub struct PlannedChange<'a> {
    pub plan: &'a Plan,
    pub justification: &'a Justification,
}

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotSent {
    /// A change that cannot be logged is not sent.
    #[error("{0}")]
    Log(#[from] storage::FileError),
    /// The target could not be read again, so that the effects are not known any more.
    #[error("the current state could not be read from the {place}: {error}")]
    NoSnapshot { place: &'static str, error: api::Error },
    /// Another user made the change after it was planned.
    #[error("{0}")]
    NoOp(String),
    /// The change is not possible any more.
    #[error("{0}")]
    Rejected(String),
}

/// A change that was sent, with its outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// The change that was sent: without the alerts that another user changed in the meantime.
    pub change: Change,
    pub outcome: Outcome,
}

/// Applies a plan and returns its outcome. An error means that nothing was sent.
pub async fn apply(planned: PlannedChange<'_>, client: &Client, log: &mut AuditLog) -> Result<Applied, NotSent> {
    // The user may have taken a while to confirm the plan.
    let reread = Box::pin(planned.plan.reading.read_again(planned.plan.undone_change.as_ref(), client)).await;
    let applied = match reread {
        Ok(reread) => {
            let current = reread.current.clone();
            let applied = Box::pin(apply_to(planned, reread, client, log)).await;
            current.release(client).await;
            applied
        }
        Err(error) => Err(NotSent::NoSnapshot { place: planned.plan.change().place(), error }),
    };
    planned.plan.reading.release(client).await;
    applied
}

/// Applies a plan to its target as it is now.
async fn apply_to(
    PlannedChange { plan, justification }: PlannedChange<'_>,
    Reread { current, sendable, skipped }: Reread,
    client: &Client,
    log: &mut AuditLog,
) -> Result<Applied, NotSent> {
    if let Some(reason) = current.no_op_reason() {
        return Err(NotSent::NoOp(format!("{} {reason}", current.name())));
    }
    if let Some((why, _)) = current.rejection() {
        return Err(NotSent::Rejected(format!("{} {why}", current.name())));
    }
    if let Some(conflict) = plan.reading.conflict(&current) {
        return Err(NotSent::Rejected(format!("{} {conflict}", current.name())));
    }
    let skipped = skipped.join("; ");
    let change = sendable.change();
    if change.target().is_empty() {
        return Err(NotSent::Rejected(skipped));
    }
    let context = WriteContext { justification, release: plan.release };
    let mut applier = Applier { context, undoes: plan.undoes, client, log };
    let (mut outcome, sent) = applier.send(&sendable, None).await?;
    outcome.skipped = skipped;
    if outcome.error.is_none() {
        applier.apply_follow_ups(&change, &mut outcome).await;
    }
    applier.verify(&sendable, &mut outcome, sent).await;
    Ok(Applied { change, outcome })
}

/// Sends a change and its follow-ups, and logs them.
struct Applier<'a> {
    context: WriteContext<'a>,
    undoes: Option<u64>,
    client: &'a Client,
    log: &'a mut AuditLog,
}

/// What the server accepted of a change.
struct Sent {
    n_accepted: usize,
    is_delete: bool,
    /// The reply to the last accepted request.
    reply: Option<WriteReply>,
}

impl Applier<'_> {
    /// Logs the requests, then sends each once the one before it was accepted. `follows` is the audit log line of the
    /// change that this one follows.
    async fn send(
        &mut self,
        before: &ChangeReading,
        follows: Option<u64>,
    ) -> Result<(Outcome, Sent), storage::FileError> {
        let change = before.change();
        let requests = before.write_requests(&self.context);
        let now = self.client.clock().now();
        let submitted = build_submitted(before, &requests, self.context.justification, self.client);
        let submitted = LogEvent::Sending(Box::new(Submitted { undoes: self.undoes, follows, ..submitted }));
        let mut outcome = Outcome {
            line: self.log.append(now, submitted).await?,
            stage: LoggedStage::Unknown,
            note: String::new(),
            error: None,
            may_come_until: None,
            skipped: String::new(),
        };
        let mut sent = Sent {
            n_accepted: 0,
            is_delete: requests.first().is_some_and(|one| one.method() == "DELETE"),
            reply: None,
        };
        let until = || self.client.clock().now().checked_add(REQUEST_LIFETIME).ok();
        for request in &requests {
            match before.send(request, sent.reply.as_ref(), self.client).await {
                Ok(reply) => sent.reply = Some(reply),
                Err(error) => {
                    outcome.may_come_until = match &error {
                        error if may_still_arrive(error) => until(),
                        // The server has applied it or not by now, but the index may not show it yet.
                        error if change.is_eventual() && !error.is_refusal() => {
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
        if change.is_eventual() {
            // Accepted; the index shows it later.
            outcome.stage = LoggedStage::Accepted;
            outcome.may_come_until = until();
        }
        Ok((outcome, sent))
    }

    /// Applies the changes that need the server's answer first, each with its own lines in the log. The outcome of
    /// `change` itself is read afterwards.
    async fn apply_follow_ups(&mut self, change: &Change, outcome: &mut Outcome) {
        if !change.has_follow_ups() {
            return;
        }
        let state = match change.read(self.client).await {
            Ok(state) => state,
            Err(error) => {
                outcome.skipped = format!("the follow-up request was not sent: {error}");
                return;
            }
        };
        for follow_up in state.follow_ups() {
            let label = follow_up.change().label();
            match self.send(&follow_up, Some(outcome.line)).await {
                Ok((mut result, sent)) => {
                    self.verify(&follow_up, &mut result, sent).await;
                    if result.stage != LoggedStage::Confirmed {
                        outcome.skipped = format!("{label}: {}", result.note);
                    }
                }
                Err(error) => outcome.skipped = format!("{label} was not sent: {error}"),
            }
        }
    }

    /// Verifies the outcome on the server and logs it.
    async fn verify(&mut self, before: &ChangeReading, outcome: &mut Outcome, sent: Sent) {
        let Sent { n_accepted, is_delete, reply } = sent;
        let change = &before.change();
        let after = match &outcome.error {
            Some(error) if n_accepted == 0 && !error.may_have_arrived() => {
                outcome.stage = LoggedStage::NotApplied;
                outcome.note = error.to_string();
                None
            }
            // The answer of the host is the only proof.
            Some(error @ api::Error::Host { .. }) if change.is_unverifiable() => {
                outcome.stage = if is_host_refusal(error) { LoggedStage::NotApplied } else { LoggedStage::Unknown };
                outcome.note = error.to_string();
                None
            }
            // The answer would be the only proof, and it is empty.
            None if change.is_unverifiable() && reply == Some(WriteReply::Empty) => {
                outcome.stage = LoggedStage::Unknown;
                outcome.note = format!("the answer is empty; {}", before.describe());
                None
            }
            None if change.is_unverifiable() => {
                outcome.stage = LoggedStage::Confirmed;
                outcome.note = match reply {
                    Some(WriteReply::Host(answer)) => answer,
                    _ => format!("accepted by the server; {}", before.describe()),
                };
                None
            }
            // The server applies it later; the caller checks again.
            None if change.is_eventual() => read_back(change, self.client, outcome, 1).await,
            // A server that refuses a request after it was applied has written already: one read is enough.
            Some(error) if n_accepted == 0 && error.is_refusal() && !change.is_eventual() => {
                let refusal = error.clone();
                let after = read_back(change, self.client, outcome, 1).await;
                // The state shows neither, and the host has said no.
                if after.is_some() && outcome.stage == LoggedStage::Unknown && is_host_refusal(&refusal) {
                    outcome.stage = LoggedStage::NotApplied;
                }
                if is_verified(outcome) && is_delete && matches!(refusal, api::Error::NotFound { .. }) {
                    outcome.note = "already deleted (verified on the server)".into();
                }
                after
            }
            // The requests before the failed one were accepted.
            Some(_) if n_accepted > 0 => {
                let failed = outcome.error.take();
                let after = read_back(change, self.client, outcome, MAX_READ_BACKS).await;
                if let Some(failed) = failed {
                    outcome.note = format!("{}; then: {failed}", outcome.note);
                    outcome.error.get_or_insert(failed);
                }
                after
            }
            _ => read_back(change, self.client, outcome, MAX_READ_BACKS).await,
        };
        if is_verified(outcome) {
            outcome.error = None;
        }
        log_outcome(self.log, self.client, outcome, after.as_ref()).await;
    }
}

/// Returns whether the server was read back and holds the desired state.
fn is_verified(outcome: &Outcome) -> bool {
    matches!(outcome.stage, LoggedStage::Accepted | LoggedStage::Confirmed)
}

/// Checks whether the server has applied an accepted change by now. Logs a new stage or progress, and returns whether
/// there was any.
pub async fn recheck(change: &Change, client: &Client, log: &mut AuditLog, outcome: &mut Outcome) -> bool {
    let before = outcome.stage;
    let note_before = outcome.note.clone();
    outcome.error = None;
    // The lost answer was the only proof, or the target is read only for a user who asks for it.
    if change.is_unverifiable() || !change.is_read_unasked() {
        return false;
    }
    // The caller repeats the check.
    let after = read_back(change, client, outcome, 1).await;
    // The time-out is logged already; that the change is still only accepted adds nothing.
    if (before, outcome.stage) == (LoggedStage::Pending, LoggedStage::Accepted) {
        outcome.stage = before;
    }
    // Servers change alerts one by one. A new note on a sensor only has a later check-in, which is no progress.
    let has_progress = change.is_eventual() && after.is_some() && outcome.note != note_before;
    let has_update = outcome.stage != before || has_progress;
    if has_update {
        log_outcome(log, client, outcome, after.as_ref()).await;
    }
    has_update
}

/// Logs that no more could be found out in time.
pub async fn log_timed_out(log: &mut AuditLog, client: &Client, outcome: &mut Outcome) {
    if outcome.stage != LoggedStage::Pending {
        outcome.stage = LoggedStage::Pending;
        log_outcome(log, client, outcome, None).await;
    }
}

/// Reads the server's state into `outcome`, up to `max_reads` times while the change is missing. If an answer was lost,
/// this alone shows whether the change was applied.
async fn read_back(change: &Change, client: &Client, outcome: &mut Outcome, max_reads: u32) -> Option<ChangeReading> {
    let request_error = outcome.error.clone();
    let mut n_reads = 0;
    loop {
        n_reads += 1;
        match change.read(client).await {
            Ok(reading) => {
                let stage = reading.stage();
                let is_missing = match stage {
                    // A single request creates no more than this part.
                    LoggedStage::Partly => change.is_eventual(),
                    other => other == LoggedStage::NotApplied,
                };
                // A missing change may still arrive.
                if is_missing && n_reads < max_reads {
                    reading.release(client).await;
                    tokio::time::sleep(client.timings().read_back_interval).await;
                    continue;
                }
                let now = client.clock().now();
                let may_arrive = outcome.may_come_until.is_some_and(|until| now < until);
                let was_accepted = change.is_eventual() && outcome.stage == LoggedStage::Accepted;
                outcome.stage = match stage {
                    _ if is_missing && may_arrive && was_accepted => LoggedStage::Accepted,
                    _ if is_missing && may_arrive => LoggedStage::Pending,
                    other => other,
                };
                if matches!(stage, LoggedStage::Accepted | LoggedStage::Confirmed) {
                    outcome.may_come_until = None;
                }
                outcome.note = describe_outcome(change, outcome, request_error.as_ref(), &reading);
                reading.release(client).await;
                return Some(reading);
            }
            Err(error) => {
                let why = format!("the state could not be read back from the {}: {error}", change.place());
                if request_error.is_some() || outcome.stage == LoggedStage::Unknown {
                    outcome.stage = LoggedStage::Unknown;
                    let text = request_error.as_ref().and_then(refusal_text);
                    let why = text.map_or(why.clone(), |text| format!("{text}; {why}"));
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

/// Returns whether the server may still apply a request that failed like this: a proxy timed out or the connection
/// broke, which the application does not notice.
fn may_still_arrive(error: &api::Error) -> bool {
    match error {
        api::Error::Timeout(_) | api::Error::Cut { .. } => true,
        api::Error::Refused { status, .. } => *status == 504,
        // The host may carry out late what it has been sent.
        api::Error::Host { answer, .. } => *answer == CommandAnswer::Unknown,
        _ => false,
    }
}

fn describe_outcome(
    change: &Change,
    outcome: &Outcome,
    request_error: Option<&api::Error>,
    reading: &ChangeReading,
) -> String {
    let (current, place) = (reading.describe(), change.place());
    let text = match outcome.stage {
        LoggedStage::Confirmed => format!("{current} (verified on the {place})"),
        LoggedStage::Accepted if change.is_eventual() => format!("{current} so far"),
        LoggedStage::Accepted => format!("{current}{}", reading.describe_wait()),
        LoggedStage::Pending if change.is_eventual() && change.target().len() > 1 => {
            format!("{current}; the others may still change")
        }
        LoggedStage::Pending => format!("{place} state: {current}; the request may still arrive"),
        LoggedStage::Partly => current,
        LoggedStage::NotApplied | LoggedStage::Unknown => format!("{place} state: {current}"),
    };
    let text = match (request_error, request_error.and_then(refusal_text)) {
        (None, _) => text,
        (Some(_), None) => format!("the response was lost; {text}"),
        (Some(error), Some(answer)) => match outcome.stage {
            // Another user was faster, or this answers a request that was applied already.
            LoggedStage::Accepted | LoggedStage::Confirmed if is_conflict(error) => {
                format!("already done, possibly by another user: {text}; {answer}")
            }
            LoggedStage::Accepted | LoggedStage::Confirmed => format!("{text}, although {answer}"),
            _ => format!("{answer}; {text}"),
        },
    };
    with_skipped(outcome, text)
}

/// Returns the error text of an answer; `None` if there was no answer.
fn refusal_text(error: &api::Error) -> Option<String> {
    let is_answer = error.is_refusal()
        || matches!(
            error,
            api::Error::Refused { .. } | api::Error::Busy(_) | api::Error::Malformed { .. } | api::Error::Host { .. }
        );
    is_answer.then(|| error.to_string())
}

/// Returns whether a host says that it has not done what it was sent.
fn is_host_refusal(error: &api::Error) -> bool {
    matches!(error, api::Error::Host { answer: CommandAnswer::Refusal, .. })
}

/// Returns whether the server says that the object is gone or was changed by another request.
fn is_conflict(error: &api::Error) -> bool {
    matches!(error, api::Error::NotFound { .. } | api::Error::Refused { status: 409, .. })
}

/// Prefixes `text` with what was left out of the change.
fn with_skipped(outcome: &Outcome, text: String) -> String {
    match outcome.skipped.as_str() {
        "" => text,
        skipped => format!("{skipped}; {text}"),
    }
}

fn build_submitted(
    before: &ChangeReading,
    requests: &[WriteRequest],
    justification: &Justification,
    client: &Client,
) -> Submitted {
    let change = before.change();
    let target = change.target();
    let to_logged = |request: &WriteRequest| LoggedRequest {
        method: request.method().to_owned(),
        path: request.path().to_owned(),
        body: request.body(),
    };
    Submitted {
        who: justification.actor.clone(),
        server: client.server().to_owned(),
        verb: change.verb().to_owned(),
        target: LoggedTarget {
            kind: target.kind().into(),
            id: target.id(),
            name: before.target_name().raw().to_owned(),
        },
        reason: justification.reason.clone(),
        ticket: justification.ticket.clone(),
        undoes: None,
        batch: justification.batch,
        follows: None,
        requests: requests.iter().map(to_logged).collect(),
        before: before.snapshot_json(),
        desired: change.desired(justification),
        change: serde_json::to_value(&change).unwrap_or_default(),
    }
}

/// Appends the outcome to the audit log. A failed write does not revert the change; the note reports it.
async fn log_outcome(log: &mut AuditLog, client: &Client, outcome: &mut Outcome, after: Option<&ChangeReading>) {
    let event = LogEvent::Known(Box::new(audit::LoggedOutcome {
        of: outcome.line,
        stage: outcome.stage,
        after: after.map_or(Value::Null, ChangeReading::snapshot_json),
        note: outcome.note.clone(),
    }));
    if let Err(error) = log.append(client.clock().now(), event).await {
        outcome.note = format!("{}; this could not be written to the audit log: {error}", outcome.note);
    }
}
