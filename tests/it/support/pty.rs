//! The program in a real terminal: a pseudo-terminal with a screen that can be read.

use std::{
    io::{Read, Write},
    num::NonZero,
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// How long anything may take before a test fails: far more than it needs on the slowest machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program on a pseudo-terminal.
pub struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    screen: vt100::Parser,
    /// When the program was started.
    pub started: Instant,
    /// Everything the program has written.
    pub written: Vec<u8>,
}

impl Pty {
    /// Starts `lampblack` with its files below `home`.
    pub fn start(args: &[&str], home: &Path, width: u16, height: u16) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_lampblack"));
        command.args(args);
        Self::run(command, home, width, height)
    }

    /// Starts any program with its files below `home`.
    pub fn run(command: CommandBuilder, home: &Path, width: u16, height: u16) -> Self {
        Self::run_in(command, "C.UTF-8", home, width, height)
    }

    /// Starts any program in a locale.
    pub fn run_in(mut command: CommandBuilder, locale: &str, home: &Path, width: u16, height: u16) -> Self {
        let size = PtySize { rows: height, cols: width, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("LANG", locale);
        command.env("HOME", home);
        command.cwd(home);
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the program");
        let mut reader = pair.master.try_clone_reader().expect("its output");
        let keys = pair.master.take_writer().expect("its input");
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut bytes = vec![0; 65536];
            while let Ok(n @ 1..) = reader.read(&mut bytes) {
                if sender.send((Instant::now(), bytes[..n].to_vec())).is_err() {
                    return;
                }
            }
        });
        let screen = vt100::Parser::new(cells(height), cells(width), 0);
        Self { child, master: pair.master, keys, output, screen, started, written: Vec::new() }
    }

    /// Types bytes as the terminal would send them.
    pub fn send(&mut self, bytes: &str) -> Instant {
        let at = Instant::now();
        self.keys.write_all(bytes.as_bytes()).expect("the program takes keys");
        self.keys.flush().expect("the program takes keys");
        at
    }

    /// Changes the size of the terminal.
    pub fn resize(&mut self, width: u16, height: u16) {
        let size = PtySize { rows: height, cols: width, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("another size");
        self.screen.screen_mut().set_size(cells(height), cells(width));
    }

    /// Sends a signal by its number.
    pub fn signal(&mut self, signal: rustix::process::Signal) {
        let pid = self.child.process_id().and_then(|pid| rustix::process::Pid::from_raw(pid.cast_signed()));
        rustix::process::kill_process(pid.expect("a pid"), signal).expect("a signal");
    }

    /// Reads until the screen contains `text`.
    #[track_caller]
    pub fn until(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.text().contains(text) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok((_, bytes)) => self.take(&bytes),
                Err(error) => panic!("{error}: {text:?} is not on the screen:\n{}", self.text()),
            }
        }
    }

    /// Reads until the program has written `sequence`, and forgets what came before its end.
    #[track_caller]
    pub fn until_written(&mut self, sequence: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.written.windows(sequence.len()).position(|bytes| bytes == sequence.as_bytes());
            if let Some(at) = found {
                self.written.drain(..at + sequence.len());
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok((_, bytes)) => self.take(&bytes),
                Err(error) => panic!("{error}: {sequence:?} was not written"),
            }
        }
    }

    /// Reads until nothing has come for `quiet`; the moment of the last byte, if any came.
    pub fn settle(&mut self, quiet: Duration) -> Option<Instant> {
        let mut last = None;
        loop {
            match self.output.recv_timeout(quiet) {
                Ok((at, bytes)) => {
                    self.take(&bytes);
                    last = Some(at);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return last,
            }
        }
    }

    /// Reads one piece of output.
    pub fn next(&mut self, within: Duration) -> Option<Instant> {
        let (at, bytes) = self.output.recv_timeout(within).ok()?;
        self.take(&bytes);
        Some(at)
    }

    /// Waits for the program to end, and reads what it still wrote.
    pub fn wait(&mut self) -> ExitStatus {
        let status = self.child.wait().expect("the program ends");
        self.settle(Duration::from_millis(200));
        status
    }

    /// The text on the screen.
    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Whether the program is on the alternate screen.
    pub fn is_alternate(&self) -> bool {
        self.screen.screen().alternate_screen()
    }

    /// Whether the terminal would wrap pasted text.
    pub fn wraps_pastes(&self) -> bool {
        self.screen.screen().bracketed_paste()
    }

    /// Whether the cursor is out of sight.
    pub fn hides_cursor(&self) -> bool {
        self.screen.screen().hide_cursor()
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("a pid")
    }

    fn take(&mut self, bytes: &[u8]) {
        self.screen.process(bytes);
        self.written.extend_from_slice(bytes);
    }
}

fn cells(n: u16) -> NonZero<u16> {
    NonZero::new(n).expect("a terminal has a size")
}

impl Drop for Pty {
    fn drop(&mut self) {
        // A test that failed leaves no program behind.
        let _ = self.child.kill();
    }
}
