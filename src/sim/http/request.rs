//! A request as the application behind the front end sees it.

use hyper::{Method, Uri};
use serde_json::Value;
use url::form_urlencoded;

/// What was asked.
#[derive(Clone, Debug)]
pub(in crate::sim) struct ApiRequest {
    pub(in crate::sim) method: String,
    /// Path and query as they came.
    pub(in crate::sim) target: String,
    path: Vec<String>,
    params: Vec<(String, String)>,
    body: Vec<u8>,
    /// The sensor concerned shall take it and never act on it.
    pub(in crate::sim) drops_change: bool,
    /// Whether the host that it is about has just been started again.
    pub(in crate::sim) has_rebooted: bool,
    /// Of many things to change, every other one shall be passed over.
    pub(in crate::sim) is_partial: bool,
}

impl ApiRequest {
    /// Takes a request apart. A `POST` search carries its parameters as a JSON object (reference 1.7).
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
        }
    }

    /// The search that a stored query asks for: form data, without an address.
    pub(in crate::sim) fn from_stored_query(query: &str) -> Self {
        Self {
            params: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            ..Self::new(&Method::GET, &Uri::default())
        }
    }

    /// The same request with its body.
    pub(in crate::sim) fn with_body(self, body: Vec<u8>) -> Self {
        Self { body, ..self }
    }

    /// The same request with one more parameter.
    pub(in crate::sim) fn with_param(mut self, name: &str, value: &str) -> Self {
        self.params.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Method and path segments, to be matched. A trailing slash makes no difference.
    pub(in crate::sim) fn route(&self) -> (&str, Vec<&str>) {
        let path = self.path.iter().map(String::as_str).collect();
        (&self.method, path)
    }

    /// The first value of a parameter.
    pub(in crate::sim) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All parameters, in the order they came.
    pub(in crate::sim) fn params(&self) -> impl Iterator<Item = (&str, &str)> {
        self.params.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A parameter that is a number not below zero; anything else counts as not given.
    pub(in crate::sim) fn number(&self, name: &str) -> Option<u64> {
        self.param(name)?.trim().parse().ok()
    }

    /// The body as JSON; an empty one is `null`.
    pub(in crate::sim) fn json(&self) -> Result<Value, serde_json::Error> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body)
    }

    /// The same request with the members of its JSON body as parameters, each a scalar or a list of them.
    pub(in crate::sim) fn with_body_params(&self) -> Result<Self, serde_json::Error> {
        let mut ask = self.clone();
        if self.method != "POST" {
            return Ok(ask);
        }
        if let Value::Object(members) = self.json()? {
            for (name, value) in members {
                let values = match value {
                    Value::Array(values) => values,
                    value => vec![value],
                };
                ask.params.extend(values.iter().map(|value| (name.clone(), plain_text(value))));
            }
        }
        Ok(ask)
    }
}

fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Undoes percent escapes in a path segment, where a plus is a plus.
fn unescape(segment: &str) -> String {
    let shielded = segment.replace('+', "%2B");
    form_urlencoded::parse(shielded.as_bytes()).map(|(name, _)| name.into_owned()).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: &Method, target: &str, body: &str) -> ApiRequest {
        ApiRequest::new(method, &target.parse().unwrap()).with_body(body.into())
    }

    #[test]
    fn a_trailing_slash_and_escapes_make_no_difference() {
        let ask = ask(&Method::GET, "/api/v1/user/a%20b+c/?q=x+y%3Az&q=2", "");
        assert_eq!(ask.route(), ("GET", vec!["api", "v1", "user", "a b+c"]));
        assert_eq!(ask.param("q"), Some("x y:z"));
        assert_eq!(ask.params().count(), 2);
        assert_eq!(ask.number("rows"), None);
    }

    #[test]
    fn a_posted_search_is_read_like_one_in_the_address() {
        let body = r#"{"q": ["a b"], "rows": 3, "facet": ["true", "true"], "cb.fq.x": null}"#;
        let ask = ask(&Method::POST, "/api/v1/process", body).with_body_params().unwrap();
        assert_eq!(ask.param("q"), Some("a b"));
        assert_eq!(ask.number("rows"), Some(3));
        assert_eq!(ask.param("facet"), Some("true"));
        assert_eq!(ask.param("cb.fq.x"), Some(""));
    }

    #[test]
    fn an_empty_body_is_null_and_a_broken_one_is_an_error() {
        assert_eq!(ask(&Method::PUT, "/", " ").json().unwrap(), Value::Null);
        assert!(ask(&Method::PUT, "/", "{").json().is_err());
    }
}
