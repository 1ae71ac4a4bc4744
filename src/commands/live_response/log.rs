//! Entries of the audit log for what is read on hosts: a line before each request, and one after it.

use serde_json::{Value, json};
use tokio::{
    select,
    sync::{mpsc, oneshot},
};

use crate::api::{Client, WriteRequest};
use crate::audit::{Actor, LogEvent, LoggedOutcome, LoggedRequest, LoggedStage, LoggedTarget, READING, Submitted};
use crate::commands::{
    CommandCx, Failure,
    change::{self, Log},
};
use crate::live_response::{CommandLog, Error};
use crate::model::Sensor;
use crate::text;

/// The audit log for the sessions of a command, which run side by side: one task writes the lines of all.
#[derive(Clone, Debug)]
pub(super) struct ReadingLog {
    tx: mpsc::UnboundedSender<NewLine>,
    client: Client,
    actor: Actor,
    /// The line of the request that is under way.
    open_line: Option<u64>,
}

/// A line to be written, and where its number is sent.
#[derive(Debug)]
struct NewLine {
    event: LogEvent,
    reply: oneshot::Sender<Result<u64, String>>,
}

impl ReadingLog {
    /// Opens the audit log: what cannot be logged is not read.
    pub(super) fn open(client: Client, actor: Actor, cx: &CommandCx<'_>) -> Result<Self, Failure> {
        let log = change::open_log(cx)?;
        let (tx, rx) = mpsc::unbounded_channel();
        // Ends with the last session.
        cx.background.spawn(write_lines(log, rx, client.clone(), cx.streams.write_stderr));
        Ok(Self { tx, client, actor, open_line: None })
    }

    async fn append(&self, event: LogEvent) -> Result<u64, Error> {
        let (reply, number) = oneshot::channel();
        let ended = || Error::Log("its writer has ended".to_owned());
        self.tx.send(NewLine { event, reply }).map_err(|_| ended())?;
        number.await.map_err(|_| ended())?.map_err(Error::Log)
    }
}

impl CommandLog for ReadingLog {
    async fn begin(&mut self, sensor: &Sensor, name: &str, request: &WriteRequest) -> Result<(), Error> {
        let event = LogEvent::Sending(Box::new(Submitted {
            who: self.actor.clone(),
            server: self.client.server().to_owned(),
            verb: format!("{READING} {name}"),
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
                path: request.path().to_owned(),
                body: request.body(),
            }],
            before: Value::Null,
            desired: json!({}),
            change: Value::Null,
        }));
        self.open_line = Some(self.append(event).await?);
        Ok(())
    }

    async fn end(&mut self, failure: Option<String>) -> Result<(), Error> {
        let Some(of) = self.open_line.take() else {
            return Ok(());
        };
        let (stage, note) = match failure {
            None => (LoggedStage::Confirmed, "done".to_owned()),
            Some(failure) => (LoggedStage::NotApplied, text::line(&failure)),
        };
        self.append(LogEvent::Known(Box::new(LoggedOutcome { of, stage, after: Value::Null, note }))).await?;
        Ok(())
    }
}

/// Writes lines to the audit log until no session is left.
async fn write_lines(log: Log, mut lines: mpsc::UnboundedReceiver<NewLine>, client: Client, write_stderr: fn(&str)) {
    let Log { mut actions, mut lock_waits } = log;
    while let Some(NewLine { event, reply }) = lines.recv().await {
        let at = client.clock().now();
        let appended = {
            let mut append = std::pin::pin!(actions.append(at, event));
            loop {
                select! {
                    biased;
                    appended = &mut append => break appended,
                    Some(is_waiting) = lock_waits.recv() => if is_waiting {
                        write_stderr("note: waiting for another program that has locked the action log");
                    },
                }
            }
        };
        // The session has ended if nothing waits for the number.
        let _ = reply.send(appended.map_err(|error| error.to_string()));
    }
}
