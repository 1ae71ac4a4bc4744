//! The `doctor` command: checks configuration, connection and permissions.

use super::{CommandCx, Exit, Failure};
use crate::api::{self, Client};
use crate::config::{Access, Source};
use crate::model::{Search, SensorFilter, ServerInfo, Span};
use crate::text;

/// The oldest server version with the API that this program uses (reference 4.2).
const OLDEST_SERVER: (u32, u32) = (5, 0);

/// Runs `doctor`.
pub(super) async fn doctor(cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let mut report = CheckList::default();
    run_checks(cx, &mut report).await;
    for line in &report.lines {
        writeln!(cx.streams.out, "{line}")?;
    }
    Ok(if report.n_findings == 0 { Exit::Done } else { Exit::Failed })
}

/// The results of the checks, one line each, with hints.
#[derive(Default)]
struct CheckList {
    lines: Vec<String>,
    n_findings: usize,
}

impl CheckList {
    fn add_ok(&mut self, subject: &str, text: &str) {
        self.write_check("ok", subject, text);
    }

    fn add_failure(&mut self, subject: &str, text: &str, hint: Option<&str>) {
        self.n_findings += 1;
        self.write_check("fail", subject, text);
        if let Some(hint) = hint {
            self.write_check("", "hint:", hint);
        }
    }

    fn write_check(&mut self, state: &str, subject: &str, text: &str) {
        // The text may come from a file, a certificate or a server.
        let text = text::make_visible(&text.into());
        self.lines.push(format!("{state:<5} {subject:<14} {text}"));
    }
}

async fn run_checks(cx: &mut CommandCx<'_>, report: &mut CheckList) {
    match &cx.state_dir {
        Some(directory) => report.add_ok("state", &directory.display().to_string()),
        None => report.add_failure(
            "state",
            "the directory for log and history cannot be written",
            Some("set XDG_STATE_HOME to a directory of yours"),
        ),
    }
    let access = match cx.access() {
        Ok(access) => access,
        Err(failure) => {
            for (error, hint) in &failure.reports {
                report.add_failure("configuration", error, hint.as_deref());
            }
            return;
        }
    };
    report.add_ok("configuration", &access.source.to_string());
    for notice in &access.notices {
        report.add_failure("configuration", notice, None);
    }
    if let Some(proxy) = &access.proxy {
        report.add_ok("proxy", &proxy.to_string());
    }
    match &access.profile.user {
        Some(user) => report.add_ok("user", user),
        None if access.source == Source::Demo => {}
        None => report.add_ok("user", "unknown; --user or the profile's user names it"),
    }
    let client = match Client::new(access.settings(), None) {
        Ok(client) => client,
        Err(error) => return report.add_failure("configuration", &error.to_string(), error.hint()),
    };
    match client.info().await {
        Ok(info) => {
            report_reached(&access, report);
            report.add_ok("token", "accepted");
            report_version(&info, report);
            check_rights(&client, report).await;
        }
        Err(error) => {
            match error {
                api::Error::Unreachable { .. }
                | api::Error::Proxy { .. }
                | api::Error::ProxyRefused { .. }
                | api::Error::Timeout(_) => {}
                api::Error::Certificate { .. } | api::Error::PlainHttp | api::Error::NotTls => {
                    report.add_ok("server", access.url.as_str());
                }
                _ => report_reached(&access, report),
            }
            let subject = match error {
                api::Error::Certificate { .. } | api::Error::PlainHttp | api::Error::NotTls => "tls",
                api::Error::Unauthorized | api::Error::Forbidden { .. } => "token",
                api::Error::Proxy { .. } | api::Error::ProxyRefused { .. } => "proxy",
                _ => "server",
            };
            let hint = match error {
                api::Error::NotFound { .. } => Some("check the path of the server's address"),
                _ => error.hint(),
            };
            report.add_failure(subject, &error.to_string(), hint);
        }
    }
}

/// Reports address and certificate as valid, since the server answered.
fn report_reached(access: &Access, report: &mut CheckList) {
    report.add_ok("server", access.url.as_str());
    if access.url.scheme() == "http" {
        report.add_ok("tls", "none: plain http");
    } else if access.profile.verify_tls {
        let trusted = match &access.profile.ca_file {
            Some(file) => format!(" (with {})", file.display()),
            None => String::new(),
        };
        let name = if access.profile.verify_hostname { "" } else { ", its name is not checked" };
        report.add_ok("tls", &format!("certificate verified{trusted}{name}"));
    }
}

fn report_version(info: &ServerInfo, report: &mut CheckList) {
    let version = text::make_visible(&info.version);
    match info.release() {
        Some(release) if release < OLDEST_SERVER => {
            report.add_failure(
                "version",
                &format!("{version} is too old"),
                Some("servers before 5.0 have another API"),
            );
        }
        Some(_) => report.add_ok("version", &version),
        None => report.add_failure("version", &format!("{version:?} is no version"), None),
    }
}

/// Checks what the user of the token may read.
async fn check_rights(client: &Client, report: &mut CheckList) {
    let all = Search { group_by: Some("id".into()), ..Search::default() };
    let documents = |n: u64| text::pluralize(n, "document", "documents");
    match client.processes(&all, Span { start: 0, rows: 1 }).await {
        Ok(page) if page.hidden > 0 => report.add_ok(
            "processes",
            &format!("{} to search, {} hidden from this user", documents(page.total), page.hidden),
        ),
        Ok(page) => report.add_ok("processes", &format!("{} to search", documents(page.total))),
        Err(error) => report.add_failure("processes", &error.to_string(), error.hint()),
    }
    let all_sensors = SensorFilter::default();
    match client.sensors(&all_sensors, Span { start: 0, rows: 1 }).await {
        Ok(page) => report.add_ok("sensors", &format!("{} to see", page.total)),
        Err(error) => report.add_failure("sensors", &error.to_string(), error.hint()),
    }
    match client.license().await {
        Ok(license) => match license.license_warning(client.clock().now()) {
            Some((warning, _)) => {
                report.add_failure("license", &warning, Some("searches go on; ask the vendor for a new one"));
            }
            None => report.add_ok("license", &format!("until {}", text::make_visible(&license.end))),
        },
        // Not every user may read the license.
        Err(error @ (api::Error::Forbidden { .. } | api::Error::NotFound { .. })) => {
            report.add_ok("license", &format!("not known: {error}"));
        }
        Err(error) => report.add_failure("license", &error.to_string(), error.hint()),
    }
    match client.groups().await {
        Ok(page) => report.add_ok("groups", &format!("{} to see", page.total)),
        Err(error) => report.add_failure("groups", &error.to_string(), error.hint()),
    }
}
