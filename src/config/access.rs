//! Choice of the server and its token, both from one source.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use url::{ParseError, Url};

use super::{
    Config, Environment, Error, Mistake, Profile, Source, Token, credentials::Credentials, ini, proxy, secret,
};
use crate::api::{self, Proxy, Settings, Tls};

/// The profile that is used if none is requested.
const DEFAULT: &str = "default";

/// The user of the embedded simulator to whom the token of the demo belongs.
const DEMO_USER: &str = "admin";

/// The command line options for server and configuration.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// The name of the profile.
    pub profile: Option<String>,
    pub config: Option<PathBuf>,
    pub url: Option<String>,
    pub user: Option<String>,
    /// Whether all changes of the server are refused.
    pub read_only: bool,
}

/// A server with its token, connection settings and their source.
#[derive(Clone, Debug)]
pub struct Access {
    pub url: Url,
    pub token: SecretString,
    /// All other settings, with the command line options applied.
    pub profile: Profile,
    /// The proxy to the server, if there is one.
    pub proxy: Option<Proxy>,
    /// The source of URL and token.
    pub source: Source,
    /// Warnings for the user.
    pub notices: Vec<String>,
}

/// A chosen source before its token is read: reading it may run a program.
struct TokenSource {
    profile: Profile,
    source: Source,
    /// The directory to which paths in the profile are relative.
    base: PathBuf,
}

impl Access {
    /// Chooses the server by the first of these that is set: `--url`, a requested profile, `LAMPBLACK_URL`,
    /// `CBAPI_URL`, the default profile. Then reads the token.
    pub fn choose(flags: &Flags, config: &Config, environment: &Environment) -> Result<Self, Error> {
        let mut notices = Vec::new();
        let token_source = find_access(flags, config, environment, &mut notices)?;
        let TokenSource { mut profile, source, base } = token_source;
        profile.user = flags.user.clone().or(profile.user);
        profile.read_only |= flags.read_only;
        profile.ca_file = profile.ca_file.map(|file| environment.resolve(&file, &base));

        let missing = |key: &str| Mistake::new(format!("{source} has no {key}"));
        let url = profile.url.as_deref().ok_or_else(|| missing("url"))?;
        let url = parse_url(url).map_err(|what| {
            Mistake::new(format!("the server URL, from {source}, {what}"))
                .with_hint("write it as https://cb.example.com")
        })?;
        apply_protections(&mut profile, &url, &source, config, &mut notices);
        if url.scheme() == "http" && !api::is_loopback(&url) {
            notices.push(format!("{url} is not encrypted: the token is sent in clear text"));
        }
        if !profile.verify_tls {
            notices.push("the server certificate is not verified".into());
        }
        if let Source::Profile { file, .. } | Source::ClientFile { file, .. } = &source {
            notices.extend(secret::warn_if_writable(file));
        }
        let token = match profile
            .token
            .as_ref()
            .ok_or_else(|| missing("token").with_hint("set one of token_command, token_file and token"))?
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

    /// Creates the access to the embedded simulator.
    pub fn demo(url: Url, token: SecretString, flags: &Flags) -> Self {
        Self {
            url,
            token,
            profile: Profile {
                user: Some(flags.user.clone().unwrap_or_else(|| DEMO_USER.to_owned())),
                read_only: flags.read_only,
                ..Profile::default()
            },
            // The simulator is on this machine, so HTTPS_PROXY does not apply.
            proxy: None,
            source: Source::Demo,
            notices: Vec::new(),
        }
    }

    /// Returns the settings of the API client.
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

/// Applies `read_only` and `protected_hosts` of each profile in our file for this server, even if the URL is from
/// another source: an environment variable that happens to be set must not disable a protection.
fn apply_protections(profile: &mut Profile, url: &Url, source: &Source, config: &Config, notices: &mut Vec<String>) {
    if matches!(source, Source::Profile { .. } | Source::Demo) {
        return;
    }
    for (name, other) in &config.profiles {
        let other_url = other.url.as_deref().and_then(|url| parse_url(url).ok());
        let is_same = other_url.is_some_and(|other_url| {
            (other_url.host_str(), other_url.port_or_known_default()) == (url.host_str(), url.port_or_known_default())
        });
        let is_new = |pattern: &&String| !profile.protected_hosts.contains(pattern);
        let new_patterns: Vec<_> = other.protected_hosts.iter().filter(is_new).cloned().collect();
        if is_same && (other.read_only || !new_patterns.is_empty()) {
            profile.read_only |= other.read_only;
            profile.protected_hosts.extend(new_patterns);
            notices
                .push(format!("read_only and protected_hosts of profile {name:?} apply here too: it has the same URL"));
        }
    }
}

/// Chooses the source of URL and token, without reading the token.
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
                Mistake::new("--url and --profile both give a server").with_hint("give only one of them"),
            ));
        }
        let token = variable("LAMPBLACK_TOKEN").ok_or_else(|| {
            Error::usage(
                Mistake::new("--url needs a token")
                    .with_hint("set LAMPBLACK_TOKEN: URL and token must come from the same source"),
            )
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
                let mut token_source = from_variables(url, token, source);
                if is_client && let Some(word) = variable("CBAPI_SSL_VERIFY") {
                    token_source.profile.verify_tls =
                        ini::parse_bool(&word).ok_or_else(|| Mistake::new("CBAPI_SSL_VERIFY must be true or false"))?;
                }
                return Ok(token_source);
            }
            (Some(_), None) => notices.push(format!("{url_name} is ignored without {token_name}")),
            (None, Some(_)) => notices.push(format!("{token_name} is ignored without {url_name}")),
            (None, None) => {}
        }
    }
    find_profile(DEFAULT, config, environment, notices)
}

/// Returns the profile called `name` from our own file, or else from the files of the official client.
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
    // An unreadable file is reported first: the profile may be in it.
    let causes = credentials.possible_causes();
    if !causes.is_empty() {
        return Err(causes.into());
    }
    let mut names: Vec<String> =
        config.profiles.keys().map(String::as_str).chain(credentials.names()).map(|name| format!("{name:?}")).collect();
    names.sort_unstable();
    names.dedup();
    let file = config.file.clone().or_else(|| environment.config_file());
    let file = file.map_or_else(|| "config.toml".to_owned(), |file| file.display().to_string());
    if names.is_empty() && name == DEFAULT {
        let hint = format!("`lampblack demo` works without a server; for your server, write a profile into {file}");
        // A source may be incomplete, such as a URL without its token.
        let mut mistakes: Vec<_> = notices.drain(..).map(Mistake::new).collect();
        if mistakes.is_empty() {
            mistakes.push(Mistake::new("no server is configured"));
        }
        if let Some(last) = mistakes.last_mut() {
            last.hint = Some(hint);
        }
        return Err(mistakes.into());
    }
    let mistake = Mistake::new(format!("no profile {name:?}"));
    Err(Error::usage(if names.is_empty() {
        mistake.with_hint(format!("no profile is configured; write [profiles.NAME] into {file}"))
    } else {
        mistake.with_hint(format!("profiles: {}", names.join(", ")))
    }))
}

/// Checks that the token can be sent in a request header.
fn check_inline_token(token: &SecretString) -> Result<SecretString, &'static str> {
    use secrecy::ExposeSecret;
    secret::validate_token(token.expose_secret())
}

/// Parses the URL of a server. The error is the predicate of a sentence about the URL.
fn parse_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|error| match error {
        ParseError::RelativeUrlWithoutBase => "must begin with https://".to_owned(),
        error => format!("cannot be read: {error}"),
    })?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err("must begin with https://".into());
    }
    if url.host().is_none() {
        return Err("has no host".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("contains a user name or password".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("contains more than host and path".into());
    }
    Ok(url)
}
