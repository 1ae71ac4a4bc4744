//! The command line of `watchlist`.

use clap::{Args, Subcommand, ValueEnum};

use super::{ChangeArgs, OutputArgs, QueryArgs, query};
use crate::model::ActionKind;
use crate::output::Format;

/// Commands for watchlists. A watchlist is given by its ID or by its full name.
#[derive(Clone, Debug, Subcommand)]
pub enum Watchlist {
    /// List watchlists
    List {
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show one watchlist, its full query and its actions
    Show {
        /// ID or full name
        id: String,
        /// Output format
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
    },
    /// Create a watchlist from a query
    Create(NewWatchlist),
    /// Enable
    Enable(IdArg),
    /// Disable
    Disable(IdArg),
    /// Run its query now
    Search {
        /// ID or full name
        id: String,
        /// Whether its query is sent as typed.
        #[command(flatten)]
        query_args: QueryArgs,
        /// Print the number of matches only
        #[arg(long)]
        count: bool,
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Delete; existing tags stay
    Delete(IdArg),
    /// Manage actions
    Action {
        /// ID or full name
        id: String,
        /// The command.
        #[command(subcommand)]
        action: Action,
    },
}

/// Options of `watchlist create`.
#[derive(Args, Clone, Debug)]
pub struct NewWatchlist {
    /// Name
    pub name: String,
    /// Query as for search, or - for stdin
    #[arg(allow_hyphen_values = true, value_parser = query)]
    pub query: String,
    /// Whether it is saved as typed.
    #[command(flatten)]
    pub query_args: QueryArgs,
    /// Search binaries, not processes
    #[arg(long)]
    pub binary: bool,
    /// Description
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub description: String,
    /// Reason, prompts and preview.
    #[command(flatten)]
    pub justification: ChangeArgs,
}

/// An existing watchlist, feed or ingress filter, by its ID or full name.
#[derive(Args, Clone, Debug)]
pub struct IdArg {
    /// ID or full name
    pub id: String,
    /// Reason, prompts and preview.
    #[command(flatten)]
    pub justification: ChangeArgs,
}

/// Commands for the actions of a watchlist.
#[derive(Clone, Debug, Subcommand)]
pub enum Action {
    /// List the actions
    List {
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Add an action
    Add {
        /// What it does on a match
        kind: Effect,
        /// Recipients of the email: user IDs, not names or addresses
        #[arg(long, value_name = "USERID", num_args = 1.., required_if_eq("kind", "email"))]
        to: Vec<u64>,
        /// Reason, prompts and preview.
        #[command(flatten)]
        justification: ChangeArgs,
    },
    /// Remove an action
    Remove {
        /// Action ID, as listed
        action: u64,
        /// Reason, prompts and preview.
        #[command(flatten)]
        justification: ChangeArgs,
    },
}

/// The actions a watchlist can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Effect {
    /// An alert
    Alert,
    /// An email
    Email,
    /// A line in the server's syslog
    Syslog,
}

impl From<Effect> for ActionKind {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Alert => Self::Alert,
            Effect::Email => Self::Email,
            Effect::Syslog => Self::Syslog,
        }
    }
}
