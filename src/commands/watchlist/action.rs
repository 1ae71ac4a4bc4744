//! `watchlist action`: what a watchlist sets off when it finds something.

use super::{Caller, Exit, Failure, deed, find, gaps::missing, listed, perform, show};
use crate::cli::{self, Effect, Patience, Reading};
use crate::deeds::{Deed, Watching};
use crate::model::{Page, WatchAction};
use crate::output::{Align, Cell, Column, Row};

/// The columns of actions.
const COLUMNS: &[Column] = &[
    Column::new("id", Align::Right),
    Column::new("action", Align::Left),
    Column::new("to_users", Align::Left),
];

/// Runs `watchlist action`.
pub(super) async fn run(
    word: &str,
    action: cli::Action,
    caller: &mut Caller<'_>,
) -> Result<Exit, Failure> {
    let (grounds, wish) = match action {
        cli::Action::List { reading } => return list(word, reading, caller).await,
        cli::Action::Add { kind, to, .. } if kind != Effect::Email && !to.is_empty() => {
            return Err(Failure::usage("--to is for e-mail alone")
                .hint("an alert and a line in syslog are for nobody in particular"));
        }
        cli::Action::Add { kind, to, grounds } => (grounds, Ok((kind, to))),
        cli::Action::Remove { action, grounds } => (grounds, Err(action)),
    };
    let (client, access) = caller.reach()?;
    deed::may_change(&access)?;
    let id = find(word, &client, caller).await?.id;
    let watching = match wish {
        Ok((kind, recipients)) => Watching::AddAction {
            id,
            kind: kind.into(),
            recipients,
        },
        Err(action) => {
            let actions = client.watch_actions(id).await?;
            there(action, &actions)?;
            Watching::RemoveAction { id, action }
        }
    };
    let (deeds, server) = (vec![Deed::Watch(watching)], (&client, &access));
    perform(deeds, &grounds, Patience::None, server, caller).await
}

/// Runs `watchlist action ID list`.
async fn list(word: &str, reading: Reading, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let id = find(word, &client, caller).await?.id;
    let page = client.watch_actions(id).await?;
    let names = listed::Names {
        several: "actions",
        none: "it sets nothing off",
    };
    listed::print(&page, names, COLUMNS, reading, row, caller)
}

/// Fails if there is no such action, and says which there are.
fn there(action: u64, actions: &Page<WatchAction>) -> Result<(), Failure> {
    if actions.rows.iter().any(|one| one.id == action) {
        return Ok(());
    }
    let each: Vec<_> = actions.rows.iter().map(show::action).collect();
    let hint = match &each[..] {
        [] => "it sets nothing off".to_owned(),
        each => format!("it sets off: {}", each.join(", ")),
    };
    let why = format!("the watchlist has no action {action}");
    Err(missing(why, actions.broken, "actions").hint(hint))
}

fn row(action: &WatchAction) -> Row {
    let to: Vec<_> = action.recipients.iter().map(ToString::to_string).collect();
    Row {
        cells: vec![
            Cell::from(Some(action.id)),
            Cell::from(Some(action.kind)),
            Cell::from(Some(to.join(" "))),
        ],
        json: action.document.json().to_owned(),
    }
}
