//! The description of a request before it is sent.

use std::borrow::Cow;

use reqwest::Method;
use serde_json::{Map, Value};
use url::Url;

use crate::model::{Search, Span};
use crate::query::FilteredQuery;

/// The description of a request: method, path, parameters and body, with texts for its error messages.
#[derive(Clone)]
pub(super) struct RequestSpec {
    pub(super) method: Method,
    /// The path, beginning with `/api`.
    path: String,
    query: Vec<(Cow<'static, str>, String)>,
    /// The JSON body. It may have a password, so it is never shown or logged.
    pub(super) body: Option<Value>,
    /// The object of the request, for the message "the server does not know …".
    pub(super) about: String,
    /// The purpose of the request, for the message "the token's user has no right to …".
    pub(super) purpose: String,
    /// Whether it may be sent again although an earlier attempt may have arrived.
    pub(super) is_safe: bool,
}

impl RequestSpec {
    /// Describes a GET request for `about`.
    pub(super) fn get(path: impl Into<String>, about: impl Into<String>) -> Self {
        let about = about.into();
        Self {
            method: Method::GET,
            path: path.into(),
            query: Vec::new(),
            body: None,
            purpose: format!("see {about}"),
            about,
            is_safe: true,
        }
    }

    /// Describes a PUT request that changes `about`. It is never retried, because a repeated change may do harm.
    pub(super) fn put(path: impl Into<String>, about: impl Into<String>, body: Value) -> Self {
        let about = about.into();
        Self {
            method: Method::PUT,
            body: Some(body),
            purpose: format!("change {about}"),
            is_safe: false,
            ..Self::get(path, about)
        }
    }

    /// Describes a POST request that creates `about`. It is never retried.
    pub(super) fn post(path: impl Into<String>, about: impl Into<String>, body: Value) -> Self {
        Self { method: Method::POST, ..Self::put(path, about, body) }
    }

    /// Describes a DELETE request for `about`. It is never retried.
    pub(super) fn delete(path: impl Into<String>, about: impl Into<String>) -> Self {
        Self { method: Method::DELETE, body: None, ..Self::put(path, about, Value::Null) }
    }

    /// Sets the purpose, for the message "the token's user has no right to …", and the permission it needs, as the
    /// server's web console names it (reference 7).
    pub(super) fn with_permission(mut self, purpose: &str, permission: &str) -> Self {
        self.purpose = format!("{purpose}: requires {permission}");
        self
    }

    /// Describes a request for rows of a search, with the parameters that all indexes support (reference 1.7).
    pub(super) fn search(path: &str, about: &str, search: &Search, span: Span) -> Self {
        Self::get(path, about).with_param("cb.urlver", 1).with_query(&search.query).rows(span)
    }

    /// Adds a query, with the facet filters in its text as separate parameters.
    pub(super) fn with_query(self, text: &str) -> Self {
        let FilteredQuery { text, filters } = FilteredQuery::parse(text);
        filters
            .into_iter()
            .fold(self.with_param("q", text), |spec, (field, value)| spec.with_param(format!("cb.fq.{field}"), value))
    }

    /// Adds a parameter.
    #[expect(clippy::needless_pass_by_value, reason = "numbers read better without a borrow")]
    pub(super) fn with_param(mut self, name: impl Into<Cow<'static, str>>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Adds a parameter if `value` is not `None`.
    pub(super) fn with_optional_param(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with_param(name, value),
            None => self,
        }
    }

    /// Adds the range of rows.
    pub(super) fn rows(self, span: Span) -> Self {
        self.with_param("rows", span.rows).with_param("start", span.start)
    }

    /// Moves the parameters into a body if they are too long for a URL (reference 1.7, "POST form").
    pub(super) fn with_form_body(mut self) -> Self {
        /// In bytes. Front ends refuse longer request lines: nginx allows 8 KiB for all headers, some proxies 4 KiB.
        const MAX_URL_LENGTH: usize = 4000;
        if self.query_string().len() <= MAX_URL_LENGTH {
            return self;
        }
        let mut body = Map::new();
        for (name, value) in self.query.drain(..) {
            match &*name {
                "rows" | "start" => {
                    let number = value.parse::<u64>().map_or(Value::Null, Value::from);
                    body.insert(name.into_owned(), number);
                }
                "sort" => {
                    body.insert(name.into_owned(), Value::from(value));
                }
                // A name can have several values.
                _ => match body.entry(name.into_owned()).or_insert_with(|| Value::Array(Vec::new())) {
                    Value::Array(values) => values.push(value.into()),
                    single => *single = value.into(),
                },
            }
        }
        self.body = Some(Value::Object(body));
        self.method = Method::POST;
        self
    }

    /// Returns the query of a search, from the parameters or from the body.
    pub(super) fn query(&self) -> Option<&str> {
        let parameter = self.query.iter().find(|(name, _)| *name == "q");
        let body = || self.body.as_ref()?.get("q")?.get(0)?.as_str();
        parameter.map(|(_, value)| value.as_str()).or_else(body)
    }

    /// Returns the path, beginning with `/api`.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Returns method and path, which name the request in messages.
    pub(super) fn endpoint(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Returns the URL of the request. `base` may have a path of its own.
    pub(super) fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        url.set_path(&format!("{}{}", base.path().trim_end_matches('/'), self.path));
        let query = self.query_string();
        url.set_query((!query.is_empty()).then_some(query.as_str()));
        url
    }

    /// Returns the parameters sorted by name and encoded as the official client does (reference 1.2).
    fn query_string(&self) -> String {
        let mut query: Vec<_> = self.query.iter().collect();
        query.sort_unstable();
        let pairs: Vec<_> =
            query.into_iter().map(|(name, value)| format!("{name}={}", encode_form_value(value))).collect();
        pairs.join("&")
    }
}

/// Encodes a form value: `+` for a space, `%XX` for everything but letters, digits and `-_.~`.
fn encode_form_value(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                let hex = b"0123456789ABCDEF";
                out.push(char::from(hex[usize::from(byte >> 4)]));
                out.push(char::from(hex[usize::from(byte & 15)]));
            }
        }
    }
    out
}

/// Encodes a name as one segment of a path, because a feed can give its reports any name.
pub(super) fn segment(name: &str) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~.".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_sorted_and_encoded_as_the_official_client_does() {
        let spec = RequestSpec::get("/api/v1/process", "processes")
            .with_param("q", r"process_name:net.exe cmdline:\\test\blah*~[é]")
            .with_param("cb.urlver", 1)
            .with_param("facet.field", "a")
            .with_param("facet", true)
            .with_optional_param("sort", None::<&str>)
            .rows(Span { start: 0, rows: 100 });
        let base = Url::parse("https://cb.example.com/edr/").unwrap();
        assert_eq!(
            spec.with_form_body().url(&base).as_str(),
            "https://cb.example.com/edr/api/v1/process?cb.urlver=1&facet=true&facet.field=a&q=process_name%3Anet.exe+cmdline%3A%5C%5Ctest%5Cblah%2A~%5B%C3%A9%5D&rows=100&start=0"
        );
    }

    #[test]
    fn what_is_too_long_for_an_address_goes_into_a_body() {
        let query = "md5:x ".repeat(1000);
        let spec = RequestSpec::get("/api/v1/process", "processes")
            .with_param("q", &query)
            .with_param("sort", "start asc")
            .with_param("facet.field", "username")
            .with_param("facet.field", "group")
            .rows(Span { start: 5, rows: 10 })
            .with_form_body();
        assert_eq!(spec.endpoint(), "POST /api/v1/process");
        assert!(spec.is_safe);
        assert_eq!(
            spec.body,
            Some(serde_json::json!({
                "q": [query], "sort": "start asc", "facet.field": ["username", "group"], "rows": 10, "start": 5
            }))
        );
        let base = Url::parse("https://cb.example.com").unwrap();
        assert_eq!(spec.url(&base).as_str(), "https://cb.example.com/api/v1/process");
    }

    #[test]
    fn the_name_of_a_report_is_one_segment_of_the_path() {
        assert_eq!(segment("CI-118"), "CI-118");
        assert_eq!(segment("../user"), "..%2Fuser");
        assert_eq!(segment("a b?c#d"), "a%20b%3Fc%23d");
    }
}
