//! The `lampblack` program: arguments in, exit code out.

use std::{
    env,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use lampblack::app::{self, App};
use lampblack::audit::check_state;
use lampblack::changes::{Actor, Policy};
use lampblack::cli::{Cli, Command};
use lampblack::commands::{self, CommandCx, Exit, Streams};
use lampblack::config::{ConsoleSetup, Environment};
use lampblack::fetch::Fetcher;
use lampblack::files;
use lampblack::log;
use lampblack::model::local_zone;
use lampblack::runtime::{
    InputReader, TerminalGuard, UnixPlatform, column_choices, forbid_core_dumps, history_entry, read_password, run,
    saved_queries, session_file, shutdown_signal,
};
use lampblack::session::ConnectionInfo;
use lampblack::storage::{History, SavedQueries, SessionFile};
use lampblack::text::{self, Ascii, Charset};
use lampblack::worker::{self, ChangeConfig};
use tokio::runtime::{self, Handle, Runtime};

fn main() -> ExitCode {
    forbid_core_dumps();
    let environment = Environment::read();
    let charset = environment.charset();
    let cli = match Cli::read_args(&env::args_os().collect::<Vec<_>>()) {
        Ok(cli) => cli,
        Err(error) => {
            // Printing help to a closed pipe is no failure.
            let _ = match charset {
                Charset::Unicode => error.print(),
                Charset::Ascii if error.use_stderr() => {
                    write!(io::stderr(), "{}", text::to_ascii(&error.to_string()))
                }
                Charset::Ascii => write!(io::stdout(), "{}", text::to_ascii(&error.to_string())),
            };
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    let log = start_log(&cli, &environment);
    let (state_dir, notices) = match &log {
        Ok(Some((state_dir, _))) => (Some(state_dir.clone()), check_state(state_dir)),
        Ok(None) => (None, Vec::new()),
        Err(error) => {
            let warning = format!("no action can be sent, nothing is logged: {error}");
            (None, vec![warning])
        }
    };

    let stdout = io::stdout();
    let width = stdout.is_terminal().then(|| match crossterm::terminal::size() {
        Ok((columns @ 1.., _)) => usize::from(columns),
        // The terminal does not report its width.
        _ => 80,
    });
    let streams = Streams {
        is_interactive: width.is_some() && io::stdin().is_terminal(),
        read_password: io::stdin().is_terminal().then_some(read_password),
        input: &mut io::stdin(),
        out: &mut Ascii::new(io::BufWriter::new(stdout), charset),
        notes: &mut Ascii::new(io::stderr(), charset),
        width,
        write_stderr: |line| {
            // If standard error is closed, the line is lost.
            let _ = writeln!(io::stderr(), "{line}");
        },
        shows_progress: io::stderr().is_terminal(),
    };
    let Runtimes { main_thread, background } = match Runtimes::start(&cli) {
        Ok(runtimes) => runtimes,
        Err(error) => {
            let _ = writeln!(streams.notes, "error: cannot start: {error}");
            return Exit::Failed.into();
        }
    };
    let handle = background.handle().clone();
    let mut cx = CommandCx::new(&cli.global, environment, state_dir, handle.clone(), streams);
    if matches!(cli.command, None | Some(Command::Demo(_))) {
        // The console shows the notices.
        cx.notices = notices;
    } else {
        for notice in &notices {
            cx.warn(notice);
        }
    }
    if let Ok(directory) = env::current_dir()
        && commands::writes_log(cli.command.as_ref())
    {
        // Removes partial downloads of killed processes, on file systems where these have names.
        handle.spawn_blocking(move || files::remove_leftovers(&directory));
    }
    let command = commands::run(cli, &mut cx, async |setup| run_console(setup, handle, charset).await);
    let exit = main_thread.as_ref().unwrap_or(&background).block_on(command);
    if let Some(main_thread) = main_thread {
        // An export may finish, within a limit: a hanging file system must not block the shell.
        main_thread.shutdown_timeout(Duration::from_secs(2));
    }
    // A cancelled download removes its partial file. Other tasks are dropped.
    background.shutdown_timeout(Duration::from_millis(200));
    exit.into()
}

/// The runtimes of the program.
struct Runtimes {
    /// Runs on the main thread only: a key reaches the screen without a thread switch, and commands that stream rows
    /// use one allocator arena.
    main_thread: Option<Runtime>,
    /// Runs everything that could delay the screen. The simulator has no screen, and uses every core.
    background: Runtime,
}

impl Runtimes {
    fn start(cli: &Cli) -> io::Result<Self> {
        /// Idle threads end soon, so that a sleeping console has only one more wake-up.
        const KEEP_ALIVE: Duration = Duration::from_millis(50);
        if matches!(cli.command, Some(Command::Simulate(_))) {
            return Ok(Self { main_thread: None, background: Runtime::new()? });
        }
        Ok(Self {
            main_thread: Some(
                runtime::Builder::new_current_thread().thread_keep_alive(KEEP_ALIVE).enable_all().build()?,
            ),
            // One thread parses answers faster than any server sends them.
            background: runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .thread_keep_alive(KEEP_ALIVE)
                .enable_all()
                .build()?,
        })
    }
}

/// Runs the console, and restores the terminal however it ends.
async fn run_console(setup: ConsoleSetup, background: Handle, charset: Charset) -> anyhow::Result<()> {
    let server = setup.client.server().to_owned();
    let transport_risk = setup.weak_transport();
    let mut warnings = setup.notices;
    let history = setup.state_dir.as_deref().map(History::open).transpose();
    let history = history.unwrap_or_else(|error| {
        warnings.push(error.to_string());
        None
    });
    let is_clean = setup.start.is_clean;
    let recent_queries = history.iter().filter(|_| !is_clean).flat_map(History::recent_queries).map(history_entry);
    let saved = setup.config_dir.map(|dir| SavedQueries::load(&dir.join(SavedQueries::FILE)));
    let saved = saved.transpose().unwrap_or_else(|error| {
        warnings.push(error.to_string());
        None
    });
    let session_dir = setup.state_dir.clone().filter(|_| !is_clean);
    let saved_session = session_dir.as_deref().map(SessionFile::open).transpose();
    let saved_session = saved_session.unwrap_or_else(|error| {
        warnings.push(error.to_string());
        None
    });
    let saved_session = saved_session.unwrap_or_default();
    let change_config = ChangeConfig {
        actor: Actor::from_account(setup.account.as_deref(), setup.user.clone()),
        policy: Policy { is_read_only: setup.read_only, ..Policy::new(setup.protected_hosts, setup.server.host_str()) },
        state_dir: setup.state_dir.clone(),
    };
    let info = ConnectionInfo {
        host: server.clone(),
        actor: change_config.actor.clone(),
        url: setup.server.as_str().trim_end_matches('/').to_owned(),
        server: if setup.is_demo { "simulator".into() } else { server.clone() },
        source: setup.source.to_string(),
        profile: setup.source.profile().unwrap_or_default().to_owned(),
        user: setup.user,
        is_read_only: setup.read_only,
        color: setup.color,
        host_zone: setup.host_zone,
        user_zone: local_zone(),
        transport_risk,
    };
    let mut app = App::new(app::AppSetup {
        identity: info,
        keymap: setup.keymap,
        theme: setup.theme,
        history: recent_queries.collect(),
        saved: saved.as_ref().map_or_else(Vec::new, saved_queries),
        columns: column_choices(&saved_session),
        warnings,
        query: setup.start.query,
    });
    let mut platform = UnixPlatform::new(setup.clock, server.clone(), history, saved, setup.state_dir.clone());
    let fetcher = Fetcher::with_handle(setup.client, background);
    let mut worker = worker::spawn(fetcher, setup.traces, change_config);
    // Installed before the terminal is set up, so that a signal never leaves it in raw mode.
    let shutdown = shutdown_signal();
    let mut screen = TerminalGuard::acquire(&format!("lampblack: {server}"), charset)?;
    let events = InputReader::read()?;
    run(screen.terminal(), &mut app, events, shutdown, &mut worker, &mut platform).await?;
    drop(screen);
    let mut summary = app.session().exit_summary();
    if setup.is_demo && !summary.is_empty() {
        summary.push("log of the demo: lampblack log show --demo".into());
    }
    for line in summary {
        // Printed after the terminal was restored; standard error may be closed.
        let _ = writeln!(Ascii::new(io::stderr(), charset), "{line}");
    }
    let session = session_file(app.session());
    if let Some(dir) = session_dir
        && session != saved_session
    {
        session.save(&dir)?;
    }
    Ok(())
}

/// Starts logging for a command that logs; returns the state directory with the log's guard.
fn start_log(cli: &Cli, environment: &Environment) -> io::Result<Option<(PathBuf, log::LogGuard)>> {
    if !commands::writes_log(cli.command.as_ref()) {
        return Ok(None);
    }
    let state_dir = environment.state_dir().ok_or_else(|| io::Error::other("no home directory"))?;
    let state_dir = commands::state_dir(cli.command.as_ref(), state_dir);
    let directory = state_dir.join("log");
    let guard = log::start(&directory, cli.global.verbose)
        .map_err(|error| io::Error::other(format!("{}: {error}", directory.display())))?;
    Ok(Some((state_dir, guard)))
}
