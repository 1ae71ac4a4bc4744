//! The commands: each parses its arguments, queries the server, writes to the given streams and returns an exit code.

mod alert;
mod apply;
mod args;
mod ban;
mod binary;
mod change;
mod completeness;
mod console;
mod context;
mod details;
mod doctor;
mod events;
mod exit;
mod facets;
mod feed;
mod group;
mod hosts;
mod join;
mod links;
mod log;
mod manual;
mod page_summary;
mod print_list;
mod process_args;
mod query_argument;
mod query_error;
mod report;
mod resolve;
mod search;
mod select;
mod sensor;
mod sensor_details;
mod signals;
mod simulate;
mod time_args;
mod tree;
mod user;
mod watchlist;

pub use context::{CommandCx, Hidden, Streams};
pub use exit::{Exit, Failure};

use std::path::{Path, PathBuf};

use crate::changes::Change;
use crate::cli::{Ban, Binary, Cli, Command, Log};
use crate::config::ConsoleSetup;

/// Returns whether a command connects to a server, and therefore writes a log.
pub fn writes_log(command: Option<&Command>) -> bool {
    !matches!(command, Some(Command::Keys(_) | Command::Completions { .. } | Command::Man))
}

/// Returns the state directory of a command: the demo has its own, so that it does not mix with real data.
pub fn state_dir(command: Option<&Command>, base: &Path) -> PathBuf {
    let is_demo = match command {
        Some(Command::Demo(_)) => true,
        Some(Command::Log(Log::Show { demo, .. } | Log::Verify { demo })) => *demo,
        _ => false,
    };
    if is_demo { base.join(DEMO) } else { base.to_owned() }
}

/// The state directory of the demo, below that of the program.
const DEMO: &str = "demo";

/// Runs a command, reports its failure, and returns its exit code. `console` opens the screen.
pub async fn run(
    cli: Cli,
    caller: &mut CommandCx<'_>,
    console: impl AsyncFnOnce(ConsoleSetup) -> anyhow::Result<()>,
) -> Exit {
    let result = dispatch(cli, caller, console).await.and_then(|exit| {
        caller.streams.out.flush()?;
        Ok(exit)
    });
    match result {
        Ok(exit) => exit,
        Err(failure) => caller.report(&failure),
    }
}

async fn dispatch(
    cli: Cli,
    caller: &mut CommandCx<'_>,
    open: impl AsyncFnOnce(ConsoleSetup) -> anyhow::Result<()>,
) -> Result<Exit, Failure> {
    match cli.command {
        None => console::console(caller, open).await,
        Some(Command::Demo(demo)) => console::demo(&demo, caller, open).await,
        Some(Command::Simulate(simulate)) => simulate::simulate(simulate, caller).await,
        Some(Command::Search(search)) => search::search(&search, caller).await,
        Some(Command::Facets(facets)) => facets::facets(&facets, caller).await,
        Some(Command::Tree(tree)) => tree::tree(&tree, caller).await,
        Some(Command::Events(events)) => events::events(&events, caller).await,
        Some(Command::Sensor(command)) => sensor::run(command, caller).await,
        Some(Command::Ban(Ban::List { output })) => ban::list(output, caller).await,
        Some(Command::Ban(Ban::Add(args))) => ban::change(ban::ban_change, &args, caller).await,
        Some(Command::Ban(Ban::Remove(args))) => ban::change(Change::Unban, &args, caller).await,
        Some(Command::Log(Log::Show { limit, format, .. })) => log::show(limit, format, caller),
        Some(Command::Log(Log::Verify { .. })) => log::verify(caller),
        Some(Command::Alert(command)) => alert::run(command, caller).await,
        Some(Command::Watchlist(command)) => watchlist::run(command, caller).await,
        Some(Command::Feed(command)) => feed::run(command, caller).await,
        Some(Command::Report(command)) => report::run(command, caller).await,
        Some(Command::Group(command)) => group::run(command, caller).await,
        Some(Command::User(command)) => user::run(command, caller).await,
        Some(Command::Binary(Binary::Search(args))) => binary::search(&args, caller).await,
        Some(Command::Binary(Binary::Show(args))) => binary::show(&args, caller).await,
        Some(Command::Binary(Binary::Download(args))) => binary::download(&args, caller).await,
        Some(Command::Doctor) => doctor::doctor(caller).await,
        Some(Command::Keys(keys)) => manual::keys(keys, caller),
        Some(Command::Completions { shell }) => manual::completions(shell, caller),
        Some(Command::Man) => manual::man(caller),
    }
}
