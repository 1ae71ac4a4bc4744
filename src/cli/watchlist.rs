//! The command line of `watchlist`.

use clap::{Args, Subcommand, ValueEnum};

use super::{ChangeArgs, OutputArgs, QueryArgs, query};
use crate::model::ActionKind;
use crate::output::Format;

/// What to do with watchlists. One is named by its number or by its whole name.
#[derive(Clone, Debug, Subcommand)]
pub enum Watchlist {
    /// List watchlists
    List {
        /// How much, and how.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Show one watchlist, its whole query and what it sets off
    Show {
        /// Its number, or its whole name
        id: String,
        /// How the answer is written
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
    },
    /// Make a query a watchlist: the server runs it again and again, and tags what it finds
    Create(NewWatchlist),
    /// Let it run
    Enable(IdArg),
    /// Let it run no longer
    Disable(IdArg),
    /// Search for what it looks for, now
    Search {
        /// Its number, or its whole name
        id: String,
        /// Whether its query is sent as it is.
        #[command(flatten)]
        query_args: QueryArgs,
        /// Print how many there are, and nothing else
        #[arg(long)]
        count: bool,
        /// How much, and how.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Take it away; what it has tagged stays tagged
    Delete(IdArg),
    /// Say what it sets off
    Action {
        /// Its number, or its whole name
        id: String,
        /// What to do with that.
        #[command(subcommand)]
        action: Action,
    },
}

/// Options of `watchlist create`.
#[derive(Args, Clone, Debug)]
pub struct NewWatchlist {
    /// What it is called
    pub name: String,
    /// The query, as for search; - reads it from standard input
    #[arg(allow_hyphen_values = true, value_parser = query)]
    pub query: String,
    /// Whether it is taken as it is.
    #[command(flatten)]
    pub query_args: QueryArgs,
    /// It searches binaries, not processes
    #[arg(long)]
    pub binary: bool,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub description: String,
    /// On what grounds.
    #[command(flatten)]
    pub justification: ChangeArgs,
}

/// One that is there, by its number or its whole name.
#[derive(Args, Clone, Debug)]
pub struct IdArg {
    /// Its number, or its whole name
    pub id: String,
    /// On what grounds.
    #[command(flatten)]
    pub justification: ChangeArgs,
}

/// What to do with what a watchlist sets off.
#[derive(Clone, Debug, Subcommand)]
pub enum Action {
    /// List what it sets off
    List {
        /// How much, and how.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Let it set something off
    Add {
        /// What happens when it finds something
        kind: Effect,
        /// Who gets the e-mail: numbers of users, which is what the server's interface wants, not names or addresses
        #[arg(long, value_name = "USERID", num_args = 1.., required_if_eq("kind", "email"))]
        to: Vec<u64>,
        /// On what grounds.
        #[command(flatten)]
        justification: ChangeArgs,
    },
    /// Let it set something off no longer
    Remove {
        /// The number of the action, as its list has it
        action: u64,
        /// On what grounds.
        #[command(flatten)]
        justification: ChangeArgs,
    },
}

/// What a watchlist can set off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Effect {
    /// An alert
    Alert,
    /// An e-mail
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
