//! Changes of alerts: selected by ID or by query, previewed, applied and verified.

use futures_util::future;

use super::super::{
    args::{self, read_args},
    select,
};
use super::{CommandCx, Exit, Failure, links, not_found};
use crate::api::{Client, Error};
use crate::changes::{AlertChange, Change, ChangeReading, Disposition};
use crate::cli::Alerts;
use crate::commands::apply::{PlannedTarget, apply_changes};
use crate::model::{Alert, AlertId, AlertStatus, Search};
use crate::query::Index;
use crate::text;

/// The desired state of alerts, as the command line names it.
pub(in super::super) enum AlertChangeArg<'a> {
    /// A status: this program's name or the server's.
    Status(&'a str),
    Owner(&'a str),
    /// False positive, with their reports ignored.
    Ignored,
}

/// Runs `alert status`, `alert assign` and `alert ignore`.
pub(in super::super) async fn change(
    arg: AlertChangeArg<'_>,
    args: &Alerts,
    cx: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    if let AlertChangeArg::Status(word) = arg {
        parse_status(word)?;
    }
    let selection = match &args.matching {
        Some(query) => Err(select::selecting_query(Index::Alert, query, args.query_args, cx)?),
        None => Ok(parse_ids(&args.ids, cx)?),
    };
    let (client, access) = cx.connect()?;
    let desired = match arg {
        AlertChangeArg::Status(word) => Disposition::Status(parse_status(word)?),
        AlertChangeArg::Owner(user) => Disposition::Assigned(resolve_owner(user, &client, cx).await?),
        AlertChangeArg::Ignored => Disposition::Ignored,
    };
    let changes =
        |ids: &[AlertId]| AlertChange::batches(ids, &desired).into_iter().map(Change::Triage).collect::<Vec<_>>();
    let changes: Vec<PlannedTarget> = match selection {
        Ok(ids) => with_current_state(changes(&ids), &client).await?,
        Err(query) => {
            let search = Search { query, sort: Some("alert_severity desc".into()), ..Search::default() };
            let id = |alert: &Alert| alert.id.clone();
            match select::select("alert", search, id, &client, cx).await? {
                Some(ids) => changes(&ids).into_iter().map(Into::into).collect(),
                None => return Ok(Exit::NoResults),
            }
        }
    };
    let server = (&client, &access);
    let wait_limit = args.wait.wait_limit();
    apply_changes(changes, &args.justification, wait_limit, server, cx).await
}

/// Parses a status: this program's name or the server's. Any other is rejected here, since a server may accept it.
fn parse_status(word: &str) -> Result<AlertStatus, Failure> {
    let word = word.trim();
    let status = AlertStatus::parse(&word.into());
    let why = match &status {
        AlertStatus::Other(_) if word.is_empty() => "no status given".to_owned(),
        AlertStatus::Other(_) => format!("{word:?} is not a valid alert status"),
        _ => return Ok(status),
    };
    Err(Failure::usage(why).with_hint("use unresolved, in-progress, resolved or false-positive"))
}

/// Parses the alert IDs of the command line, without duplicates.
fn parse_ids(ids: &[String], cx: &mut CommandCx<'_>) -> Result<Vec<AlertId>, Failure> {
    let parser = args::ArgParser {
        noun: "alert ID",
        advice: "an alert ID looks like 6f0d2b1e-8c4a-4e57-9a3b-2d7f1c90e845; `lampblack alert list` shows them",
    };
    let words = links::alerts(read_args(ids, cx)?, cx)?;
    parser.parse_all(&words, parse_uuid, cx)
}

/// Parses a UUID and converts it to lower case, as servers write it.
fn parse_uuid(word: &str) -> Option<AlertId> {
    const DIGITS: [usize; 5] = [8, 4, 4, 4, 12];
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts: Vec<_> = word.split('-').collect();
    let is_uuid = parts.len() == DIGITS.len()
        && parts.iter().zip(DIGITS).all(|(part, digits)| part.len() == digits && is_hex(part));
    is_uuid.then(|| AlertId(word.to_ascii_lowercase().into()))
}

/// Reads the alerts of each change from the server; fails if one is missing.
async fn with_current_state(changes: Vec<Change>, client: &Client) -> Result<Vec<PlannedTarget>, Failure> {
    let readings = future::try_join_all(changes.iter().map(|change| change.read(client))).await?;
    let mut missing = Vec::new();
    for reading in &readings {
        if let ChangeReading::Triage(reading) = reading {
            let missing_ids = reading.state.missing.iter();
            missing.extend(missing_ids.map(|id| format!("alert {} not found", text::make_visible(&id.0))));
        }
    }
    select::check_none_missing(missing, "`lampblack alert list`")?;
    Ok(readings.into_iter().map(PlannedTarget::Read).collect())
}

/// Returns the username as the server spells it. It has to be checked here: the server accepts any name as an owner.
async fn resolve_owner(name: &str, client: &Client, cx: &mut CommandCx<'_>) -> Result<String, Failure> {
    let users = match client.users().await {
        Ok(page) => page,
        Err(error @ (Error::Forbidden { .. } | Error::NotFound { .. })) => {
            cx.warn(&format!("cannot check whether user {name:?} exists: {error}"));
            return Ok(name.to_owned());
        }
        Err(error) => return Err(error.into()),
    };
    let user = users.rows.iter().find(|user| user.username.eq_ignore_case(name));
    user.map(|user| user.username.raw().to_owned()).ok_or_else(|| {
        not_found(format!("user {name:?} not found"), users.n_unreadable, "users")
            .with_hint("`lampblack user list` shows the users; nothing was sent")
    })
}
