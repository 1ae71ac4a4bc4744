//! Opening files without blocking: a FIFO or a device in place of a file is an error, not a program that hangs.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read},
    path::Path,
};

use crate::text;

/// Creates a directory and its parents with mode 0700. An existing directory is left as it is.
pub fn create_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Opens a regular file for reading.
pub fn open(path: &Path) -> io::Result<File> {
    open_regular(OpenOptions::new().read(true), path)
}

/// Opens a regular file for reading and appending; creates it with mode 0600 if it is missing.
pub fn open_to_append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = open_regular(&mut options, path)?;
    // The file may come from an older version, or from another program.
    #[cfg(unix)]
    if super::permissions::is_accessible_by_others(&file.metadata()?) {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }
    Ok(file)
}

/// Reads a regular file of at most `limit` bytes.
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    // On many command lines, /dev/null means "no file".
    if path == Path::new("/dev/null") {
        return Ok(Vec::new());
    }
    let mut bytes = Vec::new();
    open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
        let reason = format!("it is larger than {}", text::format_size(limit));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
    }
    Ok(bytes)
}

/// Reads a regular text file of at most `limit` bytes.
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    String::from_utf8(read(path, limit)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}

/// Opens a file, and fails unless it is a regular one. Neither opening nor reading blocks.
fn open_regular(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        // Without NONBLOCK, opening a FIFO waits for a writer; without NOCTTY, a terminal could become our controlling
        // terminal.
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    let file_type = file.metadata()?.file_type();
    if file_type.is_file() {
        return Ok(file);
    }
    Err(io::Error::other(format!("it is {}, not a regular file", file_type_name(file_type))))
}

/// Describes the type of a file that is not a regular one.
fn file_type_name(file_type: fs::FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if file_type.is_fifo() {
            return "a FIFO";
        }
        if file_type.is_char_device() || file_type.is_block_device() {
            return "a device";
        }
        if file_type.is_socket() {
            return "a socket";
        }
    }
    if file_type.is_dir() { "a directory" } else { "something else" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_fifo_or_a_device_is_an_error_and_does_not_block() {
        let home = tempfile::tempdir().unwrap();
        let fifo = home.path().join("fifo");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        let link = home.path().join("link");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        for (path, message) in [
            (fifo.as_path(), "it is a FIFO, not a regular file"),
            (&link, "it is a device, not a regular file"),
            (home.path(), "it is a directory, not a regular file"),
        ] {
            assert_eq!(read(path, 10).unwrap_err().to_string(), message);
            if !path.is_dir() {
                assert_eq!(open_to_append(path).unwrap_err().to_string(), message);
            }
        }
        assert_eq!(read(Path::new("/dev/null"), 10).unwrap(), b"");
    }

    #[test]
    fn a_file_over_the_limit_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a");
        fs::write(&path, "x".repeat(2048)).unwrap();
        assert_eq!(read(&path, 2048).unwrap().len(), 2048);
        assert!(read(&path, 2047).is_err());
        let error = read(&path, 1024).unwrap_err().to_string();
        assert_eq!(error, "it is larger than 1 KiB");
        fs::write(&path, b"\xff").unwrap();
        assert!(read_text(&path, 10).is_err());
    }
}
