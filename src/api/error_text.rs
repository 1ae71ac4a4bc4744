//! Error texts from servers, proxies and the system, made safe to display.

use std::{collections::BTreeMap, error::Error as StdError, io};

use serde::de::IgnoredAny;
use serde_json::{Map, Value, value::RawValue};

use crate::text::{self, Untrusted};

/// Returns a text with control characters made visible, cut to the length of a message.
pub(super) fn excerpt(text: &str) -> String {
    const CELLS: usize = 200;
    let words: Vec<_> = text.split_whitespace().collect();
    text::fit(&Untrusted::from(words.join(" ")), CELLS)
}

/// Returns the `errorMessage` that makes an answer an error, even with a success status (reference 1.10).
pub(super) fn error_message(body: &str) -> Option<String> {
    // Answers can be large, and hardly any has this member.
    if !body.contains("\"errorMessage\"") {
        return None;
    }
    // The other members stay raw: parsed, they would take several times the memory.
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(body).ok()?;
    let message = fields.get("errorMessage")?.get();
    let text: Option<String> = serde_json::from_str(message).ok();
    Some(excerpt(text.as_deref().unwrap_or(message)))
}

/// Returns the `result` in the answer to a change, unless it is `success` (reference 1.10).
pub(super) fn failure_message(body: &str) -> Option<String> {
    let fields: Map<String, Value> = serde_json::from_str(body).ok()?;
    let result = fields.get("result")?.as_str()?;
    (!result.eq_ignore_ascii_case("success")).then(|| excerpt(result))
}

/// Names the kind of an answer to a change that cannot be the server's: a web page or broken JSON.
pub(super) fn foreign_answer(body: &str) -> Option<&'static str> {
    let body = body.trim_start();
    if body.starts_with('<') {
        return Some("a web page");
    }
    let is_json = body.starts_with(['{', '[']);
    (is_json && serde_json::from_str::<IgnoredAny>(body).is_err()).then_some("broken JSON")
}

/// Returns the `reason` of a refusal if it is one of the two about the syntax of a query (reference 1.10).
pub(super) fn syntax_error(body: &str) -> Option<String> {
    let fields: Map<String, Value> = serde_json::from_str(body).ok()?;
    let reason = fields.get("reason")?.as_str()?;
    matches!(reason, "query_malformed_syntax" | "query_syntax_error").then(|| reason.to_owned())
}

/// Returns why a session of Live Response is gone, if a 404 says so: by a text that begins with `Sensor` or `Session`, or
/// by a `status` of `NOT_FOUND` (reference 2.17).
pub(super) fn session_gone_reason(path: &str, body: &str) -> Option<String> {
    let is_of_session = path.strip_prefix("/api/v1/cblr/session/").is_some_and(|rest| !rest.is_empty());
    if !is_of_session {
        return None;
    }
    let body = body.trim();
    let fields: Map<String, Value> = serde_json::from_str(body).unwrap_or_default();
    let has_status = fields.get("status").and_then(Value::as_str) == Some("NOT_FOUND");
    if has_status {
        let reason = ["reason", "message", "error"].into_iter().find_map(|name| fields.get(name)?.as_str());
        return Some(excerpt(reason.unwrap_or_default()));
    }
    (body.starts_with("Sensor") || body.starts_with("Session")).then(|| excerpt(body))
}

/// Summarizes the body of an error: the message in JSON, the title of a web page, or the text itself.
pub(super) fn summarize(body: &str) -> String {
    let body = body.trim();
    if body.starts_with('<') {
        return excerpt(page_title(body).unwrap_or_default());
    }
    if let Ok(fields) = serde_json::from_str::<Map<String, Value>>(body) {
        let message = ["errorMessage", "reason", "message", "error", "result", "status"]
            .into_iter()
            .find_map(|name| fields.get(name)?.as_str());
        return excerpt(message.unwrap_or(body));
    }
    excerpt(body)
}

/// Returns whether an error page of nginx, Apache or a Go server reports plain HTTP on a TLS port.
pub(super) fn is_plain_http(body: &str) -> bool {
    let body = body.to_lowercase();
    body.contains("plain http") || body.contains("HTTP request to an HTTPS server")
}

/// Returns the message of the deepest cause of an error, which is the most specific.
pub(super) fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.downcast_ref::<io::Error>().map_or_else(|| excerpt(&deepest.to_string()), io_message)
}

/// Returns the HTTP library's reason if a proxy failed to open a tunnel.
pub(super) fn tunnel_error(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    const REASONS: [&str; 4] =
        ["proxy authorization required", "proxy response headers too long", "unexpected end of file", "unsuccessful"];
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(reason) = error.to_string().strip_prefix("tunnel error: ") {
            return REASONS.into_iter().find(|known| *known == reason);
        }
        next = error.source();
    }
    None
}

/// Returns the message of an I/O error without its number, beginning with a lower-case letter.
pub(super) fn io_message(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_lowercase());
    excerpt(&first.into_iter().chain(chars).collect::<String>())
}

fn page_title(page: &str) -> Option<&str> {
    let folded = page.to_ascii_lowercase();
    let start = folded.find("<title>")? + "<title>".len();
    let end = start + folded[start..].find("</title>")?;
    page.get(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_of_an_error_body_is_short_and_harmless() {
        let page = "<html>\r\n<head><TITLE>502 Bad\n Gateway</TITLE></head></html>";
        for (body, expected) in [
            (page, "502 Bad Gateway"),
            ("<p>no title", ""),
            ("", ""),
            ("Unhandled exception. Check logs for details.", "Unhandled exception. Check logs for details."),
            (r#"{"reason": "bad\u001b[31m field"}"#, "bad␛[31m field"),
            (r#"{"result": "Ban for md5 does not exist"}"#, "Ban for md5 does not exist"),
            (r#"{"code": 3}"#, r#"{"code": 3}"#),
        ] {
            assert_eq!(summarize(body), expected);
        }
        assert_eq!(summarize(&"x".repeat(1000)).chars().count(), 200);
    }

    #[test]
    fn an_error_message_counts_only_at_the_top() {
        assert_eq!(error_message(r#"{"errorMessage": "no\nrights"}"#).as_deref(), Some("no rights"));
        assert_eq!(error_message(r#"{"errorMessage": 7}"#).as_deref(), Some("7"));
        assert_eq!(error_message(r#"{"results": [{"errorMessage": "x"}]}"#), None);
        assert_eq!(error_message(r#"[{"errorMessage": "x"}]"#), None);
    }

    #[test]
    fn any_result_but_success_is_a_failure_message() {
        for (body, message) in [
            (r#"{"result": "success"}"#, None),
            (r#"{"result": "Success", "id": 3}"#, None),
            (r#"{"id": 3}"#, None),
            ("", None),
            (r#"{"result": "feed is busy"}"#, Some("feed is busy")),
        ] {
            assert_eq!(failure_message(body).as_deref(), message, "{body}");
        }
    }

    #[test]
    fn a_web_page_and_broken_json_are_no_answer_to_a_change_and_other_text_is() {
        for (body, expected) in [
            ("", None),
            ("OK", None),
            ("{\"id\": 3}", None),
            ("[]", None),
            ("\n<html>", Some("a web page")),
            ("{\"id\": ", Some("broken JSON")),
        ] {
            assert_eq!(foreign_answer(body), expected, "{body}");
        }
    }

    #[test]
    fn a_session_is_gone_if_the_server_names_it_and_not_if_a_file_is_missing() {
        let reason = |body: &str| session_gone_reason("/api/v1/cblr/session/3/command", body);
        assert_eq!(reason("Session 3 not found\u{1b}[2J").as_deref(), Some("Session 3 not found␛[2J"));
        assert_eq!(reason("Sensor 7 is not connected").as_deref(), Some("Sensor 7 is not connected"));
        assert_eq!(reason(r#"{"status": "NOT_FOUND", "reason": "no session"}"#).as_deref(), Some("no session"));
        assert_eq!(reason(r#"{"status": "NOT_FOUND"}"#).as_deref(), Some(""));
        for body in ["", "<html>404</html>", "File 2 not found", r#"{"status": "error"}"#] {
            assert_eq!(reason(body), None, "{body}");
        }
        for path in ["/api/v1/cblr/session", "/api/v1/cblr/session/", "/api/v1/sensor/7"] {
            assert_eq!(session_gone_reason(path, "Sensor 7"), None, "{path}");
        }
    }

    #[test]
    fn only_two_reasons_are_about_syntax() {
        assert!(syntax_error(r#"{"reason": "query_malformed_syntax"}"#).is_some());
        assert!(syntax_error(r#"{"reason": "query_syntax_error"}"#).is_some());
        assert!(syntax_error(r#"{"reason": "unknown_field"}"#).is_none());
        assert!(syntax_error("<html>").is_none());
    }
}
