//! The command line of `lr`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{ChangeArgs, OutputArgs, WaitLimit, change::wait_limit};

/// Commands for hosts, through a session of Live Response.
#[derive(Clone, Debug, Subcommand)]
pub enum LiveResponse {
    /// List the running processes of hosts
    Ps(HostList),
    /// List a directory of a host
    Ls(ListDirectory),
    /// Fetch a file of a host
    Get(GetFile),
    /// Read and change the registry of hosts
    #[command(subcommand)]
    Reg(RegistryCommand),
    /// Write a new file to a host
    Put(PutFile),
    /// Delete a file or an empty directory of a host
    Rm(ChangePath),
    /// Create a directory on a host
    Mkdir(ChangePath),
    /// Run a program on a host and print its output
    Exec(ExecuteProgram),
    /// End a process of a host
    Kill(KillProcess),
    /// Fetch the memory of a host; the dump itself has no time limit
    Memdump(DumpMemory),
    /// Read what a recipe says, and write it into a new folder
    Collect(Collect),
    /// List the open sessions of all users
    Sessions {
        /// Row limit and output format.
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Close the session with a host, for all users
    Close(CloseSession),
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

/// The host of a change, and the options that all changes of hosts have.
#[derive(Args, Clone, Debug)]
pub struct HostArgs {
    /// Sensor ID or full host name
    pub host: String,
    /// Reason, prompts and preview.
    #[command(flatten)]
    pub justification: ChangeArgs,
    /// Time limit and end of the session.
    #[command(flatten)]
    pub live: LiveArgs,
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
    /// Set a value of a key
    Set(SetValue),
    /// Create a key, with those above it
    Create(CreateKey),
    /// Delete a value, or a key with its values
    Delete(DeleteKey),
}

/// Options of `lr collect`.
#[derive(Args, Clone, Debug)]
pub struct Collect {
    /// Sensor ID or full host name
    pub host: String,
    /// windows-triage, linux-triage, macos-triage, or a TOML file
    #[arg(long, value_name = "NAME")]
    pub recipe: String,
    /// New folder [default: HOST-collected-TIME here]
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Time limit and end of the session.
    #[command(flatten)]
    pub live: LiveArgs,
}

/// Options of `lr close`.
#[derive(Args, Clone, Debug)]
pub struct CloseSession {
    /// Sensor ID or full host name
    pub host: String,
    /// Reason, prompts and preview.
    #[command(flatten)]
    pub justification: ChangeArgs,
}

/// Options of `lr put`.
#[derive(Args, Clone, Debug)]
pub struct PutFile {
    /// Host, reason and session.
    #[command(flatten)]
    pub target: HostArgs,
    /// File on this machine
    pub file: PathBuf,
    /// New path on the host; with a separator at the end, the file keeps its name
    pub path: String,
}

/// Options of `lr rm` and `lr mkdir`.
#[derive(Args, Clone, Debug)]
pub struct ChangePath {
    /// Host, reason and session.
    #[command(flatten)]
    pub target: HostArgs,
    /// Path on the host
    pub path: String,
}

/// Options of `lr exec`.
#[derive(Args, Clone, Debug)]
pub struct ExecuteProgram {
    /// Host, reason and session.
    #[command(flatten)]
    pub target: HostArgs,
    /// Program and its arguments, after --
    #[arg(required = true, last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
    /// Do not wait for the end of the program, nor for its output
    #[arg(long)]
    pub no_wait: bool,
}

/// Options of `lr kill`.
#[derive(Args, Clone, Debug)]
pub struct KillProcess {
    /// Host, reason and session.
    #[command(flatten)]
    pub target: HostArgs,
    /// Number of the process
    pub pid: u32,
}

/// Options of `lr memdump`.
#[derive(Args, Clone, Debug)]
pub struct DumpMemory {
    /// Host, reason and session.
    #[command(flatten)]
    pub target: HostArgs,
    /// New file or directory [default: HOST-memory.dmp.zip.bin here]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
}

/// Options of `lr reg set`.
#[derive(Args, Clone, Debug)]
pub struct SetValue {
    /// Host, reason and session.
    #[command(flatten)]
    pub target: HostArgs,
    /// Key, such as HKLM\SYSTEM\CurrentControlSet\services\x
    pub key: String,
    /// Name of the value
    pub value: String,
    /// Data: a number, a text, bytes in hex, or several texts
    #[arg(required = true)]
    pub data: Vec<String>,
    /// Type [default: that of the value that is there, or REG_SZ]
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<ValueType>,
}

/// Types of registry values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ValueType {
    /// 32 bits
    Dword,
    /// 64 bits
    Qword,
    /// Text
    Sz,
    /// Text with variables
    ExpandSz,
    /// Several texts
    MultiSz,
    /// Bytes
    Binary,
}

/// Options of `lr reg create`.
#[derive(Args, Clone, Debug)]
pub struct CreateKey {
    /// Host, reason and session.
    #[command(flatten)]
    pub target: HostArgs,
    /// Key, such as HKLM\SYSTEM\CurrentControlSet\services\x
    pub key: String,
}

/// Options of `lr reg delete`.
#[derive(Args, Clone, Debug)]
pub struct DeleteKey {
    /// Host, reason and session.
    #[command(flatten)]
    pub target: HostArgs,
    /// Key, such as HKLM\SYSTEM\CurrentControlSet\services\x
    pub key: String,
    /// Name of the value to delete [default: the key itself]
    pub value: Option<String>,
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
