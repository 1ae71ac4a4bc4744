//! Event loop and platform: all I/O of the console.

mod clipboard;
mod input;
mod input_decoder;
mod memory;
mod output;
mod password;
mod platform;
mod signals;
mod terminal;

use std::{future::pending, io, path::Path, time::Duration};

use crossterm::event::{Event, KeyModifiers};
use futures_util::{FutureExt, Stream, StreamExt};
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
pub use signals::shutdown_signal;
pub use terminal::TerminalGuard;

use crate::app::{App, Input};
use crate::session::Effect;
use crate::storage;
use crate::worker::{Reply, Request, Worker};

/// The interval of the spinner. Nothing else on the screen moves by itself, and the spinner only while a reply is
/// awaited.
const TICK: Duration = Duration::from_millis(120);

/// The maximum size of typed text that is handled at once, in bytes, so that a frame is drawn in between.
const MAX_BURST_BYTES: usize = 256 * 1024;

/// The maximum number of inputs before a frame is drawn, so that endless input cannot freeze the screen.
const MAX_INPUTS_PER_FRAME: usize = 1000;

/// Runs the console until the user quits, `stop` is ready, or the input has ended and no reply is awaited.
///
/// The tests run it with a finite stream of keys; it returns when all replies have arrived.
pub async fn run<B: Backend>(
    terminal: &mut Terminal<B>,
    app: &mut App,
    events: impl Stream<Item = io::Result<Event>> + Unpin,
    stop: impl Future<Output = ()>,
    worker: &mut Worker,
    platform: &mut impl Platform<B>,
) -> Result<ExitReason, B::Error> {
    let mut stop = std::pin::pin!(stop.fuse());
    let (tx, rx) = mpsc::unbounded_channel();
    let mut sources = Sources { events: Some(events), replies: &mut worker.replies, rx, n_jobs: 0 };
    let runner = EffectRunner { requests: &worker.requests, tx };
    for effect in app.start(platform.clock().now()) {
        let _ = run_effect(effect, &runner, terminal, platform)?;
    }
    let mut next = None;
    loop {
        terminal.draw(|frame| app.render(frame))?;
        let tick = app.is_waiting().then_some(TICK);
        let first = async {
            match next.take() {
                Some(input) => Some(input),
                None => sources.next_input(tick).await,
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
        // Everything that has already arrived is handled before the next frame, so that a held key costs one draw.
        next = Some(first);
        let mut has_sent = false;
        for _ in 0..MAX_INPUTS_PER_FRAME {
            let Some(first) = next.take() else {
                break;
            };
            let (input, following) = sources.coalesce(first);
            for effect in app.handle(input, platform.clock().now()) {
                has_sent |= matches!(effect, Effect::Send(_));
                match run_effect(effect, &runner, terminal, platform)? {
                    Flow::Quit => return Ok(ExitReason::Quit),
                    Flow::JobStarted => sources.n_jobs += 1,
                    Flow::Continue => {}
                }
            }
            next = following.or_else(|| sources.ready_input());
            if next.is_none() && has_sent {
                has_sent = false;
                // The worker replies from its cache at once, and that belongs to this frame.
                task::yield_now().await;
                next = sources.ready_input();
            }
        }
    }
}

/// Why the console has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitReason {
    Quit,
    /// The input has ended, and no reply is awaited.
    Idle,
    /// The process has received a signal to end.
    Signal,
}

/// What the event loop does after an effect.
enum Flow {
    Continue,
    /// Continue; an input will report the result.
    JobStarted,
    Quit,
}

/// The channels for effects: requests to the worker, and results to the event loop.
struct EffectRunner<'a> {
    requests: &'a mpsc::UnboundedSender<Request>,
    tx: mpsc::UnboundedSender<Input>,
}

impl EffectRunner<'_> {
    /// Reports the result of an effect that is already done.
    fn finish(&self, input: Input) -> Flow {
        let _ = self.tx.send(input);
        Flow::JobStarted
    }

    /// Runs a job that may take long on the disk, and reports its result.
    fn spawn(&self, job: impl FnOnce() -> Input + Send + 'static) -> Flow {
        let tx = self.tx.clone();
        task::spawn_blocking(move || {
            // When the console has ended, the receiver is dropped.
            let _ = tx.send(job());
        });
        Flow::JobStarted
    }
}

/// Carries out an effect.
fn run_effect<B: Backend>(
    effect: Effect,
    runner: &EffectRunner<'_>,
    terminal: &mut Terminal<B>,
    platform: &mut impl Platform<B>,
) -> Result<Flow, B::Error> {
    match effect {
        // The channel is closed if the worker has ended unexpectedly; the log has the reason.
        Effect::Send(request) => drop(runner.requests.send(request)),
        Effect::CopyText(text) => platform.copy_to_clipboard(&text),
        Effect::CopyToFile(text) => {
            let dir = platform.copies_dir().map(Path::to_owned);
            return Ok(runner.spawn(move || clipboard::write_copy(dir.as_deref(), &text)));
        }
        Effect::AppendHistory(entry) => platform.append_history(&entry),
        Effect::SaveQuery(query) => return Ok(runner.finish(platform.save_query(&query))),
        Effect::DeleteQuery(name) => return Ok(runner.finish(platform.delete_query(&name))),
        Effect::Suspend => platform.suspend(terminal)?,
        Effect::Repaint => repaint(terminal)?,
        Effect::Export { path, extract, total } => {
            return Ok(runner.spawn(move || platform::export(&path, &extract, total)));
        }
        Effect::CheckPath { typed, name } => {
            return Ok(runner.spawn(move || Input::PathChecked(storage::check_path(&typed, &name))));
        }
        Effect::Quit => return Ok(Flow::Quit),
    }
    Ok(Flow::Continue)
}

/// Draws the next frame in full. [`Terminal::clear`] would request the cursor position, and not all terminals answer
/// that.
fn repaint<B: Backend>(terminal: &mut Terminal<B>) -> Result<(), B::Error> {
    let size = terminal.size()?;
    terminal.resize(Rect::from((Position::ORIGIN, size)))
}

/// The sources of input for the event loop.
struct Sources<'a, S> {
    events: Option<S>,
    replies: &'a mut mpsc::Receiver<Reply>,
    /// The results of jobs.
    rx: mpsc::UnboundedReceiver<Input>,
    /// The number of jobs that are running.
    n_jobs: usize,
}

impl<S: Stream<Item = io::Result<Event>> + Unpin> Sources<'_, S> {
    /// Waits for the next input; `None` if there cannot be any more. While a reply is pending, `tick` is the time until
    /// the spinner advances.
    async fn next_input(&mut self, tick: Option<Duration>) -> Option<Input> {
        loop {
            if self.events.is_none() && tick.is_none() && self.n_jobs == 0 {
                return None;
            }
            let tick = async {
                match tick {
                    Some(tick) => time::sleep(tick).await,
                    None => pending().await,
                }
            };
            select! {
                // Replies first: fast typing must not delay them.
                biased;
                Some(reply) = self.replies.recv() => return Some(Input::Reply(reply)),
                Some(input) = self.rx.recv() => {
                    self.n_jobs -= 1;
                    return Some(input);
                }
                event = read_event(&mut self.events) => match event {
                    Some(Ok(event)) => if let Some(input) = translate(event) { return Some(input) },
                    // If the terminal cannot be read, it is closed.
                    Some(Err(_)) | None => self.events = None,
                },
                () = tick => return Some(Input::Tick),
            }
        }
    }

    /// Joins characters that have arrived together into one input, up to the first input of another kind, which is
    /// returned too. Handling each character alone would cost time quadratic in the length of a text that the terminal
    /// sends as keys.
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

    /// Returns the next input that is already available.
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

    /// Returns the next input of the terminal that is already available.
    fn next_event(&mut self) -> Option<Input> {
        loop {
            // Tokio's cooperative budget would split a burst into pieces of about a hundred keys.
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

/// Returns the character of a key without modifiers other than shift; `None` for other input.
fn typed_char(input: &Input) -> Option<char> {
    match input {
        Input::Key(key) if (key.modifiers - KeyModifiers::SHIFT).is_empty() => {
            let char = key.code.as_char()?;
            // Few terminals report shift with a capital letter.
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

/// Converts an event of the terminal. Key releases, which some terminals report, are ignored.
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
    use futures_util::stream;

    use super::*;

    /// Returns the inputs that the loop handles if these keys arrive at once.
    fn handled(keys: impl Iterator<Item = KeyCode>) -> Vec<Input> {
        let (_sender, mut replies) = mpsc::channel(1);
        let (_tx, rx) = mpsc::unbounded_channel();
        let events: Vec<_> = keys.map(|code| Ok(Event::Key(code.into()))).collect();
        let mut sources = Sources { events: Some(stream::iter(events)), replies: &mut replies, rx, n_jobs: 0 };
        let mut inputs = Vec::new();
        let mut next = sources.ready_input();
        while let Some(first) = next {
            let (input, following) = sources.coalesce(first);
            inputs.push(input);
            next = following.or_else(|| sources.ready_input());
        }
        inputs
    }

    #[test]
    fn text_typed_in_one_burst_is_one_input() {
        for n in [2, 40_000, 200_000] {
            let inputs = handled(std::iter::repeat_n(KeyCode::Char('a'), n));
            let [Input::Typed(text)] = &inputs[..] else {
                panic!("{} inputs for {n} keys", inputs.len());
            };
            assert_eq!(text.len(), n);
        }
    }

    #[test]
    fn other_keys_keep_their_position() {
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
