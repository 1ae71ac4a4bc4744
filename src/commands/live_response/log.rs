//! Entries of the audit log for what was read on hosts.

use serde_json::{Value, json};

use crate::api::{Client, WriteRequest};
use crate::audit::{Actor, LogEvent, LoggedOutcome, LoggedRequest, LoggedStage, LoggedTarget, Submitted};
use crate::commands::{CommandCx, Failure, change::Log, wait::with_lock_notes};
use crate::model::{LiveCommand, LiveSessionId, Sensor};
use crate::text;

/// Logs that a command is about to read on a host, and returns the line.
pub(super) async fn log_read(
    sensor: &Sensor,
    command: &LiveCommand,
    (client, actor): (&Client, &Actor),
    log: &mut Log,
    cx: &mut CommandCx<'_>,
) -> Result<u64, Failure> {
    // The session is not open yet, so its number is not known.
    let request = WriteRequest::live_command(LiveSessionId(0), command);
    let mut body = request.body();
    if let Value::Object(members) = &mut body {
        members.remove("session_id");
    }
    let event = LogEvent::Sending(Box::new(Submitted {
        who: actor.clone(),
        server: client.server().to_owned(),
        verb: format!("read {}", command.kind().name()),
        target: LoggedTarget {
            kind: "sensor".into(),
            id: sensor.id.to_string(),
            name: sensor.computer_name.raw().to_owned(),
        },
        reason: None,
        ticket: None,
        undoes: None,
        batch: None,
        follows: None,
        requests: vec![LoggedRequest {
            method: request.method().to_owned(),
            path: "/api/v1/cblr/session/command".into(),
            body,
        }],
        before: Value::Null,
        desired: json!({}),
        change: Value::Null,
    }));
    Ok(append(event, client, log, cx).await?)
}

/// Logs how the reading at `line` has ended: `failure` says why it failed, if it did.
pub(super) async fn log_outcome(
    line: u64,
    failure: Option<&str>,
    client: &Client,
    log: &mut Log,
    cx: &mut CommandCx<'_>,
) -> Result<(), Failure> {
    let (stage, note) = match failure {
        None => (LoggedStage::Confirmed, "read".to_owned()),
        Some(failure) => (LoggedStage::NotApplied, text::line(failure)),
    };
    let event = LogEvent::Known(Box::new(LoggedOutcome { of: line, stage, after: Value::Null, note }));
    append(event, client, log, cx).await?;
    Ok(())
}

async fn append(
    event: LogEvent,
    client: &Client,
    log: &mut Log,
    cx: &mut CommandCx<'_>,
) -> Result<u64, crate::storage::FileError> {
    let at = client.clock().now();
    let Log { actions, lock_waits } = log;
    with_lock_notes(actions.append(at, event), lock_waits, cx).await
}
