//! The `lr` command: reads and changes processes, files and the registry of hosts through Live Response.

mod change;
mod collect;
mod directory;
mod execute;
mod file;
mod host_walk;
mod log;
mod memory;
mod processes;
mod reader;
mod recipe;
mod registry;
mod registry_change;
mod sessions;
mod table;

use super::{CommandCx, Exit, Failure};
use crate::api;
use crate::cli::{LiveResponse, RegistryCommand};
use crate::live_response::Error;

/// Runs `lr`.
pub(super) async fn run(command: LiveResponse, cx: &mut CommandCx<'_>) -> Result<Exit, Failure> {
    match command {
        LiveResponse::Ps(args) => processes::list(&args, cx).await,
        LiveResponse::Ls(args) => directory::list(&args, cx).await,
        LiveResponse::Get(args) => file::get(&args, cx).await,
        LiveResponse::Put(args) => change::put(&args, cx).await,
        LiveResponse::Rm(args) => change::remove(&args, cx).await,
        LiveResponse::Mkdir(args) => change::create_directory(&args, cx).await,
        LiveResponse::Exec(args) => execute::execute(&args, cx).await,
        LiveResponse::Kill(args) => change::kill(&args, cx).await,
        LiveResponse::Collect(args) => collect::collect(&args, cx).await,
        LiveResponse::Memdump(args) => memory::dump(&args, cx).await,
        LiveResponse::Reg(RegistryCommand::Query(args)) => registry::query(&args, cx).await,
        LiveResponse::Reg(RegistryCommand::Set(args)) => registry_change::set(&args, cx).await,
        LiveResponse::Reg(RegistryCommand::Create(args)) => registry_change::create(&args, cx).await,
        LiveResponse::Reg(RegistryCommand::Delete(args)) => registry_change::delete(&args, cx).await,
        LiveResponse::Sessions { output } => sessions::list(output, cx).await,
        LiveResponse::Close(args) => sessions::close(&args, cx).await,
    }
}

impl From<Error> for Failure {
    /// A host that has not answered in time may still do so.
    fn from(error: Error) -> Self {
        let exit = match &error {
            Error::Server(api::Error::NotFound { .. }) => Exit::NoResults,
            error if error.is_late() => Exit::Unconfirmed,
            _ => Exit::Failed,
        };
        let failure = Self::new(exit, error.to_string());
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}
