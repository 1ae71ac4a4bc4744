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
            // Help for a pipe that was closed is no failure.
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
            let unkept = format!("no action can be sent, and no log is kept: {error}");
            (None, vec![unkept])
        }
    };

    let stdout = io::stdout();
    let width = stdout.is_terminal().then(|| match crossterm::terminal::size() {
        Ok((columns @ 1.., _)) => usize::from(columns),
        // A terminal that does not know its width.
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
            // Whoever closed standard error does not want to hear of it.
            let _ = writeln!(io::stderr(), "{line}");
        },
        shows_progress: io::stderr().is_terminal(),
    };
    let Runtimes { main_thread: here, background } = match Runtimes::start(&cli) {
        Ok(runtimes) => runtimes,
        Err(error) => {
            let _ = writeln!(streams.notes, "error: cannot start: {error}");
            return Exit::Failed.into();
        }
    };
    let handle = background.handle().clone();
    let mut cx = CommandCx::new(&cli.global, environment, state_dir, handle.clone(), streams);
    if matches!(cli.command, None | Some(Command::Demo(_))) {
        // The console shows them.
        cx.notices = notices;
    } else {
        for notice in &notices {
            cx.warn(notice);
        }
    }
    if let Ok(directory) = env::current_dir()
        && commands::writes_log(cli.command.as_ref())
    {
        // Downloads that were killed, on file systems where they have names.
        handle.spawn_blocking(move || files::remove_leftovers(&directory));
    }
    let command = commands::run(cli, &mut cx, async |setup| run_console(setup, handle, charset).await);
    let exit = here.as_ref().unwrap_or(&background).block_on(command);
    if let Some(here) = here {
        // An export goes on, but not for ever: whatever holds it up must not hold up the shell.
        here.shutdown_timeout(Duration::from_secs(2));
    }
    // A download that is given up takes what there is of it away. Whatever is still being looked up, nobody waits for it.
    background.shutdown_timeout(Duration::from_millis(200));
    exit.into()
}

/// What runs the program.
struct Runtimes {
    /// This thread alone: a key reaches the screen without changing threads, and a command that writes rows as they come
    /// has one heap to take them from.
    main_thread: Option<Runtime>,
    /// What would hold up the screen. The simulator by itself has no screen, and takes every core.
    background: Runtime,
}

impl Runtimes {
    fn start(cli: &Cli) -> io::Result<Self> {
        /// A thread that waits for more to do would wake up to end: one wake-up of a console that sleeps.
        const KEPT: Duration = Duration::from_millis(50);
        if matches!(cli.command, Some(Command::Simulate(_))) {
            return Ok(Self { main_thread: None, background: Runtime::new()? });
        }
        Ok(Self {
            main_thread: Some(runtime::Builder::new_current_thread().thread_keep_alive(KEPT).enable_all().build()?),
            // One thread reads answers faster than any server gives them, and has nobody to wake up.
            background: runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .thread_keep_alive(KEPT)
                .enable_all()
                .build()?,
        })
    }
}

/// Opens the screen, and gives the terminal back however it ends.
async fn run_console(setup: ConsoleSetup, background: Handle, charset: Charset) -> anyhow::Result<()> {
    let server = setup.client.server().to_owned();
    let insecurity = setup.weak_transport();
    let mut warnings = setup.notices;
    let history = setup.state_dir.as_deref().map(History::open).transpose();
    let history = history.unwrap_or_else(|error| {
        warnings.push(error.to_string());
        None
    });
    let history_shown = history.iter().flat_map(History::recent_queries).map(history_entry);
    let saved = setup.config_dir.map(|dir| SavedQueries::load(&dir.join(SavedQueries::FILE)));
    let saved = saved.transpose().unwrap_or_else(|error| {
        warnings.push(error.to_string());
        None
    });
    let before = setup.state_dir.as_deref().map(SessionFile::open).transpose();
    let before = before.unwrap_or_else(|error| {
        warnings.push(error.to_string());
        None
    });
    let before = before.unwrap_or_default();
    let office = ChangeConfig {
        actor: Actor::from_account(setup.account.as_deref(), setup.user.clone()),
        policy: Policy::new(setup.read_only, setup.protected_hosts, setup.server.host_str()),
        state_dir: setup.state_dir.clone(),
    };
    let identity = ConnectionInfo {
        host: server.clone(),
        actor: office.actor.clone(),
        url: setup.server.as_str().trim_end_matches('/').to_owned(),
        server: if setup.is_demo { "simulator".into() } else { server.clone() },
        source: setup.source.to_string(),
        profile: setup.source.profile().unwrap_or_default().to_owned(),
        user: setup.user,
        is_read_only: setup.read_only,
        color: setup.color,
        host_zone: setup.host_zone,
        user_zone: local_zone(),
        transport_risk: insecurity,
    };
    let mut app = App::new(app::AppSetup {
        identity,
        keymap: setup.keymap,
        theme: setup.theme,
        history: history_shown.collect(),
        saved: saved.as_ref().map_or_else(Vec::new, saved_queries),
        columns: column_choices(&before),
        warnings,
    });
    let mut shell = UnixPlatform::new(setup.clock, server.clone(), history, saved, setup.state_dir.clone());
    let reader = Fetcher::with_handle(setup.client, background);
    let mut worker = worker::spawn(reader, setup.traces, office);
    // Before the terminal is taken, so that no signal finds it taken and nobody listening.
    let stop = shutdown_signal();
    let mut screen = TerminalGuard::acquire(&format!("lampblack: {server}"), charset)?;
    let events = InputReader::read()?;
    run(screen.terminal(), &mut app, events, stop, &mut worker, &mut shell).await?;
    drop(screen);
    let mut parting = app.session().exit_summary();
    if setup.is_demo && !parting.is_empty() {
        parting.push("it is the log of the demo: lampblack log show --demo".into());
    }
    for line in parting {
        // On the screen that the shell has back; it may be gone.
        let _ = writeln!(Ascii::new(io::stderr(), charset), "{line}");
    }
    let after = session_file(app.session());
    if let Some(dir) = setup.state_dir
        && after != before
    {
        after.save(&dir)?;
    }
    Ok(())
}

/// Begins the log of a command that keeps one; returns the state directory with it.
fn start_log(cli: &Cli, environment: &Environment) -> io::Result<Option<(PathBuf, log::LogGuard)>> {
    if !commands::writes_log(cli.command.as_ref()) {
        return Ok(None);
    }
    let state_dir = environment.state_dir().ok_or_else(|| io::Error::other("there is no home directory"))?;
    let state_dir = commands::state_dir(cli.command.as_ref(), state_dir);
    let directory = state_dir.join("log");
    let guard = log::start(&directory, cli.global.verbose)
        .map_err(|error| io::Error::other(format!("{}: {error}", directory.display())))?;
    Ok(Some((state_dir, guard)))
}
