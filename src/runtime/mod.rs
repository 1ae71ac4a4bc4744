//! The world: the event loop, and everything the screen asks of it.

mod input;
mod input_decoder;
mod memory;
mod output;
mod password;
mod platform;
mod terminal;

use std::{future::pending, io, path::Path, time::Duration};

use crossterm::event::{Event, KeyModifiers};
use futures::{FutureExt, Stream, StreamExt};
use ratatui::{
    Terminal,
    backend::Backend,
    layout::{Position, Rect},
};
use tokio::{select, sync::mpsc, task, time};

pub use input::InputReader;
pub use memory::forbid_core_dumps;
pub use output::Output;
pub use password::read_password;
pub use platform::{Platform, UnixPlatform, column_choices, history_entry, saved_queries, session_file};
pub use terminal::{TerminalGuard, shutdown_signal};

use crate::app::{App, Input};
use crate::session::Effect;
use crate::storage;
use crate::worker::{Reply, Request, Worker};

/// How often the spinner turns. It is the only thing on the screen that moves by itself, and only while an answer is
/// awaited.
const TICK: Duration = Duration::from_millis(120);

/// The most bytes of typed text that are handled in one go: more than any field takes is worth a frame in between.
const MAX_BURST_BYTES: usize = 256 * 1024;

/// The most inputs that are handled before a frame: what never ceases must not keep the screen from being drawn.
const MAX_INPUTS_PER_FRAME: usize = 1000;

/// Runs the console until it is left, the terminal is gone and nothing is awaited, or the process is told to stop.
///
/// The same function runs the tests: given a finite stream of keys it returns when the screen has settled.
pub async fn run<B: Backend>(
    terminal: &mut Terminal<B>,
    app: &mut App,
    events: impl Stream<Item = io::Result<Event>> + Unpin,
    stop: impl Future<Output = ()>,
    worker: &mut Worker,
    outside: &mut impl Platform<B>,
) -> Result<ExitReason, B::Error> {
    let mut stop = std::pin::pin!(stop.fuse());
    let (told, news) = mpsc::unbounded_channel();
    let mut sources = Sources { events: Some(events), replies: &mut worker.replies, rx: news, n_jobs: 0 };
    let ways = EffectRunner { requests: &worker.requests, tx: told };
    for effect in app.start(outside.clock().now()) {
        let _ = run_effect(effect, &ways, terminal, outside)?;
    }
    let mut next = None;
    loop {
        terminal.draw(|frame| app.render(frame))?;
        let is_waiting = app.is_waiting();
        let first = async {
            match next.take() {
                Some(input) => Some(input),
                None => sources.next_input(is_waiting).await,
            }
        };
        let first = select! {
            biased;
            () = &mut stop => return Ok(ExitReason::Signal),
            input = first => match input {
                Some(input) => input,
                None => return Ok(ExitReason::Idle),
            },
        };
        // Everything that has already arrived is handled before the next frame: a held key costs one draw.
        next = Some(first);
        let mut has_asked = false;
        for _ in 0..MAX_INPUTS_PER_FRAME {
            let Some(first) = next.take() else {
                break;
            };
            let (input, behind) = sources.coalesce(first);
            for effect in app.handle(input, outside.clock().now()) {
                has_asked |= matches!(effect, Effect::Send(_));
                match run_effect(effect, &ways, terminal, outside)? {
                    Flow::Quit => return Ok(ExitReason::Quit),
                    Flow::JobStarted => sources.n_jobs += 1,
                    Flow::Continue => {}
                }
            }
            next = behind.or_else(|| sources.ready_input());
            if next.is_none() && has_asked {
                has_asked = false;
                // What the worker knows it says at once, and it belongs to this frame.
                task::yield_now().await;
                next = sources.ready_input();
            }
        }
    }
}

/// Why the console ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitReason {
    /// The user left.
    Quit,
    /// No input can come any more, and nothing is awaited.
    Idle,
    /// The process was told to stop.
    Signal,
}

/// What came of an effect.
enum Flow {
    /// Nothing that the console must hear of.
    Continue,
    /// Nothing yet: it is done beside the screen, and told of when it is.
    JobStarted,
    /// The console is left.
    Quit,
}

/// Where effects go, and where those who carry them out tell of it.
struct EffectRunner<'a> {
    requests: &'a mpsc::UnboundedSender<Request>,
    tx: mpsc::UnboundedSender<Input>,
}

impl EffectRunner<'_> {
    /// Tells of what was done at once.
    fn finish(&self, input: Input) -> Flow {
        let _ = self.tx.send(input);
        Flow::JobStarted
    }

    /// Lets something be done that may take the disk its time.
    fn spawn(&self, errand: impl FnOnce() -> Input + Send + 'static) -> Flow {
        let told = self.tx.clone();
        task::spawn_blocking(move || {
            // When the console is left, nobody wants to know.
            let _ = told.send(errand());
        });
        Flow::JobStarted
    }
}

/// Does what an effect says.
fn run_effect<B: Backend>(
    effect: Effect,
    ways: &EffectRunner<'_>,
    terminal: &mut Terminal<B>,
    outside: &mut impl Platform<B>,
) -> Result<Flow, B::Error> {
    match effect {
        // A closed channel means that the worker is gone; why is in the log.
        Effect::Send(request) => drop(ways.requests.send(request)),
        Effect::CopyText(text) => outside.copy_to_clipboard(&text),
        Effect::CopyToFile(text) => {
            let dir = outside.copies_dir().map(Path::to_owned);
            return Ok(ways.spawn(move || platform::write_copy(dir.as_deref(), &text)));
        }
        Effect::AppendHistory(past) => outside.append_history(&past),
        Effect::SaveQuery(query) => return Ok(ways.finish(outside.save_query(&query))),
        Effect::DeleteQuery(name) => return Ok(ways.finish(outside.delete_query(&name))),
        Effect::Suspend => outside.suspend(terminal)?,
        Effect::Repaint => repaint(terminal)?,
        Effect::Export { path, extract, total } => {
            return Ok(ways.spawn(move || platform::export(&path, &extract, total)));
        }
        Effect::CheckPath { typed, name } => {
            return Ok(ways.spawn(move || Input::PathChecked(storage::check_path(&typed, &name))));
        }
        Effect::Quit => return Ok(Flow::Quit),
    }
    Ok(Flow::Continue)
}

/// Sees to it that the next frame is drawn in full. [`Terminal::clear`] would ask the terminal where its cursor is, and
/// wait for an answer that not every terminal gives.
fn repaint<B: Backend>(terminal: &mut Terminal<B>) -> Result<(), B::Error> {
    let size = terminal.size()?;
    terminal.resize(Rect::from((Position::ORIGIN, size)))
}

/// Everything that can wake the loop.
struct Sources<'a, S> {
    events: Option<S>,
    replies: &'a mut mpsc::Receiver<Reply>,
    /// What is done beside the screen tells of its end here.
    rx: mpsc::UnboundedReceiver<Input>,
    /// How much of that is under way.
    n_jobs: usize,
}

impl<S: Stream<Item = io::Result<Event>> + Unpin> Sources<'_, S> {
    /// The next input, or nothing when none can ever come.
    async fn next_input(&mut self, is_waiting: bool) -> Option<Input> {
        loop {
            if self.events.is_none() && !is_waiting && self.n_jobs == 0 {
                return None;
            }
            let turn = async {
                if is_waiting {
                    time::sleep(TICK).await;
                } else {
                    pending::<()>().await;
                }
            };
            select! {
                // Replies first: a fast typist must not starve the screen of its answers.
                biased;
                Some(reply) = self.replies.recv() => return Some(Input::Reply(reply)),
                Some(input) = self.rx.recv() => {
                    self.n_jobs -= 1;
                    return Some(input);
                }
                event = read_event(&mut self.events) => match event {
                    Some(Ok(event)) => if let Some(input) = translate(event) { return Some(input) },
                    // A terminal that cannot be read is a terminal that is gone.
                    Some(Err(_)) | None => self.events = None,
                },
                () = turn => return Some(Input::Tick),
            }
        }
    }

    /// Joins the characters that were typed together: the keys that have arrived, up to the first other input. Handled
    /// one by one, a text that a terminal types as keys would cost its length for every character.
    fn coalesce(&mut self, first: Input) -> (Input, Option<Input>) {
        let Some(char) = typed_char(&first) else {
            return (first, None);
        };
        let mut text = String::from(char);
        loop {
            let next = self.next_event();
            match next.as_ref().and_then(typed_char) {
                Some(char) if text.len() < MAX_BURST_BYTES => text.push(char),
                None if text.len() == char.len_utf8() => return (first, next),
                Some(_) | None => return (Input::Typed(text), next),
            }
        }
    }

    /// The next input that needs no waiting.
    fn ready_input(&mut self) -> Option<Input> {
        if let Ok(reply) = self.replies.try_recv() {
            return Some(Input::Reply(reply));
        }
        if let Ok(input) = self.rx.try_recv() {
            self.n_jobs -= 1;
            return Some(input);
        }
        self.next_event()
    }

    /// The next input of the terminal that needs no waiting.
    fn next_event(&mut self) -> Option<Input> {
        loop {
            // The runtime's own budget would break a burst into pieces of a hundred keys.
            let next = task::unconstrained(self.events.as_mut()?.next());
            let Some(Ok(event)) = next.now_or_never()? else {
                self.events = None;
                return None;
            };
            if let Some(input) = translate(event) {
                return Some(input);
            }
        }
    }
}

/// The character that an input types, if it is a key that does only that.
fn typed_char(input: &Input) -> Option<char> {
    match input {
        Input::Key(key) if (key.modifiers - KeyModifiers::SHIFT).is_empty() => {
            let char = key.code.as_char()?;
            // Few terminals tell a capital letter by its modifier.
            (key.modifiers.is_empty() || !char.is_lowercase()).then_some(char)
        }
        _ => None,
    }
}

async fn read_event<S: Stream<Item = io::Result<Event>> + Unpin>(events: &mut Option<S>) -> Option<io::Result<Event>> {
    match events {
        Some(events) => events.next().await,
        None => pending().await,
    }
}

/// What an event of the terminal means to the console. Releases of keys, which some terminals report, mean nothing.
fn translate(event: Event) -> Option<Input> {
    match event {
        Event::Key(_) => event.as_key_press_event().or_else(|| event.as_key_repeat_event()).map(Input::Key),
        Event::Paste(text) => Some(Input::Paste(text)),
        Event::Resize(..) => Some(Input::Resize),
        Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;
    use futures::stream;

    use super::*;

    /// What the loop would handle of these keys if they arrived at once.
    fn handled(keys: impl Iterator<Item = KeyCode>) -> Vec<Input> {
        let (_sender, mut replies) = mpsc::channel(1);
        let (_told, news) = mpsc::unbounded_channel();
        let events: Vec<_> = keys.map(|code| Ok(Event::Key(code.into()))).collect();
        let mut sources = Sources { events: Some(stream::iter(events)), replies: &mut replies, rx: news, n_jobs: 0 };
        let mut inputs = Vec::new();
        let mut next = sources.ready_input();
        while let Some(first) = next {
            let (input, behind) = sources.coalesce(first);
            inputs.push(input);
            next = behind.or_else(|| sources.ready_input());
        }
        inputs
    }

    #[test]
    fn what_is_typed_in_one_burst_is_one_input_however_long_it_is() {
        for n in [2, 40_000, 200_000] {
            let inputs = handled(std::iter::repeat_n(KeyCode::Char('a'), n));
            let [Input::Typed(text)] = &inputs[..] else {
                panic!("{} inputs for {n} keys", inputs.len());
            };
            assert_eq!(text.len(), n);
        }
    }

    #[test]
    fn keys_that_type_nothing_stay_in_their_place() {
        let keys = "ab".chars().map(KeyCode::Char);
        let inputs = handled(keys.clone().chain([KeyCode::Enter]).chain(keys).chain([KeyCode::Up]));
        let inputs: Vec<_> = inputs.iter().map(|input| format!("{input:?}")).collect();
        assert_eq!(inputs.len(), 4);
        assert_eq!(inputs[0], r#"Typed("ab")"#);
        assert!(inputs[1].contains("Enter"));
        assert_eq!(inputs[2], r#"Typed("ab")"#);
        assert!(inputs[3].contains("Up"));
    }
}
