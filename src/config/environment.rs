//! Environment variables and base directories, as a value, so that tests need not change their own process.

use std::{
    collections::BTreeMap,
    env, fmt,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;

use crate::text::Charset;
use crate::theme::TerminalColors;

/// The name of our directory below each base directory.
const NAME: &str = "lampblack";

/// Environment variables and base directories.
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
    /// Prints only the names of variables, because one value is a token.
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

/// The variables for proxies, and for hosts that need none.
const PROXY_VARIABLES: &[&str] =
    &["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

impl Environment {
    /// Reads the environment of this process; only the variables that this program uses are stored.
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
            "CLICOLOR_FORCE",
            "FORCE_COLOR",
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
                .chain(PROXY_VARIABLES)
                .filter_map(|&name| Some((name.to_owned(), env::var(name).ok()?)))
                .collect(),
            home: base.as_ref().map(|base| base.home_dir().to_owned()),
            config: base.as_ref().map(|base| base.config_dir().join(NAME)),
            state: base.and_then(|base| Some(base.state_dir()?.join(NAME))),
            current_dir: env::current_dir().unwrap_or_default(),
            system: "/etc".into(),
        }
    }

    /// Creates an environment for tests below one directory: `home`, `work` and `etc` in it, and these variables.
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

    /// Returns the account name by the environment, which the user can set to anything.
    pub fn account(&self) -> Option<&str> {
        self.variable("USER").or_else(|| self.variable("LOGNAME"))
    }

    /// Returns the value of a variable; an empty one counts as not set.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Returns the directory of `config.toml` and `themes/`.
    pub fn config_dir(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    /// Returns the directory of the files that this program writes.
    pub fn state_dir(&self) -> Option<&Path> {
        self.state.as_deref()
    }

    /// Returns the path of the configuration file, unless another one is requested.
    pub fn config_file(&self) -> Option<PathBuf> {
        Some(self.config.as_ref()?.join("config.toml"))
    }

    /// Returns the credential files of the official client; later ones override earlier ones (reference 4.1).
    pub fn client_files(&self) -> Vec<PathBuf> {
        let system = self.system.join("carbonblack/credentials.response");
        let below = |dir: &Path| dir.join(".carbonblack/credentials.response");
        let mut files = vec![system];
        files.extend(self.home.as_deref().map(below));
        let working = below(&self.current_dir);
        // In the home directory, the last two are one file.
        if !files.contains(&working) {
            files.push(working);
        }
        files
    }

    /// Whether a file is in the working directory, which may be untrusted.
    pub fn is_in_working_dir(&self, file: &Path) -> bool {
        file.starts_with(self.current_dir.join(".carbonblack"))
            && self.home.as_deref() != Some(self.current_dir.as_path())
    }

    /// Resolves a path from the user: `~/` is the home directory, everything else is relative to `base`.
    pub fn resolve(&self, path: &Path, base: &Path) -> PathBuf {
        match (path.strip_prefix("~"), &self.home) {
            (Ok(below_home), Some(home)) => home.join(below_home),
            _ => base.join(path),
        }
    }

    /// Returns the directory that the program was started in.
    pub fn working_dir(&self) -> &Path {
        &self.current_dir
    }

    /// Whether colors are disabled by `NO_COLOR`, or not supported by the terminal.
    pub fn wants_no_color(&self) -> bool {
        self.variable("NO_COLOR").is_some() || self.variable("TERM") == Some("dumb")
    }

    /// Whether `CLICOLOR_FORCE` or `FORCE_COLOR` asks for colors even without a terminal. `NO_COLOR` wins.
    pub fn forces_color(&self) -> bool {
        let is_set = |name: &&str| self.variable(name).is_some_and(|value| value != "0");
        self.variable("NO_COLOR").is_none() && ["CLICOLOR_FORCE", "FORCE_COLOR"].iter().any(is_set)
    }

    /// Returns the characters that may be written to the terminal and to pipes.
    pub fn charset(&self) -> Charset {
        if self.screen().is_unicode() { Charset::Unicode } else { Charset::Ascii }
    }

    /// Returns the capabilities of the terminal.
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
