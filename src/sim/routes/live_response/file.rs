//! Files that the server stores for a session.

use serde_json::{Value, json};

use super::with_session;
use crate::sim::{
    http::{
        json_body::parse_flag,
        request::ApiRequest,
        response::{ApiResponse, Caching},
    },
    state::{live_response::StoredFile, server::Server},
    world::hash_text,
};

pub(super) fn list(server: &Server, id: u64) -> ApiResponse {
    with_session(server, id, |session| {
        let files = session.files.iter().filter(|file| !file.is_deleted);
        ApiResponse::json_compact(files.map(file_json).collect())
    })
}

/// Stores the part `file` of a form.
pub(super) fn upload(server: &Server, request: &ApiRequest, id: u64) -> ApiResponse {
    let Some((name, content)) = form_file(request.body()) else {
        return ApiResponse::app_error(400);
    };
    with_session(server, id, |session| match session.store(&name, content.into(), 0) {
        Some(file) => ApiResponse::json_compact(json!({"id": file})),
        None => ApiResponse::frontend_error(413),
    })
}

pub(super) fn get(server: &Server, id: u64, file: &str) -> ApiResponse {
    with_file(server, id, file, |file| ApiResponse::json_compact(file_json(file)))
}

pub(super) fn content(server: &Server, id: u64, file: &str) -> ApiResponse {
    let at = server.now();
    with_file(server, id, file, |file| {
        let (size, sum) = (file.content.len(), hash_text(&file.name) & 0xffff_ffff);
        let etag = format!("\"flask-{}.0-{size}-{sum}\"", at.as_second());
        ApiResponse::octets(file.content.to_vec()).with_caching(Caching::File { etag, modified: at })
    })
}

/// Deletes a file, also by a record with `delete`.
pub(super) fn delete(server: &Server, request: &ApiRequest, id: u64, file: &str) -> ApiResponse {
    let (method, _) = request.route();
    let body = request.json().unwrap_or(Value::Null);
    if method == "PUT" && body.get("delete").and_then(parse_flag) != Some(true) {
        return ApiResponse::app_error(400);
    }
    with_session(server, id, |session| {
        let is_deleted = file.parse().is_ok_and(|file| session.delete_file(file));
        if is_deleted { ApiResponse::success_result() } else { missing(file) }
    })
}

fn with_file(server: &Server, id: u64, file: &str, f: impl FnOnce(&StoredFile) -> ApiResponse) -> ApiResponse {
    with_session(server, id, |session| {
        file.parse().ok().and_then(|number| session.file(number)).map_or_else(|| missing(file), f)
    })
}

fn missing(file: &str) -> ApiResponse {
    ApiResponse::text(404, &format!("File {file} not found"))
}

/// Returns the record of a stored file.
pub(super) fn file_json(file: &StoredFile) -> Value {
    json!({
        "id": file.id,
        "file_name": file.name,
        "size": file.content.len(),
        "size_uploaded": file.content.len(),
        "status": file.code,
        "delete": file.is_deleted,
    })
}

/// Returns name and content of the part `file` of a form, whose first line is its boundary.
fn form_file(form: &[u8]) -> Option<(String, Vec<u8>)> {
    const PARTS: usize = 16;
    let boundary = &form[..find(form, b"\r\n")?];
    let end = [b"\r\n".as_slice(), boundary].concat();
    let mut rest = form.get(boundary.len() + 2..)?;
    for _ in 0..PARTS {
        let head = find(rest, b"\r\n\r\n")?;
        let (headers, content) = (String::from_utf8_lossy(&rest[..head]).into_owned(), &rest[head + 4..]);
        let length = find(content, &end)?;
        if headers.contains("name=\"file\"") {
            let name = headers.split("filename=\"").nth(1).and_then(|rest| rest.split('"').next());
            return Some((name.unwrap_or("file").to_owned(), content[..length].to_vec()));
        }
        rest = content.get(length + end.len() + 2..)?;
    }
    None
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_its_file_whatever_stands_before_it() {
        let form =
            b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; \
            name=\"file\"; filename=\"a.exe\"\r\nContent-Type: y\r\n\r\nMZ\r\n\r\n--\r\n--x--\r\n";
        assert_eq!(form_file(form), Some(("a.exe".into(), b"MZ\r\n\r\n--".to_vec())));
        for broken in [&b""[..], b"--x", b"--x\r\n\r\n", b"--x\r\nname=\"file\"\r\n\r\nno end"] {
            assert_eq!(form_file(broken), None);
        }
    }
}
