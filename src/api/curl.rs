//! A request as a command for the shell.

use super::RequestTrace;

impl RequestTrace {
    /// Returns the request as a `curl` command without the token, for a server at `url`; `None` for a request that changes
    /// the server, which must not be repeated.
    pub fn curl_command(&self, url: &str) -> Option<String> {
        let quoted = format!("'{}'", format!("{url}{}", self.path).replace('\'', r"'\''"));
        (self.method == "GET").then(|| format!("curl -sS -H \"X-Auth-Token: $TOKEN\" {quoted}"))
    }
}
