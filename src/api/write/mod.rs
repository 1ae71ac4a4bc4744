//! Requests that change the server. They are built before they are sent, so that they can be previewed, and sent only
//! once.

mod admin;
mod alert;
mod feed;
mod live_response;
mod watchlist;

use std::fmt;

pub use alert::AlertUpdate;
pub use live_response::Upload;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{BanList, Client, Error, request::RequestSpec};
use crate::model::{Ban, Md5, Sensor, StoredFileId};

/// A request that changes the server, exactly as it will be sent.
#[derive(Clone)]
pub struct WriteRequest(RequestSpec);

impl WriteRequest {
    pub(in crate::api) fn spec(&self) -> &RequestSpec {
        &self.0
    }

    /// Returns the HTTP method.
    pub fn method(&self) -> &str {
        self.0.method.as_str()
    }

    /// Returns the path, beginning with `/api`.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// Returns the body as it is shown and logged, with secrets redacted; null if there is none.
    pub fn body(&self) -> Value {
        self.0.body.as_ref().map_or(Value::Null, redact)
    }

    /// Isolates the host of a sensor (reference 2.6, "Isolation").
    pub fn isolate(sensor: &Sensor) -> Self {
        Self::isolation(sensor, true.into())
    }

    /// Ends the isolation of the host of a sensor (reference 2.6, "Isolation").
    pub fn unisolate(sensor: &Sensor) -> Self {
        Self::isolation(sensor, false.into())
    }

    fn isolation(sensor: &Sensor, is_enabled: Value) -> Self {
        Self::sensor(sensor, "network_isolation_enabled", is_enabled)
            .with_permission("isolate or unisolate hosts", "the enhanced permission to isolate")
    }

    /// Requests that a sensor sends all its pending events until a time (reference 2.6, "Flush"). The time format
    /// depends on the release; an unknown one is taken for 6.0 or later.
    pub fn flush(sensor: &Sensor, until: Timestamp, release: Option<(u32, u32)>) -> Self {
        let is_old = release.is_some_and(|(major, _)| major < 6);
        let text = if is_old {
            until.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string()
        } else {
            until.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
        };
        Self::sensor(sensor, "event_log_flush_time", text)
    }

    /// Sets one member of a sensor's record (reference 2.6, "PUT"). Every server release accepts a record of that
    /// member and the group, although old web consoles send the full record and servers from 7.1 on refuse most of it.
    /// Members that are not sent are not overwritten with outdated values.
    pub fn sensor(sensor: &Sensor, member: &str, value: impl Into<Value>) -> Self {
        let mut body = Map::new();
        if let Some(group) = sensor.group {
            body.insert("group_id".into(), group.0.into());
        }
        body.insert(member.into(), value.into());
        let id = sensor.id;
        let path = format!("/api/v1/sensor/{id}");
        Self(RequestSpec::put(path, format!("sensor {id}"), Value::Object(body)))
            .with_permission(&format!("change sensor {id}"), ANALYST)
    }

    /// Sets the purpose and the permission it needs. A global administrator has every permission.
    #[must_use]
    pub fn with_permission(self, purpose: &str, permission: &str) -> Self {
        let permission = match permission {
            ADMINISTRATOR => permission.to_owned(),
            permission => format!("{permission}, or a global administrator"),
        };
        Self(self.0.with_permission(purpose, &permission))
    }

    /// Bans a hash, or enables a lifted ban again (reference 2.9, "POST").
    pub fn ban(md5: Md5, text: &str, list: BanList) -> Self {
        let body = json!({"md5hash": md5.to_string(), "text": text, "enabled": true});
        Self(RequestSpec::post(list.path(), format!("the ban of {md5}"), body))
            .with_permission("ban hashes", BAN_PERMISSION)
    }

    /// Lifts a ban, which deletes its note (reference 2.9, "DELETE").
    pub fn unban(md5: Md5, list: BanList) -> Self {
        let path = format!("{}/{md5}", list.path());
        Self(RequestSpec::delete(path, format!("the ban of {md5}"))).with_permission("remove bans", BAN_PERMISSION)
    }

    /// Restores the note of a lifted ban (reference 2.9, "PUT") by sending all its writable members.
    pub fn restore_ban_note(ban: &Ban, list: BanList) -> Self {
        let md5 = ban.md5;
        let members = json!({
            "md5hash": md5.to_string(),
            "text": ban.text.raw(),
            "enabled": false,
        });
        let path = format!("{}/{md5}", list.path());
        Self(RequestSpec::put(path, format!("the ban of {md5}"), members))
            .with_permission("change bans", BAN_PERMISSION)
    }
}

/// Names of members whose values appear on no screen and in no log or message.
const SECRETS: [&str; 6] =
    ["password", "current_password", "confirm_password", "auth_token", "ssl_client_crt", "ssl_client_key"];

/// Returns the secret values in a body.
fn secrets(body: &Value) -> Vec<&str> {
    match body {
        Value::Object(members) => {
            let values = members.iter().flat_map(|(name, value)| match value {
                Value::String(secret) if SECRETS.contains(&name.as_str()) => vec![secret.as_str()],
                other => secrets(other),
            });
            values.collect()
        }
        Value::Array(values) => values.iter().flat_map(secrets).collect(),
        _ => Vec::new(),
    }
}

/// Returns a body for display. Secrets are redacted by the names of their members, and long texts, such as the icon of
/// a feed, are replaced by their length.
fn redact(body: &Value) -> Value {
    /// The maximum length of a text to display, in bytes.
    const MAX_TEXT_LEN: usize = 4000;
    match body {
        Value::Object(members) => {
            let redacted = members.iter().map(|(name, value)| {
                let is_secret = SECRETS.contains(&name.as_str()) && !value.is_null();
                (name.clone(), if is_secret { "********".into() } else { redact(value) })
            });
            Value::Object(redacted.collect())
        }
        Value::Array(values) => values.iter().map(redact).collect(),
        Value::String(text) if text.len() > MAX_TEXT_LEN => format!("({} characters)", text.len()).into(),
        other => other.clone(),
    }
}

/// Returns the writable members of a record from the server, updated with `members`. Older servers need the full record
/// (reference 1.11); some from 7.7 on refuse members that are not writable (reference 7).
fn updated_record(json: &str, is_writable: impl Fn(&str) -> bool, members: Value) -> Value {
    let mut record: Map<String, Value> = serde_json::from_str(json).unwrap_or_default();
    record.retain(|name, _| is_writable(name));
    if let Value::Object(members) = members {
        record.extend(members);
    }
    Value::Object(record)
}

/// The permission for most changes.
const ANALYST: &str = "the role Analyst in a team";

/// The permission for administrative changes.
const ADMINISTRATOR: &str = "a global administrator";

/// The permission to change bans.
const BAN_PERMISSION: &str = "the enhanced permission to ban hashes";

/// Writes method, path and redacted body, as the preview of a change shows them.
impl fmt::Display for WriteRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method(), self.path())?;
        match &self.0.body {
            Some(body) => write!(f, " {}", redact(body)),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for WriteRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Change").field(&self.0.endpoint()).finish()
    }
}

impl Client {
    /// Sends a change once. After an error it is unknown whether the server made the change: see
    /// [`Error::may_have_arrived`]. From now on secrets in `request` are redacted in all answers.
    pub async fn send_write(&self, request: &WriteRequest) -> Result<WriteReply, Error> {
        for secret in request.0.body.iter().flat_map(secrets) {
            self.0.shared.secrets.add(secret);
        }
        let answer = self.send(&request.0).await?;
        answer.check_success()?;
        Ok(if answer.is_empty() { WriteReply::Empty } else { WriteReply::Text })
    }
}

/// The answer with which a server accepted a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteReply {
    /// Text that reports no failure.
    Text,
    Empty,
    /// The number of an uploaded file.
    File(StoredFileId),
    /// What a host has answered to its command, in words.
    Host(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IngressFilter;
    use crate::wire;

    fn sensor() -> Sensor {
        let sensor: Option<Sensor> = wire::parse_one(r#"{"id": 3, "computer_name": "WS-3", "group_id": 1}"#).unwrap();
        sensor.unwrap()
    }

    #[test]
    fn a_change_of_a_sensor_names_one_member_and_the_group() {
        let sensor = sensor();
        assert_eq!(WriteRequest::isolate(&sensor).body(), json!({"group_id": 1, "network_isolation_enabled": true}));
        assert_eq!(WriteRequest::sensor(&sensor, "group_id", 2).body(), json!({"group_id": 2}));
    }

    #[test]
    fn the_whole_record_of_an_ingress_filter_is_sent_back_without_what_the_server_sets() {
        let record = r#"{"id": "a/b", "enabled": true, "path_filters": ["*"], "later": {"x": [1]}, "hit_rate": 1.5,
            "create_timestamp": 1, "modify_timestamp": 2, "create_user_id": 3, "modify_user_id": 4}"#;
        let filter: Option<IngressFilter> = wire::parse_one(record).unwrap();
        let change = WriteRequest::ingress_filter(&filter.unwrap(), json!({"enabled": false}));
        let expected = json!({"id": "a/b", "enabled": false, "path_filters": ["*"], "later": {"x": [1]}});
        assert_eq!(change.body(), expected);
        assert!(change.to_string().contains("/ingress_whitelist/a%2Fb"), "{change}");
    }

    #[test]
    fn a_secret_in_a_body_is_sent_and_never_shown() {
        let body = json!({"password": "s3cret", "inner": [{"auth_token": "s3cret"}], "icon": "x".repeat(5000)});
        let change = WriteRequest(RequestSpec::post("/api/user", "user ana", body));
        for text in [change.to_string(), format!("{change:?}"), change.body().to_string()] {
            assert!(!text.contains("s3cret"), "{text}");
        }
        assert_eq!(change.body()["icon"], "(5000 characters)");
        assert_eq!(change.0.body.unwrap()["password"], "s3cret");
    }

    #[test]
    fn a_flush_is_written_as_the_release_reads_it() {
        let until: Timestamp = "2022-01-05T10:01:07Z".parse().unwrap();
        let text = |release| WriteRequest::flush(&sensor(), until, release).body()["event_log_flush_time"].clone();
        assert_eq!(text(Some((5, 2))), "2022-01-05 10:01:07.000000");
        assert_eq!(text(Some((6, 0))), "Wed, 05 Jan 2022 10:01:07 GMT");
        assert_eq!(text(None), "Wed, 05 Jan 2022 10:01:07 GMT");
    }
}
