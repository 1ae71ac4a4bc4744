//! The computer behind a sensor, as its commands find it: processes, files, registry. It begins as the world has it, keeps
//! what clients change, and never touches the disk of this machine.

mod files;
mod initial;
mod processes;
mod registry;

pub(in crate::sim) use files::{DirectoryEntry, FileContent, FileTree};
pub(in crate::sim) use processes::RunningProcess;
pub(in crate::sim) use registry::{Registry, Replace, StoredValue};

use super::super::world::{Host, Os, World};

/// Result codes of Windows for failures (reference 2.17).
pub(in crate::sim) mod code {
    /// Severity and facility of a Win32 error.
    const WIN32: u32 = 0x8007_0000;
    pub(in crate::sim) const FILE_NOT_FOUND: u32 = WIN32 + 2;
    pub(in crate::sim) const PATH_NOT_FOUND: u32 = WIN32 + 3;
    pub(in crate::sim) const ACCESS_DENIED: u32 = WIN32 + 5;
    pub(in crate::sim) const NOT_SUPPORTED: u32 = WIN32 + 50;
    pub(in crate::sim) const FILE_EXISTS: u32 = WIN32 + 80;
    pub(in crate::sim) const INVALID_PARAMETER: u32 = WIN32 + 87;
    pub(in crate::sim) const DISK_FULL: u32 = WIN32 + 112;
    pub(in crate::sim) const INVALID_NAME: u32 = WIN32 + 123;
    pub(in crate::sim) const NOT_EMPTY: u32 = WIN32 + 145;
    pub(in crate::sim) const NAME_TOO_LONG: u32 = WIN32 + 206;
}

/// A failure on the host: an HRESULT as an unsigned number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) struct HostError(pub(in crate::sim) u32);

/// A computer with a sensor.
#[derive(Debug)]
pub(in crate::sim) struct Machine {
    pub(in crate::sim) os: Os,
    /// The oldest first.
    pub(in crate::sim) processes: Vec<RunningProcess>,
    pub(in crate::sim) files: FileTree,
    pub(in crate::sim) registry: Registry,
    /// The drives with a trailing backslash; none on Unix.
    pub(in crate::sim) drives: Vec<String>,
    pub(in crate::sim) working_directory: String,
    /// Names of the commands that the sensor carries out.
    pub(in crate::sim) commands: Vec<&'static str>,
}

impl Machine {
    /// Creates the computer of `host` as the world has it.
    pub(in crate::sim) fn from_world(world: &World, host: &Host) -> Self {
        initial::build_machine(world, host)
    }

    /// Ends a process and returns it. The system and the sensor cannot be ended; an unknown process is an invalid parameter.
    pub(in crate::sim) fn kill(&mut self, pid: u32) -> Result<RunningProcess, HostError> {
        let found = self.processes.iter().position(|process| process.pid == pid);
        let at = found.ok_or(HostError(code::INVALID_PARAMETER))?;
        if self.processes[at].is_protected {
            return Err(HostError(code::ACCESS_DENIED));
        }
        Ok(self.processes.remove(at))
    }

    /// Deletes a file or an empty directory. The executable of a running process is in use.
    pub(in crate::sim) fn delete(&mut self, path: &str) -> Result<(), HostError> {
        let key = self.files.key(path)?;
        let is_running = |process: &RunningProcess| self.files.key(&process.path).is_ok_and(|path| path == key);
        if self.processes.iter().any(is_running) {
            return Err(HostError(code::ACCESS_DENIED));
        }
        self.files.delete(&key)
    }

    /// Starts a program and returns its process and what it prints. It ends at once, unless its command is unknown to the
    /// simulation.
    pub(in crate::sim) fn execute(&mut self, command_line: &str, at: i64) -> Result<(u32, String), HostError> {
        /// Limit of the programs that stay.
        const MAX_PROCESSES: usize = 2_000;
        let program = program_name(command_line);
        let name = program.rsplit(['\\', '/']).next().unwrap_or(program).to_lowercase();
        let name = name.strip_suffix(".exe").unwrap_or(&name);
        let pid = self.processes.iter().map(|process| process.pid).max().unwrap_or(0) + 4;
        if let Some(output) = self.builtin_output(name, command_line) {
            return Ok((pid, output));
        }
        let path = self.find_program(program).ok_or(HostError(code::FILE_NOT_FOUND))?;
        if self.processes.len() >= MAX_PROCESSES {
            return Err(HostError(code::DISK_FULL));
        }
        self.processes.push(RunningProcess::started_by_sensor(&self.processes, pid, path, command_line, at));
        Ok((pid, String::new()))
    }

    /// Returns what a command prints that every system has.
    fn builtin_output(&self, name: &str, command_line: &str) -> Option<String> {
        let newline = if self.os == Os::Windows { "\r\n" } else { "\n" };
        let rest = |word: &str| {
            let at = command_line.find(word)? + word.len();
            Some(command_line[at..].trim().trim_end_matches('"').to_owned())
        };
        let line = match (self.os, name) {
            (Os::Windows, "whoami") => r"nt authority\system".into(),
            (_, "whoami") => "root".into(),
            (Os::Windows, "ipconfig") => format!("{newline}Windows IP Configuration{newline}"),
            (Os::Windows, "ping") => "Pinging 192.168.1.1 with 32 bytes of data:".into(),
            (_, "echo") => rest("echo")?,
            (Os::Windows, "cmd") | (Os::Osx | Os::Linux, "sh" | "bash" | "zsh") => rest("echo ").unwrap_or_default(),
            _ => return None,
        };
        Some(format!("{line}{newline}"))
    }

    /// Returns the path of a program, which may be named without its directory.
    fn find_program(&self, program: &str) -> Option<String> {
        if program.contains(['\\', '/']) {
            return self.files.content(program).ok().map(|_| program.to_lowercase());
        }
        let directories: &[&str] = match self.os {
            Os::Windows => &[r"c:\windows\system32\", r"c:\windows\"],
            Os::Osx | Os::Linux => &["/usr/bin/", "/bin/", "/sbin/"],
        };
        let suffix = if self.os == Os::Windows && !program.to_lowercase().ends_with(".exe") { ".exe" } else { "" };
        let mut paths = directories.iter().map(|directory| format!("{directory}{program}{suffix}"));
        paths.find(|path| self.files.content(path).is_ok())
    }
}

/// Returns the first word of a command line, without its quotes.
fn program_name(command_line: &str) -> &str {
    let text = command_line.trim_start();
    match text.strip_prefix('"') {
        Some(text) => text.split('"').next().unwrap_or_default(),
        None => text.split_whitespace().next().unwrap_or_default(),
    }
}
