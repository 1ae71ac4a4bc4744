//! What surrounds the program: variables and directories, as a value, so that tests need no process of their own.

use std::{
    collections::BTreeMap,
    env, fmt,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;

use super::proxy;
use crate::text::Charset;
use crate::theme::TerminalColors;

/// The directory of our files below each base directory.
const NAME: &str = "lampblack";

/// Variables and directories.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
    config: Option<PathBuf>,
    state: Option<PathBuf>,
    current_dir: PathBuf,
    system: PathBuf,
}

impl fmt::Debug for Environment {
    /// Names of variables without their values: one is a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.keys())
            .field("home", &self.home)
            .field("config", &self.config)
            .field("state", &self.state)
            .field("working", &self.current_dir)
            .finish_non_exhaustive()
    }
}

impl Environment {
    /// Reads the process's own environment. Only variables that this program knows are kept.
    pub fn read() -> Self {
        const KNOWN: &[&str] = &[
            "LAMPBLACK_PROFILE",
            "LAMPBLACK_CONFIG",
            "LAMPBLACK_URL",
            "LAMPBLACK_TOKEN",
            "CBAPI_URL",
            "CBAPI_TOKEN",
            "CBAPI_SSL_VERIFY",
            "PATH",
            "NO_COLOR",
            "TERM",
            "COLORTERM",
            "LC_ALL",
            "LC_CTYPE",
            "LANG",
            "USER",
            "LOGNAME",
        ];
        let base = etcetera::choose_base_strategy().ok();
        Self {
            variables: KNOWN
                .iter()
                .chain(proxy::VARIABLES)
                .filter_map(|&name| Some((name.to_owned(), env::var(name).ok()?)))
                .collect(),
            home: base.as_ref().map(|base| base.home_dir().to_owned()),
            config: base.as_ref().map(|base| base.config_dir().join(NAME)),
            state: base.and_then(|base| Some(base.state_dir()?.join(NAME))),
            current_dir: env::current_dir().unwrap_or_default(),
            system: "/etc".into(),
        }
    }

    /// An environment below one directory: `home`, `work` and `etc` in it, and the given variables.
    pub fn rooted_at(root: &Path, variables: &[(&str, &str)]) -> Self {
        let home = root.join("home");
        Self {
            variables: variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
            config: Some(home.join(".config").join(NAME)),
            state: Some(home.join(".local/state").join(NAME)),
            home: Some(home),
            current_dir: root.join("work"),
            system: root.join("etc"),
        }
    }

    /// The name of the account, as it is set; nobody vouches for it.
    pub fn account(&self) -> Option<&str> {
        self.variable("USER").or_else(|| self.variable("LOGNAME"))
    }

    /// A variable's value; an empty one counts as not set.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Where `config.toml` and `themes/` are.
    pub fn config_dir(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    /// Where the program keeps what it writes.
    pub fn state_dir(&self) -> Option<&Path> {
        self.state.as_deref()
    }

    /// The configuration file that is read when none is named.
    pub fn config_file(&self) -> Option<PathBuf> {
        Some(self.config.as_ref()?.join("config.toml"))
    }

    /// The credential files of the official client, later ones win (reference 4.1).
    pub fn client_files(&self) -> Vec<PathBuf> {
        let system = self.system.join("carbonblack/credentials.response");
        let below = |dir: &Path| dir.join(".carbonblack/credentials.response");
        let mut files = vec![system];
        files.extend(self.home.as_deref().map(below));
        let working = below(&self.current_dir);
        // Started in the home directory, the last two are one file.
        if !files.contains(&working) {
            files.push(working);
        }
        files
    }

    /// Whether a file lies in the working directory, where anyone may have put it.
    pub fn is_in_working_dir(&self, file: &Path) -> bool {
        file.starts_with(self.current_dir.join(".carbonblack"))
            && self.home.as_deref() != Some(self.current_dir.as_path())
    }

    /// The path a user means: `~/` is home, everything else is relative to `base`.
    pub fn resolve(&self, path: &Path, base: &Path) -> PathBuf {
        match (path.strip_prefix("~"), &self.home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => base.join(path),
        }
    }

    /// The directory the program was started in.
    pub fn working_dir(&self) -> &Path {
        &self.current_dir
    }

    /// Whether the terminal or its user wants no colors.
    pub fn wants_no_color(&self) -> bool {
        self.variable("NO_COLOR").is_some() || self.variable("TERM") == Some("dumb")
    }

    /// Which characters may be written to the terminal and to pipes.
    pub fn charset(&self) -> Charset {
        if self.screen().is_unicode() { Charset::Unicode } else { Charset::Ascii }
    }

    /// What the terminal can show.
    pub fn screen(&self) -> TerminalColors {
        let text = |name: &str| self.variable(name).unwrap_or_default().to_owned();
        TerminalColors {
            no_color: self.variable("NO_COLOR").is_some(),
            term: text("TERM"),
            colorterm: text("COLORTERM"),
            locale: ["LC_ALL", "LC_CTYPE", "LANG"]
                .map(text)
                .into_iter()
                .find(|locale| !locale.is_empty())
                .unwrap_or_default(),
        }
    }
}
