//! The `doctor` command: checks configuration, connection and permissions.

use std::collections::BTreeSet;

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
            "the directory for log and history is not writable",
            Some("set XDG_STATE_HOME to a writable directory"),
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
        None => report.add_ok("user", "not set; use --user or set user in the profile"),
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
            check_reads(&client, report).await;
            check_changes(&access, &client, report).await;
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
                api::Error::NotFound { .. } => Some("check the path of the server URL"),
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
        report.add_ok("tls", "off (plain HTTP)");
    } else if access.profile.verify_tls {
        let trusted = match &access.profile.ca_file {
            Some(file) => format!(" (with {})", file.display()),
            None => String::new(),
        };
        let name = if access.profile.verify_hostname { "" } else { ", host name not checked" };
        report.add_ok("tls", &format!("certificate verified{trusted}{name}"));
    }
}

fn report_version(info: &ServerInfo, report: &mut CheckList) {
    let version = text::make_visible(&info.version);
    match info.release() {
        Some(release) if release < OLDEST_SERVER => {
            report.add_failure(
                "version",
                &format!("{version} is not supported"),
                Some("servers before 5.0 have a different API"),
            );
        }
        Some(_) => report.add_ok("version", &version),
        None => report.add_failure("version", &format!("{version:?} is not a version"), None),
    }
}

/// Checks what the user of the token may read.
async fn check_reads(client: &Client, report: &mut CheckList) {
    let all = Search { group_by: Some("id".into()), ..Search::default() };
    let records = |n: u64| {
        let noun = if n == 1 { "process record" } else { "process records" };
        format!("{} {noun}", text::group_thousands(n))
    };
    match client.processes(&all, Span { start: 0, rows: 1 }).await {
        Ok(page) if page.hidden > 0 => report.add_ok(
            "processes",
            &format!("{} searchable, {} hidden (no permission)", records(page.total), page.hidden),
        ),
        Ok(page) => report.add_ok("processes", &format!("{} searchable", records(page.total))),
        Err(error) => report.add_failure("processes", &error.to_string(), error.hint()),
    }
    let all_sensors = SensorFilter::default();
    match client.sensors(&all_sensors, Span { start: 0, rows: 1 }).await {
        Ok(page) => report.add_ok("sensors", &format!("{} visible", page.total)),
        Err(error) => report.add_failure("sensors", &error.to_string(), error.hint()),
    }
    match client.license().await {
        Ok(license) => match license.license_warning(client.clock().now()) {
            Some((warning, _)) => {
                report.add_failure("license", &warning, Some("searches still work; ask the vendor for a new license"));
            }
            None => report.add_ok("license", &format!("valid until {}", text::make_visible(&license.end))),
        },
        // Not every user may read the license.
        Err(error @ (api::Error::Forbidden { .. } | api::Error::NotFound { .. })) => {
            report.add_ok("license", &format!("unknown: {error}"));
        }
        Err(error) => report.add_failure("license", &error.to_string(), error.hint()),
    }
    match client.groups().await {
        Ok(page) => report.add_ok("groups", &format!("{} visible", page.total)),
        Err(error) => report.add_failure("groups", &error.to_string(), error.hint()),
    }
}

/// What the token may change, as far as reading shows it: the API has no request that lists the permissions of a token.
async fn check_changes(access: &Access, client: &Client, report: &mut CheckList) {
    const UNCHECKED: &str =
        "not checked, doctor sends no changes; the server refuses a change without permission (403)";
    if access.profile.read_only {
        return report.add_ok("changes", "off: the profile is read-only");
    }
    let Some(name) = access.profile.user.as_deref() else {
        return report.add_ok("changes", UNCHECKED);
    };
    let user = match client.users().await {
        Ok(page) => page.rows.into_iter().find(|user| user.username.eq_ignore_case(name)),
        // Not every user may list the others.
        Err(api::Error::Forbidden { .. } | api::Error::NotFound { .. }) => None,
        Err(error) => return report.add_failure("changes", &error.to_string(), error.hint()),
    };
    let Some(user) = user else {
        return report.add_ok("changes", UNCHECKED);
    };
    if user.is_admin == Some(true) {
        return report.add_ok("changes", &format!("allowed: {name} is a global administrator"));
    }
    let teams = match client.teams().await {
        Ok(page) => page.rows,
        Err(_) => return report.add_ok("changes", UNCHECKED),
    };
    let own = teams.iter().filter(|team| user.teams.contains(&team.name));
    let access = own.flat_map(|team| &team.access);
    let access =
        access.map(|one| format!("{} in {}", text::make_visible(&one.category), text::make_visible(&one.group)));
    let access: BTreeSet<_> = access.collect();
    if access.is_empty() {
        return report.add_ok("changes", UNCHECKED);
    }
    let access = access.into_iter().collect::<Vec<_>>().join(", ");
    report.add_ok("changes", &format!("{name} is {access}; permissions to isolate and ban are not visible to the API"));
}
