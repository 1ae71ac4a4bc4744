//! `watchlist action`: what a watchlist sets off when it finds something.

use super::super::{change, completeness::not_found, print_list};
use super::{CommandCx, Exit, Failure, PlannedTarget, apply_changes, plan_target, resolve_watchlist, show};
use crate::changes::{Snapshot, WatchlistChange, WatchlistSnapshot};
use crate::cli::{self, Effect, OutputArgs, WaitLimit};
use crate::model::WatchAction;
use crate::output::{Align, OutputCell, OutputColumn, OutputRow};

/// The columns of actions.
const COLUMNS: &[OutputColumn] = &[
    OutputColumn::new("id", Align::Right),
    OutputColumn::new("action", Align::Left),
    OutputColumn::new("to_users", Align::Left),
];

/// Runs `watchlist action`.
pub(super) async fn run(word: &str, action: cli::Action, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let (grounds, wish) = match action {
        cli::Action::List { reading } => return list(word, reading, caller).await,
        cli::Action::Add { kind, to, .. } if kind != Effect::Email && !to.is_empty() => {
            return Err(Failure::usage("--to is for e-mail alone")
                .with_hint("an alert and a line in syslog are for nobody in particular"));
        }
        cli::Action::Add { kind, to, grounds } => (grounds, Ok((kind, to))),
        cli::Action::Remove { action, grounds } => (grounds, Err(action)),
    };
    let (client, access) = caller.connect()?;
    change::check_may_change(&access)?;
    let watching = |id| match &wish {
        Ok((kind, recipients)) => {
            WatchlistChange::AddAction { id, kind: (*kind).into(), recipients: recipients.clone() }
        }
        Err(action) => WatchlistChange::RemoveAction { id, action: *action },
    };
    let PlannedTarget { change: deed, state } = plan_target(word, watching, &client, caller).await?;
    let state = match state {
        Some(state) => state,
        None => Snapshot::read(&deed, &client).await?,
    };
    if let (Err(action), Snapshot::Watchlist(found)) = (&wish, &state) {
        check_action_exists(*action, found)?;
    }
    let state = Some(state);
    let (deeds, server) = (vec![PlannedTarget { change: deed, state }], (&client, &access));
    apply_changes(deeds, &grounds, WaitLimit::None, server, caller).await
}

/// Runs `watchlist action ID list`.
async fn list(word: &str, reading: OutputArgs, caller: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let client = caller.client()?;
    let id = resolve_watchlist(word, &client, caller).await?.id;
    let page = client.watch_actions(id).await?;
    let names = print_list::Names { plural: "actions", empty_message: "it sets nothing off" };
    print_list::print(&page, names, COLUMNS, reading, row, caller)
}

/// Fails if there is no such action, and says which there are.
fn check_action_exists(action: u64, found: &WatchlistSnapshot) -> Result<(), Failure> {
    let mut actions = found.actions.iter().flatten();
    if actions.any(|one| one.id == action) {
        return Ok(());
    }
    let actions = found.actions.iter().flatten();
    let each: Vec<_> = actions.map(show::describe_action).collect();
    let hint = match &each[..] {
        [] => "it sets nothing off".to_owned(),
        each => format!("it sets off: {}", each.join(", ")),
    };
    let why = format!("the watchlist has no action {action}");
    Err(not_found(why, found.n_unread, "actions").with_hint(hint))
}

fn row(action: &WatchAction) -> OutputRow {
    let to: Vec<_> = action.recipients.iter().map(ToString::to_string).collect();
    OutputRow {
        cells: vec![
            OutputCell::from_value(Some(action.id)),
            OutputCell::from_value(Some(action.kind)),
            OutputCell::from_value(Some(to.join(" "))),
        ],
        json: action.document.json().to_owned(),
    }
}
