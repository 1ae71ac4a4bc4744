//! `doctor`: is everything in place, from the configuration to the token's rights?

use super::{Caller, Exit, Failure};
use crate::api::{self, Client};
use crate::config::{Access, Source};
use crate::model::{Search, SensorFilter, ServerInfo, Span};
use crate::text;

/// The oldest server whose API this program and the official client speak (reference 4.2).
const OLDEST: (u32, u32) = (5, 0);

/// Runs `doctor`.
pub(super) async fn doctor(caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let mut report = Report::default();
    examine(caller, &mut report).await;
    for line in &report.lines {
        writeln!(caller.streams.out, "{line}")?;
    }
    Ok(if report.findings == 0 { Exit::Done } else { Exit::Failed })
}

/// Lines as they are found: one for each thing looked at, and one for each advice.
#[derive(Default)]
struct Report {
    lines: Vec<String>,
    findings: usize,
}

impl Report {
    fn ok(&mut self, what: &str, words: &str) {
        self.line("ok", what, words);
    }

    fn fail(&mut self, what: &str, words: &str, hint: Option<&str>) {
        self.findings += 1;
        self.line("fail", what, words);
        if let Some(hint) = hint {
            self.line("", "hint:", hint);
        }
    }

    fn line(&mut self, state: &str, what: &str, words: &str) {
        // Words may come from a file, a certificate or a server.
        let words = text::visible(&words.into());
        self.lines.push(format!("{state:<5} {what:<14} {words}"));
    }
}

async fn examine(caller: &mut Caller<'_>, report: &mut Report) {
    match &caller.state_dir {
        Some(directory) => report.ok("state", &directory.display().to_string()),
        None => report.fail(
            "state",
            "the directory for log and history cannot be written",
            Some("set XDG_STATE_HOME to a directory of yours"),
        ),
    }
    let access = match caller.access() {
        Ok(access) => access,
        Err(failure) => {
            for (error, hint) in &failure.reports {
                report.fail("configuration", error, hint.as_deref());
            }
            return;
        }
    };
    report.ok("configuration", &access.source.to_string());
    for notice in &access.notices {
        report.fail("configuration", notice, None);
    }
    if let Some(proxy) = &access.proxy {
        report.ok("proxy", &proxy.to_string());
    }
    match &access.profile.user {
        Some(user) => report.ok("user", user),
        None if access.source == Source::Demo => {}
        None => report.ok("user", "unknown; --user or the profile's user names it"),
    }
    let client = match Client::new(access.settings(), None) {
        Ok(client) => client,
        Err(error) => return report.fail("configuration", &error.to_string(), error.hint()),
    };
    match client.info().await {
        Ok(info) => {
            reached(&access, report);
            report.ok("token", "accepted");
            version(&info, report);
            rights(&client, report).await;
        }
        Err(error) => {
            match error {
                api::Error::Unreachable { .. }
                | api::Error::Proxy { .. }
                | api::Error::ProxyRefused { .. }
                | api::Error::Timeout(_) => {}
                api::Error::Certificate { .. } | api::Error::PlainHttp | api::Error::NotTls => {
                    report.ok("server", access.url.as_str());
                }
                _ => reached(&access, report),
            }
            let what = match error {
                api::Error::Certificate { .. } | api::Error::PlainHttp | api::Error::NotTls => "tls",
                api::Error::Unauthorized | api::Error::Forbidden { .. } => "token",
                api::Error::Proxy { .. } | api::Error::ProxyRefused { .. } => "proxy",
                _ => "server",
            };
            let hint = match error {
                api::Error::NotFound { .. } => Some("check the path of the server's address"),
                _ => error.hint(),
            };
            report.fail(what, &error.to_string(), hint);
        }
    }
}

/// The server answered: so address and certificate are right.
fn reached(access: &Access, report: &mut Report) {
    report.ok("server", access.url.as_str());
    if access.url.scheme() == "http" {
        report.ok("tls", "none: plain http");
    } else if access.profile.verify_tls {
        let trusted = match &access.profile.ca_file {
            Some(file) => format!(" (with {})", file.display()),
            None => String::new(),
        };
        let name = if access.profile.verify_hostname { "" } else { ", its name is not checked" };
        report.ok("tls", &format!("certificate verified{trusted}{name}"));
    }
}

fn version(info: &ServerInfo, report: &mut Report) {
    let version = text::visible(&info.version);
    match info.release() {
        Some(release) if release < OLDEST => {
            report.fail("version", &format!("{version} is too old"), Some("servers before 5.0 have another API"))
        }
        Some(_) => report.ok("version", &version),
        None => report.fail("version", &format!("{version:?} is no version"), None),
    }
}

/// What the token's user may read.
async fn rights(client: &Client, report: &mut Report) {
    let all = Search { group_by: Some("id".into()), ..Search::default() };
    let documents = |n: u64| text::counted(n, "document", "documents");
    match client.processes(&all, Span { start: 0, rows: 1 }).await {
        Ok(page) if page.hidden > 0 => report
            .ok("processes", &format!("{} to search, {} hidden from this user", documents(page.total), page.hidden)),
        Ok(page) => report.ok("processes", &format!("{} to search", documents(page.total))),
        Err(error) => report.fail("processes", &error.to_string(), error.hint()),
    }
    let everything = SensorFilter::default();
    match client.sensors(&everything, Span { start: 0, rows: 1 }).await {
        Ok(page) => report.ok("sensors", &format!("{} to see", page.total)),
        Err(error) => report.fail("sensors", &error.to_string(), error.hint()),
    }
    match client.license().await {
        Ok(license) => match license.trouble(client.clock().now()) {
            Some((trouble, _)) => {
                report.fail("license", &trouble, Some("searches go on; ask the vendor for a new one"))
            }
            None => report.ok("license", &format!("until {}", text::visible(&license.end))),
        },
        // Not every user may know.
        Err(error @ (api::Error::Forbidden { .. } | api::Error::NotFound { .. })) => {
            report.ok("license", &format!("not known: {error}"));
        }
        Err(error) => report.fail("license", &error.to_string(), error.hint()),
    }
    match client.groups().await {
        Ok(page) => report.ok("groups", &format!("{} to see", page.total)),
        Err(error) => report.fail("groups", &error.to_string(), error.hint()),
    }
}
