//! The whole console against the simulator: keys in, screen out, nothing left out but the terminal.

use std::{convert::Infallible, future::pending, time::Duration};

use crossterm::event::{Event, KeyEvent};
use futures_util::{StreamExt, stream};
use lampblack::api::{Client, RequestTrace, Settings};
use lampblack::app::{App, AppSetup, Input};
use lampblack::changes::{Actor, Policy};
use lampblack::fetch::Fetcher;
use lampblack::model::{Clock, Timings, parse_zone};
use lampblack::runtime::{self, ExitReason, Platform};
use lampblack::session::{ConnectionInfo, Effect, HistoryEntry};
use lampblack::sim::{self, Options, Running};
use lampblack::storage::SavedQueries;
use lampblack::worker::{self, ChangeConfig, Worker};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::{sync::mpsc, task, time};

use super::{keys, lacks, now, picture, shows, text, typed};

/// How long a screen may take to settle before a test fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// A console on a simulator of its own.
pub struct Console {
    pub app: App,
    pub sim: Running,
    pub outside: Notes,
    /// Where the action log is.
    pub state: TempDir,
    terminal: Terminal<TestBackend>,
    worker: Worker,
}

/// What the console did outside its screen.
#[derive(Default)]
pub struct Notes {
    pub copied: Vec<String>,
    pub remembered: Vec<(String, u64)>,
    pub n_suspended: usize,
    /// The file of the saved queries.
    pub saved: Option<SavedQueries>,
}

/// A small world: fast to start, large enough for several pages.
pub fn small() -> Options {
    Options { processes: 3_000, clock: Clock::Fixed(now()), ..Options::default() }
}

/// A client for a simulator, with the pace of tests.
pub fn settings(sim: &Running) -> Settings {
    let token = SecretString::from(sim.token.clone());
    let mut settings = Settings::new(sim.url.parse().unwrap(), token);
    settings.timings = Timings::for_tests();
    settings.clock = Clock::Fixed(now());
    settings
}

impl Console {
    /// Starts simulator and console, at 120x36.
    pub async fn start() -> Self {
        Self::with(small(), 120, 36, |_| {}).await
    }

    /// Starts a simulator with options, and a console of a size with changed settings.
    pub async fn with(options: Options, width: u16, height: u16, change: impl Fn(&mut Settings)) -> Self {
        let sim = sim::start(options).await.unwrap();
        Self::at(sim, width, height, change).await
    }

    /// Starts a console of a size on a simulator, with changed settings.
    pub async fn at(sim: Running, width: u16, height: u16, change: impl Fn(&mut Settings)) -> Self {
        let mut settings = settings(&sim);
        change(&mut settings);
        let (sender, calls) = mpsc::unbounded_channel();
        let client = Client::new(settings, Some(sender)).unwrap();
        let state = tempfile::tempdir().unwrap();
        let mut console = Self::over(sim, client, calls, state, (width, height), None);
        console.feed(Vec::new()).await;
        console
    }

    /// Starts another console where this one has been: on the same server, with the same state directory.
    pub async fn again(self) -> Self {
        self.reopened(None).await
    }

    /// Starts another console where this one has been, for a configured user.
    pub async fn of(self, user: &str) -> Self {
        self.reopened(Some(user)).await
    }

    /// Starts a console that was given a query on the command line.
    pub async fn with_query(query: &str) -> Self {
        let console = Self::start().await;
        let (sender, calls) = mpsc::unbounded_channel();
        let client = Client::new(settings(&console.sim), Some(sender)).unwrap();
        let Self { sim, state, .. } = console;
        let mut console = Self::over(sim, client, calls, state, (120, 36), None);
        console.app = App::new(AppSetup { query: Some(query.into()), ..AppSetup::default() });
        console.feed(Vec::new()).await;
        console
    }

    async fn reopened(self, user: Option<&str>) -> Self {
        let (sender, calls) = mpsc::unbounded_channel();
        let client = Client::new(settings(&self.sim), Some(sender)).unwrap();
        let size = self.terminal.size().unwrap();
        let Self { sim, state, .. } = self;
        let size = (size.width, size.height);
        let mut console = Self::over(sim, client, calls, state, size, user);
        console.feed(Vec::new()).await;
        console
    }

    fn over(
        sim: Running,
        client: Client,
        calls: mpsc::UnboundedReceiver<RequestTrace>,
        state: TempDir,
        (width, height): (u16, u16),
        user: Option<&str>,
    ) -> Self {
        let host = client.server().to_owned();
        let who = Actor {
            os_user: Some("ana (uid 7)".into()),
            user: user.map(str::to_owned),
            machine: Some("bastion".into()),
        };
        let office = ChangeConfig {
            actor: who.clone(),
            policy: Policy {
                protected: vec!["group:Domain Controllers".into()],
                own_names: vec!["cb.example.com".into()],
                ..Policy::default()
            },
            state_dir: Some(state.path().to_owned()),
        };
        let worker = worker::spawn(Fetcher::new(client), calls, office);
        let identity = ConnectionInfo {
            host,
            user: who.user.clone(),
            actor: who,
            url: "https://cb.example.com".into(),
            server: "simulator".into(),
            profile: "demo".into(),
            host_zone: parse_zone("-05:00"),
            ..ConnectionInfo::default()
        };
        let app = App::new(AppSetup { identity, ..AppSetup::default() });
        let terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        Self { app, sim, state, outside: Notes::default(), terminal, worker }
    }

    /// Waits until a text is on the screen that no key brings: the outcome of a change.
    pub async fn until(&mut self, text: &str) -> &mut Self {
        let patience = time::Instant::now() + PATIENCE;
        while !self.text().contains(text) {
            let reply = time::timeout_at(patience, self.worker.replies.recv()).await;
            let Ok(Some(reply)) = reply else {
                panic!("it never says {text:?}:\n{}", self.text());
            };
            self.take(Input::Reply(reply));
        }
        self
    }

    /// Presses keys, and waits for nothing.
    pub fn begin(&mut self, text: &str) -> &mut Self {
        for key in keys(text) {
            self.take(Input::Key(key));
        }
        self
    }

    /// Presses keys one by one, and looks at every frame until nothing is awaited.
    pub async fn press_and_read(&mut self, text: &str, mut look: impl FnMut(&str)) -> &mut Self {
        let inputs = keys(text).into_iter().map(Input::Key);
        for input in inputs.collect::<Vec<_>>() {
            self.take(input);
            look(&self.text());
        }
        while self.app.is_waiting() {
            let reply = time::timeout(PATIENCE, self.worker.replies.recv()).await;
            let Ok(Some(reply)) = reply else {
                panic!("it does not settle:\n{}", self.text());
            };
            self.take(Input::Reply(reply));
            look(&self.text());
        }
        self
    }

    /// Handles an input and draws what comes of it.
    fn take(&mut self, input: Input) {
        for effect in self.app.handle(input, now()) {
            if let Effect::Send(request) = effect {
                self.worker.requests.send(request).unwrap();
            }
        }
        self.terminal.draw(|frame| self.app.render(frame)).unwrap();
    }

    /// Presses keys, and waits until nothing is awaited.
    pub async fn press(&mut self, text: &str) -> &mut Self {
        for key in keys(text) {
            self.feed(vec![key]).await;
        }
        self
    }

    /// Presses keys without waiting between them, as a held key does.
    pub async fn hold(&mut self, text: &str) -> &mut Self {
        self.feed(keys(text)).await;
        self
    }

    /// Types a text.
    pub async fn write(&mut self, text: &str) -> &mut Self {
        self.feed(typed(text)).await;
        self
    }

    /// Replaces the text of the editor by a query, and runs it.
    pub async fn search(&mut self, query: &str) -> &mut Self {
        self.press("esc i ctrl-u").await.write(query).await.press("enter").await
    }

    /// Presses keys, and others once the server has been asked because of the first.
    pub async fn press_while_asked(&mut self, text: &str, then: &str) -> &mut Self {
        self.sim.forget_requests();
        let sim = &self.sim;
        let asked = async {
            while sim.seen_requests().is_empty() {
                task::yield_now().await;
            }
            stream::iter(events(then))
        };
        let events = stream::iter(events(text)).chain(stream::once(asked).flatten());
        let run = runtime::run(
            &mut self.terminal,
            &mut self.app,
            Box::pin(events.map(Ok)),
            pending(),
            &mut self.worker,
            &mut self.outside,
        );
        let ended = time::timeout(PATIENCE, run).await;
        assert!(ended.is_ok(), "it does not settle:\n{}", self.text());
        self
    }

    /// Pastes a text.
    pub async fn paste(&mut self, text: &str) -> &mut Self {
        self.live(vec![Event::Paste(text.into())]).await;
        self
    }

    /// Changes the size of the terminal.
    pub async fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.terminal.backend_mut().resize(width, height);
        self.live(vec![Event::Resize(width, height)]).await;
        self
    }

    /// Presses keys of which the last one leaves the console; the server and the action log are still there.
    pub async fn leave(mut self, text: &str) -> (Running, TempDir) {
        let ended = self.feed(keys(text)).await;
        assert_eq!(ended, ExitReason::Quit, "it did not quit:\n{}", self.text());
        (self.sim, self.state)
    }

    async fn feed(&mut self, keys: Vec<KeyEvent>) -> ExitReason {
        self.live(keys.into_iter().map(Event::Key).collect()).await
    }

    async fn live(&mut self, events: Vec<Event>) -> ExitReason {
        let run = runtime::run(
            &mut self.terminal,
            &mut self.app,
            stream::iter(events.into_iter().map(Ok)),
            pending(),
            &mut self.worker,
            &mut self.outside,
        );
        let ended = time::timeout(PATIENCE, run).await;
        ended.unwrap_or_else(|_| panic!("it does not settle:\n{}", self.text())).unwrap()
    }

    /// What is on the screen, cell by cell.
    pub fn buffer(&self) -> &Buffer {
        self.terminal.backend().buffer()
    }

    /// How many frames have been drawn so far.
    pub fn n_frames(&mut self) -> usize {
        self.terminal.get_frame().count()
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        text(self.terminal.backend().buffer())
    }

    /// The screen as text, with a line for its colors.
    pub fn picture(&self) -> String {
        picture(self.terminal.backend().buffer())
    }

    /// Fails unless the screen contains every one of `texts`.
    #[track_caller]
    pub fn shows(&self, texts: &[&str]) -> &Self {
        shows(&self.text(), texts);
        self
    }

    /// Fails if the screen contains `text`.
    #[track_caller]
    pub fn lacks(&self, text: &str) -> &Self {
        lacks(&self.text(), text);
        self
    }

    /// What the simulator was asked since this was last called: the paths, in order.
    pub fn asked(&self) -> Vec<String> {
        let paths = self.sim.seen_requests().into_iter().map(|seen| seen.target).collect();
        self.sim.forget_requests();
        paths
    }
}

/// Keys as the terminal reports them.
fn events(text: &str) -> impl Iterator<Item = Event> {
    keys(text).into_iter().map(Event::Key)
}

impl Platform<TestBackend> for Notes {
    fn clock(&self) -> Clock {
        Clock::Fixed(now())
    }

    fn copy_to_clipboard(&mut self, text: &str) {
        self.copied.push(text.to_owned());
    }

    fn append_history(&mut self, past: &HistoryEntry) {
        let total = past.total.unwrap_or_default();
        self.remembered.push((past.query.clone(), total));
    }

    fn saved_queries_file(&mut self) -> Option<&mut SavedQueries> {
        self.saved.as_mut()
    }

    fn suspend(&mut self, _: &mut Terminal<TestBackend>) -> Result<(), Infallible> {
        self.n_suspended += 1;
        Ok(())
    }
}
