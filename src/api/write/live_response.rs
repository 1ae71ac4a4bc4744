//! Commands for hosts, and files for them (reference 2.17).

use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::WriteRequest;
use crate::api::{
    Client, Error,
    endpoints::live_response::{LIVE_RESPONSE, SESSIONS, session_name, session_path, with_permission},
    request::RequestSpec,
    send::ReadyRequest,
};
use crate::model::{
    CommandRun, ExecuteWait, LiveCommand, LiveSession, LiveSessionId, RegistryData, SensorId, StoredFileId,
};
use crate::text::Untrusted;
use crate::wire;

/// A file to be sent to a host.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its name without a path.
    pub name: String,
    pub content: Vec<u8>,
}

impl WriteRequest {
    /// Opens a session with a sensor.
    pub fn live_session(sensor: SensorId) -> Self {
        let about = format!("a Live Response session with sensor {sensor}");
        Self(with_permission(RequestSpec::post(SESSIONS, about, json!({"sensor_id": sensor.0}))))
    }

    /// Closes a session: its record is sent back with another status, as the official client does.
    pub fn close_live_session(session: &LiveSession) -> Self {
        let mut record: Value = serde_json::from_str(session.document.json()).unwrap_or_else(|_| json!({}));
        if let Value::Object(members) = &mut record {
            members.insert("id".into(), session.id.0.into());
            members.insert("status".into(), "close".into());
        }
        Self(with_permission(RequestSpec::put(session_path(session.id, ""), session_name(session.id), record)))
    }

    /// Describes the upload of a file; [`Client::upload_file`] sends it.
    pub fn upload(session: LiveSessionId, name: &str, md5: &str, size: u64) -> Self {
        let body = json!({"file": name, "size": size, "md5": md5});
        Self(with_permission(RequestSpec::post(session_path(session, "/file"), session_name(session), body)))
    }

    /// Describes the command that writes an uploaded file to the host, before its number is known.
    pub fn put_uploaded_file(session: LiveSessionId, path: &str) -> Self {
        let mut request =
            Self::live_command(session, &LiveCommand::PutFile { path: path.to_owned(), file: StoredFileId(0) });
        if let Some(Value::Object(body)) = &mut request.0.body {
            body.insert("file_id".into(), "of the upload".into());
        }
        request
    }

    /// Sends a command to the host of a session. Only a command that reads may be sent again.
    pub fn live_command(session: LiveSessionId, command: &LiveCommand) -> Self {
        let kind = command.kind();
        let mut spec =
            RequestSpec::post(session_path(session, "/command"), session_name(session), body(session, command))
                .with_permission(&format!("run {:?} on a host", kind.name()), LIVE_RESPONSE);
        spec.is_safe = kind.only_reads();
        Self(spec)
    }
}

/// Returns the body of a command.
fn body(session: LiveSessionId, command: &LiveCommand) -> Value {
    let mut body = Map::new();
    body.insert("session_id".into(), session.0.into());
    body.insert("name".into(), command.kind().name().into());
    let object = match command {
        LiveCommand::Kill { pid } => Some(Value::from(*pid)),
        other => other.object().map(Value::from),
    };
    body.extend(object.map(|object| ("object".into(), object)));
    match command {
        LiveCommand::Execute { wait, output_file, .. } => {
            body.insert("wait".into(), (*wait == ExecuteWait::UntilEnd).into());
            body.extend(output_file.clone().map(|path| ("output_file".into(), path.into())));
        }
        LiveCommand::GetFile { offset, count, .. } => {
            body.extend((*offset > 0).then(|| ("offset".into(), (*offset).into())));
            body.extend(count.map(|count| ("get_count".into(), count.into())));
        }
        LiveCommand::PutFile { file, .. } => {
            body.insert("file_id".into(), file.0.into());
        }
        LiveCommand::SetValue { kind, data, .. } => {
            body.insert("value_type".into(), kind.label().raw().into());
            body.insert(
                "value_data".into(),
                match data {
                    RegistryData::Number(number) => json!(number),
                    RegistryData::Text(text) => json!(text.raw()),
                    RegistryData::List(entries) => entries.iter().map(Untrusted::raw).collect(),
                },
            );
            body.insert("overwrite".into(), true.into());
        }
        LiveCommand::DumpMemory { .. } => {
            body.insert("compress".into(), true.into());
        }
        LiveCommand::ListProcesses
        | LiveCommand::Kill { .. }
        | LiveCommand::DeleteFile { .. }
        | LiveCommand::ListDirectory { .. }
        | LiveCommand::CreateDirectory { .. }
        | LiveCommand::ListKey { .. }
        | LiveCommand::QueryValue { .. }
        | LiveCommand::CreateKey { .. }
        | LiveCommand::DeleteKey { .. }
        | LiveCommand::DeleteValue { .. } => {}
    }
    Value::Object(body)
}

impl Client {
    /// Sends a command once, and returns it as the server has accepted it. A command that only reads is sent again after
    /// an error that may be temporary.
    pub async fn start_command(&self, request: &WriteRequest) -> Result<CommandRun, Error> {
        let answer = self.send(&request.0).await?;
        answer.parse_body(wire::command_run)
    }

    /// Uploads a file to the server, once, from which a command can put it on the host of the session.
    pub async fn upload_file(&self, session: LiveSessionId, file: &Upload) -> Result<StoredFileId, Error> {
        let mut spec = RequestSpec::post(session_path(session, "/file"), session_name(session), Value::Null)
            .with_permission("upload a file for a host", LIVE_RESPONSE);
        spec.body = None;
        let boundary = file.boundary();
        let ReadyRequest { request, mut attempt, permit: _permit, auth_attempt } = self.prepare(&spec).await?;
        let request = request
            .header(CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"))
            .body(file.multipart(&boundary));
        let sent = timeout(self.0.timeout, self.exchange(&spec, request, &mut attempt, auth_attempt)).await;
        let outcome = sent.unwrap_or(Err(Error::Timeout(self.0.timeout)));
        attempt.record_outcome(&outcome);
        outcome?.parse_body(wire::file_id)
    }
}

impl Upload {
    /// Returns a separator that does not occur in the content.
    fn boundary(&self) -> String {
        let contains = |text: &str| self.content.windows(text.len()).any(|window| window == text.as_bytes());
        let mut boundary = "lampblack-file".to_owned();
        while contains(&boundary) {
            boundary.push('-');
        }
        boundary
    }

    /// Encodes the file as a form with one part, `file`.
    fn multipart(&self, boundary: &str) -> Vec<u8> {
        let name = self.name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        let mut form = head.into_bytes();
        form.extend_from_slice(&self.content);
        form.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        form
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RegistryType;

    const SESSION: LiveSessionId = LiveSessionId(2);

    fn body_of(command: &LiveCommand) -> Value {
        WriteRequest::live_command(SESSION, command).body()
    }

    #[test]
    fn a_command_is_written_as_the_reference_has_it() {
        let path = || r"c:\temp\a".to_owned();
        for (command, expected) in [
            (LiveCommand::ListProcesses, json!({"name": "process list", "session_id": 2})),
            (LiveCommand::Kill { pid: 1660 }, json!({"name": "kill", "object": 1660, "session_id": 2})),
            (
                LiveCommand::Execute {
                    command_line: "ipconfig /all".into(),
                    wait: ExecuteWait::UntilEnd,
                    output_file: Some(path()),
                },
                json!({"name": "create process", "object": "ipconfig /all", "session_id": 2, "wait": true,
                    "output_file": path()}),
            ),
            (
                LiveCommand::GetFile { path: path(), offset: 7, count: None },
                json!({"name": "get file", "object": path(), "session_id": 2, "offset": 7}),
            ),
            (
                LiveCommand::PutFile { path: path(), file: StoredFileId(5) },
                json!({"name": "put file", "object": path(), "session_id": 2, "file_id": 5}),
            ),
            (
                LiveCommand::SetValue {
                    value: r"HKLM\a\b".into(),
                    kind: RegistryType::MultiText,
                    data: RegistryData::List(vec!["x".into(), "y".into()]),
                },
                json!({"name": "reg set value", "object": r"HKLM\a\b", "session_id": 2, "value_type": "REG_MULTI_SZ",
                    "value_data": ["x", "y"], "overwrite": true}),
            ),
            (
                LiveCommand::DumpMemory { path: path() },
                json!({"name": "memdump", "object": path(), "session_id": 2, "compress": true}),
            ),
        ] {
            assert_eq!(body_of(&command), expected);
        }
    }

    #[test]
    fn only_a_command_that_reads_may_be_sent_again() {
        let is_safe = |command: &LiveCommand| WriteRequest::live_command(SESSION, command).0.is_safe;
        assert!(is_safe(&LiveCommand::ListProcesses));
        assert!(is_safe(&LiveCommand::GetFile { path: "x".into(), offset: 0, count: None }));
        assert!(!is_safe(&LiveCommand::Kill { pid: 4 }));
        assert!(!is_safe(&LiveCommand::DeleteKey { key: "x".into() }));
    }

    #[test]
    fn an_upload_is_one_part_of_a_form_whatever_its_bytes_and_its_name() {
        let file = Upload { name: "a\"b\r\n.exe".into(), content: b"MZ--lampblack-file--".to_vec() };
        let boundary = file.boundary();
        assert_eq!(boundary, "lampblack-file---");
        let form = String::from_utf8(file.multipart(&boundary)).unwrap();
        assert!(form.starts_with("--lampblack-file---\r\nContent-Disposition: form-data; name=\"file\"; "), "{form}");
        assert!(form.contains("filename=\"a%22b%0D%0A.exe\"\r\n"), "{form}");
        assert!(form.ends_with("\r\n\r\nMZ--lampblack-file--\r\n--lampblack-file-----\r\n"), "{form}");
    }
}
