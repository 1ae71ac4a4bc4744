//! The command lines of `group`, `user` and `ingress-filter`.

use clap::{Args, Subcommand};

use super::{ChangeArgs, IdArg, OutputArgs};

/// Commands for sensor groups.
#[derive(Clone, Debug, Subcommand)]
pub enum Group {
    /// List sensor groups
    List {
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Create a sensor group with the server's defaults
    Create {
        /// Name
        name: String,
        /// Site ID
        #[arg(long, value_name = "ID", default_value_t = 1)]
        site: u64,
        /// Reason, prompts and preview.
        #[command(flatten)]
        justification: ChangeArgs,
    },
}

/// Commands for users of the server.
#[derive(Clone, Debug, Subcommand)]
pub enum User {
    /// List users
    List {
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Create a user
    ///
    /// The password is prompted for twice on the terminal, without echo, or is the first line of stdin. It is never an
    /// option, and it is neither shown nor logged.
    Create(NewUser),
}

/// Options of `user create`.
#[derive(Args, Clone, Debug)]
pub struct NewUser {
    /// Username
    pub username: String,
    /// First name
    #[arg(long, value_name = "NAME")]
    pub first_name: String,
    /// Last name
    #[arg(long, value_name = "NAME")]
    pub last_name: String,
    /// Email
    #[arg(long, value_name = "ADDRESS")]
    pub email: String,
    /// Global administrator
    #[arg(long)]
    pub admin: bool,
    /// Team, by its full name; can be repeated
    #[arg(long, value_name = "NAME")]
    pub team: Vec<String>,
    /// Reason, prompts and preview.
    #[command(flatten)]
    pub justification: ChangeArgs,
}

/// Commands for ingress filters. A filter is given by its ID or by its full name.
#[derive(Clone, Debug, Subcommand)]
pub enum IngressFilter {
    /// List ingress filters
    List {
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Enable: the events that it matches are not stored any more
    Enable(IdArg),
    /// Disable: the events that it matches are stored again
    Disable(IdArg),
}
