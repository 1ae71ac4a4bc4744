//! Files that appear under their name only when they are complete and on the disk.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::TempPath;

/// The first characters of the names of temporary files.
const PREFIX: &str = ".lampblack-";

/// The last characters of the names of temporary files.
const SUFFIX: &str = ".part";

/// A temporary file in the directory of its destination. It is removed unless it is persisted.
///
/// Where the file system supports it, the file has no name until then (`O_TMPFILE`), so that even a program that is
/// killed leaves nothing. Elsewhere its name is random, and it is locked while its program runs.
#[derive(Debug)]
pub struct AtomicFile {
    file: BufWriter<File>,
    /// The temporary name, where the file needs one.
    name: Option<TempPath>,
    dir: PathBuf,
}

/// What [`AtomicFile::persist`] does if the destination exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// The existing file stays, and `persist` fails with [`io::ErrorKind::AlreadyExists`].
    Keep,
    Replace,
}

impl AtomicFile {
    /// Creates a temporary file with mode 0600 for a destination in `dir`.
    pub fn create(dir: &Path) -> io::Result<Self> {
        let (file, name) = match create_unnamed(dir) {
            Some(file) => (file, None),
            None => create_named(dir)?,
        };
        Ok(Self { file: BufWriter::new(file), name, dir: dir.to_owned() })
    }

    /// Returns the file itself; the last bytes written may still be in the buffer.
    pub fn file(&self) -> &File {
        self.file.get_ref()
    }

    /// Waits until the content is on the disk, and renames the file to `path`, which must be in the directory of the
    /// file.
    pub fn persist(mut self, path: &Path, existing: Existing) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        let name = match (self.name.take(), existing) {
            (Some(name), _) => name,
            (None, Existing::Keep) => return link(self.file(), path),
            (None, Existing::Replace) => builder().make_in(&self.dir, |path| link(self.file(), path))?.into_temp_path(),
        };
        match existing {
            Existing::Keep => name.persist_noclobber(path),
            Existing::Replace => name.persist(path),
        }
        .map_err(|error| error.error)
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Replaces the file at `path` atomically: a reader sees the old content or the new. A link stays, and the file that it
/// points to is replaced. An existing file keeps its permissions; a new one has mode 0600.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let dir = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = AtomicFile::create(dir)?;
    file.write_all(content)?;
    if let Ok(old) = fs::metadata(&path) {
        file.file().set_permissions(old.permissions())?;
    }
    file.persist(&path, Existing::Replace)
}

/// Removes the temporary files that killed programs have left in `dir`.
pub fn remove_leftovers(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        // A program that still writes to it holds its lock.
        if is_ours
            && super::open(&entry.path()).is_ok_and(|file| file.try_lock().is_ok())
            && let Err(error) = fs::remove_file(entry.path())
        {
            tracing::warn!("cannot remove {}: {error}", entry.path().display());
        }
    }
}

fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    builder
}

/// Creates a file with a random name, and locks it so that [`remove_leftovers`] leaves it.
fn create_named(dir: &Path) -> io::Result<(File, Option<TempPath>)> {
    let (file, name) = builder().tempfile_in(dir)?.into_parts();
    // A file system without locks: `remove_leftovers` cannot lock the file either, and does not remove it.
    let _ = file.try_lock();
    Ok((file, Some(name)))
}

/// Creates a file without a name; `None` where the file system does not support it.
#[cfg(target_os = "linux")]
fn create_unnamed(dir: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags, open};

    // `link` needs this directory.
    if !Path::new("/proc/self/fd").is_dir() {
        return None;
    }
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    open(dir, flags, Mode::RUSR | Mode::WUSR).ok().map(File::from)
}

/// Gives a file without a name the name `path`, which must not exist.
#[cfg(target_os = "linux")]
fn link(file: &File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    use std::os::fd::AsRawFd;

    let from = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, from, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn create_unnamed(_: &Path) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Returns a temporary file of the kind used here, and one with a name, as other file systems need it.
    fn both(dir: &Path) -> [AtomicFile; 2] {
        let (file, name) = create_named(dir).unwrap();
        let other = AtomicFile { file: BufWriter::new(file), name, dir: dir.to_owned() };
        [AtomicFile::create(dir).unwrap(), other]
    }

    #[test]
    fn a_file_has_its_name_only_when_it_is_complete() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a");
        for (mut file, existing) in both(home.path()).into_iter().flat_map(|file| {
            let other = AtomicFile::create(home.path()).unwrap();
            [(file, Existing::Keep), (other, Existing::Replace)]
        }) {
            let before = fs::read(&path).unwrap_or_default();
            file.write_all(&before).unwrap();
            file.write_all(b"x").unwrap();
            assert_eq!(fs::read(&path).unwrap_or_default(), before);
            let placed = file.persist(&path, existing);
            if existing == Existing::Keep && !before.is_empty() {
                assert_eq!(placed.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            } else {
                placed.unwrap();
                assert_eq!(fs::read(&path).unwrap().len(), before.len() + 1);
            }
        }
        assert_eq!(names(home.path()), ["a"]);
    }

    #[test]
    fn a_file_that_is_not_persisted_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        for mut file in both(home.path()) {
            file.write_all(b"half").unwrap();
            drop(file);
        }
        assert!(names(home.path()).is_empty());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_that_is_killed_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let file = AtomicFile::create(home.path()).unwrap();
        // A program that is killed while it writes runs no destructor, so there must be no name before it either.
        assert!(names(home.path()).is_empty());
        drop(file);
    }

    #[test]
    fn files_of_killed_programs_are_removed_and_locked_files_are_not() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(".lampblack-a1b2c3.part"), "left").unwrap();
        fs::write(home.path().join(".lampblack-notes"), "another's").unwrap();
        let (_file, name) = create_named(home.path()).unwrap();
        remove_leftovers(home.path());
        let name = name.unwrap();
        let mut left = names(home.path());
        left.sort();
        let mut expected = vec![".lampblack-notes".to_owned(), name.file_name().unwrap().to_str().unwrap().to_owned()];
        expected.sort();
        assert_eq!(left, expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_others_could_guess_is_not_used() {
        use std::os::unix::fs::symlink;
        let home = tempfile::tempdir().unwrap();
        let victim = home.path().join("victim");
        fs::write(&victim, "theirs").unwrap();
        let path = home.path().join("queries.toml");
        for guess in
            [format!("queries.{}.tmp", std::process::id()), "queries.toml.tmp".into(), "queries.toml.next".into()]
        {
            symlink(&victim, home.path().join(guess)).unwrap();
        }
        replace(&path, b"new").unwrap();
        assert_eq!(fs::read(&victim).unwrap(), b"theirs");
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_keeps_its_permissions_and_a_new_one_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        replace(&path, b"1").unwrap();
        assert_eq!(mode(), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
        replace(&path, b"2").unwrap();
        assert_eq!(mode(), 0o664);
    }
}
