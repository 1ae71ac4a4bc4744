//! Taking an archive apart as it comes, in pieces of any size.

use std::io::{self, Write};

use md5::{Digest, Md5 as Hasher};

use super::{
    Error,
    error::display_name,
    header::{self, CENTRAL, Central, DESCRIPTOR, DeclaredSizes, END, END_64, EndRecord, LOCAL, LOCATOR_64, Local},
    member::Member,
};
use crate::model::Md5;

/// The member that is the file itself.
const FILE: &[u8] = b"filedata";
/// The most that any other member may have: the server puts a page of text beside the file.
const MAX_OTHER_MEMBER: u64 = 1 << 20;
/// The most members: the server sends two.
const MAX_MEMBERS: usize = 64;

/// An archive while it comes. Only its `filedata` is passed on.
pub struct Unpacker {
    state: UnpackState,
    /// A record that has not come whole.
    record: Vec<u8>,
    /// How many bytes have come.
    n_bytes: u64,
    /// The most that the file may have.
    max_bytes: u64,
    /// Where the directory begins, and where its end stands in a large archive.
    directory: Option<u64>,
    end_64: Option<u64>,
    /// The members that have come whole, and whether the directory has told of them.
    members: Vec<(Member, bool)>,
    hasher: Hasher,
    size: Option<u64>,
}

enum UnpackState {
    /// A record comes, of whatever kind.
    Record,
    Content(Box<Member>),
    Descriptor(Box<Member>),
    End,
}

impl Unpacker {
    /// Begins with an archive whose file has at most so many bytes.
    pub fn new(most: u64) -> Self {
        Self {
            state: UnpackState::Record,
            record: Vec::new(),
            n_bytes: 0,
            max_bytes: most,
            directory: None,
            end_64: None,
            members: Vec::new(),
            hasher: Hasher::new(),
            size: None,
        }
    }

    /// Takes the next piece; the file in it goes to `sink`.
    pub fn feed(&mut self, mut input: &[u8], sink: &mut dyn Write) -> Result<(), Error> {
        while !input.is_empty() {
            self.step(&mut input, sink)?;
        }
        Ok(())
    }

    /// Whether all of the file has come, whatever follows it.
    pub fn has_file(&self) -> bool {
        self.size.is_some()
    }

    /// The hash and the size of the file, when all of the archive has come.
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
                let wanted = header::record_length(&self.record);
                // A record tells its length by and by.
                if !self.fill_record(input, wanted) || header::record_length(&self.record) > wanted {
                    return Ok(());
                }
                let record = std::mem::take(&mut self.record);
                match self.read(&record)? {
                    // What has no content is at its end before anything of it has come.
                    UnpackState::Content(member) => self.unpack(member, &mut &[][..], sink)?,
                    other => other,
                }
            }
            UnpackState::Content(member) => self.unpack(member, input, sink)?,
            UnpackState::Descriptor(member) => self.describe(member, input)?,
            UnpackState::End => return Err(Error::Unsupported("goes on after its end")),
        };
        Ok(())
    }

    /// Takes a record together; true when it has so many bytes.
    fn fill_record(&mut self, input: &mut &[u8], wanted: usize) -> bool {
        let missing = wanted.saturating_sub(self.record.len());
        let (taken, rest) = input.split_at(missing.min(input.len()));
        self.record.extend_from_slice(taken);
        self.n_bytes += to_u64(taken.len());
        *input = rest;
        self.record.len() >= wanted
    }

    /// Reads a whole record.
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

    /// Begins with a member.
    fn open(&self, local: Local, offset: u64) -> Result<UnpackState, Error> {
        if !is_safe(&local.name) {
            return Err(Error::Name(display_name(&local.name)));
        }
        if self.members.iter().any(|(other, _)| other.name == local.name) {
            return Err(Error::DuplicateMember(display_name(&local.name)));
        }
        if self.members.len() >= MAX_MEMBERS {
            return Err(Error::Unsupported("has a great many members"));
        }
        let most = if local.name == FILE { self.max_bytes } else { MAX_OTHER_MEMBER };
        let member = Member::new(local, offset, most)?;
        Ok(UnpackState::Content(Box::new(member)))
    }

    /// Takes what there is of a member.
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

    /// Takes what is told of a member after it.
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

    /// A member has come whole, and is what it was said to be.
    fn close(&mut self, member: Member) -> UnpackState {
        if member.name == FILE {
            self.size = Some(member.actual_sizes().size);
        }
        self.members.push((member, false));
        UnpackState::Record
    }

    /// The directory tells of a member: other programs see nothing else of an archive.
    fn confirm(&mut self, entry: &Central, record: &[u8]) -> Result<UnpackState, Error> {
        let found = self.members.iter_mut().find(|(member, is_confirmed)| {
            !is_confirmed
                && member.name == entry.name
                && member.method() == entry.method
                && member.offset == entry.offset
                && member.actual_sizes() == entry.declared
        });
        match found {
            Some((_, is_confirmed)) if !header::contains_end_record(record) => {
                *is_confirmed = true;
                Ok(UnpackState::Record)
            }
            _ => Err(Error::Directory),
        }
    }

    /// The directory ends, and must have told of everything.
    fn end(&self, end: &EndRecord) -> Result<(), Error> {
        let is_all = self.members.iter().all(|(_, is_confirmed)| *is_confirmed);
        let entries = to_u64(self.members.len());
        let is_right = end.entries.is_none_or(|told| told == entries)
            && end.directory.is_none_or(|told| Some(told) == self.directory);
        if is_all && is_right { Ok(()) } else { Err(Error::Directory) }
    }
}

/// Whether a member would be unpacked to where it is told to, on any system.
fn is_safe(name: &[u8]) -> bool {
    let is_odd = |byte: &u8| matches!(byte, 0..=31 | b'\\' | b':' | 127..);
    !name.iter().any(is_odd) && !name.split(|byte| *byte == b'/').any(|part| matches!(part, b"" | b"." | b".."))
}

/// Writes to two.
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
