//! The command line of `lr`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{OutputArgs, WaitLimit, change::wait_limit};

/// Commands for hosts, through a session of Live Response.
#[derive(Clone, Debug, Subcommand)]
pub enum LiveResponse {
    /// List the running processes of hosts
    Ps(HostList),
    /// List a directory of a host
    Ls(ListDirectory),
    /// Fetch a file of a host
    Get(GetFile),
    /// Read the registry of hosts
    #[command(subcommand)]
    Reg(RegistryCommand),
    /// List the open sessions of all users
    Sessions {
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Close the session with a host, for all users
    Close {
        /// Sensor ID or full host name
        host: String,
    },
}

/// Time limit and end of a session.
#[derive(Args, Clone, Copy, Debug)]
pub struct LiveArgs {
    /// Wait this long for the session and for each command; none waits without limit
    #[arg(long, value_name = "TIME", default_value = "120s", value_parser = wait_limit)]
    pub timeout: WaitLimit,
    /// Leave the session open, and with get the copy of the file on the server
    #[arg(long)]
    pub keep: bool,
}

/// Options of `lr ps`.
#[derive(Args, Clone, Debug)]
pub struct HostList {
    /// Sensor IDs or full host names
    #[arg(required = true, value_name = "HOST")]
    pub hosts: Vec<String>,
    /// Row limit and output format.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Time limit and end of the session.
    #[command(flatten)]
    pub live: LiveArgs,
}

/// Options of `lr ls`.
#[derive(Args, Clone, Debug)]
pub struct ListDirectory {
    /// Sensor ID or full host name
    pub host: String,
    /// Directory, file, or a pattern with * and ?
    pub path: String,
    /// Row limit and output format.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Time limit and end of the session.
    #[command(flatten)]
    pub live: LiveArgs,
}

/// Options of `lr get`.
#[derive(Args, Clone, Debug)]
pub struct GetFile {
    /// Sensor ID or full host name
    pub host: String,
    /// Path of the file on the host
    pub path: String,
    /// New file or directory [default: HOST-NAME.bin here]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Save the file in a zip archive with the password "infected"
    #[arg(long)]
    pub protect: bool,
    /// Skip the first N bytes
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: u64,
    /// Time limit and end of the session.
    #[command(flatten)]
    pub live: LiveArgs,
}

/// Commands for the registry of Windows hosts.
#[derive(Clone, Debug, Subcommand)]
pub enum RegistryCommand {
    /// Show the keys and values of a key, or one value
    Query(QueryRegistry),
}

/// Options of `lr reg query`.
#[derive(Args, Clone, Debug)]
pub struct QueryRegistry {
    /// Sensor IDs or full host names
    #[arg(required = true, value_name = "HOST")]
    pub hosts: Vec<String>,
    /// Key, such as HKLM\SYSTEM\CurrentControlSet\services, or key\value
    #[arg(required = true)]
    pub key: String,
    /// Row limit and output format.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Time limit and end of the session.
    #[command(flatten)]
    pub live: LiveArgs,
}
