//! Which server, and whose token: one source decides both.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use url::{ParseError, Url};

use super::{
    Config, Environment, Error, Mistake, Profile, Source, Token, credentials::Credentials, ini, proxy, secret,
};
use crate::api::{self, Proxy, Settings, Tls};

/// The profile that is used when none is named.
const DEFAULT: &str = "default";

/// The user of the embedded simulator whose token the demo has.
const DEMO_USER: &str = "admin";

/// What the command line says about server and configuration.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// The profile.
    pub profile: Option<String>,
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// The server.
    pub url: Option<String>,
    /// The console user.
    pub user: Option<String>,
    /// Whether everything that changes the server is refused.
    pub read_only: bool,
}

/// A server, its token, how to reach it, and where all that was found.
#[derive(Clone, Debug)]
pub struct Access {
    /// The server.
    pub url: Url,
    /// Its token.
    pub token: SecretString,
    /// Everything else, with the command line's wishes in it.
    pub profile: Profile,
    /// The proxy that leads to the server.
    pub proxy: Option<Proxy>,
    /// Where address and token were found.
    pub source: Source,
    /// What the user should know.
    pub notices: Vec<String>,
}

/// An answer before its token is read: reading may run a program.
struct TokenSource {
    profile: Profile,
    source: Source,
    base: PathBuf,
}

impl Access {
    /// Decides: `--url`; the profile that is named; `LAMPBLACK_URL`; `CBAPI_URL`; the default profile.
    pub fn choose(flags: &Flags, config: &Config, environment: &Environment) -> Result<Self, Error> {
        let mut notices = Vec::new();
        let found = find_access(flags, config, environment, &mut notices)?;
        let TokenSource { mut profile, source, base } = found;
        profile.user = flags.user.clone().or(profile.user);
        profile.read_only |= flags.read_only;
        profile.ca_file = profile.ca_file.map(|file| environment.resolve(&file, &base));

        let missing = |key: &str| Mistake::new(format!("{source} has no {key}"));
        let url = profile.url.as_deref().ok_or_else(|| missing("url"))?;
        let url = parse_url(url).map_err(|what| {
            Mistake::new(format!("the server's address, from {source}, {what}"))
                .with_hint("write it as https://cb.example.com")
        })?;
        apply_protections(&mut profile, &url, &source, config, &mut notices);
        if url.scheme() == "http" && !api::is_loopback(&url) {
            notices.push(format!("{url} is not encrypted: the token can be read on its way"));
        }
        if !profile.verify_tls {
            notices.push("the server's certificate is not verified".into());
        }
        if let Source::Profile { file, .. } | Source::ClientFile { file, .. } = &source {
            notices.extend(secret::warn_if_writable(file));
        }
        let token = match profile
            .token
            .as_ref()
            .ok_or_else(|| missing("token").with_hint("give it one of token_command, token_file and token"))?
        {
            Token::Inline(token) => {
                if let Source::Profile { file, .. } | Source::ClientFile { file, .. } = &source {
                    notices.extend(secret::warn_if_readable(file));
                }
                check_inline_token(token).map_err(|what| Mistake::new(format!("the token of {source}: {what}")))?
            }
            Token::File(file) => {
                let file = environment.resolve(file, &base);
                notices.extend(secret::warn_if_readable(&file));
                secret::from_file(&file)?
            }
            Token::Command(words) => {
                let path = environment.variable("PATH");
                notices.extend(secret::warn_if_relative(words, path));
                secret::from_command(words, secret::LIMIT)?
            }
        };
        let proxy = match &profile.proxy {
            Some(address) => Proxy::new(address, format!("the {source}")).map(Some),
            None if profile.ignore_system_proxy => Ok(None),
            None => proxy::proxy_from_environment(&url, environment),
        };
        let proxy = proxy.map_err(|error| Mistake::new(error.to_string()))?;
        Ok(Self { url, token, profile, proxy, source, notices })
    }

    /// The access to the embedded simulator.
    pub fn demo(url: Url, token: SecretString, flags: &Flags) -> Self {
        Self {
            url,
            token,
            profile: Profile {
                user: Some(flags.user.clone().unwrap_or_else(|| DEMO_USER.to_owned())),
                read_only: flags.read_only,
                ..Profile::default()
            },
            // The simulator is on this machine, whatever HTTPS_PROXY says.
            proxy: None,
            source: Source::Demo,
            notices: Vec::new(),
        }
    }

    /// What the client needs.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::new(self.url.clone(), self.token.clone());
        settings.tls = Tls {
            verify: self.profile.verify_tls,
            verify_hostname: self.profile.verify_hostname,
            ca_file: self.profile.ca_file.clone(),
        };
        settings.proxy.clone_from(&self.proxy);
        settings.connections = self.profile.connections;
        settings.timeout = self.profile.timeout;
        settings
    }
}

/// What a profile of our file forbids on this server holds however the address came here: a variable that happens to be
/// set must not take a guard away.
fn apply_protections(profile: &mut Profile, url: &Url, source: &Source, config: &Config, notices: &mut Vec<String>) {
    if matches!(source, Source::Profile { .. } | Source::Demo) {
        return;
    }
    for (name, other) in &config.profiles {
        let its = other.url.as_deref().and_then(|url| parse_url(url).ok());
        let is_same = its.is_some_and(|its| {
            (its.host_str(), its.port_or_known_default()) == (url.host_str(), url.port_or_known_default())
        });
        let is_new = |pattern: &&String| !profile.protected_hosts.contains(pattern);
        let more: Vec<_> = other.protected_hosts.iter().filter(is_new).cloned().collect();
        if is_same && (other.read_only || !more.is_empty()) {
            profile.read_only |= other.read_only;
            profile.protected_hosts.extend(more);
            notices.push(format!(
                "read_only and protected_hosts of the profile {name:?} hold here too: it has this address"
            ));
        }
    }
}

fn find_access(
    flags: &Flags,
    config: &Config,
    environment: &Environment,
    notices: &mut Vec<String>,
) -> Result<TokenSource, Error> {
    let variable = |name: &str| environment.variable(name).map(str::to_owned);
    let from_variables = |url: String, token: String, source: Source| TokenSource {
        profile: Profile {
            url: Some(url),
            token: Some(Token::Inline(SecretString::from(token))),
            ..Profile::default()
        },
        source,
        base: environment.working_dir().to_owned(),
    };
    if let Some(url) = &flags.url {
        if flags.profile.is_some() {
            return Err(Error::usage(
                Mistake::new("--url and --profile both name a server").with_hint("give one of them"),
            ));
        }
        let token = variable("LAMPBLACK_TOKEN").ok_or_else(|| {
            Error::usage(Mistake::new("--url needs a token").with_hint(
                "put it into the variable LAMPBLACK_TOKEN: a token never comes from another source than the address",
            ))
        })?;
        return Ok(from_variables(url.clone(), token, Source::Flag));
    }
    if let Some(name) = flags.profile.clone().or_else(|| variable("LAMPBLACK_PROFILE")) {
        return find_profile(&name, config, environment, notices);
    }
    let pairs = [
        ("LAMPBLACK_URL", "LAMPBLACK_TOKEN", Source::Variables),
        ("CBAPI_URL", "CBAPI_TOKEN", Source::ClientVariables),
    ];
    for (url_name, token_name, source) in pairs {
        match (variable(url_name), variable(token_name)) {
            (Some(url), Some(token)) => {
                let is_client = source == Source::ClientVariables;
                let mut found = from_variables(url, token, source);
                if is_client && let Some(word) = variable("CBAPI_SSL_VERIFY") {
                    found.profile.verify_tls =
                        ini::parse_bool(&word).ok_or_else(|| Mistake::new("CBAPI_SSL_VERIFY must be true or false"))?;
                }
                return Ok(found);
            }
            (Some(_), None) => notices.push(format!("{url_name} is not used without {token_name}")),
            (None, Some(_)) => notices.push(format!("{token_name} is not used without {url_name}")),
            (None, None) => {}
        }
    }
    find_profile(DEFAULT, config, environment, notices)
}

/// The profile of this name: of our own file, or else of the official client's.
fn find_profile(
    name: &str,
    config: &Config,
    environment: &Environment,
    notices: &mut Vec<String>,
) -> Result<TokenSource, Error> {
    if let (Some(profile), Some(file)) = (config.profiles.get(name), &config.file) {
        return Ok(TokenSource {
            profile: profile.clone(),
            source: Source::Profile { name: name.to_owned(), file: file.clone() },
            base: file.parent().unwrap_or(Path::new("")).to_owned(),
        });
    }
    let credentials = Credentials::read(environment)?;
    if let Some((profile, source)) = credentials.profile(name, environment)? {
        notices.extend(credentials.unreadable.iter().map(ToString::to_string));
        return Ok(TokenSource { profile, source, base: environment.working_dir().to_owned() });
    }
    // What is wrong with a file comes first: the profile may be in it.
    let suspects = credentials.possible_causes();
    if !suspects.is_empty() {
        return Err(suspects.into());
    }
    let mut names: Vec<String> =
        config.profiles.keys().map(String::as_str).chain(credentials.names()).map(|name| format!("{name:?}")).collect();
    names.sort_unstable();
    names.dedup();
    let file = config.file.clone().or_else(|| environment.config_file());
    let file = file.map_or_else(|| "config.toml".to_owned(), |file| file.display().to_string());
    if names.is_empty() && name == DEFAULT {
        let hint = format!("lampblack demo shows everything without one; for yours, write a profile into {file}");
        // Half of what is needed may be there.
        let mut half: Vec<_> = notices.drain(..).map(Mistake::new).collect();
        if half.is_empty() {
            half.push(Mistake::new("no server is configured"));
        }
        if let Some(last) = half.last_mut() {
            last.hint = Some(hint);
        }
        return Err(half.into());
    }
    let mistake = Mistake::new(format!("there is no profile {name:?}"));
    Err(Error::usage(if names.is_empty() {
        mistake.with_hint(format!("no profile is configured; write [profiles.NAME] into {file}"))
    } else {
        mistake.with_hint(format!("--profile takes one of {}", names.join(", ")))
    }))
}

fn check_inline_token(token: &SecretString) -> Result<SecretString, &'static str> {
    use secrecy::ExposeSecret;
    secret::validate_token(token.expose_secret())
}

/// Reads a server's address. On failure: what it does, to go on after its name.
fn parse_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|error| match error {
        ParseError::RelativeUrlWithoutBase => "must begin with https://".to_owned(),
        error => format!("cannot be read: {error}"),
    })?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err("must begin with https://".into());
    }
    if url.host().is_none() {
        return Err("names no host".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has a user name or a password in it".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has more than a host and a path in it".into());
    }
    Ok(url)
}
