//! The command lines of `group` and `user`.

use clap::{Args, Subcommand};

use super::{ChangeArgs, OutputArgs};

/// What to do with sensor groups.
#[derive(Clone, Debug, Subcommand)]
pub enum Group {
    /// List sensor groups
    List {
        /// How much, and how.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Make a sensor group, with the server's defaults
    Create {
        /// What it is called
        name: String,
        /// The number of its site
        #[arg(long, value_name = "ID", default_value_t = 1)]
        site: u64,
        /// On what grounds.
        #[command(flatten)]
        justification: ChangeArgs,
    },
}

/// What to do with users of the server.
#[derive(Clone, Debug, Subcommand)]
pub enum User {
    /// List users
    List {
        /// How much, and how.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Make a user
    ///
    /// The password is asked for twice on the terminal, without showing it, or is the first line of standard input. It is
    /// never an option, and is neither shown nor logged.
    Create(NewUser),
}

/// Options of `user create`.
#[derive(Args, Clone, Debug)]
pub struct NewUser {
    /// The name to log in with
    pub username: String,
    /// First name
    #[arg(long, value_name = "NAME")]
    pub first_name: String,
    /// Last name
    #[arg(long, value_name = "NAME")]
    pub last_name: String,
    /// Where mail for them goes
    #[arg(long, value_name = "ADDRESS")]
    pub email: String,
    /// They may do everything on this server
    #[arg(long)]
    pub admin: bool,
    /// A team they are in, by its whole name; may be given several times
    #[arg(long, value_name = "NAME")]
    pub team: Vec<String>,
    /// On what grounds.
    #[command(flatten)]
    pub justification: ChangeArgs,
}
