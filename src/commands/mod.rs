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
mod ingress_filter;
mod join;
mod links;
mod live_response;
mod log;
mod manual;
mod page_reader;
mod page_summary;
mod print_list;
mod process_args;
mod progress_line;
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
mod stdin;
mod time_args;
mod tree;
mod user;
mod wait;
mod watchlist;

pub use context::{CommandCx, Hidden, Streams};
pub use exit::{Exit, Failure};

use std::path::{Path, PathBuf};

use crate::changes::BanChange;
use crate::cli::{Ban, Binary, Cli, Command, Log};
use crate::config::{ConsoleSetup, ConsoleStart};

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
    cx: &mut CommandCx<'_>,
    console: impl AsyncFnOnce(ConsoleSetup) -> anyhow::Result<()>,
) -> Exit {
    let result = dispatch(cli, cx, console).await.and_then(|exit| {
        cx.streams.out.flush()?;
        Ok(exit)
    });
    match result {
        Ok(exit) => exit,
        Err(failure) => cx.report(&failure),
    }
}

async fn dispatch(
    cli: Cli,
    cx: &mut CommandCx<'_>,
    open: impl AsyncFnOnce(ConsoleSetup) -> anyhow::Result<()>,
) -> Result<Exit, Failure> {
    let opens_console = matches!(cli.command, None | Some(Command::Demo(_)));
    if cli.start_query.is_some() && !opens_console {
        return Err(Failure::new(Exit::Usage, "--query opens the console: it does not go before a command")
            .with_hint("leave the command out, or write --query after it"));
    }
    if cli.clean && !opens_console {
        return Err(Failure::new(Exit::Usage, "--clean opens the console: it does not go before a command")
            .with_hint("leave out --clean, or the command"));
    }
    let start = ConsoleStart { query: cli.start_query, is_clean: cli.clean };
    match cli.command {
        None => console::console(start, cx, open).await,
        Some(Command::Demo(demo)) => console::demo(&demo, start, cx, open).await,
        Some(Command::Simulate(simulate)) => simulate::simulate(simulate, cx).await,
        Some(Command::Search(search)) => search::search(&search, cx).await,
        Some(Command::Facets(facets)) => facets::facets(&facets, cx).await,
        Some(Command::Tree(tree)) => tree::tree(&tree, cx).await,
        Some(Command::Events(events)) => events::events(&events, cx).await,
        Some(Command::Sensor(command)) => sensor::run(command, cx).await,
        Some(Command::LiveResponse(command)) => live_response::run(command, cx).await,
        Some(Command::Ban(Ban::List { output })) => ban::list(output, cx).await,
        Some(Command::Ban(Ban::Add(args))) => ban::change(ban::ban_change, &args, cx).await,
        Some(Command::Ban(Ban::Remove(args))) => ban::change(BanChange::Unban, &args, cx).await,
        Some(Command::Log(Log::Show { limit, output, .. })) => log::show(limit, &output, cx),
        Some(Command::Log(Log::Verify { .. })) => log::verify(cx),
        Some(Command::Alert(command)) => alert::run(command, cx).await,
        Some(Command::Watchlist(command)) => watchlist::run(command, cx).await,
        Some(Command::Feed(command)) => feed::run(command, cx).await,
        Some(Command::Report(command)) => report::run(command, cx).await,
        Some(Command::Group(command)) => group::run(command, cx).await,
        Some(Command::IngressFilter(command)) => ingress_filter::run(command, cx).await,
        Some(Command::User(command)) => user::run(command, cx).await,
        Some(Command::Binary(Binary::Search(args))) => binary::search(&args, cx).await,
        Some(Command::Binary(Binary::Show(args))) => binary::show(&args, cx).await,
        Some(Command::Binary(Binary::Download(args))) => binary::download(&args, cx).await,
        Some(Command::Doctor) => doctor::doctor(cx).await,
        Some(Command::Keys(keys)) => manual::keys(keys, cx),
        Some(Command::Completions { shell }) => manual::completions(shell, cx),
        Some(Command::Man) => manual::man(cx),
    }
}
