//! Faults on demand: what goes wrong on networks, in front ends and in servers.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::request::ApiRequest;

/// What shall go wrong, where, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub mode: Mode,
    /// Path and query that it happens to: a part of it, its beginning after `^`, its end before `$`. Absent: all.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The method that it happens to. Absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// How many times. Absent: until it is cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Milliseconds that the answer is late, whatever the mode.
    #[serde(default)]
    pub ms: u64,
    /// Seconds for a `Retry-After` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// Whether the request is carried out before it goes wrong.
    #[serde(default)]
    pub after: bool,
    /// Milliseconds after which the request is carried out all the same, though it has gone wrong by then: what stands
    /// in front has given up, and the application has not. Only for what answers in its place, or not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<u64>,
    /// The status of the answer, for the modes `answer` and `lost-answer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The body of the answer, for the same modes. Absent: what the real server sends with that status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// The ways to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// A good answer, late.
    Latency,
    /// The token is not accepted.
    #[serde(rename = "401")]
    Unauthorized,
    /// The user lacks the right.
    #[serde(rename = "403")]
    Forbidden,
    /// There is no such thing.
    #[serde(rename = "404")]
    NotFound,
    /// Too many requests.
    #[serde(rename = "429")]
    TooMany,
    /// The application stumbles.
    #[serde(rename = "500")]
    Internal,
    /// The front end cannot reach the application: HTML.
    #[serde(rename = "502")]
    BadGateway,
    /// The front end is overloaded: HTML.
    #[serde(rename = "503")]
    Unavailable,
    /// The front end gave up waiting: HTML.
    #[serde(rename = "504")]
    GatewayTimeout,
    /// No answer, ever; the connection stays open.
    Hang,
    /// The body ends in its middle, and so does the connection.
    Cut,
    /// A body that is JSON up to a point.
    BrokenJson,
    /// Good JSON whose rows are not what they should be: some cannot be used, some can be read in part.
    WrongTypes,
    /// A sensor takes the request and never does what it asks; so does the index with alerts and reports.
    NeverConfirm,
    /// The host whose sensor is asked for has just been started again: it is not isolated until it checks in.
    Reboot,
    /// The request is carried out, and the connection closed without an answer; with a `status`, that is answered.
    LostAnswer,
    /// Somebody else answers in the server's place: the `status` (200 unless given) and the `body`.
    Answer,
    /// A change of many alerts or reports is made to every other one, and answered as if it were whole.
    Partial,
}

impl Fault {
    /// This mode, everywhere and always.
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            target: None,
            method: None,
            times: None,
            ms: 0,
            retry_after: None,
            after: false,
            later: None,
            status: None,
            body: None,
        }
    }

    /// Only where path and query contain `target`, begin with what follows its `^`, and end with what precedes its `$`.
    #[must_use]
    pub fn for_target(mut self, target: &str) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Only for this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Only so many times.
    #[must_use]
    pub fn limit_times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// With the answer so late.
    #[must_use]
    pub fn with_delay(mut self, late: Duration) -> Self {
        self.ms = to_millis(late);
        self
    }

    /// With this `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// With the request carried out first.
    #[must_use]
    pub fn after_execution(mut self) -> Self {
        self.after = true;
        self
    }

    /// With this status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: &str) -> Self {
        self.body = Some(body.into());
        self
    }

    /// With the request carried out so much later.
    #[must_use]
    pub fn with_late_execution(mut self, later: Duration) -> Self {
        self.later = Some(to_millis(later));
        self
    }

    fn applies_to(&self, ask: &ApiRequest) -> bool {
        let is_method = |method: &String| method.eq_ignore_ascii_case(&ask.method);
        let is_target = |target: &String| {
            let (is_start, target) = match target.strip_prefix('^') {
                Some(rest) => (true, rest),
                None => (false, target.as_str()),
            };
            match (is_start, target.strip_suffix('$')) {
                (true, Some(target)) => ask.target == target,
                (true, None) => ask.target.starts_with(target),
                (false, Some(target)) => ask.target.ends_with(target),
                (false, None) => ask.target.contains(target),
            }
        };
        self.times != Some(0)
            && self.method.as_ref().is_none_or(is_method)
            && self.target.as_ref().is_none_or(is_target)
    }
}

fn to_millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What goes wrong with one request.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Plan {
    pub(in crate::sim) delay: Duration,
    /// Anything but a delay; the first that concerns the request.
    pub(in crate::sim) fault: Option<Fault>,
}

impl Plan {
    /// Takes what concerns the request out of the faults, each once.
    pub(in crate::sim) fn take_matching(faults: &mut Vec<Fault>, ask: &ApiRequest) -> Self {
        let mut plan = Self::default();
        for fault in faults.iter_mut() {
            let is_delay = fault.mode == Mode::Latency;
            if !fault.applies_to(ask) || (!is_delay && plan.fault.is_some()) {
                continue;
            }
            plan.delay += Duration::from_millis(fault.ms);
            fault.times = fault.times.map(|times| times - 1);
            if !is_delay {
                plan.fault = Some(fault.clone());
            }
        }
        faults.retain(|fault| fault.times != Some(0));
        plan
    }
}

/// Rows that are not what they should be: every third beyond use, every third readable in part, the rest whole.
pub(in crate::sim) fn corrupt_rows(mut answer: Value) -> Value {
    match &mut answer {
        Value::Array(rows) => corrupt_every_third(rows),
        Value::Object(envelope) => {
            if let Some(Value::Object(facets)) = envelope.get_mut("facets") {
                let lists = facets.values_mut().filter_map(Value::as_array_mut);
                lists.for_each(|values| corrupt_every_third(values));
            }
            if let Some(Value::Array(rows)) = envelope.get_mut("results") {
                corrupt_every_third(rows);
            } else if let Some(Value::Object(process)) = envelope.get_mut("process") {
                // A summary has rows of its own.
                corrupt_record(process);
                for name in ["children", "siblings"] {
                    if let Some(Value::Array(rows)) = envelope.get_mut(name) {
                        corrupt_every_third(rows);
                    }
                }
            } else {
                corrupt_record(envelope);
            }
        }
        _ => {}
    }
    answer
}

fn corrupt_every_third(rows: &mut [Value]) {
    for (at, row) in rows.iter_mut().enumerate() {
        match (at % 3, row) {
            (0, row) => {
                *row = json!({"id": null, "unique_id": {"no": "id"}, "md5": 7, "process_name": ["?"]});
            }
            (1, Value::Object(row)) => corrupt_record(row),
            _ => {}
        }
    }
}

/// Nulls, wrong types and gaps everywhere but in what identifies the record.
fn corrupt_record(record: &mut serde_json::Map<String, Value>) {
    const KEPT_FIELDS: [&str; 5] = ["id", "unique_id", "md5", "name", "username"];
    let names: Vec<String> = record.keys().cloned().collect();
    for (at, name) in names.into_iter().enumerate() {
        if KEPT_FIELDS.contains(&name.as_str()) {
            continue;
        }
        let Some(value) = record.get_mut(&name) else {
            continue;
        };
        *value = match (at % 4, value.take()) {
            (0, _) => Value::Null,
            (1, Value::Number(number)) => json!(number.to_string()),
            (1, Value::String(_)) => json!(-1),
            (2, _) => json!({"unexpected": [1, null]}),
            (3, _) => {
                record.remove(&name);
                continue;
            }
            (_, value) => json!([value]),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::Method;

    fn ask(method: &Method, target: &str) -> ApiRequest {
        ApiRequest::new(method, &target.parse().unwrap())
    }

    #[test]
    fn a_fault_happens_where_and_as_often_as_it_says() {
        let text = r#"{"mode": "503", "match": "^/api/v1/process", "method": "get", "times": 2, "retry_after": 2}"#;
        let mut faults: Vec<Fault> = vec![serde_json::from_str(text).unwrap()];
        let mut strikes =
            |method: &Method, target: &str| Plan::take_matching(&mut faults, &ask(method, target)).fault.is_some();
        assert!(!strikes(&Method::GET, "/x/api/v1/process"));
        assert!(!strikes(&Method::POST, "/api/v1/process"));
        assert!(strikes(&Method::GET, "/api/v1/process?q=1"));
        assert!(strikes(&Method::GET, "/api/v1/process?q=1"));
        assert!(!strikes(&Method::GET, "/api/v1/process?q=1"));
    }

    #[test]
    fn a_fault_can_be_tied_to_the_ends_of_an_address() {
        let strikes = |pattern: &str, target: &str| {
            let mut faults = vec![Fault::new(Mode::Cut).for_target(pattern)];
            let plan = Plan::take_matching(&mut faults, &ask(&Method::GET, target));
            plan.fault.is_some()
        };
        assert!(strikes("^/a/b$", "/a/b"));
        assert!(!strikes("^/a/b$", "/a/b/c") && !strikes("^/a/b$", "/x/a/b"));
        assert!(strikes("b$", "/a/b") && !strikes("b$", "/a/b/c"));
    }

    #[test]
    fn delays_add_up_and_leave_room_for_one_fault() {
        let late = |ms| Fault::new(Mode::Latency).with_delay(Duration::from_millis(ms));
        let mut faults = vec![late(5), Fault::new(Mode::Cut), Fault::new(Mode::Hang), late(7)];
        let plan = Plan::take_matching(&mut faults, &ask(&Method::GET, "/api/info"));
        assert_eq!(plan.delay, Duration::from_millis(12));
        assert_eq!(plan.fault.map(|fault| fault.mode), Some(Mode::Cut));
    }

    #[test]
    fn wrong_types_leave_some_rows_whole_and_some_readable() {
        let row = |id: u8| json!({"id": id.to_string(), "a": "x", "b": 1, "c": true, "d": 2});
        let spoiled = corrupt_rows(json!({"results": [row(1), row(2), row(3)], "total_results": 3}));
        assert_eq!(spoiled["total_results"], 3);
        assert_eq!(spoiled["results"][0]["id"], Value::Null);
        assert_eq!(spoiled["results"][1]["id"], "2");
        assert_ne!(spoiled["results"][1], row(2));
        assert_eq!(spoiled["results"][2], row(3));
    }
}
