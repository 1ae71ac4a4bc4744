//! The `keys`, `completions` and `man` commands.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{CommandCx, Exit, Failure};
use crate::cli::{Cli, Keys};
use crate::keys;

/// Prints the active keys.
pub(super) fn keys(args: Keys, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let keymap = cx.config()?.keymap()?;
    let table = if args.markdown { keys::to_markdown(&keymap) } else { keys::to_text(&keymap) };
    cx.streams.out.write_all(table.as_bytes())?;
    Ok(Exit::Done)
}

/// Prints a completion script.
pub(super) fn completions(shell: Shell, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    // Buffered, since the generator panics if it cannot write.
    let mut script = Vec::new();
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut script);
    cx.streams.out.write_all(&script)?;
    Ok(Exit::Done)
}

/// Prints the manual: one page for the program, and one for each command.
pub(super) fn man(cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    let mut command = Cli::command();
    // Builds the names of the pages: lampblack-sensor-list.
    command.build();
    print_page(&command, cx)?;
    Ok(Exit::Done)
}

fn print_page(command: &clap::Command, cx: &mut CommandCx<'_>) -> Result<(), Failure> {
    clap_mangen::Man::new(command.clone()).render(cx.streams.out)?;
    command.get_subcommands().filter(|part| part.get_name() != "help").try_for_each(|part| print_page(part, cx))
}
