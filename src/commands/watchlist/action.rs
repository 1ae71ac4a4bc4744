//! `watchlist action`: what a watchlist sets off when it finds something.

use super::super::{change, completeness::missing, print_list};
use super::{Caller, Exit, Failure, Meant, find, meant, perform, show};
use crate::changes::{State, Watched, Watching};
use crate::cli::{self, Effect, Patience, Reading};
use crate::model::WatchAction;
use crate::output::{Align, Cell, Column, Row};

/// The columns of actions.
const COLUMNS: &[Column] =
    &[Column::new("id", Align::Right), Column::new("action", Align::Left), Column::new("to_users", Align::Left)];

/// Runs `watchlist action`.
pub(super) async fn run(word: &str, action: cli::Action, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
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
    change::may_change(&access)?;
    let watching = |id| match &wish {
        Ok((kind, recipients)) => Watching::AddAction { id, kind: (*kind).into(), recipients: recipients.clone() },
        Err(action) => Watching::RemoveAction { id, action: *action },
    };
    let Meant { deed, state } = meant(word, watching, &client, caller).await?;
    let state = match state {
        Some(state) => state,
        None => State::read(&deed, &client).await?,
    };
    if let (Err(action), State::Watchlist(found)) = (&wish, &state) {
        there(*action, found)?;
    }
    let state = Some(state);
    let (deeds, server) = (vec![Meant { deed, state }], (&client, &access));
    perform(deeds, &grounds, Patience::None, server, caller).await
}

/// Runs `watchlist action ID list`.
async fn list(word: &str, reading: Reading, caller: &mut Caller<'_>) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let id = find(word, &client, caller).await?.id;
    let page = client.watch_actions(id).await?;
    let names = print_list::Names { several: "actions", none: "it sets nothing off" };
    print_list::print(&page, names, COLUMNS, reading, row, caller)
}

/// Fails if there is no such action, and says which there are.
fn there(action: u64, found: &Watched) -> Result<(), Failure> {
    let mut actions = found.actions.iter().flatten();
    if actions.any(|one| one.id == action) {
        return Ok(());
    }
    let actions = found.actions.iter().flatten();
    let each: Vec<_> = actions.map(show::action).collect();
    let hint = match &each[..] {
        [] => "it sets nothing off".to_owned(),
        each => format!("it sets off: {}", each.join(", ")),
    };
    let why = format!("the watchlist has no action {action}");
    Err(missing(why, found.n_unread, "actions").hint(hint))
}

fn row(action: &WatchAction) -> Row {
    let to: Vec<_> = action.recipients.iter().map(ToString::to_string).collect();
    Row {
        cells: vec![Cell::from(Some(action.id)), Cell::from(Some(action.kind)), Cell::from(Some(to.join(" ")))],
        json: action.document.json().to_owned(),
    }
}
