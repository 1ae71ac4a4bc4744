//! Sessions, commands and files of Live Response (reference 2.17).

use super::super::{Client, Download, Error, WriteRequest, request::RequestSpec};
use crate::model::{CommandRun, CommandRunId, LiveSession, LiveSessionId, Page, SensorId, StoredFile, StoredFileId};
use crate::wire;

/// The path of the sessions.
pub(in crate::api) const SESSIONS: &str = "/api/v1/cblr/session";

impl Client {
    /// Lists the open sessions of all users. Servers before 6.3 list closed ones too.
    pub async fn live_sessions(&self) -> Result<Page<LiveSession>, Error> {
        let spec =
            with_permission(RequestSpec::get(SESSIONS, "Live Response sessions")).with_param("active_only", true);
        let answer = self.send(&spec).await?;
        if answer.is_nothing() {
            return Ok(Page::default());
        }
        answer.parse_body(wire::parse_list)
    }

    /// Fetches a session. One that is gone is an [`Error::SessionGone`] or an [`Error::NotFound`].
    pub async fn live_session(&self, id: LiveSessionId) -> Result<LiveSession, Error> {
        let spec = with_permission(RequestSpec::get(session_path(id, ""), session_name(id)));
        self.session_request(&spec, Some(id)).await
    }

    /// Sends the request that opens a session with a sensor; it is pending until the sensor has checked in. A sensor that
    /// already has a session is an [`Error::NotFound`].
    pub async fn open_live_session(&self, request: &WriteRequest, sensor: SensorId) -> Result<LiveSession, Error> {
        let session = self.session_request(request.spec(), None).await?;
        match session.sensor {
            Some(other) if other != sensor => Err(Error::Malformed {
                endpoint: format!("POST {SESSIONS}"),
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
        match self.send(WriteRequest::close_live_session(session).spec()).await {
            Ok(_) | Err(Error::SessionGone { .. } | Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
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

    /// Deletes a stored file from the server, not from the host. One that the server does not have is deleted; what
    /// becomes of the files of a session that is gone is not known.
    pub async fn delete_session_file(&self, session: LiveSessionId, id: StoredFileId) -> Result<(), Error> {
        let path = session_path(session, &format!("/file/{id}"));
        match self.send(&with_permission(RequestSpec::delete(path, file_name(session, id)))).await {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Sends a request that a session answers, and fails if it is another session than `id`.
    async fn session_request(&self, spec: &RequestSpec, id: Option<LiveSessionId>) -> Result<LiveSession, Error> {
        let answer = self.send(spec).await?;
        let session: Option<LiveSession> = answer.parse_body(wire::parse_one)?;
        match session {
            Some(session) if id.is_none_or(|id| session.id == id) => Ok(session),
            Some(_) => Err(answer.mismatch_error(&spec.about)),
            None => Err(Error::NotFound { what: spec.about.clone() }),
        }
    }
}

/// The permission for sessions on hosts.
pub(in crate::api) const LIVE_RESPONSE: &str = "the enhanced permission for Live Response, or a global administrator";

/// Returns the path of a session, continued by `rest`.
pub(in crate::api) fn session_path(id: LiveSessionId, rest: &str) -> String {
    format!("{SESSIONS}/{id}{rest}")
}

/// Names a session in messages.
pub(in crate::api) fn session_name(id: LiveSessionId) -> String {
    format!("Live Response session {id}")
}

fn file_name(session: LiveSessionId, id: StoredFileId) -> String {
    format!("file {id} of Live Response session {session}")
}

/// Names the permission that every request of Live Response needs.
pub(in crate::api) fn with_permission(spec: RequestSpec) -> RequestSpec {
    spec.with_permission("use Live Response", LIVE_RESPONSE)
}
