//! A simulator in a process of its own, so that what is measured of the console is the console's.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use portable_pty::CommandBuilder;

/// A running simulator. Dropping it ends it.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    pub(crate) token: String,
}

impl Server {
    /// Starts one and waits until its world stands.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(program())
            .arg("simulate")
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a simulator");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut value = |name: &str| {
            let line = lines.next().expect("another line").expect("text");
            let value = line.strip_prefix(name).expect("what was promised");
            value.to_owned()
        };
        let url = value("url: ");
        let token = value("token: ");
        Self { child, url, token }
    }

    /// Writes a configuration below `home` that leads here.
    pub(crate) fn configure(&self, home: &Path, ca_file: Option<&Path>) {
        configure(home, &self.url, &self.token, ca_file);
    }
}

/// Writes a configuration below `home` that leads to a server.
pub(crate) fn configure(home: &Path, url: &str, token: &str, ca_file: Option<&Path>) {
    let directory = home.join(".config/lampblack");
    fs::create_dir_all(&directory).expect("a directory");
    let ca_file = ca_file.map_or(String::new(), |file| format!("ca_file = {:?}\n", file.display().to_string()));
    let text = format!("[profiles.default]\nurl = {url:?}\ntoken = {token:?}\n{ca_file}");
    let file = directory.join("config.toml");
    fs::write(&file, text).expect("a configuration");
    private(&file);
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program under measurement: the one that was built with the figures, unless `LAMPBLACK_PROGRAM` names another.
pub(crate) fn program() -> PathBuf {
    let built = env!("CARGO_BIN_EXE_lampblack");
    env::var_os("LAMPBLACK_PROGRAM").map_or_else(|| built.into(), PathBuf::from)
}

/// The program under measurement, for a terminal.
pub(crate) fn lampblack(arguments: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(program());
    command.args(arguments);
    command
}

/// A token that others can read would be warned about.
fn private(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("a file of our own");
}
