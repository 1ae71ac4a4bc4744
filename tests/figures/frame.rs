//! How long a whole frame takes to build, and how many frames a held key costs.

use std::{
    convert::Infallible,
    future::poll_fn,
    hint::black_box,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use crossterm::event::{Event, KeyEvent};
use futures_util::Stream;
use lampblack::app::App;
use lampblack::model::Clock;
use lampblack::runtime::{self, Platform};
use lampblack::session::HistoryEntry;
use lampblack::storage::SavedQueries;
use lampblack::worker::Worker;
use ratatui::{
    Terminal,
    backend::{Backend, ClearType, TestBackend, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::report::{Report, Times, ms, note};
use crate::server::lampblack;
use crate::support::{console::Console, keys, now, pty::Pty};

const WIDTH: u16 = 200;
const HEIGHT: u16 = 60;

/// Frames that are measured.
const FRAMES: usize = 2_000;

/// Keys that a held key sends before anybody looks.
const HELD: usize = 100;

const BOUND: Duration = Duration::from_millis(1);

/// Measures both, the second by counting, too.
pub(crate) fn measure(report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut console = Console::with(crate::support::console::small(), 120, 36, |_| {}).await;
        console.search("process_name:*").await.press("esc").await;
        console.shows(&["row 1", "ISOLATED", "cmdline"]);
        build(report, &mut console.app);
        hold(report, &mut console.app).await;
    });
    hold_in_a_terminal(report);
}

/// Every cell of the screen anew, from the result to the cells, and from the cells to the terminal's own.
fn build(report: &mut Report, app: &mut App) {
    let mut terminal = Terminal::new(TestBackend::new(WIDTH, HEIGHT)).expect("no terminal to fail");
    let (mut built, mut drawn) = (Vec::new(), Vec::new());
    for _ in 0..FRAMES {
        // The next frame is compared with an empty one, so that all of it is written.
        terminal.clear().expect("no terminal to fail");
        let began = Instant::now();
        terminal
            .draw(|frame| {
                let began = Instant::now();
                app.render(frame);
                black_box(frame.buffer_mut());
                built.push(began.elapsed());
            })
            .expect("no terminal to fail");
        drawn.push(began.elapsed());
    }
    let (built, drawn) = (Times::new(built), Times::new(drawn));
    report.figure(
        "frame",
        &format!("median {}, p99 {}", ms(built.median()), ms(built.p99())),
        "median < 1 ms",
        built.median() < BOUND,
        "a screen of 60 Hz: 16.67 ms",
    );
    note(&format!(
        "{FRAMES} frames of {WIDTH}x{HEIGHT} with a full result; written as well, every cell of it: median {}, p99 {}",
        ms(drawn.median()),
        ms(drawn.p99())
    ));
}

/// A held key, delivered at once through the loop itself: what it draws is counted.
async fn hold(report: &mut Report, app: &mut App) {
    let mut terminal =
        Terminal::new(Counting { screen: TestBackend::new(WIDTH, HEIGHT), n_frames: 0 }).expect("no terminal to fail");
    // A worker that says nothing, so that every frame is one of the keys.
    let (requests, _inbox) = mpsc::unbounded_channel();
    let (_outbox, replies) = mpsc::channel(1);
    let mut worker = Worker { requests, replies };
    let (told, stop) = tokio::sync::oneshot::channel();
    let events = Held { keys: keys(&vec!["j"; HELD].join(" ")).into_iter(), told: Some(told) };
    let stop = async {
        let _ = stop.await;
        // The frame that shows the last key comes before the end.
        let mut n_looks = 0;
        poll_fn(|cx| {
            n_looks += 1;
            cx.waker().wake_by_ref();
            if n_looks > 2 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    };
    runtime::run(&mut terminal, app, events, stop, &mut worker, &mut Nowhere).await.expect("no terminal to fail");
    let n_frames = terminal.backend().n_frames;
    report.figure(
        "held key",
        &format!("{n_frames} frames for {HELD} keys"),
        "1 to 3 frames",
        (1..=3).contains(&n_frames),
        &format!("a frame for each key: {HELD}"),
    );
}

/// The same in a terminal, where the keys come in as they come in.
fn hold_in_a_terminal(report: &mut Report) {
    /// What ratatui writes once for every frame without a cursor.
    const FRAME: &[u8] = b"\x1b[?25l";
    let home = TempDir::new().expect("a home");
    let mut pty = Pty::run(lampblack(&["demo", "--processes", "2000"]), home.path(), 120, 40);
    pty.until("No search yet");
    pty.send("process_name:*\r");
    pty.until("row 1");
    pty.send("\x1b");
    pty.settle(Duration::from_millis(300));
    pty.written.clear();
    pty.send(&"j".repeat(HELD));
    // What follows when the cursor rests is not the keys' work: it begins 80 ms later.
    pty.settle(Duration::from_millis(40));
    let n_frames = pty.written.windows(FRAME.len()).filter(|bytes| *bytes == FRAME).count();
    assert!(pty.text().contains(&format!("row {}", HELD + 1)));
    report.figure(
        "held key in a terminal",
        &format!("{n_frames} frames for {HELD} keys"),
        "1 to 3 frames",
        (1..=3).contains(&n_frames),
        &format!("a frame for each key: {HELD}"),
    );
}

/// Keys that are all there at the first look; then nothing, which is told.
struct Held {
    keys: std::vec::IntoIter<KeyEvent>,
    told: Option<tokio::sync::oneshot::Sender<()>>,
}

impl Stream for Held {
    type Item = std::io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(key) = self.keys.next() {
            return Poll::Ready(Some(Ok(Event::Key(key))));
        }
        if let Some(told) = self.told.take() {
            let _ = told.send(());
        }
        Poll::Pending
    }
}

/// A screen that counts its frames.
struct Counting {
    screen: TestBackend,
    n_frames: usize,
}

impl Backend for Counting {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        self.n_frames += 1;
        self.screen.draw(content)
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.screen.hide_cursor()
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.screen.show_cursor()
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        self.screen.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.screen.set_cursor_position(position)
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.screen.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> Result<(), Infallible> {
        self.screen.clear_region(region)
    }

    fn size(&self) -> Result<Size, Infallible> {
        self.screen.size()
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        self.screen.window_size()
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        self.screen.flush()
    }
}

/// There is nothing outside the screen.
struct Nowhere;

impl Platform<Counting> for Nowhere {
    fn clock(&self) -> Clock {
        Clock::Fixed(now())
    }

    fn copy_to_clipboard(&mut self, _: &str) {}

    fn append_history(&mut self, _: &HistoryEntry) {}

    fn saved_queries_file(&mut self) -> Option<&mut SavedQueries> {
        None
    }

    fn suspend(&mut self, _: &mut Terminal<Counting>) -> Result<(), Infallible> {
        Ok(())
    }
}
