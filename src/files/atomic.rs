//! Files that get their name when all of them is on the disk.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::TempPath;

/// How the names of unfinished files begin.
const PREFIX: &str = ".lampblack-";

/// How the names of unfinished files end.
const SUFFIX: &str = ".part";

/// A file that is being written beside its place. It disappears unless it is given its name.
///
/// Where the file system can do it, the file has no name until then, and even a program that is killed leaves nothing.
/// Elsewhere its name cannot be predicted, and the file is locked as long as its program runs.
#[derive(Debug)]
pub struct AtomicFile {
    file: BufWriter<File>,
    /// Its name until it is finished, where it needs one.
    name: Option<TempPath>,
    dir: PathBuf,
}

/// What becomes of a file that has the name already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and giving the name fails with [`io::ErrorKind::AlreadyExists`].
    Keep,
    /// It is replaced.
    Replace,
}

impl AtomicFile {
    /// Begins a file with mode 0600 that will be placed in this directory.
    pub fn create(dir: &Path) -> io::Result<Self> {
        let (file, name) = match create_unnamed(dir) {
            Some(file) => (file, None),
            None => create_named(dir)?,
        };
        Ok(Self { file: BufWriter::new(file), name, dir: dir.to_owned() })
    }

    /// The file itself. What was written last may still be on its way to it.
    pub fn file(&self) -> &File {
        self.file.get_ref()
    }

    /// Waits until the disk has all of it, and gives it its name, which must be one in its directory.
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

/// Replaces a file as a whole: whoever reads it sees the old content or the new. A link stays a link to the new content.
/// The permissions of a file that exists stay; a new one is its owner's alone.
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

/// Removes the unfinished files that programs which were killed have left in a directory.
pub fn remove_leftovers(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        // Whoever still writes to it holds its lock.
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

/// A file with a name that cannot be predicted, and the lock that keeps it.
fn create_named(dir: &Path) -> io::Result<(File, Option<TempPath>)> {
    let (file, name) = builder().tempfile_in(dir)?.into_parts();
    // Where there are no locks, none of them is removed either.
    let _ = file.try_lock();
    Ok((file, Some(name)))
}

/// A file without a name, where the file system has such files.
#[cfg(target_os = "linux")]
fn create_unnamed(dir: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags, open};

    // It gets its name by way of this directory.
    if !Path::new("/proc/self/fd").is_dir() {
        return None;
    }
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    open(dir, flags, Mode::RUSR | Mode::WUSR).ok().map(File::from)
}

/// Gives a file without a name its name, which nothing else may have.
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

    /// A file as it is begun here, and one as it is begun on a file system that needs a name for it.
    fn both(dir: &Path) -> [AtomicFile; 2] {
        let (file, name) = create_named(dir).unwrap();
        let other = AtomicFile { file: BufWriter::new(file), name, dir: dir.to_owned() };
        [AtomicFile::create(dir).unwrap(), other]
    }

    #[test]
    fn a_file_has_its_name_only_when_it_is_whole() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a");
        for (mut file, existing) in both(home.path()).into_iter().flat_map(|file| {
            let again = AtomicFile::create(home.path()).unwrap();
            [(file, Existing::Keep), (again, Existing::Replace)]
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
    fn a_file_that_is_given_up_leaves_nothing() {
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
        // As it is while it is written; whoever is killed then takes nothing away.
        assert!(names(home.path()).is_empty());
        drop(file);
    }

    #[test]
    fn what_a_killed_program_left_is_removed_and_what_is_still_written_is_not() {
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
