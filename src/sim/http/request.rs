//! Request as the application behind the front end receives it.

use hyper::{Method, Uri};
use serde_json::Value;
use url::form_urlencoded;

/// Parsed HTTP request with the effects of faults on its execution.
#[derive(Clone, Debug)]
pub(in crate::sim) struct ApiRequest {
    pub(in crate::sim) method: String,
    /// Path and query as received.
    pub(in crate::sim) target: String,
    path: Vec<String>,
    params: Vec<(String, String)>,
    body: Vec<u8>,
    /// Whether a change is accepted and never applied.
    pub(in crate::sim) drops_change: bool,
    /// Whether the host of the requested sensor has just rebooted.
    pub(in crate::sim) has_rebooted: bool,
    /// Whether a change of several objects is applied to every other one only.
    pub(in crate::sim) is_partial: bool,
    /// What goes wrong on the host of a session.
    pub(in crate::sim) host_fault: Option<HostFault>,
}

/// A failure of a session with a host, or of a command there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum HostFault {
    SessionLost,
    SensorGone,
    AccessDenied,
    DiskFull,
}

impl ApiRequest {
    /// Parses method and URI of a request without a body.
    pub(in crate::sim) fn new(method: &Method, uri: &Uri) -> Self {
        let path = uri.path().split('/').filter(|part| !part.is_empty());
        let query = uri.query().unwrap_or_default();
        Self {
            method: method.to_string(),
            target: uri.path_and_query().map_or_else(String::new, ToString::to_string),
            path: path.map(unescape).collect(),
            params: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            body: Vec::new(),
            drops_change: false,
            has_rebooted: false,
            is_partial: false,
            host_fault: None,
        }
    }

    /// Creates a `GET` request with the parameters of a stored query, which is form data.
    pub(in crate::sim) fn from_stored_query(query: &str) -> Self {
        Self {
            params: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            ..Self::new(&Method::GET, &Uri::default())
        }
    }

    /// Returns the request with a body.
    pub(in crate::sim) fn with_body(self, body: Vec<u8>) -> Self {
        Self { body, ..self }
    }

    /// Returns the request with one more parameter.
    pub(in crate::sim) fn with_param(mut self, name: &str, value: &str) -> Self {
        self.params.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns method and path segments; a trailing slash makes no difference.
    pub(in crate::sim) fn route(&self) -> (&str, Vec<&str>) {
        let path = self.path.iter().map(String::as_str).collect();
        (&self.method, path)
    }

    /// Returns the first value of a parameter.
    pub(in crate::sim) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns all parameters, in the order of the request.
    pub(in crate::sim) fn params(&self) -> impl Iterator<Item = (&str, &str)> {
        self.params.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Parses a parameter as a number; `None` if it is absent, negative or not a number.
    pub(in crate::sim) fn number(&self, name: &str) -> Option<u64> {
        self.param(name)?.trim().parse().ok()
    }

    /// Returns the body as it came.
    pub(in crate::sim) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Parses the body as JSON; an empty one is `null`.
    pub(in crate::sim) fn json(&self) -> Result<Value, serde_json::Error> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body)
    }

    /// Returns the request with the members of its JSON body as parameters, each a scalar or a list of them: a `POST` search
    /// sends its parameters so (reference 1.7).
    pub(in crate::sim) fn with_body_params(&self) -> Result<Self, serde_json::Error> {
        let mut request = self.clone();
        if self.method != "POST" {
            return Ok(request);
        }
        if let Value::Object(members) = self.json()? {
            for (name, value) in members {
                let values = match value {
                    Value::Array(values) => values,
                    value => vec![value],
                };
                request.params.extend(values.iter().map(|value| (name.clone(), plain_text(value))));
            }
        }
        Ok(request)
    }
}

fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Decodes the percent escapes of a path segment.
fn unescape(segment: &str) -> String {
    // The form decoder would turn a plus into a space.
    let escaped = segment.replace('+', "%2B");
    form_urlencoded::parse(escaped.as_bytes()).map(|(name, _)| name.into_owned()).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &Method, target: &str, body: &str) -> ApiRequest {
        ApiRequest::new(method, &target.parse().unwrap()).with_body(body.into())
    }

    #[test]
    fn a_trailing_slash_and_escapes_make_no_difference() {
        let request = request(&Method::GET, "/api/v1/user/a%20b+c/?q=x+y%3Az&q=2", "");
        assert_eq!(request.route(), ("GET", vec!["api", "v1", "user", "a b+c"]));
        assert_eq!(request.param("q"), Some("x y:z"));
        assert_eq!(request.params().count(), 2);
        assert_eq!(request.number("rows"), None);
    }

    #[test]
    fn a_posted_search_is_parsed_like_one_in_the_url() {
        let body = r#"{"q": ["a b"], "rows": 3, "facet": ["true", "true"], "cb.fq.x": null}"#;
        let request = request(&Method::POST, "/api/v1/process", body).with_body_params().unwrap();
        assert_eq!(request.param("q"), Some("a b"));
        assert_eq!(request.number("rows"), Some(3));
        assert_eq!(request.param("facet"), Some("true"));
        assert_eq!(request.param("cb.fq.x"), Some(""));
    }

    #[test]
    fn an_empty_body_is_null_and_a_broken_one_is_an_error() {
        assert_eq!(request(&Method::PUT, "/", " ").json().unwrap(), Value::Null);
        assert!(request(&Method::PUT, "/", "{").json().is_err());
    }
}
