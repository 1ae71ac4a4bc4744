//! Reading of tokens from the configuration, a file or a program.

use std::{
    fs,
    io::{self, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::ioctl_fionbio,
};
use secrecy::{SecretString, zeroize::Zeroizing};

use super::{Mistake, utf8};
use crate::files;

/// The maximum size of a token file, in bytes.
const MAX_BYTES: u64 = 64 << 10;

/// The time limit of a program that prints a token: it may ask the user for a password.
pub(super) const LIMIT: Duration = Duration::from_mins(1);

/// The time between two checks whether the program has ended.
const EXIT_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Reads a token from a file.
pub(super) fn from_file(file: &Path) -> Result<SecretString, Mistake> {
    let text = utf8::read_utf8(file, MAX_BYTES)
        .map(Zeroizing::new)
        .map_err(|error| Mistake::new(format!("cannot read token_file {}: {error}", file.display())))?;
    validate_token(&text).map_err(|what| Mistake::new(format!("token_file {}: {what}", file.display())))
}

/// Runs a program and returns the first line of its output as a token. It may use the terminal, because only standard
/// output is captured. It is killed after `limit`; its background processes are not waited for.
pub(super) fn from_command(words: &[String], limit: Duration) -> Result<SecretString, Mistake> {
    let (program, arguments) = words.split_first().ok_or_else(|| Mistake::new("token_command is empty"))?;
    let failed = |what: String| {
        Mistake::new(format!("token_command {program:?} {what}"))
            .with_hint("run it yourself and check that it prints the token and nothing else")
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    let result = wait_with_output(&mut child, Instant::now() + limit);
    let result = result.map_err(|error| failed(format!("cannot be read: {error}")))?;
    let Some((status, output)) = result else {
        let seconds = limit.as_secs();
        return Err(failed(format!("was ended: it printed no token within {seconds} s")));
    };
    if !status.success() {
        return Err(failed(format!("failed: {status}")));
    }
    let text = String::from_utf8(output).map_err(|_| failed("printed bytes that are not text".into()))?;
    validate_token(text.lines().next().unwrap_or_default())
        .map_err(|what| failed(format!("did not print a token: {what}")))
}

/// Waits for a program and returns its exit status and output. Kills it and returns `None` if it has not ended by
/// `until`.
fn wait_with_output(child: &mut Child, until: Instant) -> io::Result<Option<(ExitStatus, Vec<u8>)>> {
    let mut pipe = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    ioctl_fionbio(&pipe, true)?;
    let mut output = Vec::new();
    loop {
        // The status is checked before the pipe is read: after the exit, all output is in the pipe. Background
        // processes may hold the pipe open.
        let status = child.try_wait()?;
        let is_closed = read_available(&mut pipe, &mut output)?;
        if let Some(status) = status {
            return Ok(Some((status, output)));
        }
        if Instant::now() >= until {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        let wait = Timespec::try_from(EXIT_POLL_INTERVAL).map_err(io::Error::other)?;
        let readable = PollFd::new(&pipe, PollFlags::IN);
        let mut fds = if is_closed { vec![] } else { vec![readable] };
        poll(&mut fds, Some(&wait))?;
    }
}

/// Reads the bytes available in a pipe; returns whether all writers have closed it. Bytes beyond [`MAX_BYTES`] are
/// dropped.
fn read_available(pipe: &mut impl Read, output: &mut Vec<u8>) -> io::Result<bool> {
    /// Limits one call, so that a program with endless output cannot block the time-out.
    const MAX_READS: usize = 64;
    let mut buffer = [0; 4096];
    for _ in 0..MAX_READS {
        match pipe.read(&mut buffer) {
            Ok(0) => return Ok(true),
            Ok(n) => {
                let fits = u64::try_from(output.len()).is_ok_and(|length| length < MAX_BYTES);
                output.extend_from_slice(if fits { &buffer[..n] } else { &[] });
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// Returns a warning if the directory in which lampblack is started decides which program is run: an untrusted
/// directory may have a program of that name.
pub(super) fn warn_if_relative(words: &[String], path: Option<&str>) -> Option<String> {
    let program = words.first()?;
    let is_relative = if program.contains('/') {
        Path::new(program).is_relative()
    } else {
        path.is_some_and(|path| path.split(':').any(|place| Path::new(place).is_relative()))
    };
    is_relative.then(|| format!("token_command {program:?} depends on the working directory; give its full path"))
}

/// Checks that `text` can be a token in a request header. The error does not quote it.
pub(super) fn validate_token(text: &str) -> Result<SecretString, &'static str> {
    let token = text.trim();
    if token.is_empty() {
        return Err("it is empty");
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("it contains spaces, line breaks or special characters");
    }
    Ok(SecretString::from(token))
}

/// Returns a warning if other users can change the configuration, and so redirect the token.
pub(super) fn warn_if_writable(file: &Path) -> Option<String> {
    files::is_writable_by_others(file)
        .then(|| format!("other users can change {} (fix: chmod go-w, also for its directory)", file.display()))
}

/// Returns a warning if other users can read a file that has a token in it.
pub(super) fn warn_if_readable(file: &Path) -> Option<String> {
    is_readable_by_others(file)
        .then(|| format!("{} contains a token and other users can read it (fix: chmod 600)", file.display()))
}

#[cfg(unix)]
fn is_readable_by_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o044 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn the_first_line_of_a_program_is_the_token() {
        let token = from_command(&words(&["printf", "s3cret\\nuser: x\\n"]), LIMIT).unwrap();
        assert_eq!(token.expose_secret(), "s3cret");
    }

    #[test]
    fn no_shell_is_involved() {
        let token = from_command(&words(&["printf", "%s", "$HOME;id"]), LIMIT).unwrap();
        assert_eq!(token.expose_secret(), "$HOME;id");
    }

    #[test]
    fn a_failing_program_is_explained_without_what_it_printed() {
        for command in
            [words(&["false"]), words(&["/does/not/exist"]), words(&["printf", "two words"]), words(&["printf", ""])]
        {
            let mistake = from_command(&command, LIMIT).unwrap_err();
            assert!(mistake.message.contains(&command[0]), "{mistake}");
            assert!(!mistake.message.contains("words"), "{mistake}");
        }
    }

    #[test]
    fn a_hanging_program_is_killed_and_background_processes_are_not_waited_for() {
        let began = Instant::now();
        let short = Duration::from_millis(200);
        let hanging = from_command(&words(&["sleep", "100"]), short).unwrap_err();
        assert!(hanging.message.contains("was ended"), "{hanging}");
        let endless = from_command(&words(&["yes"]), short).unwrap_err();
        assert!(endless.message.contains("was ended"), "{endless}");
        let script = "sleep 100 & echo s3cret";
        let token = from_command(&words(&["sh", "-c", script]), LIMIT).unwrap();
        assert_eq!(token.expose_secret(), "s3cret");
        let closed = "exec 1>&-; sleep 0.1";
        assert!(from_command(&words(&["sh", "-c", closed]), LIMIT).is_err());
        assert!(began.elapsed() < Duration::from_secs(50));
    }

    #[test]
    fn a_program_that_depends_on_the_directory_is_a_warning() {
        for (program, path, is_warned) in [
            ("pass", "/usr/bin:/bin", false),
            ("/usr/bin/pass", ".", false),
            ("./pass", "/usr/bin", true),
            ("bin/pass", "/usr/bin", true),
            ("pass", "/usr/bin:.", true),
            ("pass", "/usr/bin::/bin", true),
            ("pass", "bin", true),
        ] {
            let warning = warn_if_relative(&words(&[program]), Some(path));
            assert_eq!(warning.is_some(), is_warned, "{program} {path}");
        }
    }

    #[test]
    fn a_fifo_in_place_of_a_token_file_is_an_error_at_once() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("token");
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, &path, kind, 0o600.into(), 0).unwrap();
        let mistake = from_file(&path).unwrap_err();
        assert!(mistake.message.ends_with("it is a FIFO, not a regular file"), "{mistake}");
    }

    #[test]
    fn a_token_has_only_printable_ascii() {
        assert_eq!(validate_token(" abc\n").unwrap().expose_secret(), "abc");
        assert!(validate_token(" \n").is_err());
        assert!(validate_token("a\nb").is_err());
        assert!(validate_token("tökén").is_err());
    }
}
