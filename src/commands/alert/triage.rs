//! What is done to alerts: named one by one or found, shown before, proven after.

use futures::future;

use super::super::{
    args::{self, read_args},
    select,
};
use super::{CommandCx, Exit, Failure, links, not_found};
use crate::api::{Client, Error};
use crate::changes::{AlertChange, Change, Disposition, Snapshot};
use crate::cli::Alerts;
use crate::commands::apply::{PlannedTarget, apply_changes};
use crate::model::{Alert, AlertId, AlertStatus, Search};
use crate::query::Index;
use crate::text;

/// What alerts are to have, as it is said on the command line.
pub(in super::super) enum AlertChangeArg<'a> {
    /// A status, in our words or the server's.
    Status(&'a str),
    /// An owner.
    Owner(&'a str),
    /// To be called false positives, and their reports to be ignored.
    Ignored,
}

/// Runs `alert status`, `alert assign` and `alert ignore`.
pub(in super::super) async fn change(
    wish: AlertChangeArg<'_>,
    args: &Alerts,
    caller: &mut CommandCx<'_>,
) -> Result<Exit, Failure> {
    if let AlertChangeArg::Status(word) = wish {
        parse_status(word)?;
    }
    let named = match &args.matching {
        Some(query) => Err(select::selecting_query(Index::Alert, query, args.asking, caller)?),
        None => Ok(parse_ids(&args.ids, caller)?),
    };
    let (client, access) = caller.connect()?;
    let to = match wish {
        AlertChangeArg::Status(word) => Disposition::Status(parse_status(word)?),
        AlertChangeArg::Owner(user) => Disposition::Assigned(resolve_owner(user, &client, caller).await?),
        AlertChangeArg::Ignored => Disposition::Ignored,
    };
    let deeds = |ids: &[AlertId]| {
        let blocks = AlertChange::batches(ids, &to).into_iter();
        blocks.map(Change::Triage).collect::<Vec<_>>()
    };
    let deeds: Vec<PlannedTarget> = match named {
        Ok(ids) => with_current_state(deeds(&ids), &client).await?,
        Err(query) => {
            let search = Search { query, sort: Some("alert_severity desc".into()), ..Search::default() };
            let id = |alert: &Alert| alert.id.clone();
            match select::select("alert", search, id, &client, caller).await? {
                Some(ids) => deeds(&ids).into_iter().map(Into::into).collect(),
                None => return Ok(Exit::NoResults),
            }
        }
    };
    let server = (&client, &access);
    let patience = args.wait.wait_limit();
    apply_changes(deeds, &args.justification, patience, server, caller).await
}

/// A status, by our word for it or the server's. There are no others, and a server may take one all the same.
fn parse_status(word: &str) -> Result<AlertStatus, Failure> {
    let word = word.trim();
    let status = AlertStatus::parse(&word.into());
    let why = match &status {
        AlertStatus::Other(_) if word.is_empty() => "there is no status".to_owned(),
        AlertStatus::Other(_) => format!("{word:?} is no status of an alert"),
        _ => return Ok(status),
    };
    Err(Failure::usage(why).with_hint("write unresolved, in-progress, resolved or false-positive"))
}

/// The ids that were given, each once.
fn parse_ids(ids: &[String], caller: &mut CommandCx<'_>) -> Result<Vec<AlertId>, Failure> {
    let reading = args::ArgParser {
        noun: "id of an alert",
        advice: "an id looks like 6f0d2b1e-8c4a-4e57-9a3b-2d7f1c90e845; `lampblack alert list` prints them",
    };
    let words = links::alerts(read_args(ids, caller)?, caller)?;
    reading.parse_all(&words, parse_uuid, caller)
}

/// Reads a UUID; servers write them in small letters.
fn parse_uuid(word: &str) -> Option<AlertId> {
    const DIGITS: [usize; 5] = [8, 4, 4, 4, 12];
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts: Vec<_> = word.split('-').collect();
    let is_uuid = parts.len() == DIGITS.len()
        && parts.iter().zip(DIGITS).all(|(part, digits)| part.len() == digits && is_hex(part));
    is_uuid.then(|| AlertId(word.to_ascii_lowercase().into()))
}

/// The same deeds with what the server has of their alerts, if it has them all.
async fn with_current_state(deeds: Vec<Change>, client: &Client) -> Result<Vec<PlannedTarget>, Failure> {
    let read = deeds.into_iter().map(|deed| async move {
        let state = Snapshot::read(&deed, client).await?;
        Ok::<_, Error>((deed, state))
    });
    let (mut missing, mut meant) = (Vec::new(), Vec::new());
    for (deed, state) in future::try_join_all(read).await? {
        if let Snapshot::Alerts(now) = &state {
            let gone = now.missing.iter();
            missing.extend(gone.map(|id| format!("there is no alert {}", text::make_visible(&id.0))));
        }
        let state = Some(state);
        meant.push(PlannedTarget { change: deed, state });
    }
    select::check_none_missing(missing, "`lampblack alert list`")?;
    Ok(meant)
}

/// The user of this name, spelled as the server does; it would take any other name as well.
async fn resolve_owner(name: &str, client: &Client, caller: &mut CommandCx<'_>) -> Result<String, Failure> {
    let users = match client.users().await {
        Ok(page) => page,
        Err(error @ (Error::Forbidden { .. } | Error::NotFound { .. })) => {
            caller.warn(&format!("whether there is a user {name:?} is not known: {error}"));
            return Ok(name.to_owned());
        }
        Err(error) => return Err(error.into()),
    };
    let found = users.rows.iter().find(|user| user.username.eq_ignore_case(name));
    found.map(|user| user.username.raw().to_owned()).ok_or_else(|| {
        not_found(format!("there is no user {name:?}"), users.n_unreadable, "users")
            .with_hint("`lampblack user list` shows those there are; nothing was sent")
    })
}
