//! Fault injection: failures of networks, front ends and servers.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::request::{ApiRequest, HostFault};

/// A fault: the failure, the requests it applies to, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub mode: Mode,
    /// Requests that it applies to: a part of their path and query, or its beginning after `^`, or its end before `$`.
    /// Absent: all.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Method of the requests that it applies to. Absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Number of requests that it applies to. Absent: until it is cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Delay of the response in milliseconds, for every mode.
    #[serde(default)]
    pub ms: u64,
    /// Value of a `Retry-After` header, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// Whether the request is executed before it fails.
    #[serde(default)]
    pub after: bool,
    /// Milliseconds after which the request is executed although it has failed: the front end has timed out, the
    /// application keeps running. Only for modes that replace the application's response or send none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<u64>,
    /// Status of the response, for the modes `answer` and `lost-answer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Body of the response, for the modes `answer` and `lost-answer`. Absent: what the real server sends with the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// Kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The correct response, delayed by `ms`.
    Latency,
    /// The API token is rejected.
    #[serde(rename = "401")]
    Unauthorized,
    /// The user lacks a permission.
    #[serde(rename = "403")]
    Forbidden,
    /// The resource does not exist.
    #[serde(rename = "404")]
    NotFound,
    /// Too many requests.
    #[serde(rename = "429")]
    TooMany,
    /// The application fails with an unhandled exception.
    #[serde(rename = "500")]
    Internal,
    /// The front end cannot reach the application: HTML.
    #[serde(rename = "502")]
    BadGateway,
    /// The front end is overloaded: HTML.
    #[serde(rename = "503")]
    Unavailable,
    /// The front end timed out: HTML.
    #[serde(rename = "504")]
    GatewayTimeout,
    /// No response; the connection stays open.
    Hang,
    /// The connection is closed in the middle of the body.
    Cut,
    /// The body is broken JSON.
    BrokenJson,
    /// Valid JSON with wrong types: some rows are unusable, some partly readable.
    WrongTypes,
    /// The request succeeds and has no effect, on a sensor or on the index of alerts and reports.
    NeverConfirm,
    /// The host of the requested sensor has just rebooted: it is not isolated until it checks in.
    Reboot,
    /// The request is executed and the connection is closed without a response, or with `status` if there is one.
    LostAnswer,
    /// A proxy responds instead of the server, with `status` (200 if absent) and `body`.
    Answer,
    /// A change of several alerts or reports is applied to every other one, and reported as complete.
    Partial,
    /// The Live Response session of the request has ended, and the server does not know it any more.
    SessionLost,
    /// The sensor has left its Live Response session.
    SensorGone,
    /// The host refuses the Live Response command.
    AccessDenied,
    /// The host has no space for the Live Response command.
    DiskFull,
}

impl Mode {
    /// Returns the failure of a session or a command; `None` for other modes.
    pub(in crate::sim) fn host_fault(self) -> Option<HostFault> {
        match self {
            Self::SessionLost => Some(HostFault::SessionLost),
            Self::SensorGone => Some(HostFault::SensorGone),
            Self::AccessDenied => Some(HostFault::AccessDenied),
            Self::DiskFull => Some(HostFault::DiskFull),
            Self::Latency
            | Self::Unauthorized
            | Self::Forbidden
            | Self::NotFound
            | Self::TooMany
            | Self::Internal
            | Self::BadGateway
            | Self::Unavailable
            | Self::GatewayTimeout
            | Self::Hang
            | Self::Cut
            | Self::BrokenJson
            | Self::WrongTypes
            | Self::NeverConfirm
            | Self::Reboot
            | Self::LostAnswer
            | Self::Answer
            | Self::Partial => None,
        }
    }
}

impl Fault {
    /// Creates a fault that applies to every request until it is cleared.
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

    /// Restricts the fault to a path and query that contain `target`, or begin with it after `^`, or end with it before `$`.
    #[must_use]
    pub fn for_target(mut self, target: &str) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Restricts the fault to a method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Limits the number of requests that the fault applies to.
    #[must_use]
    pub fn limit_times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Delays the response.
    #[must_use]
    pub fn with_delay(mut self, delay: Duration) -> Self {
        self.ms = to_millis(delay);
        self
    }

    /// Adds a `Retry-After` header, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Executes the request before it fails.
    #[must_use]
    pub fn after_execution(mut self) -> Self {
        self.after = true;
        self
    }

    /// Sets the status of the response, for the modes `answer` and `lost-answer`.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets the body of the response, for the modes `answer` and `lost-answer`.
    #[must_use]
    pub fn body(mut self, body: &str) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Executes the request `delay` after it has failed.
    #[must_use]
    pub fn with_late_execution(mut self, delay: Duration) -> Self {
        self.later = Some(to_millis(delay));
        self
    }

    fn applies_to(&self, request: &ApiRequest) -> bool {
        let is_method = |method: &String| method.eq_ignore_ascii_case(&request.method);
        let is_target = |target: &String| {
            let (is_start, target) = match target.strip_prefix('^') {
                Some(target) => (true, target),
                None => (false, target.as_str()),
            };
            match (is_start, target.strip_suffix('$')) {
                (true, Some(target)) => request.target == target,
                (true, None) => request.target.starts_with(target),
                (false, Some(target)) => request.target.ends_with(target),
                (false, None) => request.target.contains(target),
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

/// Delay and failure of one request.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Plan {
    pub(in crate::sim) delay: Duration,
    /// The first fault that applies to the request and is not a mere delay.
    pub(in crate::sim) fault: Option<Fault>,
}

impl Plan {
    /// Collects the faults that apply to `request`, and uses up one time of each.
    pub(in crate::sim) fn take_matching(faults: &mut Vec<Fault>, request: &ApiRequest) -> Self {
        let mut plan = Self::default();
        for fault in faults.iter_mut() {
            let is_delay = fault.mode == Mode::Latency;
            if !fault.applies_to(request) || (!is_delay && plan.fault.is_some()) {
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

/// Replaces members of rows by wrong types: every third row is unusable, every third partly readable, the others intact.
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
                // A process summary has rows of its own.
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

/// Puts nulls, wrong types and gaps into all members except those that identify the record.
fn corrupt_record(record: &mut serde_json::Map<String, Value>) {
    const ID_FIELDS: [&str; 5] = ["id", "unique_id", "md5", "name", "username"];
    let names: Vec<String> = record.keys().cloned().collect();
    for (at, name) in names.into_iter().enumerate() {
        if ID_FIELDS.contains(&name.as_str()) {
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

    fn request(method: &Method, target: &str) -> ApiRequest {
        ApiRequest::new(method, &target.parse().unwrap())
    }

    #[test]
    fn a_fault_applies_to_its_requests_and_as_often_as_it_says() {
        let text = r#"{"mode": "503", "match": "^/api/v1/process", "method": "get", "times": 2, "retry_after": 2}"#;
        let mut faults: Vec<Fault> = vec![serde_json::from_str(text).unwrap()];
        let mut fails =
            |method: &Method, target: &str| Plan::take_matching(&mut faults, &request(method, target)).fault.is_some();
        assert!(!fails(&Method::GET, "/x/api/v1/process"));
        assert!(!fails(&Method::POST, "/api/v1/process"));
        assert!(fails(&Method::GET, "/api/v1/process?q=1"));
        assert!(fails(&Method::GET, "/api/v1/process?q=1"));
        assert!(!fails(&Method::GET, "/api/v1/process?q=1"));
    }

    #[test]
    fn a_fault_can_be_tied_to_the_ends_of_an_address() {
        let fails = |pattern: &str, target: &str| {
            let mut faults = vec![Fault::new(Mode::Cut).for_target(pattern)];
            let plan = Plan::take_matching(&mut faults, &request(&Method::GET, target));
            plan.fault.is_some()
        };
        assert!(fails("^/a/b$", "/a/b"));
        assert!(!fails("^/a/b$", "/a/b/c") && !fails("^/a/b$", "/x/a/b"));
        assert!(fails("b$", "/a/b") && !fails("b$", "/a/b/c"));
    }

    #[test]
    fn delays_add_up_and_leave_room_for_one_fault() {
        let delay = |ms| Fault::new(Mode::Latency).with_delay(Duration::from_millis(ms));
        let mut faults = vec![delay(5), Fault::new(Mode::Cut), Fault::new(Mode::Hang), delay(7)];
        let plan = Plan::take_matching(&mut faults, &request(&Method::GET, "/api/info"));
        assert_eq!(plan.delay, Duration::from_millis(12));
        assert_eq!(plan.fault.map(|fault| fault.mode), Some(Mode::Cut));
    }

    #[test]
    fn wrong_types_leave_some_rows_intact_and_some_partly_readable() {
        let row = |id: u8| json!({"id": id.to_string(), "a": "x", "b": 1, "c": true, "d": 2});
        let corrupted = corrupt_rows(json!({"results": [row(1), row(2), row(3)], "total_results": 3}));
        assert_eq!(corrupted["total_results"], 3);
        assert_eq!(corrupted["results"][0]["id"], Value::Null);
        assert_eq!(corrupted["results"][1]["id"], "2");
        assert_ne!(corrupted["results"][1], row(2));
        assert_eq!(corrupted["results"][2], row(3));
    }
}
