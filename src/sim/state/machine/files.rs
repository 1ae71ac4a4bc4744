//! Files of a host, in memory only: any path is a name in this tree.

use std::{collections::BTreeMap, ops::Bound, sync::Arc};

use super::{HostError, code};
use crate::sim::world::{Os, generated_content};

/// Limit of the bytes that clients can put on a host.
const MAX_BYTES: u64 = 64 << 20;
/// Limit of the files and directories of a host.
const MAX_NODES: usize = 60_000;
/// Limit of a path, in bytes: Windows allows 32,767 characters.
const MAX_PATH: usize = 32_767;

/// All files and directories of a host, by the key of their path.
#[derive(Debug)]
pub(in crate::sim) struct FileTree {
    os: Os,
    working_directory: String,
    nodes: BTreeMap<String, FileNode>,
    /// Bytes that clients have put here.
    used: u64,
}

/// A file, or a directory, which has no content. Times in seconds since 1970, host's clock.
#[derive(Clone, Debug)]
struct FileNode {
    name: String,
    content: Option<FileContent>,
    is_hidden: bool,
    created: i64,
    written: i64,
}

/// The bytes of a file.
#[derive(Clone, Debug)]
pub(in crate::sim) enum FileContent {
    Bytes(Arc<[u8]>),
    /// Generated from a seed each time they are read.
    Generated {
        seed: u64,
        os: Os,
        size: u64,
    },
}

/// An entry of a listed directory.
#[derive(Clone, Debug)]
pub(in crate::sim) struct DirectoryEntry {
    pub(in crate::sim) name: String,
    pub(in crate::sim) attributes: Vec<&'static str>,
    pub(in crate::sim) size: u64,
    /// In seconds since 1970, host's clock.
    pub(in crate::sim) created: i64,
    pub(in crate::sim) written: i64,
    /// The short name of Windows, if the name has no such form itself.
    pub(in crate::sim) alternate_name: Option<String>,
}

impl FileContent {
    pub(in crate::sim) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Generated { size, .. } => *size,
        }
    }

    /// Returns the bytes from `offset` on, at most `count`.
    pub(in crate::sim) fn read(&self, offset: u64, count: u64) -> Vec<u8> {
        let bytes = match self {
            Self::Bytes(bytes) => bytes.to_vec(),
            Self::Generated { seed, os, size } => generated_content(*seed, *os, *size),
        };
        let to_usize = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        bytes.into_iter().skip(to_usize(offset)).take(to_usize(count)).collect()
    }
}

impl FileTree {
    pub(super) fn new(os: Os, working_directory: &str) -> Self {
        Self { os, working_directory: working_directory.into(), nodes: BTreeMap::new(), used: 0 }
    }

    fn separator(&self) -> char {
        if self.os == Os::Windows { '\\' } else { '/' }
    }

    /// Returns the key of a path: absolute, in lower case on Windows, without `.` and `..`. A name of a device, an alternate
    /// stream or a character that no name has is an invalid name.
    pub(in crate::sim) fn key(&self, path: &str) -> Result<String, HostError> {
        if path.len() > MAX_PATH {
            return Err(HostError(code::NAME_TOO_LONG));
        }
        if path.trim().is_empty() || path.chars().any(char::is_control) {
            return Err(HostError(code::INVALID_NAME));
        }
        let separator = self.separator();
        let mut text = path.trim().to_owned();
        if self.os == Os::Windows {
            text = text.replace('/', r"\").to_lowercase();
            text = text.strip_prefix(r"\\?\").unwrap_or(&text).to_owned();
        }
        let is_absolute = match self.os {
            Os::Windows => text.as_bytes().get(1) == Some(&b':'),
            Os::Osx | Os::Linux => text.starts_with('/'),
        };
        if !is_absolute {
            text = format!("{}{separator}{text}", self.working_directory);
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in text.split(separator) {
            match part {
                "" | "." => {}
                // The parent of a drive is the drive.
                ".." if self.os == Os::Windows && parts.len() <= 1 => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        if self.os == Os::Windows && parts.iter().skip(1).any(|part| part.contains([':', '<', '>', '|', '"'])) {
            return Err(HostError(code::INVALID_NAME));
        }
        let joined = parts.join(&separator.to_string());
        Ok(match self.os {
            Os::Windows => joined,
            Os::Osx | Os::Linux if joined.is_empty() => String::new(),
            Os::Osx | Os::Linux => format!("/{joined}"),
        })
    }

    /// Adds a root: a drive, or `/`.
    pub(super) fn add_root(&mut self, root: &str, at: i64) {
        let key = root.trim_end_matches(['\\', '/']).to_lowercase();
        self.nodes.insert(key, FileNode::directory(root, at));
    }

    /// Adds a file of the world with the directories above it; a path on no drive of the host is ignored.
    pub(super) fn add(&mut self, path: &str, content: FileContent, at: i64) {
        self.add_node(path, FileNode { content: Some(content), ..FileNode::directory("", at) });
    }

    /// Adds a directory of the world with those above it.
    pub(super) fn add_directory(&mut self, path: &str, at: i64) {
        self.add_node(path, FileNode::directory("", at));
    }

    fn add_node(&mut self, path: &str, node: FileNode) {
        let Ok(key) = self.key(path) else {
            return;
        };
        let separator = self.separator();
        let root = key.split(separator).next().unwrap_or_default();
        if !self.nodes.contains_key(root) || self.nodes.contains_key(&key) {
            return;
        }
        let original = path.trim_end_matches(separator);
        for (at, _) in key.match_indices(separator).skip(usize::from(self.os != Os::Windows)) {
            let name = original.get(..at).unwrap_or(&key[..at]).rsplit(separator).next().unwrap_or_default().to_owned();
            self.nodes.entry(key[..at].to_owned()).or_insert_with(|| FileNode::directory(&name, node.created));
        }
        let name = original.rsplit(separator).next().unwrap_or_default().to_owned();
        let is_hidden = self.os == Os::Windows && (name == "desktop.ini" || name.starts_with("ntuser.dat"));
        self.nodes.insert(key, FileNode { name, is_hidden, ..node });
    }

    /// Returns the content of a file.
    pub(in crate::sim) fn content(&self, path: &str) -> Result<&FileContent, HostError> {
        let key = self.key(path)?;
        let Some(node) = self.nodes.get(&key) else {
            let is_in_directory = self.nodes.contains_key(self.parent(&key));
            return Err(HostError(if is_in_directory { code::FILE_NOT_FOUND } else { code::PATH_NOT_FOUND }));
        };
        node.content.as_ref().ok_or(HostError(code::ACCESS_DENIED))
    }

    /// Writes a new file, at a time in seconds since 1970. Its directory must exist.
    pub(in crate::sim) fn put(&mut self, path: &str, bytes: Arc<[u8]>, at: i64) -> Result<(), HostError> {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.used.saturating_add(size) > MAX_BYTES {
            return Err(HostError(code::DISK_FULL));
        }
        self.insert(path, FileNode { content: Some(FileContent::Bytes(bytes)), ..FileNode::directory("", at) })?;
        self.used += size;
        Ok(())
    }

    /// Creates a directory, at a time in seconds since 1970. The one above must exist.
    pub(in crate::sim) fn create_directory(&mut self, path: &str, at: i64) -> Result<(), HostError> {
        self.insert(path, FileNode::directory("", at))
    }

    fn insert(&mut self, path: &str, node: FileNode) -> Result<(), HostError> {
        let key = self.key(path)?;
        if self.nodes.contains_key(&key) {
            return Err(HostError(code::FILE_EXISTS));
        }
        match self.nodes.get(self.parent(&key)) {
            None => return Err(HostError(code::PATH_NOT_FOUND)),
            Some(parent) if parent.content.is_some() => return Err(HostError(code::PATH_NOT_FOUND)),
            Some(_) if self.nodes.len() >= MAX_NODES => return Err(HostError(code::DISK_FULL)),
            Some(_) => {}
        }
        let name = path.trim().trim_end_matches(['\\', '/']);
        let name = name.rsplit(['\\', '/']).next().unwrap_or_default().to_owned();
        self.nodes.insert(key, FileNode { name, ..node });
        Ok(())
    }

    /// Deletes a file or an empty directory by its key.
    pub(super) fn delete(&mut self, key: &str) -> Result<(), HostError> {
        if !self.nodes.contains_key(key) {
            return Err(HostError(code::FILE_NOT_FOUND));
        }
        if self.children(key).next().is_some() {
            return Err(HostError(code::NOT_EMPTY));
        }
        if let Some(FileNode { content: Some(FileContent::Bytes(bytes)), .. }) = self.nodes.remove(key) {
            self.used = self.used.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        }
        Ok(())
    }

    /// Lists what matches a path: the entries of a directory after its separator or a wildcard, else the file itself.
    pub(in crate::sim) fn list(&self, path: &str) -> Result<Vec<DirectoryEntry>, HostError> {
        let separators: &[char] = if self.os == Os::Windows { &['\\', '/'] } else { &['/'] };
        let at = path.rfind(separators).map_or(0, |at| at + 1);
        let (directory, pattern) = path.split_at(at);
        if !pattern.is_empty() && !pattern.contains(['*', '?']) {
            let key = self.key(path)?;
            let node = self.nodes.get(&key).ok_or(HostError(code::FILE_NOT_FOUND))?;
            return Ok(vec![self.entry(&node.name, node)]);
        }
        let key = self.key(if directory.is_empty() { "." } else { directory })?;
        let top = self.nodes.get(&key).filter(|node| node.content.is_none());
        let top = top.ok_or(HostError(code::PATH_NOT_FOUND))?;
        let pattern = if matches!(pattern, "" | "*.*") { "*" } else { pattern };
        let mut entries = Vec::new();
        if pattern == "*" && self.nodes.contains_key(self.parent(&key)) && self.parent(&key) != key {
            entries.extend([".", ".."].map(|name| self.entry(name, top)));
        }
        let is_match = |node: &FileNode| matches_wildcard(&pattern.to_lowercase(), &node.name.to_lowercase());
        entries.extend(self.children(&key).filter(|node| is_match(node)).map(|node| self.entry(&node.name, node)));
        if entries.is_empty() && pattern != "*" {
            return Err(HostError(code::FILE_NOT_FOUND));
        }
        Ok(entries)
    }

    fn entry(&self, name: &str, node: &FileNode) -> DirectoryEntry {
        let mut attributes = vec![if node.content.is_some() { "ARCHIVE" } else { "DIRECTORY" }];
        if node.is_hidden {
            attributes.push("HIDDEN");
        }
        let is_short = name.len() <= 12 && !name.contains(' ') && name.split('.').count() <= 2;
        DirectoryEntry {
            name: name.to_owned(),
            attributes,
            size: node.content.as_ref().map_or(0, FileContent::len),
            created: node.created,
            written: node.written,
            alternate_name: (self.os == Os::Windows && !is_short).then(|| short_name(name)),
        }
    }

    /// Returns the entries directly below a directory.
    fn children(&self, key: &str) -> impl Iterator<Item = &FileNode> {
        let start = format!("{key}{}", self.separator());
        let length = start.len();
        let separator = self.separator();
        self.nodes
            .range::<str, _>((Bound::Excluded(start.as_str()), Bound::Unbounded))
            .take_while({
                let start = start.clone();
                move |(key, _)| key.starts_with(&start)
            })
            .filter(move |(key, _)| !key[length..].contains(separator))
            .map(|(_, node)| node)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Returns the key of the directory above.
    fn parent<'k>(&self, key: &'k str) -> &'k str {
        key.rfind(self.separator()).map_or(key, |at| &key[..at])
    }
}

impl FileNode {
    fn directory(name: &str, at: i64) -> Self {
        Self { name: name.into(), content: None, is_hidden: false, created: at, written: at }
    }
}

/// Returns a name in the form of DOS.
fn short_name(name: &str) -> String {
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    let plain = |text: &str, most| {
        let chars = text.chars().filter(char::is_ascii_alphanumeric);
        chars.take(most).collect::<String>().to_uppercase()
    };
    let stem = format!("{}~1", plain(stem, 6));
    if end.is_empty() { stem } else { format!("{stem}.{}", plain(end, 3)) }
}

/// Whether a text matches a pattern with `*` and `?`, in time proportional to the product of their lengths.
fn matches_wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&char) if char == '?' || char == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&char| char == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> FileTree {
        let mut tree = FileTree::new(Os::Windows, r"c:\windows");
        tree.add_root(r"C:\", 1);
        tree.add(r"C:\Windows\System32\cmd.exe", FileContent::Bytes(b"MZ".as_slice().into()), 5);
        tree
    }

    fn names(tree: &FileTree, path: &str) -> Vec<String> {
        tree.list(path).unwrap().into_iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn a_directory_is_listed_by_its_separator_or_a_wildcard_and_else_as_itself() {
        let tree = tree();
        assert_eq!(names(&tree, r"C:\windows\system32\"), [".", "..", "cmd.exe"]);
        assert_eq!(names(&tree, r"c:\windows\system32\*"), [".", "..", "cmd.exe"]);
        assert_eq!(names(&tree, r"c:\windows\system32\c?d.*"), ["cmd.exe"]);
        assert_eq!(names(&tree, r"c:\windows\system32"), ["System32"]);
        assert_eq!(names(&tree, r"c:\"), ["Windows"]);
        assert_eq!(tree.list(r"c:\none\*").unwrap_err(), HostError(code::PATH_NOT_FOUND));
        assert_eq!(tree.list(r"c:\windows\*.txt").unwrap_err(), HostError(code::FILE_NOT_FOUND));
    }

    #[test]
    fn a_hostile_path_is_a_name_of_the_tree_or_an_error() {
        let tree = tree();
        let read = |path: &str| tree.content(path).map(FileContent::len);
        assert_eq!(read(r"c:\windows\..\..\..\windows\system32\.\cmd.exe"), Ok(2));
        assert_eq!(read(r"\\?\c:/windows/system32/CMD.EXE"), Ok(2));
        assert_eq!(read(r"system32\cmd.exe"), Ok(2));
        assert_eq!(read("/etc/passwd"), Err(HostError(code::PATH_NOT_FOUND)));
        assert_eq!(read(r"c:\windows\system32\cmd.exe:stream"), Err(HostError(code::INVALID_NAME)));
        assert_eq!(read("c:\\a\0b"), Err(HostError(code::INVALID_NAME)));
        assert_eq!(read(&"x".repeat(40_000)), Err(HostError(code::NAME_TOO_LONG)));
        assert_eq!(read(""), Err(HostError(code::INVALID_NAME)));
    }

    #[test]
    fn what_is_put_stays_once_and_what_is_deleted_is_gone() {
        let mut tree = tree();
        let content = || Arc::from(b"abc".as_slice());
        tree.put(r"c:\windows\new.txt", content(), 9).unwrap();
        assert_eq!(tree.put(r"C:\WINDOWS\NEW.TXT", content(), 9), Err(HostError(code::FILE_EXISTS)));
        assert_eq!(tree.put(r"c:\none\new.txt", content(), 9), Err(HostError(code::PATH_NOT_FOUND)));
        assert_eq!(tree.content(r"c:\windows\new.txt").unwrap().read(1, 1), b"b");
        assert_eq!(tree.delete(r"c:\windows"), Err(HostError(code::NOT_EMPTY)));
        tree.delete(r"c:\windows\new.txt").unwrap();
        assert_eq!(tree.delete(r"c:\windows\new.txt"), Err(HostError(code::FILE_NOT_FOUND)));
        let large: Arc<[u8]> = vec![0; usize::try_from(MAX_BYTES).unwrap() + 1].into();
        assert_eq!(tree.put(r"c:\windows\new.txt", large, 9), Err(HostError(code::DISK_FULL)));
    }

    #[test]
    fn names_match_wildcards_as_on_windows() {
        for (pattern, text, expected) in
            [("*", "", true), ("a*c", "abbc", true), ("a*c", "abb", false), ("?", "", false), ("**a", "ba", true)]
        {
            assert_eq!(matches_wildcard(pattern, text), expected, "{pattern} {text}");
        }
        assert_eq!(short_name("purchase order-4471.docm"), "PURCHA~1.DOC");
    }
}
