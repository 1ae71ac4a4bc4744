//! Responses of the application, in the encoding of the real one (reference 1.2, 1.10).

use std::io;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{
    Value, json,
    ser::{CharEscape, Formatter, PrettyFormatter},
};

/// Response of the application: status and content.
#[derive(Clone, Debug)]
pub(in crate::sim) struct ApiResponse {
    pub(in crate::sim) status: u16,
    pub(in crate::sim) content: Content,
    /// Value of a `Retry-After` header, in seconds.
    pub(in crate::sim) retry_after: Option<u64>,
    pub(in crate::sim) caching: Caching,
}

/// Headers about caching, which differ between resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sim) enum Caching {
    /// `Pragma: no-cache`, and the present in local time as `Last-Modified`.
    #[default]
    Page,
    /// None of them: Live Response.
    None,
    /// A file: a tag, and a date of its content.
    File { etag: String, modified: Timestamp },
}

/// Content of a response.
#[derive(Clone, Debug)]
pub(in crate::sim) enum Content {
    Empty,
    /// JSON indented by two spaces: processes, binaries, sensors, feeds.
    Pretty(Value),
    /// JSON on one line with a space after commas and colons: all other resources.
    Compact(Value),
    Html(String),
    Text(String),
    Zip(Vec<u8>),
    Png(Vec<u8>),
    Gzip(Vec<u8>),
    /// A file as it is.
    Octets(Vec<u8>),
}

impl ApiResponse {
    fn new(status: u16, content: Content) -> Self {
        Self { status, content, retry_after: None, caching: Caching::Page }
    }

    /// Sets the headers about caching.
    #[must_use]
    pub(in crate::sim) fn with_caching(self, caching: Caching) -> Self {
        Self { caching, ..self }
    }

    /// Creates a 200 with a file as it is.
    pub(in crate::sim) fn octets(bytes: Vec<u8>) -> Self {
        Self::new(200, Content::Octets(bytes))
    }

    /// Creates a 200 with indented JSON.
    pub(in crate::sim) fn json_pretty(value: Value) -> Self {
        Self::new(200, Content::Pretty(value))
    }

    /// Creates a 200 with JSON on one line.
    pub(in crate::sim) fn json_compact(value: Value) -> Self {
        Self::new(200, Content::Compact(value))
    }

    /// Creates a 200 with `{"result": "success"}`.
    pub(in crate::sim) fn success_result() -> Self {
        Self::json_compact(json!({"result": "success"}))
    }

    /// Creates a 204.
    pub(in crate::sim) fn no_content() -> Self {
        Self::new(204, Content::Empty)
    }

    /// Creates a 400 with a reason, as for a query that cannot be parsed.
    pub(in crate::sim) fn bad_query(reason: &str) -> Self {
        Self::new(400, Content::Compact(json!({"reason": reason})))
    }

    /// Creates a 200 with a ZIP archive.
    pub(in crate::sim) fn zip(bytes: Vec<u8>) -> Self {
        Self::new(200, Content::Zip(bytes))
    }

    /// Creates a 200 with a gzip file.
    pub(in crate::sim) fn gzip(bytes: Vec<u8>) -> Self {
        Self::new(200, Content::Gzip(bytes))
    }

    /// Creates a 200 with a PNG image.
    pub(in crate::sim) fn png(bytes: Vec<u8>) -> Self {
        Self::new(200, Content::Png(bytes))
    }

    /// Creates a response with plain text.
    pub(in crate::sim) fn text(status: u16, text: &str) -> Self {
        Self::new(status, Content::Text(text.into()))
    }

    /// Creates the application's error page for a status.
    pub(in crate::sim) fn app_error(status: u16) -> Self {
        let (title, text) = match status {
            400 => ("Bad Request", "The browser (or proxy) sent a request that this server could not understand."),
            401 => (
                "Unauthorized",
                "The server could not verify that you are authorized to access the URL requested.  You either \
                 supplied the wrong credentials (e.g. a bad password), or your browser doesn't understand how to \
                 supply the credentials required.",
            ),
            403 => (
                "Forbidden",
                "You don't have the permission to access the requested resource.  It is either read-protected or not \
                 readable by the server.",
            ),
            405 => ("Method Not Allowed", "The method is not allowed for the requested URL."),
            409 => (
                "Conflict",
                "A conflict happened while processing the request.  The resource might have been modified while the \
                 request was being processed.",
            ),
            429 => ("Too Many Requests", "This user has exceeded an allotted request count.  Try again later."),
            _ => (
                "Not Found",
                "The requested URL was not found on the server.  If you entered the URL manually please check your \
                 spelling and try again.",
            ),
        };
        let page = format!(
            "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<title>{status} {title}</title>\n\
             <h1>{title}</h1>\n<p>{text}</p>\n"
        );
        Self::new(status, Content::Html(page))
    }

    /// Creates a response with a status and a body; `None`: the body that the real server or its front end sends.
    pub(in crate::sim) fn with_status(status: u16, body: Option<&str>) -> Self {
        let content = match body {
            Some("") => Content::Empty,
            Some(page) if page.trim_start().starts_with('<') => Content::Html(page.into()),
            Some(text) => match serde_json::from_str(text) {
                Ok(value) => Content::Compact(value),
                Err(_) => Content::Text(text.into()),
            },
            None => match status {
                500 => Content::Text("Unhandled exception. Check logs for details.".into()),
                502..=504 => return Self::frontend_error(status),
                400.. => return Self::app_error(status),
                _ => Content::Empty,
            },
        };
        Self::new(status, content)
    }

    /// Creates the front end's error page for a status, as when it cannot reach the application.
    pub(in crate::sim) fn frontend_error(status: u16) -> Self {
        let title = match status {
            400 => "400 Bad Request",
            413 => "413 Request Entity Too Large",
            502 => "502 Bad Gateway",
            503 => "503 Service Temporarily Unavailable",
            _ => "504 Gateway Time-out",
        };
        let page = format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body bgcolor=\"white\">\r\n<center><h1>{title}</h1>\
             </center>\r\n<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n"
        );
        Self::new(status, Content::Html(page))
    }
}

impl Content {
    /// Whether the content is already compressed.
    pub(in crate::sim) fn is_compressed(&self) -> bool {
        matches!(self, Self::Zip(_) | Self::Gzip(_) | Self::Png(_))
    }

    /// Returns the bytes and their media type.
    pub(in crate::sim) fn encoded_body(&self) -> (Vec<u8>, Option<&'static str>) {
        const JSON: &str = "application/json; charset=utf-8";
        match self {
            Self::Empty => (Vec::new(), None),
            Self::Pretty(value) => (encode_pretty(value), Some(JSON)),
            Self::Compact(value) => (encode_compact(value), Some(JSON)),
            Self::Html(page) => (page.clone().into_bytes(), Some("text/html")),
            Self::Text(text) => (text.clone().into_bytes(), Some("text/plain")),
            Self::Zip(bytes) => (bytes.clone(), Some("application/zip")),
            Self::Gzip(bytes) => (bytes.clone(), Some("application/x-gzip")),
            Self::Png(bytes) => (bytes.clone(), Some("image/png")),
            Self::Octets(bytes) => (bytes.clone(), Some("application/octet-stream")),
        }
    }
}

fn encode_pretty(value: &Value) -> Vec<u8> {
    encode(value, Ascii(PrettyFormatter::new()))
}

fn encode_compact(value: &Value) -> Vec<u8> {
    encode(value, Ascii(Spaced))
}

fn encode(value: &Value, formatter: impl Formatter) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    value.serialize(&mut writer).expect("a JSON value is always written to memory");
    bytes
}

/// JSON formatter with Python's separators.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
}

/// JSON formatter with Python's strings, which are ASCII.
struct Ascii<F>(F);

impl<F: Formatter> Formatter for Ascii<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        let mut plain = 0;
        for (at, char) in text.char_indices() {
            // Python does not escape DEL, and escapes everything beyond it.
            if char.is_ascii() {
                continue;
            }
            out.write_all(&text.as_bytes()[plain..at])?;
            for unit in char.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            plain = at + char.len_utf8();
        }
        out.write_all(&text.as_bytes()[plain..])
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        self.0.write_char_escape(out, escape)
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_written_as_python_writes_it() {
        let value = json!({"a": [1, {}], "b": "Windows® 🦀\n"});
        assert_eq!(
            String::from_utf8(encode_compact(&value)).unwrap(),
            r#"{"a": [1, {}], "b": "Windows\u00ae \ud83e\udd80\n"}"#
        );
        assert_eq!(
            String::from_utf8(encode_pretty(&value)).unwrap(),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"Windows\\u00ae \\ud83e\\udd80\\n\"\n}"
        );
        let decoded: Value = serde_json::from_slice(&encode_pretty(&value)).unwrap();
        assert_eq!(decoded, value);
    }

    #[test]
    fn an_error_page_is_the_one_the_real_application_sends() {
        let (page, kind) = ApiResponse::app_error(401).content.encoded_body();
        let page = String::from_utf8(page).unwrap();
        assert!(
            page.starts_with(
                "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<title>401 Unauthorized</title>"
            )
        );
        assert!(page.contains("(e.g. a bad password), or your browser doesn't"));
        assert_eq!(kind, Some("text/html"));
    }
}
