//! Permissions of files: who else may read or write them.

use std::{fs, path::Path};

/// Removes all access but the owner's from a file or directory (mode 0600 or 0700). Returns a warning if others had
/// access.
pub fn restrict_to_owner(path: &Path) -> Option<String> {
    // The target of a link may be shared on purpose.
    let metadata = path.symlink_metadata().ok()?;
    if metadata.is_symlink() || !is_accessible_by_others(&metadata) {
        return None;
    }
    let path_shown = path.display();
    let mode = mode(&metadata);
    let private_mode = if metadata.is_dir() { 0o700 } else { 0o600 };
    Some(match set_mode(path, private_mode) {
        Ok(()) => {
            format!("{path_shown} was accessible to other users (mode {mode:o}); it is now {private_mode:o}")
        }
        Err(error) => format!("{path_shown} is accessible to other users (mode {mode:o}): {error}"),
    })
}

/// Whether other users can read, write or enter the file.
pub(super) fn is_accessible_by_others(metadata: &fs::Metadata) -> bool {
    mode(metadata) & 0o077 != 0
}

/// Whether other users can change the file at `path`, or replace it by another.
pub fn is_writable_by_others(path: &Path) -> bool {
    const OTHERS: u32 = 0o022;
    const STICKY: u32 = 0o1000;
    let is_open = |path: &Path| {
        fs::metadata(path).is_ok_and(|metadata| {
            use std::os::unix::fs::PermissionsExt;
            let mode = metadata.permissions().mode();
            // In a sticky directory such as /tmp, users cannot replace files of others.
            mode & OTHERS != 0 && !(metadata.is_dir() && mode & STICKY != 0)
        })
    };
    is_open(path) || path.parent().is_some_and(is_open)
}

fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777
}

fn set_mode(path: &Path, mode: u32) -> std::io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_permissions_are_tightened_once_with_a_warning() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("actions.jsonl");
        fs::write(&file, "").unwrap();
        set_mode(&file, 0o644).unwrap();
        let warning = restrict_to_owner(&file).unwrap();
        let expected = "actions.jsonl was accessible to other users (mode 644); it is now 600";
        assert!(warning.ends_with(expected), "{warning}");
        assert_eq!(restrict_to_owner(&file), None);
        assert_eq!(mode(&fs::metadata(&file).unwrap()), 0o600);
        set_mode(home.path(), 0o755).unwrap();
        assert!(restrict_to_owner(home.path()).is_some());
        assert_eq!(mode(&fs::metadata(home.path()).unwrap()), 0o700);
        assert_eq!(restrict_to_owner(&home.path().join("not there")), None);
    }

    #[test]
    fn a_link_is_not_followed_when_permissions_are_tightened() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("theirs");
        fs::write(&file, "").unwrap();
        set_mode(&file, 0o644).unwrap();
        let link = home.path().join("link");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(restrict_to_owner(&link), None);
        assert_eq!(mode(&fs::metadata(&file).unwrap()), 0o644);
    }

    #[test]
    fn a_file_is_as_open_as_its_directory() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("config.toml");
        fs::write(&file, "").unwrap();
        set_mode(&file, 0o644).unwrap();
        assert!(!is_writable_by_others(&file));
        set_mode(&file, 0o664).unwrap();
        assert!(is_writable_by_others(&file));
        set_mode(&file, 0o600).unwrap();
        set_mode(home.path(), 0o777).unwrap();
        assert!(is_writable_by_others(&file));
        set_mode(home.path(), 0o1777).unwrap();
        assert!(!is_writable_by_others(&file));
    }
}
