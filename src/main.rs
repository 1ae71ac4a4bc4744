//! The `lampblack` program: arguments in, exit code out.

use std::{
    env,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use lampblack::app::{self, App};
use lampblack::changes::{Guard, Who};
use lampblack::cli::{Cli, Command};
use lampblack::commands::{self, Caller, Exit, Streams};
use lampblack::config::{Environment, Setup};
use lampblack::fetch::Reader;
use lampblack::files;
use lampblack::log;
use lampblack::model::zone_here;
use lampblack::runtime::{Events, Screen, Shell, chosen, forbid_core_dumps, hidden, kept, past, run, shelved, stopped};
use lampblack::session::Identity;
use lampblack::storage::{History, Kept, Saved, check_state};
use lampblack::text::{self, Ascii, Charset};
use lampblack::worker::{self, Office};
use tokio::runtime::{self, Handle, Runtime};

fn main() -> ExitCode {
    forbid_core_dumps();
    let environment = Environment::read();
    let charset = environment.charset();
    let cli = match Cli::read(&env::args_os().collect::<Vec<_>>()) {
        Ok(cli) => cli,
        Err(error) => {
            // Help for a pipe that was closed is no failure.
            let _ = match charset {
                Charset::Unicode => error.print(),
                Charset::Ascii if error.use_stderr() => {
                    write!(io::stderr(), "{}", text::ascii(&error.to_string()))
                }
                Charset::Ascii => write!(io::stdout(), "{}", text::ascii(&error.to_string())),
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
        hidden: io::stdin().is_terminal().then_some(hidden),
        input: &mut io::stdin(),
        out: &mut Ascii::new(io::BufWriter::new(stdout), charset),
        notes: &mut Ascii::new(io::stderr(), charset),
        width,
        beside: |line| {
            // Whoever closed standard error does not want to hear of it.
            let _ = writeln!(io::stderr(), "{line}");
        },
        shows_progress: io::stderr().is_terminal(),
    };
    let Runtimes { here, background } = match Runtimes::start(&cli) {
        Ok(runtimes) => runtimes,
        Err(error) => {
            let _ = writeln!(streams.notes, "error: cannot start: {error}");
            return Exit::Failed.into();
        }
    };
    let handle = background.handle().clone();
    let mut caller = Caller::new(&cli.global, environment, state_dir, handle.clone(), streams);
    if matches!(cli.command, None | Some(Command::Demo(_))) {
        // The console shows them.
        caller.notices = notices;
    } else {
        for notice in &notices {
            caller.warn(notice);
        }
    }
    if let Ok(directory) = env::current_dir()
        && commands::keeps_log(cli.command.as_ref())
    {
        // Downloads that were killed, on file systems where they have names.
        handle.spawn_blocking(move || files::remove_leftovers(&directory));
    }
    let command = commands::run(cli, &mut caller, async |setup| console(setup, handle, charset).await);
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
    here: Option<Runtime>,
    /// What would hold up the screen. The simulator by itself has no screen, and takes every core.
    background: Runtime,
}

impl Runtimes {
    fn start(cli: &Cli) -> io::Result<Self> {
        /// A thread that waits for more to do would wake up to end: one wake-up of a console that sleeps.
        const KEPT: Duration = Duration::from_millis(50);
        if matches!(cli.command, Some(Command::Simulate(_))) {
            return Ok(Self { here: None, background: Runtime::new()? });
        }
        Ok(Self {
            here: Some(runtime::Builder::new_current_thread().thread_keep_alive(KEPT).enable_all().build()?),
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
async fn console(setup: Setup, background: Handle, charset: Charset) -> anyhow::Result<()> {
    let server = setup.client.server().to_owned();
    let insecurity = setup.insecurity();
    let mut warnings = setup.notices;
    let history = setup.state_dir.as_deref().map(History::open).transpose();
    let history = history.unwrap_or_else(|error| {
        warnings.push(error.to_string());
        None
    });
    let history_shown = history.iter().flat_map(History::recent).map(past);
    let saved = setup.config_dir.map(|dir| Saved::load(&dir.join(Saved::FILE)));
    let saved = saved.transpose().unwrap_or_else(|error| {
        warnings.push(error.to_string());
        None
    });
    let before = setup.state_dir.as_deref().map(Kept::open).transpose();
    let before = before.unwrap_or_else(|error| {
        warnings.push(error.to_string());
        None
    });
    let before = before.unwrap_or_default();
    let office = Office {
        who: Who::here(setup.account.as_deref(), setup.user.clone()),
        guard: Guard::new(setup.read_only, setup.protected_hosts, setup.server.host_str()),
        state_dir: setup.state_dir.clone(),
    };
    let identity = Identity {
        host: server.clone(),
        who: office.who.clone(),
        url: setup.server.as_str().trim_end_matches('/').to_owned(),
        server: if setup.is_demo { "simulator".into() } else { server.clone() },
        source: setup.source.to_string(),
        profile: setup.source.profile().unwrap_or_default().to_owned(),
        user: setup.user,
        is_read_only: setup.read_only,
        color: setup.color,
        host_zone: setup.host_zone,
        my_zone: zone_here(),
        insecurity,
    };
    let mut app = App::new(app::Setup {
        identity,
        keymap: setup.keymap,
        theme: setup.theme,
        history: history_shown.collect(),
        saved: saved.as_ref().map_or_else(Vec::new, shelved),
        columns: chosen(&before),
        warnings,
    });
    let mut shell = Shell::new(setup.clock, server.clone(), history, saved, setup.state_dir.clone());
    let reader = Reader::in_background(setup.client, background);
    let mut worker = worker::spawn(reader, setup.calls, office);
    // Before the terminal is taken, so that no signal finds it taken and nobody listening.
    let stop = stopped();
    let mut screen = Screen::take(&format!("lampblack: {server}"), charset)?;
    let events = Events::read()?;
    run(screen.terminal(), &mut app, events, stop, &mut worker, &mut shell).await?;
    drop(screen);
    let mut parting = app.session().parting();
    if setup.is_demo && !parting.is_empty() {
        parting.push("it is the log of the demo: lampblack log show --demo".into());
    }
    for line in parting {
        // On the screen that the shell has back; it may be gone.
        let _ = writeln!(Ascii::new(io::stderr(), charset), "{line}");
    }
    let after = kept(app.session());
    if let Some(dir) = setup.state_dir
        && after != before
    {
        after.save(&dir)?;
    }
    Ok(())
}

/// Begins the log of a command that keeps one; returns the state directory with it.
fn start_log(cli: &Cli, environment: &Environment) -> io::Result<Option<(PathBuf, log::Guard)>> {
    if !commands::keeps_log(cli.command.as_ref()) {
        return Ok(None);
    }
    let state_dir = environment.state_dir().ok_or_else(|| io::Error::other("there is no home directory"))?;
    let state_dir = commands::state_dir(cli.command.as_ref(), state_dir);
    let directory = state_dir.join("log");
    let guard = log::start(&directory, cli.global.verbose)
        .map_err(|error| io::Error::other(format!("{}: {error}", directory.display())))?;
    Ok(Some((state_dir, guard)))
}
