//! The console without a worker: inputs in, effects out, answers when the test says so.

use std::sync::Arc;

use crossterm::event::KeyEvent;
use lampblack::api::Error;
use lampblack::app::{App, AppSetup, Input};
use lampblack::changes::{Change, ChangeHistory};
use lampblack::fetch::{Answer, CacheStats, Fetch};
use lampblack::session::{ConnectionInfo, Effect};
use lampblack::worker::{Reply, Request, Slot, Ticket};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};

use super::{keys, lacks, now, picture, shows, text, typed, world};

/// The console on a screen of a given size, with its requests that were not answered yet.
pub struct Stage {
    pub app: App,
    terminal: Terminal<TestBackend>,
    /// Requests that wait for their answer.
    pub asked: Vec<(Ticket, Slot, Fetch)>,
    /// Requests that were superseded or cancelled before their answer came.
    pub dropped: Vec<(Ticket, Slot, Fetch)>,
    /// Changes that were to be previewed.
    pub previewed: Vec<Change>,
    /// The action log, as it is given whenever it is to be read.
    pub journal: Option<Arc<ChangeHistory>>,
    /// Every request so far.
    pub n_asked: usize,
    /// What was copied.
    pub copied: Vec<String>,
    /// What was too long for the clipboard.
    pub copied_to_file: Vec<String>,
    /// Whether the console was left.
    pub has_quit: bool,
}

impl Stage {
    /// A console that was just started.
    pub fn new(width: u16, height: u16) -> Self {
        let identity = ConnectionInfo {
            server: "cb-prod-01".into(),
            profile: "production".into(),
            user: Some("jgarman".into()),
            color: Some("red".into()),
            ..ConnectionInfo::default()
        };
        Self::with(width, height, AppSetup { identity, ..AppSetup::default() })
    }

    /// A console that was set up otherwise.
    pub fn with(width: u16, height: u16, setup: AppSetup) -> Self {
        let mut app = App::new(setup);
        let effects = app.start(now());
        let terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut stage = Self {
            app,
            terminal,
            asked: Vec::new(),
            dropped: Vec::new(),
            previewed: Vec::new(),
            journal: None,
            n_asked: 0,
            copied: Vec::new(),
            copied_to_file: Vec::new(),
            has_quit: false,
        };
        stage.take(effects);
        stage
    }

    /// Presses keys, one frame after each.
    pub fn press(&mut self, text: &str) -> &mut Self {
        for key in keys(text) {
            self.key(key);
        }
        self
    }

    /// Types a text.
    pub fn write(&mut self, text: &str) -> &mut Self {
        for key in typed(text) {
            self.key(key);
        }
        self
    }

    /// Asks for a query and answers as a well-behaved server does.
    pub fn search(&mut self, query: &str) -> &mut Self {
        self.write(query).press("enter").answer_all(world::answer)
    }

    /// Hands over an input.
    pub fn input(&mut self, input: Input) -> &mut Self {
        let effects = self.app.handle(input, now());
        self.take(effects);
        self
    }

    fn key(&mut self, key: KeyEvent) {
        self.input(Input::Key(key));
    }

    /// Answers everything that waits, and what is asked because of it, until nothing waits.
    pub fn answer_all(&mut self, answer: impl Fn(&Fetch) -> Result<Answer, Error>) -> &mut Self {
        while !self.asked.is_empty() {
            self.answer(0, &answer);
        }
        self
    }

    /// Answers one of the requests that wait.
    pub fn answer(&mut self, which: usize, answer: impl Fn(&Fetch) -> Result<Answer, Error>) {
        let (ticket, slot, fetch) = self.asked.remove(which);
        let result = answer(&fetch);
        self.input(Input::Reply(Reply::Answer { ticket, slot, result, cache_stats: CacheStats::default() }));
    }

    /// Answers requests that were superseded or cancelled, as a worker does that had the answer just then.
    pub fn answer_dropped(&mut self, answer: impl Fn(&Fetch) -> Result<Answer, Error>) {
        for (ticket, slot, fetch) in std::mem::take(&mut self.dropped) {
            let result = answer(&fetch);
            let tally = CacheStats::default();
            self.input(Input::Reply(Reply::Answer { ticket, slot, result, cache_stats: tally }));
        }
    }

    fn drop_slot(&mut self, slot: Slot) {
        let dropped = self.asked.extract_if(.., |(_, other, _)| *other == slot);
        self.dropped.extend(dropped);
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(Request::Fetch { ticket, slot, fetch, .. }) => {
                    self.drop_slot(slot);
                    self.asked.push((ticket, slot, fetch));
                    self.n_asked += 1;
                }
                Effect::Send(Request::Cancel(slot)) => {
                    self.drop_slot(slot);
                }
                // No server is there that would say what they do.
                Effect::Send(Request::Preview { ticket, changes: requested }) => {
                    for index in 0..requested.len() {
                        let result = Err(Error::Internal);
                        self.input(Input::Reply(Reply::Prepared { ticket, index, result }));
                    }
                    self.previewed.extend(requested);
                }
                Effect::Send(Request::History) => {
                    if let Some(journal) = self.journal.clone() {
                        self.input(Input::Reply(Reply::History(Ok(journal))));
                    }
                }
                Effect::CopyText(text) => self.copied.push(text),
                Effect::CopyToFile(text) => self.copied_to_file.push(text),
                Effect::Quit => self.has_quit = true,
                Effect::AppendHistory(_)
                | Effect::SaveQuery(_)
                | Effect::DeleteQuery(_)
                | Effect::Export { .. }
                | Effect::Send(
                    Request::Download { .. }
                    | Request::CancelTicket(_)
                    | Request::Apply { .. }
                    | Request::CancelLogWait
                    | Request::RetryCredentials,
                )
                | Effect::CheckPath { .. }
                | Effect::Suspend
                | Effect::Repaint => {}
            }
        }
    }

    /// Changes the size of the screen.
    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        self.input(Input::Resize);
        self.draw();
        self
    }

    fn draw(&mut self) {
        self.terminal.draw(|frame| self.app.render(frame)).unwrap();
    }

    /// What is on the screen, cell by cell.
    pub fn buffer(&mut self) -> &Buffer {
        self.draw();
        self.terminal.backend().buffer()
    }

    /// The screen as text.
    pub fn text(&mut self) -> String {
        self.draw();
        text(self.terminal.backend().buffer())
    }

    /// The screen as text, with a line for its colors.
    pub fn picture(&mut self) -> String {
        self.draw();
        picture(self.terminal.backend().buffer())
    }

    /// Fails unless the screen contains every one of `texts`.
    #[track_caller]
    pub fn shows(&mut self, texts: &[&str]) -> &mut Self {
        shows(&self.text(), texts);
        self
    }

    /// Fails if the screen contains `text`.
    #[track_caller]
    pub fn lacks(&mut self, text: &str) -> &mut Self {
        lacks(&self.text(), text);
        self
    }

    /// The line that the cursor of a list stands in.
    pub fn cursor_line(&mut self) -> String {
        let screen = self.text();
        let found = screen.lines().find(|line| line.contains("│>"));
        found.unwrap_or_default().to_owned()
    }
}
