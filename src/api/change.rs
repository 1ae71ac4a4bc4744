//! Requests that change the server. They are made before they are sent, so that they can be shown, and are sent once.

use serde_json::{Map, Value};

use super::{Client, Error, ask::Ask};
use crate::model::Sensor;

/// A request that changes the server, exactly as it is sent.
#[derive(Clone)]
pub struct Change(Ask);

impl Change {
    /// The verb.
    pub fn method(&self) -> &str {
        self.0.method.as_str()
    }

    /// The path, from `/api` on.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// The body; null if there is none.
    pub fn body(&self) -> &Value {
        self.0.body.as_ref().unwrap_or(&Value::Null)
    }
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Change").field(&self.0.endpoint()).finish()
    }
}

impl Client {
    /// The request by which isolation of a host is asked for, or no longer (reference 2.6, "PUT"). Every generation of
    /// the server takes a record of these two members: the old ones, which their console sends all of it, and those from
    /// 7.1 on, which refuse most of it. What is not sent is not overwritten with what it was a moment ago.
    pub fn isolation(&self, sensor: &Sensor, is_wanted: bool) -> Change {
        let mut body = Map::new();
        body.insert("network_isolation_enabled".into(), is_wanted.into());
        if let Some(group) = sensor.group {
            body.insert("group_id".into(), group.0.into());
        }
        let id = sensor.id;
        Change(Ask::put(
            format!("/api/v1/sensor/{id}"),
            format!("sensor {id}"),
            Value::Object(body),
        ))
    }

    /// Sends a change, once. Of most errors one cannot say whether the server made it: see [`Error::is_refusal`].
    pub async fn change(&self, change: &Change) -> Result<(), Error> {
        self.send(&change.0).await.map(|_| ())
    }
}
