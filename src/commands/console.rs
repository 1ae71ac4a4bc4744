//! Opening the console, on the configured server or on the embedded simulator.

use std::io;

use secrecy::SecretString;
use tokio::sync::mpsc;
use url::Url;

use super::{CommandCx, Exit, Failure, simulate};
use crate::api::Client;
use crate::cli::{ColorChoice, Demo};
use crate::config::{Access, Config, ConsoleSetup, ConsoleStart, Source};
use crate::sim;

/// Opens the console on the configured server.
pub(super) async fn console(
    start: ConsoleStart,
    cx: &mut CommandCx<'_>,
    open: impl AsyncFnOnce(ConsoleSetup) -> anyhow::Result<()>,
) -> Result<Exit, Failure> {
    let config = cx.config()?;
    let access = Access::choose(cx.flags(), &config, &cx.environment)?;
    open_console(access, start, &config, cx, open).await
}

/// Opens the console on the embedded simulator, which stops with it.
pub(super) async fn demo(
    demo: &Demo,
    start: ConsoleStart,
    cx: &mut CommandCx<'_>,
    open: impl AsyncFnOnce(ConsoleSetup) -> anyhow::Result<()>,
) -> Result<Exit, Failure> {
    let config = cx.config()?;
    // On another thread: a search in a large world must not block the screen.
    let running = cx
        .background
        .spawn(sim::start(simulate::world_options(demo)))
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
        .map_err(simulate::start_failure)?;
    let url: Url = running
        .url
        .parse()
        .map_err(|error| Failure::new(Exit::Failed, format!("the simulator's address {:?}: {error}", running.url)))?;
    let token = SecretString::from(running.token.clone());
    let access = Access::demo(url, token, cx.flags());
    let result = open_console(access, start, &config, cx, open).await;
    drop(running);
    result
}

async fn open_console(
    access: Access,
    start: ConsoleStart,
    config: &Config,
    cx: &mut CommandCx<'_>,
    open: impl AsyncFnOnce(ConsoleSetup) -> anyhow::Result<()>,
) -> Result<Exit, Failure> {
    if !cx.streams.is_interactive {
        return Err(Failure::new(Exit::Failed, "the console needs a terminal")
            .with_hint("lampblack search and the other commands work without a terminal; see lampblack --help"));
    }
    let mut screen = cx.environment.screen();
    match cx.color_choice() {
        ColorChoice::Auto => {}
        ColorChoice::Always => screen.no_color = false,
        ColorChoice::Never => screen.no_color = true,
    }
    // Keys and theme are read before the network is used, so that an error in them is reported at once.
    let keymap = config.keymap()?;
    let theme = config.theme(&screen)?;
    let settings = access.settings();
    let clock = settings.clock;
    let (tx, traces) = mpsc::unbounded_channel();
    let client = Client::new(settings, Some(tx))?;
    // The client has the only copy of the token from here on.
    drop(access.token);
    let mut notices = access.notices;
    notices.append(&mut cx.notices);
    let is_demo = access.source == Source::Demo;
    let config_dir = if is_demo {
        // The demo must not change real settings.
        cx.state_dir.clone()
    } else {
        cx.environment.config_dir().map(Into::into)
    };
    let setup = ConsoleSetup {
        client,
        traces,
        server: access.url,
        is_demo,
        source: access.source,
        user: access.profile.user,
        account: cx.environment.account().map(str::to_owned),
        read_only: access.profile.read_only,
        verifies_tls: access.profile.verify_tls,
        color: access.profile.color,
        host_zone: access.profile.host_zone,
        protected_hosts: access.profile.protected_hosts,
        notices,
        start,
        keymap,
        theme,
        state_dir: cx.state_dir.clone(),
        config_dir,
        clock,
    };
    open(setup).await.map_err(|error| Failure::new(Exit::Failed, format!("{error:#}")))?;
    Ok(Exit::Done)
}
