//! Sessions, commands and files of Live Response (reference 2.17).

use serde_json::{Value, json};

use super::super::{Client, Download, Error, request::RequestSpec};
use crate::model::{CommandRun, CommandRunId, LiveSession, LiveSessionId, Page, SensorId, StoredFile, StoredFileId};
use crate::wire;

/// The path of the sessions.
const PATH: &str = "/api/v1/cblr/session";

impl Client {
    /// Lists the open sessions of all users. Servers before 6.3 list closed ones too.
    pub async fn live_sessions(&self) -> Result<Page<LiveSession>, Error> {
        let spec = with_permission(RequestSpec::get(PATH, "Live Response sessions")).with_param("active_only", true);
        let answer = self.send(&spec).await?;
        if answer.is_nothing() {
            return Ok(Page::default());
        }
        answer.parse_body(wire::parse_list)
    }

    /// Fetches a session. One that is gone is an [`Error::SessionGone`] or an [`Error::NotFound`].
    pub async fn live_session(&self, id: LiveSessionId) -> Result<LiveSession, Error> {
        self.session_request(with_permission(RequestSpec::get(session_path(id, ""), session_name(id))), Some(id)).await
    }

    /// Opens a session with a sensor; it is pending until the sensor has checked in. A sensor that already has a session
    /// is an [`Error::NotFound`].
    pub async fn open_live_session(&self, sensor: SensorId) -> Result<LiveSession, Error> {
        let about = format!("a Live Response session with sensor {sensor}");
        let spec = RequestSpec::post(PATH, about, json!({"sensor_id": sensor.0}));
        let session = self.session_request(with_permission(spec), None).await?;
        match session.sensor {
            Some(other) if other != sensor => Err(Error::Malformed {
                endpoint: format!("POST {PATH}"),
                reason: format!("a session with sensor {other} instead of {sensor}"),
            }),
            _ => Ok(session),
        }
    }

    /// Resets the time after which the server closes an unused session.
    pub async fn keep_live_session(&self, id: LiveSessionId) -> Result<(), Error> {
        let spec = RequestSpec::get(session_path(id, "/keepalive"), session_name(id));
        self.send(&with_permission(spec)).await?;
        Ok(())
    }

    /// Closes a session, for all users that share it. A session that is gone is closed.
    pub async fn close_live_session(&self, session: &LiveSession) -> Result<(), Error> {
        let mut record: Value = serde_json::from_str(session.document.json()).unwrap_or_else(|_| json!({}));
        if let Value::Object(members) = &mut record {
            members.insert("id".into(), session.id.0.into());
            members.insert("status".into(), "close".into());
        }
        let spec = RequestSpec::put(session_path(session.id, ""), session_name(session.id), record);
        match self.send(&with_permission(spec)).await {
            Ok(_) | Err(Error::SessionGone { .. } | Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Starts the download of the archive with all commands and files of a session.
    pub async fn live_session_archive(&self, id: LiveSessionId) -> Result<Download, Error> {
        let about = format!("the archive of Live Response session {id}");
        self.start_download(with_permission(RequestSpec::get(session_path(id, "/archive"), about))).await
    }

    /// Fetches a command with its progress and what it returned.
    pub async fn command_run(&self, session: LiveSessionId, id: CommandRunId) -> Result<CommandRun, Error> {
        let path = session_path(session, &format!("/command/{id}"));
        let about = format!("command {id} of Live Response session {session}");
        let answer = self.send(&with_permission(RequestSpec::get(path, &about))).await?;
        let run = answer.parse_body(wire::command_run)?;
        if run.id == id { Ok(run) } else { Err(answer.mismatch_error(&about)) }
    }

    /// Lists the commands of a session, without what they returned.
    pub async fn command_runs(&self, session: LiveSessionId) -> Result<Page<CommandRun>, Error> {
        self.fetch_list(session_path(session, "/command"), session_name(session)).await
    }

    /// Cancels a command that has not started.
    pub async fn cancel_command(&self, session: LiveSessionId, run: &CommandRun) -> Result<(), Error> {
        let path = session_path(session, &format!("/command/{}", run.id));
        let body = json!({"id": run.id.0, "session_id": session.0, "status": "cancel"});
        let about = format!("command {} of Live Response session {session}", run.id);
        self.send(&with_permission(RequestSpec::put(path, about, body))).await?;
        Ok(())
    }

    /// Lists the files that the server stores for a session.
    pub async fn session_files(&self, session: LiveSessionId) -> Result<Page<StoredFile>, Error> {
        self.fetch_list(session_path(session, "/file"), session_name(session)).await
    }

    /// Fetches the record of a stored file.
    pub async fn session_file(&self, session: LiveSessionId, id: StoredFileId) -> Result<StoredFile, Error> {
        let path = session_path(session, &format!("/file/{id}"));
        self.fetch_one(path, file_name(session, id), |file: &StoredFile| file.id == id).await
    }

    /// Starts the download of a stored file.
    pub async fn session_file_content(&self, session: LiveSessionId, id: StoredFileId) -> Result<Download, Error> {
        let path = session_path(session, &format!("/file/{id}/content"));
        self.start_download(with_permission(RequestSpec::get(path, file_name(session, id)))).await
    }

    /// Deletes a stored file from the server, not from the host. One that is gone is deleted.
    pub async fn delete_session_file(&self, session: LiveSessionId, id: StoredFileId) -> Result<(), Error> {
        let path = session_path(session, &format!("/file/{id}"));
        match self.send(&with_permission(RequestSpec::delete(path, file_name(session, id)))).await {
            Ok(_) | Err(Error::SessionGone { .. } | Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Sends a request that a session answers, and fails if it is another session than `id`.
    async fn session_request(&self, spec: RequestSpec, id: Option<LiveSessionId>) -> Result<LiveSession, Error> {
        let answer = self.send(&spec).await?;
        let session: Option<LiveSession> = answer.parse_body(wire::parse_one)?;
        match session {
            Some(session) if id.is_none_or(|id| session.id == id) => Ok(session),
            Some(_) => Err(answer.mismatch_error(&spec.about)),
            None => Err(Error::NotFound { what: spec.about }),
        }
    }
}

/// The permission for sessions on hosts.
pub(in crate::api) const LIVE_RESPONSE: &str = "the enhanced permission for Live Response, or a global administrator";

/// Returns the path of a session, continued by `rest`.
pub(in crate::api) fn session_path(id: LiveSessionId, rest: &str) -> String {
    format!("{PATH}/{id}{rest}")
}

fn session_name(id: LiveSessionId) -> String {
    format!("Live Response session {id}")
}

fn file_name(session: LiveSessionId, id: StoredFileId) -> String {
    format!("file {id} of Live Response session {session}")
}

/// Names the permission that every request of Live Response needs.
fn with_permission(spec: RequestSpec) -> RequestSpec {
    spec.with_permission("use Live Response", LIVE_RESPONSE)
}
