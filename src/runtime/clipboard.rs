//! The clipboard: the terminal's own, and a file for what is too long for it.

use std::{io, path::Path};

use crossterm::{clipboard::CopyToClipboard, execute};

use crate::app::Input;
use crate::storage;

/// Sets the terminal's own clipboard by OSC 52, which works over ssh too.
pub(super) fn copy(text: &str) {
    if let Err(error) = execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text)) {
        tracing::warn!("Not copied: the terminal refused it: {error}");
    }
}

/// Writes a copy that is too long for the clipboard to a file, and returns a notice with its path.
pub(super) fn write_copy(dir: Option<&Path>, text: &str) -> Input {
    let n = text.len();
    let result = match dir {
        Some(dir) => storage::write_copy(dir, text).map_err(|error| error.to_string()),
        None => Err("no directory for a file".into()),
    };
    let text = match result {
        Ok(path) => {
            format!("Too long for the clipboard: {n} bytes are in {}; the next long copy replaces it", path.display())
        }
        Err(reason) => format!("Not copied: {n} bytes are too long for the clipboard; {reason}"),
    };
    Input::Notice { text, is_warning: true }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn a_long_copy_is_in_a_private_file_and_replaces_the_last_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state/copied.txt");
        for text in ["a".repeat(2_700_000), "b".repeat(80_000)] {
            let Input::Notice { text: notice, .. } = write_copy(path.parent(), &text) else {
                panic!("it is told");
            };
            assert!(notice.contains(&format!("{} bytes are in {}", text.len(), path.display())));
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::read_dir(dir.path().join("state")).unwrap().count(), 1);
    }

    #[test]
    fn a_long_copy_without_a_directory_is_a_warning() {
        let Input::Notice { text, is_warning } = write_copy(None, "abc") else {
            panic!("it is told");
        };
        assert!(is_warning && text.starts_with("Not copied: 3 bytes"));
    }
}
