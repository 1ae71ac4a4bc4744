//! The headless commands: parse, ask, print. Each writes to the streams it is given and says how it went.

mod alert;
mod ban;
mod binary;
mod caller;
mod card;
mod chosen;
mod console;
mod deed;
mod doctor;
mod events;
mod facets;
mod facts;
mod failure;
mod feed;
mod gaps;
mod group;
mod hosts;
mod join;
mod links;
mod listed;
mod log;
mod manual;
mod named;
mod perform;
mod problem;
mod processes;
mod query_argument;
mod report;
mod search;
mod sensor;
mod simulate;
mod stop;
mod told;
mod tree;
mod user;
mod watchlist;
mod when;
mod words;

pub use caller::{Caller, Hidden, Streams};
pub use failure::{Exit, Failure};

use std::path::{Path, PathBuf};

use crate::cli::{Ban, Binary, Cli, Command, Log};
use crate::config::Setup;
use crate::deeds::Deed;

/// Whether a command speaks to a server, and so keeps a log.
pub fn keeps_log(command: Option<&Command>) -> bool {
    !matches!(command, Some(Command::Keys(_) | Command::Completions { .. } | Command::Man))
}

/// Where a command keeps its state below the state directory of the program: the demo has a place of its own, and never
/// writes among what is real.
pub fn state_dir(command: Option<&Command>, base: &Path) -> PathBuf {
    let is_demo = match command {
        Some(Command::Demo(_)) => true,
        Some(Command::Log(Log::Show { demo, .. } | Log::Verify { demo })) => *demo,
        _ => false,
    };
    if is_demo { base.join(DEMO) } else { base.to_owned() }
}

/// The directory with the state of the demo, below that of the program.
const DEMO: &str = "demo";

/// Runs a command to its end, reports what went wrong, and says how it went. `console` opens the screen.
pub async fn run(cli: Cli, caller: &mut Caller<'_>, console: impl AsyncFnOnce(Setup) -> anyhow::Result<()>) -> Exit {
    let result = dispatch(cli, caller, console).await;
    let result = result.and_then(|exit| {
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
    caller: &mut Caller<'_>,
    open: impl AsyncFnOnce(Setup) -> anyhow::Result<()>,
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
        Some(Command::Ban(Ban::List { reading })) => ban::list(reading, caller).await,
        Some(Command::Ban(Ban::Add(args))) => ban::change(ban::banned, &args, caller).await,
        Some(Command::Ban(Ban::Remove(args))) => ban::change(Deed::Lift, &args, caller).await,
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
