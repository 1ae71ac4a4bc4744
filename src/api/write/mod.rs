//! Requests that change the server. They are made before they are sent, so that they can be shown, and are sent once.

mod admin;
mod alert;
mod feed;
mod watchlist;

use std::fmt;

pub use alert::AlertUpdate;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{BanList, Client, Error, request::RequestSpec};
use crate::model::{Ban, GroupId, Md5, Sensor};

/// A request that changes the server, exactly as it is sent.
#[derive(Clone)]
pub struct WriteRequest(RequestSpec);

impl WriteRequest {
    /// The verb.
    pub fn method(&self) -> &str {
        self.0.method.as_str()
    }

    /// The path, from `/api` on.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// The body without what is secret in it, as it is shown and logged; null if there is none.
    pub fn body(&self) -> Value {
        self.0.body.as_ref().map_or(Value::Null, redact)
    }

    /// Asks for isolation of a host, or no longer (reference 2.6, "Isolation").
    pub fn isolation(sensor: &Sensor, is_wanted: bool) -> Self {
        let change = Self::sensor(sensor, "network_isolation_enabled", is_wanted.into());
        change.with_permission("isolate or release hosts", "the enhanced permission to isolate")
    }

    /// Puts a sensor into another group (reference 2.6, "Move").
    pub fn group(sensor: &Sensor, group: GroupId) -> Self {
        Self::sensor(sensor, "group_id", group.0.into())
    }

    /// Asks a sensor to send all that it holds back until a time (reference 2.6, "Flush"). How the time is written
    /// depends on the release; one that is not known is taken for a newer one.
    pub fn flush(sensor: &Sensor, until: Timestamp, release: Option<(u32, u32)>) -> Self {
        let is_old = release.is_some_and(|(major, _)| major < 6);
        let text = if is_old {
            until.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string()
        } else {
            until.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
        };
        Self::sensor(sensor, "event_log_flush_time", text.into())
    }

    /// Asks a sensor to restart its service (reference 2.6, "Restart").
    pub fn restart(sensor: &Sensor) -> Self {
        Self::sensor(sensor, "restart_queued", true.into())
    }

    /// Replaces the notes of a sensor.
    pub fn notes(sensor: &Sensor, notes: &str) -> Self {
        Self::sensor(sensor, "notes", notes.into())
    }

    /// Sets one member of a sensor's record (reference 2.6, "PUT"). Every generation of the server takes a record of one
    /// member and the group: the old ones, which their console sends all of it, and those from 7.1 on, which refuse most
    /// of it. What is not sent is not overwritten with what it was a moment ago.
    fn sensor(sensor: &Sensor, member: &str, value: Value) -> Self {
        let mut body = Map::new();
        if let Some(group) = sensor.group {
            body.insert("group_id".into(), group.0.into());
        }
        body.insert(member.into(), value);
        let id = sensor.id;
        let path = format!("/api/v1/sensor/{id}");
        let change = Self(RequestSpec::put(path, format!("sensor {id}"), Value::Object(body)));
        change.with_permission(&format!("change sensor {id}"), ANALYST)
    }

    /// The same, with the permission that it takes: a global administrator has every one.
    fn with_permission(self, purpose: &str, permission: &str) -> Self {
        let permission = match permission {
            ADMINISTRATOR => permission.to_owned(),
            permission => format!("{permission}, or a global administrator"),
        };
        Self(self.0.with_permission(purpose, &permission))
    }

    /// Bans a hash, or puts a ban that was lifted in force again (reference 2.9, "POST").
    pub fn ban(md5: Md5, text: &str, list: BanList) -> Self {
        let body = json!({"md5hash": md5.to_string(), "text": text, "enabled": true});
        let ask = RequestSpec::post(list.path(), format!("the ban of {md5}"), body);
        Self(ask).with_permission("ban hashes", BANNER)
    }

    /// Lifts a ban, which loses its note (reference 2.9, "DELETE").
    pub fn unban(md5: Md5, list: BanList) -> Self {
        let path = format!("{}/{md5}", list.path());
        Self(RequestSpec::delete(path, format!("the ban of {md5}"))).with_permission("lift bans", BANNER)
    }

    /// Gives a ban that was lifted its note back (reference 2.9, "PUT"): all of it that can be written.
    pub fn restore_ban_note(ban: &Ban, list: BanList) -> Self {
        let md5 = ban.md5;
        let members = json!({
            "md5hash": md5.to_string(),
            "text": ban.text.raw(),
            "enabled": false,
        });
        let path = format!("{}/{md5}", list.path());
        Self(RequestSpec::put(path, format!("the ban of {md5}"), members)).with_permission("change bans", BANNER)
    }
}

/// Members that no screen, log or message has.
const SECRETS: [&str; 6] =
    ["password", "current_password", "confirm_password", "auth_token", "ssl_client_crt", "ssl_client_key"];

/// What is secret in a body.
fn secrets(body: &Value) -> Vec<&str> {
    match body {
        Value::Object(members) => {
            let each = members.iter().flat_map(|(name, value)| match value {
                Value::String(secret) if SECRETS.contains(&name.as_str()) => vec![secret.as_str()],
                other => secrets(other),
            });
            each.collect()
        }
        Value::Array(values) => values.iter().flat_map(secrets).collect(),
        _ => Vec::new(),
    }
}

/// A body as it may be told: what is secret is taken out by the name of its member before it becomes text, and what nobody
/// reads, such as the picture of a feed, is only counted.
fn redact(body: &Value) -> Value {
    /// Characters of a text that are still read.
    const LONG: usize = 4000;
    match body {
        Value::Object(members) => {
            let each = members.iter().map(|(name, value)| {
                let is_secret = SECRETS.contains(&name.as_str()) && !value.is_null();
                let told = if is_secret { "********".into() } else { redact(value) };
                (name.clone(), told)
            });
            Value::Object(each.collect())
        }
        Value::Array(values) => values.iter().map(redact).collect(),
        Value::String(text) if text.len() > LONG => format!("({} characters)", text.len()).into(),
        other => other.clone(),
    }
}

/// What may be written of a record as the server sent it, with some of its members as they are to be. Older servers take
/// records whole (reference 1.11); from 7.7 on some refuse every member that nobody can write (reference 7).
fn record(json: &str, is_writable: impl Fn(&str) -> bool, members: Value) -> Value {
    let mut record: Map<String, Value> = serde_json::from_str(json).unwrap_or_default();
    record.retain(|name, _| is_writable(name));
    if let Value::Object(members) = members {
        record.extend(members);
    }
    Value::Object(record)
}

/// Whom most changes take.
const ANALYST: &str = "the role Analyst in a team";

/// Whom the others take.
const ADMINISTRATOR: &str = "a global administrator";

/// What it takes to change bans.
const BANNER: &str = "the enhanced permission to ban hashes";

/// The line of the request and its body, as it is shown before it is sent.
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
    /// Sends a change, once. An error does not say whether the server made it: see [`Error::may_have_arrived`].
    /// What is secret in it is blanked in everything that comes back from then on.
    pub async fn send_write(&self, change: &WriteRequest) -> Result<Taken, Error> {
        for secret in change.0.body.iter().flat_map(secrets) {
            self.0.shared.secrets.add(secret);
        }
        let answer = self.send(&change.0).await?;
        answer.check_success()?;
        Ok(if answer.is_empty() { Taken::Silently } else { Taken::WithWords })
    }
}

/// How a server took a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Its answer says something, and nothing that would contradict.
    WithWords,
    /// Its answer is empty.
    Silently,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    fn sensor() -> Sensor {
        let sensor: Option<Sensor> = wire::parse_one(r#"{"id": 3, "computer_name": "WS-3", "group_id": 1}"#).unwrap();
        sensor.unwrap()
    }

    #[test]
    fn a_change_of_a_sensor_names_one_member_and_the_group() {
        let sensor = sensor();
        assert_eq!(
            WriteRequest::isolation(&sensor, true).body(),
            json!({"group_id": 1, "network_isolation_enabled": true})
        );
        assert_eq!(WriteRequest::group(&sensor, GroupId(2)).body(), json!({"group_id": 2}));
    }

    #[test]
    fn what_is_secret_in_a_body_is_sent_and_never_told() {
        let body = json!({"password": "s3cret", "inner": [{"auth_token": "s3cret"}], "icon": "x".repeat(5000)});
        let change = WriteRequest(RequestSpec::post("/api/user", "user ana", body));
        for told in [change.to_string(), format!("{change:?}"), change.body().to_string()] {
            assert!(!told.contains("s3cret"), "{told}");
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
