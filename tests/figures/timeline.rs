//! What it costs to see all that a process did: 50,000 events in 40 segments, from the key to the cells of a frame.

use std::{
    fs,
    time::{Duration, Instant},
};

use lampblack::api::{Client, Settings};
use lampblack::app::{App, AppSetup, Input};
use lampblack::fetch::Fetcher;
use lampblack::session::{Effect, Session};
use lampblack::worker::{self, Worker};
use ratatui::{Terminal, backend::TestBackend};
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::events::{self, EVENTS, SEGMENTS};
use crate::report::{Report, Times, ms, note};
use crate::server::{Server, lampblack};
use crate::support::{keys, now, pty::Pty, typed};

/// What the server takes for every answer, in milliseconds.
const LATENCY: &str = "20";

/// More than a round trip, until the first events are on the screen.
const FIRST: Duration = Duration::from_millis(15);

/// A screen of 60 Hz.
const FRAME: Duration = Duration::from_micros(16_670);

/// The whole program, with everything of the process in it.
const KILOBYTES: u32 = 64 << 10;

/// How often a process is opened.
const RUNS: usize = 9;

/// Words that are in many events, in few and in none; a fact by its name, and one to be left out.
const FILTER: &str = "obj !created path:c:\\build domain:zzz";

/// Measures it beside fetching the same segments and parsing each once.
pub(crate) fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let slow = Server::start(&["--processes", "500", "--latency", LATENCY]);
    runtime.block_on(first(report, &slow));
    let server = Server::start(&["--processes", "500"]);
    let mut desk = runtime.block_on(all(report, &server));
    letters(report, &mut desk);
    memory(report, &server);
}

/// From the key to the first events, beside one round trip.
async fn first(report: &mut Report, server: &Server) {
    let raw = events::raw();
    let (mut ours, mut trips) = (Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let mut desk = Desk::found(server).await;
        let took = desk.open(|session| !session.opened.timeline.rows().is_empty()).await;
        desk.until(|session| !session.is_waiting()).await;
        let began = Instant::now();
        let url = format!("{}/api/info", server.url);
        let asked = raw.get(url).header("X-Auth-Token", &server.token).send().await;
        asked.expect("an answer").bytes().await.expect("a body");
        // The first makes the server draw its events, and opens connections.
        if run > 0 {
            ours.push(took);
            trips.push(began.elapsed());
        }
    }
    let (ours, trips) = (Times::new(ours), Times::new(trips));
    report.figure(
        "timeline, first events",
        &format!("median {}, most {}", ms(ours.median()), ms(ours.most())),
        "a round trip and 15 ms",
        ours.median() <= trips.median() + FIRST,
        &format!("a round trip: {}", ms(trips.median())),
    );
}

/// From the key to the last events.
async fn all(report: &mut Report, server: &Server) -> Desk {
    let (client, id) = events::found(server).await;
    let segments = client.segments(id).await.expect("its segments");
    let raw = events::raw();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut last = None;
    for run in 0..=RUNS {
        let mut desk = Desk::found(server).await;
        let is_all = |session: &Session| session.opened.timeline.progress().n_loaded == SEGMENTS;
        let time = desk.open(is_all).await;
        assert_eq!(desk.app.session().opened.timeline.rows().len(), EVENTS);
        desk.until(|session| !session.is_waiting()).await;
        let other = events::fetched(&raw, server, id, &segments).await;
        if run > 0 {
            ours.push(time);
            theirs.push(other);
        }
        last = Some(desk);
    }
    let (ours, theirs) = (Times::new(ours), Times::new(theirs));
    report.figure(
        "timeline, all events",
        &format!("median {}, most {}", ms(ours.median()), ms(ours.most())),
        "at most 2 times",
        ours.median() <= 2 * theirs.median(),
        &format!("the same segments raw, each parsed once: {}", ms(theirs.median())),
    );
    note(&format!(
        "{RUNS} times each; {EVENTS} events in {SEGMENTS} segments, with a frame of 120x36 for every answer"
    ));
    last.expect("a run")
}

/// Every letter of a filter, and every choice of kinds.
fn letters(report: &mut Report, desk: &mut Desk) {
    let mut time = |keys| {
        let keys: Vec<_> = keys;
        let times = keys.into_iter().map(|key| {
            let began = Instant::now();
            desk.app.handle(Input::Key(key), now());
            desk.draw();
            began.elapsed()
        });
        Times::new(times.collect())
    };
    time(keys("tab"));
    for (name, measured) in [
        ("timeline, kinds", keys("e f e r e n e a e m e c e a")),
        ("timeline, text", [keys("/"), typed(FILTER)].concat()),
    ] {
        let n_keys = measured.len();
        let times = time(measured);
        report.figure(
            name,
            &format!("median {}, most {}", ms(times.median()), ms(times.most())),
            "every key < 16.67 ms",
            times.most() < FRAME,
            "a screen of 60 Hz: 16.67 ms",
        );
        note(&format!("{n_keys} keys over {EVENTS} events, to the cells of a frame of 120x36"));
    }
}

/// The program itself, in a terminal, when all events are there.
fn memory(report: &mut Report, server: &Server) {
    let home = TempDir::new().expect("a home");
    server.configure(home.path(), None);
    let mut pty = Pty::run(lampblack(&[]), home.path(), 120, 36);
    pty.until("No search yet");
    pty.send(&format!("{}\r", events::BUSY));
    pty.until("ISOLATED");
    pty.send("\t");
    pty.settle(Duration::from_millis(300));
    pty.send("\r");
    pty.until("50,000");
    pty.settle(Duration::from_millis(500));
    let status = fs::read_to_string(format!("/proc/{}/status", pty.pid())).expect("a process");
    let value = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u32>().ok());
        number.expect("a number")
    };
    let (held, peak) = (value("VmRSS:"), value("VmHWM:"));
    report.figure(
        "timeline, memory",
        &format!("{} MiB, peak {} MiB", held >> 10, peak >> 10),
        "< 64 MiB",
        held < KILOBYTES,
        "the whole program, with all events on the screen",
    );
}

/// A console without a terminal, whose every answer is followed by a frame.
struct Desk {
    app: App,
    worker: Worker,
    terminal: Terminal<TestBackend>,
}

impl Desk {
    /// One that has found the process, and nothing else.
    async fn found(server: &Server) -> Self {
        let url = server.url.parse().expect("an address");
        let settings = Settings::new(url, server.token.clone().into());
        let (sender, calls) = mpsc::unbounded_channel();
        let client = Client::new(settings, Some(sender)).expect("a client");
        let mut desk = Self {
            app: App::new(AppSetup::default()),
            worker: worker::spawn(Fetcher::new(client), calls, worker::ChangeConfig::default()),
            terminal: Terminal::new(TestBackend::new(120, 36)).expect("no terminal to fail"),
        };
        let effects = desk.app.start(now());
        desk.send(effects);
        for key in typed(events::BUSY) {
            desk.key(key);
        }
        for key in keys("enter esc") {
            desk.key(key);
        }
        desk.until(|session| session.selection.process.is_some() && !session.is_waiting()).await;
        desk
    }

    /// Opens the process, and says how long it took until something was on the screen.
    async fn open(&mut self, is_there: impl Fn(&Session) -> bool) -> Duration {
        let began = Instant::now();
        for key in keys("enter") {
            self.key(key);
        }
        self.until(is_there).await;
        began.elapsed()
    }

    async fn until(&mut self, is_there: impl Fn(&Session) -> bool) {
        while !is_there(self.app.session()) {
            let reply = self.worker.replies.recv().await.expect("a worker");
            let effects = self.app.handle(Input::Reply(reply), now());
            self.send(effects);
            self.draw();
        }
    }

    fn key(&mut self, key: crossterm::event::KeyEvent) {
        let effects = self.app.handle(Input::Key(key), now());
        self.send(effects);
        self.draw();
    }

    fn send(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Send(request) = effect {
                self.worker.requests.send(request).expect("a worker");
            }
        }
    }

    fn draw(&mut self) {
        let frame = self.terminal.draw(|frame| self.app.render(frame));
        frame.expect("no terminal to fail");
    }
}
