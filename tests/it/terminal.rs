//! The program in a real terminal: whatever ends it, the shell gets its terminal back.

use std::{
    fs::File,
    io::{self, IsTerminal, Read, Write},
    sync::mpsc::channel,
    thread,
    time::Duration,
};

use crate::support::pty::Pty;
use lampblack::runtime::TerminalGuard;
use lampblack::text::Charset;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::process::Signal;
use tempfile::TempDir;

fn demo(home: &TempDir) -> Pty {
    let mut pty = Pty::start(&["demo", "--processes", "500"], home.path(), 120, 36);
    pty.until("No search yet");
    assert!(pty.is_alternate() && pty.wraps_pastes());
    pty
}

/// The terminal is as the shell left it: main screen, cursor shown, cooked.
#[track_caller]
fn check_restored(pty: &Pty) {
    assert!(!pty.is_alternate(), "still on the alternate screen");
    assert!(!pty.wraps_pastes(), "still wraps pastes");
    assert!(!pty.hides_cursor(), "the cursor is gone");
}

#[test]
fn a_stranger_finds_the_example_and_leaves_a_clean_shell() {
    let home = TempDir::new().unwrap();
    let mut pty = demo(&home);
    pty.send(r"process_name:net.exe cmdline:\\test\blah");
    pty.send("\r");
    pty.until("ntoskrnl.exe");
    pty.until("WIN-IA9NQ1GN8OI #3");
    pty.until("requested no");
    pty.send("\x1b");
    pty.settle(Duration::from_millis(100));
    pty.send("q");
    assert!(pty.wait().success());
    check_restored(&pty);
}

#[test]
fn a_key_after_a_change_of_size_is_seen_at_once() {
    let home = TempDir::new().unwrap();
    let mut pty = demo(&home);
    let mut text = String::new();
    for (width, key) in [(100, 'a'), (90, 'b'), (120, 'c')] {
        pty.resize(width, 30);
        pty.settle(Duration::from_millis(200));
        text.push(key);
        // Nothing else comes that could wake what has missed it.
        pty.send(&key.to_string());
        pty.until(&format!("│{text} "));
    }
}

#[test]
fn a_text_that_the_terminal_types_key_by_key_is_taken_whole() {
    let home = TempDir::new().unwrap();
    let mut pty = demo(&home);
    let text = "process_name:a.exe OR ".repeat(1800);
    pty.send(&text);
    pty.send("end");
    pty.until("a.exe OR end ");
    pty.send("\x01x");
    pty.until("xprocess_name:a.exe OR");
}

#[test]
fn a_paste_that_never_ends_is_ended_by_an_interrupt() {
    let home = TempDir::new().unwrap();
    let mut pty = demo(&home);
    pty.send("before\x1b[200~never");
    pty.until("│before ");
    pty.send("\x03");
    pty.until("^c again to quit");
    // What was pasted is dropped, and keys are keys again.
    pty.send("x");
    pty.until("│beforex ");
}

#[test]
fn an_interrupt_is_heard_before_what_was_typed_and_not_handled_yet() {
    let home = TempDir::new().unwrap();
    let mut pty = demo(&home);
    // Twice within a second leaves, whatever stands before it.
    pty.send(&"\x1b[A\x1b[Ba".repeat(200_000));
    pty.send("\x03");
    pty.send("\x03");
    assert!(pty.wait().success());
    check_restored(&pty);
}

#[test]
fn without_a_locale_the_screen_is_ascii() {
    for locale in ["", "C", "POSIX"] {
        let home = TempDir::new().unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_lampblack"));
        command.args(["demo", "--processes", "500"]);
        let mut pty = Pty::run_in(command, locale, home.path(), 120, 36);
        pty.until("No search yet");
        // Umlauts, wide letters, and what draws lines, bars and times.
        pty.send("\r");
        pty.until("row 1");
        pty.send("\x1b2");
        pty.settle(Duration::from_millis(300));
        pty.send("F?");
        pty.settle(Duration::from_millis(300));
        pty.send("\x1b3");
        pty.settle(Duration::from_millis(300));
        pty.send("\x1bq");
        let above = pty.written.iter().filter(|byte| **byte > 0x7f).count();
        assert_eq!(above, 0, "{locale:?}");
    }
}

#[test]
fn a_termination_leaves_a_clean_shell() {
    for signal in [
        Signal::TERM,
        Signal::HUP,
        Signal::INT,
        Signal::QUIT,
        Signal::USR1,
        Signal::USR2,
        Signal::ALARM,
        Signal::ABORT,
        Signal::VTALARM,
        Signal::XCPU,
    ] {
        let home = TempDir::new().unwrap();
        let mut pty = demo(&home);
        pty.signal(signal);
        pty.wait();
        check_restored(&pty);
    }
}

#[test]
fn the_demo_has_a_user_and_leaves_what_is_real_alone() {
    let home = TempDir::new().unwrap();
    let state = home.path().join(".local/state/lampblack");
    std::fs::create_dir_all(&state).unwrap();
    for name in ["history.jsonl", "actions.jsonl"] {
        std::fs::write(state.join(name), "real\n").unwrap();
    }
    let mut pty = demo(&home);
    pty.until("demo  read-write  admin");
    pty.send("process_name:net.exe\r");
    pty.until(", row 1");
    pty.send("\x03\x03");
    assert!(pty.wait().success());
    for name in ["history.jsonl", "actions.jsonl"] {
        assert_eq!(std::fs::read_to_string(state.join(name)).unwrap(), "real\n");
    }
    let names = |dir: &std::path::Path| {
        let entries = std::fs::read_dir(dir).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&state), ["actions.jsonl", "demo", "history.jsonl"]);
    assert!(names(&state.join("demo")).contains(&"history.jsonl".to_owned()));
}

#[test]
fn a_state_directory_that_cannot_be_written_is_shown_at_the_start() {
    let home = TempDir::new().unwrap();
    let state = home.path().join(".local/state");
    std::fs::create_dir_all(&state).unwrap();
    std::fs::write(state.join("lampblack"), "a file").unwrap();
    let mut pty = Pty::start(&["demo", "--processes", "500"], home.path(), 120, 36);
    pty.until("no action can be sent");
    pty.send("\x03\x03");
    assert!(pty.wait().success());
}

#[cfg(target_os = "linux")]
#[test]
fn the_memory_of_the_console_is_not_written_to_a_core_dump() {
    let home = TempDir::new().unwrap();
    let pty = demo(&home);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", pty.pid())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let limits: Vec<_> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(limits, ["0", "0"]);
}

#[test]
fn a_password_prompt_that_is_ended_by_a_signal_gives_the_terminal_back() {
    // The program that asks is this very test, when it is run with a terminal of its own.
    const ASKS: &str = "terminal::a_password_prompt_that_is_ended_by_a_signal_gives_the_terminal_back";
    if std::env::args().any(|arg| arg == "--nocapture") && io::stdout().is_terminal() {
        let _ = lampblack::runtime::read_password("password:");
        return;
    }
    let home = TempDir::new().unwrap();
    let mut command = CommandBuilder::new("/bin/sh");
    let this = std::env::current_exe().unwrap();
    let script = format!("{} {ASKS} --exact --nocapture; stty -a; echo over", this.display());
    command.args(["-c", &script]);
    command.env("PATH", "/usr/bin:/bin");
    let mut pty = Pty::run(command, home.path(), 120, 36);
    pty.until("password:");
    // All programs of the terminal but the shell, which waits for the one that asks.
    let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", pty.pid())).unwrap();
    let child: i32 = children.split_whitespace().next().unwrap().parse().unwrap();
    let child = rustix::process::Pid::from_raw(child).unwrap();
    rustix::process::kill_process(child, Signal::TERM).unwrap();
    pty.until("over");
    assert!(pty.text().contains(" echo "), "{}", pty.text());
    assert!(!pty.text().contains("-echo "), "{}", pty.text());
}

#[test]
fn what_is_no_regular_file_in_place_of_ours_holds_nothing_up() {
    const STATE: &str = ".local/state/lampblack/demo";
    let start = |dir: &str, name: &str| {
        let home = TempDir::new().unwrap();
        let dir = home.path().join(dir);
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(&dir).unwrap();
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, dir.join(name), kind, 0o600.into(), 0).unwrap();
        let pty = Pty::start(&["demo", "--processes", "500"], home.path(), 120, 36);
        (home, pty)
    };
    for name in ["actions.jsonl", "actions.head", "history.jsonl", "session.json", "queries.toml"] {
        let (_home, mut pty) = start(STATE, name);
        pty.until("it is a FIFO");
        pty.until("No search yet");
        pty.send("\x03\x03");
        pty.wait();
    }
    let (_home, mut pty) = start(".config/lampblack", "config.toml");
    pty.until("it is a FIFO, not a regular file");
    assert!(!pty.wait().success());
}

#[test]
fn a_suspended_console_gives_the_terminal_back_and_returns() {
    let home = TempDir::new().unwrap();
    let mut pty = demo(&home);
    pty.send("kept\x1a");
    // Without a shell that waits for it, the kernel does not stop the program; what it does around that is the same.
    pty.until_written("\x1b[?1049l");
    pty.signal(Signal::CONT);
    pty.until_written("\x1b[?1049h");
    pty.until("kept");
    assert!(pty.is_alternate() && pty.wraps_pastes());
}

#[test]
fn a_panic_restores_the_terminal_before_it_is_reported() {
    // This very test is also the program that panics, when it is run with a terminal of its own.
    const PANICS: &str = "terminal::a_panic_restores_the_terminal_before_it_is_reported";
    if std::env::args().any(|arg| arg == "--nocapture") && io::stdout().is_terminal() {
        let _screen = TerminalGuard::acquire("panics", Charset::Unicode).unwrap();
        panic!("told to");
    }
    let home = TempDir::new().unwrap();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args([PANICS, "--exact", "--nocapture"]);
    let mut pty = Pty::run(command, home.path(), 120, 36);
    pty.until_written("\x1b[?1049h");
    pty.until_written("\x1b[?1049l");
    // Told on the screen of the shell, where it can be read.
    pty.until("told to");
    assert!(!pty.wait().success());
    check_restored(&pty);
}

#[test]
fn a_panic_beside_the_screen_leaves_it_alone() {
    // The program that panics, as above.
    const PANICS: &str = "terminal::a_panic_beside_the_screen_leaves_it_alone";
    if std::env::args().any(|arg| arg == "--nocapture") && io::stdout().is_terminal() {
        let _screen = TerminalGuard::acquire("panics", Charset::Unicode).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(async {
            let failed = tokio::spawn(async { panic!("told to") }).await;
            assert!(failed.unwrap_err().is_panic());
        });
        write!(io::stdout(), "still here").unwrap();
        io::stdout().flush().unwrap();
        let _ = io::stdin().read_line(&mut String::new());
        return;
    }
    let home = TempDir::new().unwrap();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args([PANICS, "--exact", "--nocapture"]);
    let mut pty = Pty::run(command, home.path(), 120, 36);
    pty.until("still here");
    assert!(pty.is_alternate());
    assert!(!pty.text().contains("told to"));
}

#[test]
fn a_terminal_that_is_gone_ends_the_program_without_a_signal() {
    // No shell tells it, because the terminal is nobody's.
    let (started, starts) = channel();
    let (ended, ends) = channel();
    thread::spawn(move || {
        let home = TempDir::new().unwrap();
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_lampblack"));
        command.args(["demo", "--processes", "500"]);
        command.env("HOME", home.path());
        command.set_controlling_tty(false);
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        started.send(child.clone_killer()).unwrap();
        let mut output = pair.master.try_clone_reader().unwrap();
        let mut written = Vec::new();
        // The last that it says by itself: from here on, nothing that it writes can fail.
        while !written.windows(5).any(|bytes| bytes == b"6.2.0") {
            let mut piece = [0; 4096];
            let n = output.read(&mut piece).unwrap();
            written.extend_from_slice(&piece[..n]);
        }
        drop((output, pair.master));
        let _ = ended.send(child.wait());
    });
    let mut killer = starts.recv().unwrap();
    let end = ends.recv_timeout(Duration::from_mins(1));
    let _ = killer.kill();
    assert!(end.is_ok(), "it lives on without a terminal");
}

#[test]
fn q_leaves_while_another_process_holds_the_lock_of_the_action_log() {
    let home = TempDir::new().unwrap();
    let mut pty = demo(&home);
    let log = home.path().join(".local/state/lampblack/demo/actions.jsonl");
    // It is opened beside the screen.
    while !log.exists() {
        pty.settle(Duration::from_millis(20));
    }
    let log = File::open(log).unwrap();
    log.lock().unwrap();
    pty.send("process_name:net.exe cmdline:\\\\test\\blah\r");
    pty.until("requested no");
    pty.send("I");
    pty.until("ISOLATE");
    pty.send("case 7\t\t");
    // What it would do must be known before it can be confirmed.
    pty.until("API requests");
    pty.send("\r");
    pty.until("AUDIT LOG LOCKED");
    pty.send("\x1b");
    pty.settle(Duration::from_millis(100));
    pty.send("q");
    pty.until("Press q again to quit");
    pty.send("q");
    assert!(pty.wait().success());
    check_restored(&pty);
    pty.until("what is not in the log was not sent");
    assert_eq!(log.metadata().unwrap().len(), 0);
}

#[test]
fn any_size_is_survived() {
    let home = TempDir::new().unwrap();
    let mut pty = demo(&home);
    for (width, height) in [(20, 5), (1, 1), (60, 16), (300, 100), (80, 24)] {
        pty.resize(width, height);
        pty.settle(Duration::from_millis(50));
    }
    pty.until("No search yet");
    pty.send("\x03\x03");
    assert!(pty.wait().success());
    check_restored(&pty);
}

#[test]
fn without_a_server_it_says_so_and_the_terminal_is_untouched() {
    let home = TempDir::new().unwrap();
    let mut pty = Pty::start(&[], home.path(), 120, 36);
    pty.until("lampblack demo");
    assert!(!pty.wait().success());
    assert!(!pty.written.windows(8).any(|bytes| bytes == b"\x1b[?1049h"));
}
