//! Unpacking of an archive while it arrives, in pieces of any size.

use std::io::{self, Write};

use md5::{Digest, Md5 as Hasher};

use super::{
    Error,
    error::display_name,
    header::{self, CENTRAL, Central, DESCRIPTOR, DeclaredSizes, END, END_64, EndRecord, LOCAL, LOCATOR_64, Local},
    member::Member,
};
use crate::model::Md5;

/// The name of the member that is the file itself.
const FILE: &[u8] = b"filedata";
/// The limit of other members, in bytes: the server adds one page of text.
const MAX_OTHER_MEMBER: u64 = 1 << 20;
/// The limit of the number of members: the server sends two.
const MAX_MEMBERS: usize = 64;

/// Unpacks an archive while it arrives, and writes the content of its `filedata`.
pub struct Unpacker {
    state: UnpackState,
    /// The bytes so far of an incomplete record.
    record: Vec<u8>,
    /// Bytes of the archive processed so far.
    n_bytes: u64,
    /// The limit of the unpacked size of the file.
    max_bytes: u64,
    /// Offset of the central directory.
    directory: Option<u64>,
    /// Offset of the zip64 end record.
    end_64: Option<u64>,
    /// Complete members, and whether the central directory has listed each.
    members: Vec<(Member, bool)>,
    hasher: Hasher,
    /// Unpacked size of the file, when it is complete.
    size: Option<u64>,
}

enum UnpackState {
    /// Reading a record of any kind.
    Record,
    /// Reading the content of a member.
    Content(Box<Member>),
    /// Reading the data descriptor after a member.
    Descriptor(Box<Member>),
    /// After the end record.
    End,
}

impl Unpacker {
    /// Creates an unpacker for an archive whose file has at most `max_bytes` bytes.
    pub fn new(max_bytes: u64) -> Self {
        Self {
            state: UnpackState::Record,
            record: Vec::new(),
            n_bytes: 0,
            max_bytes,
            directory: None,
            end_64: None,
            members: Vec::new(),
            hasher: Hasher::new(),
            size: None,
        }
    }

    /// Processes the next bytes of the archive, and writes the content of the file to `sink`.
    pub fn feed(&mut self, mut input: &[u8], sink: &mut dyn Write) -> Result<(), Error> {
        while !input.is_empty() {
            self.step(&mut input, sink)?;
        }
        Ok(())
    }

    /// Whether the file is complete, although the rest of the archive may be missing.
    pub fn has_file(&self) -> bool {
        self.size.is_some()
    }

    /// Returns the hash and size of the file. Fails if the archive is incomplete or has no file.
    pub fn finish(self) -> Result<(Md5, u64), Error> {
        match (self.state, self.size) {
            (UnpackState::End, Some(size)) => Ok((Md5(self.hasher.finalize().into()), size)),
            (UnpackState::End, None) => Err(Error::MissingFile),
            _ if self.n_bytes < 4 => Err(Error::NotZip),
            _ => Err(Error::Cut),
        }
    }

    fn step(&mut self, input: &mut &[u8], sink: &mut dyn Write) -> Result<(), Error> {
        self.state = match std::mem::replace(&mut self.state, UnpackState::Record) {
            UnpackState::Record => {
                let length = header::record_length(&self.record);
                // A record with fields of variable length: more of it must be read to know its length.
                if !self.fill_record(input, length) || header::record_length(&self.record) > length {
                    return Ok(());
                }
                let record = std::mem::take(&mut self.record);
                match self.read(&record)? {
                    // An empty member ends before there is more input.
                    UnpackState::Content(member) => self.unpack(member, &mut &[][..], sink)?,
                    other => other,
                }
            }
            UnpackState::Content(member) => self.unpack(member, input, sink)?,
            UnpackState::Descriptor(member) => self.describe(member, input)?,
            UnpackState::End => return Err(Error::Unsupported("continues after its end")),
        };
        Ok(())
    }

    /// Adds `input` to the record until it has `length` bytes; returns whether it has.
    fn fill_record(&mut self, input: &mut &[u8], length: usize) -> bool {
        let missing = length.saturating_sub(self.record.len());
        let (added, remaining) = input.split_at(missing.min(input.len()));
        self.record.extend_from_slice(added);
        self.n_bytes += to_u64(added.len());
        *input = remaining;
        self.record.len() >= length
    }

    /// Handles a complete record.
    fn read(&mut self, record: &[u8]) -> Result<UnpackState, Error> {
        let at = self.n_bytes - to_u64(record.len());
        match header::read_u32(record, 0) {
            LOCAL if self.directory.is_some() => Err(Error::Directory),
            LOCAL => self.open(Local::parse(record)?, at),
            _ if self.members.is_empty() => Err(Error::NotZip),
            CENTRAL if self.end_64.is_some() => Err(Error::Directory),
            CENTRAL => {
                self.directory.get_or_insert(at);
                self.confirm(&Central::parse(record)?, record)
            }
            END_64 => {
                self.end_64 = Some(at);
                self.end(&EndRecord::read_zip64(record))?;
                Ok(UnpackState::Record)
            }
            LOCATOR_64 if self.end_64 == Some(header::directory_end_offset(record)) => Ok(UnpackState::Record),
            END if !header::contains_end_record(&record[4..]) => {
                self.end(&EndRecord::parse(record))?;
                Ok(UnpackState::End)
            }
            END | LOCATOR_64 => Err(Error::Directory),
            _ => Err(Error::Unsupported("has a part of an unknown kind")),
        }
    }

    /// Starts unpacking a member.
    fn open(&self, local: Local, offset: u64) -> Result<UnpackState, Error> {
        if !is_safe(&local.name) {
            return Err(Error::Name(display_name(&local.name)));
        }
        if self.members.iter().any(|(other, _)| other.name == local.name) {
            return Err(Error::DuplicateMember(display_name(&local.name)));
        }
        if self.members.len() >= MAX_MEMBERS {
            return Err(Error::Unsupported("has too many members"));
        }
        let max_bytes = if local.name == FILE { self.max_bytes } else { MAX_OTHER_MEMBER };
        let member = Member::new(local, offset, max_bytes)?;
        Ok(UnpackState::Content(Box::new(member)))
    }

    /// Unpacks the available bytes of a member.
    fn unpack(
        &mut self,
        mut member: Box<Member>,
        input: &mut &[u8],
        sink: &mut dyn Write,
    ) -> Result<UnpackState, Error> {
        let before = input.len();
        let is_end = if member.name == FILE {
            let mut sink = Tee(&mut self.hasher, sink);
            member.feed(input, &mut sink)?
        } else {
            member.feed(input, &mut io::sink())?
        };
        self.n_bytes += to_u64(before - input.len());
        if !is_end {
            return Ok(UnpackState::Content(member));
        }
        member.check_declared()?;
        if member.descriptor.is_some() {
            return Ok(UnpackState::Descriptor(member));
        }
        Ok(self.close(*member))
    }

    /// Reads the data descriptor of a member, and checks it.
    fn describe(&mut self, member: Box<Member>, input: &mut &[u8]) -> Result<UnpackState, Error> {
        if !self.fill_record(input, 4) {
            return Ok(UnpackState::Descriptor(member));
        }
        let is_signed = header::read_u32(&self.record, 0) == DESCRIPTOR;
        let before = if is_signed { 4 } else { 0 };
        let length = member.descriptor.unwrap_or_default();
        if !self.fill_record(input, before + length) {
            return Ok(UnpackState::Descriptor(member));
        }
        let record = std::mem::take(&mut self.record);
        member.check(DeclaredSizes::parse(&record[before..]))?;
        Ok(self.close(*member))
    }

    /// Adds a complete member, whose declared sizes have been checked.
    fn close(&mut self, member: Member) -> UnpackState {
        if member.name == FILE {
            self.size = Some(member.actual_sizes().size);
        }
        self.members.push((member, false));
        UnpackState::Record
    }

    /// Checks an entry of the central directory, by which other programs unpack, against the members.
    fn confirm(&mut self, entry: &Central, record: &[u8]) -> Result<UnpackState, Error> {
        let member = self.members.iter_mut().find(|(member, is_confirmed)| {
            !is_confirmed
                && member.name == entry.name
                && member.method() == entry.method
                && member.offset == entry.offset
                && member.actual_sizes() == entry.declared
        });
        match member {
            Some((_, is_confirmed)) if !header::contains_end_record(record) => {
                *is_confirmed = true;
                Ok(UnpackState::Record)
            }
            _ => Err(Error::Directory),
        }
    }

    /// Checks that the central directory has listed each member.
    fn end(&self, end: &EndRecord) -> Result<(), Error> {
        let is_complete = self.members.iter().all(|(_, is_confirmed)| *is_confirmed);
        let entries = to_u64(self.members.len());
        let is_consistent = end.entries.is_none_or(|declared| declared == entries)
            && end.directory.is_none_or(|declared| Some(declared) == self.directory);
        if is_complete && is_consistent { Ok(()) } else { Err(Error::Directory) }
    }
}

/// Whether a member with this name is unpacked below the target directory on any system.
fn is_safe(name: &[u8]) -> bool {
    let is_unsafe = |byte: &u8| matches!(byte, 0..=31 | b'\\' | b':' | 127..);
    !name.iter().any(is_unsafe) && !name.split(|byte| *byte == b'/').any(|part| matches!(part, b"" | b"." | b".."))
}

/// A writer that also updates a hash.
struct Tee<'a>(&'a mut Hasher, &'a mut dyn Write);

impl Write for Tee<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.1.write(bytes)?;
        self.0.update(&bytes[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.1.flush()
    }
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
