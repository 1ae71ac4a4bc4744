//! The `watchlist action` command: the actions that run for each hit of a watchlist.

use super::super::{change, completeness::not_found, print_list};
use super::{CommandCx, Exit, Failure, apply_changes, plan_target, resolve_watchlist, show};
use crate::changes::{ChangeReading, WatchlistChange, WatchlistSnapshot};
use crate::cli::{self, Effect, OutputArgs, WaitLimit};
use crate::columns::watchlist;
use crate::model::WatchAction;
use crate::output::{Align, OutputColumn, RowFormat};

/// The columns of actions.
const FORMAT: RowFormat<WatchAction> = RowFormat {
    fields: watchlist::ACTION_FIELDS,
    columns: &[
        OutputColumn::new("id", Align::Right).of(watchlist::action_field("id")),
        OutputColumn::new("action", Align::Left).of(watchlist::action_field("action_type")),
        OutputColumn::new("to_users", Align::Left).of(watchlist::action_field("email_recipients")),
    ],
    members: "",
    json: |action| action.document.json().into(),
};

/// Runs `watchlist action`.
pub(super) async fn run(word: &str, action: cli::Action, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let (justification, requested) = match action {
        cli::Action::List { output } => return list(word, output, cx).await,
        cli::Action::Add { kind, to, .. } if kind != Effect::Email && !to.is_empty() => {
            return Err(
                Failure::usage("--to works with email only").with_hint("alert and syslog actions have no recipients")
            );
        }
        cli::Action::Add { kind, to, justification } => (justification, Ok((kind, to))),
        cli::Action::Remove { action, justification } => (justification, Err(action)),
    };
    let (client, access) = cx.connect()?;
    change::check_may_change(&access)?;
    let watchlist_change = |id| match &requested {
        Ok((kind, recipients)) => {
            WatchlistChange::AddAction { id, kind: (*kind).into(), recipients: recipients.clone() }
        }
        Err(action) => WatchlistChange::RemoveAction { id, action: *action },
    };
    let reading = plan_target(word, watchlist_change, &client, cx).await?.reading(&client).await?;
    if let (Err(action), ChangeReading::Watch(reading)) = (&requested, &reading) {
        check_action_exists(*action, &reading.state)?;
    }
    let (changes, server) = (vec![reading], (&client, &access));
    apply_changes(changes, &justification, WaitLimit::None, server, cx).await
}

/// Runs `watchlist action ID list`.
async fn list(word: &str, output: OutputArgs, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let client = cx.client()?;
    let id = resolve_watchlist(word, &client, cx).await?.id;
    let page = client.watch_actions(id).await?;
    let names = print_list::Names { plural: "actions", empty_message: "no actions" };
    print_list::print(&page, names, &FORMAT, &output, cx)
}

/// Fails if the watchlist has no such action, with a hint that lists the existing ones.
fn check_action_exists(action: u64, snapshot: &WatchlistSnapshot) -> Result<(), Failure> {
    let mut actions = snapshot.actions.iter().flatten();
    if actions.any(|one| one.id == action) {
        return Ok(());
    }
    let actions = snapshot.actions.iter().flatten();
    let descriptions: Vec<_> = actions.map(show::describe_action).collect();
    let hint = match &descriptions[..] {
        [] => "no actions".to_owned(),
        descriptions => format!("actions: {}", descriptions.join(", ")),
    };
    let why = format!("the watchlist has no action {action}");
    Err(not_found(why, snapshot.n_unreadable, "actions").with_hint(hint))
}
