//! Taking an archive apart as it comes, in pieces of any size.

use std::io::{self, Write};

use md5::{Digest, Md5 as Hasher};

use super::{
    Error,
    error::shown,
    header::{self, CENTRAL, Central, DESCRIPTOR, END, END_64, End, LOCAL, LOCATOR_64, Local, Told},
    member::Member,
};
use crate::model::Md5;

/// The member that is the file itself.
const FILE: &[u8] = b"filedata";
/// The most that any other member may have: the server puts a page of text beside the file.
const MOST_OTHER: u64 = 1 << 20;
/// The most members: the server sends two.
const MOST_MEMBERS: usize = 64;

/// An archive while it comes. Only its `filedata` is passed on.
pub struct Unpacker {
    state: State,
    /// A record that has not come whole.
    record: Vec<u8>,
    /// How many bytes have come.
    at: u64,
    /// The most that the file may have.
    most: u64,
    /// Where the directory begins, and where its end stands in a large archive.
    directory: Option<u64>,
    end_64: Option<u64>,
    /// The members that have come whole, and whether the directory has told of them.
    members: Vec<(Member, bool)>,
    hasher: Hasher,
    size: Option<u64>,
}

enum State {
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
            state: State::Record,
            record: Vec::new(),
            at: 0,
            most,
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
            (State::End, Some(size)) => Ok((Md5(self.hasher.finalize().into()), size)),
            (State::End, None) => Err(Error::NoFile),
            _ if self.at < 4 => Err(Error::NoZip),
            _ => Err(Error::Cut),
        }
    }

    fn step(&mut self, input: &mut &[u8], sink: &mut dyn Write) -> Result<(), Error> {
        self.state = match std::mem::replace(&mut self.state, State::Record) {
            State::Record => {
                let wanted = header::length(&self.record);
                // A record tells its length by and by.
                if !self.gather(input, wanted) || header::length(&self.record) > wanted {
                    return Ok(());
                }
                let record = std::mem::take(&mut self.record);
                match self.read(&record)? {
                    // What has no content is at its end before anything of it has come.
                    State::Content(member) => self.unpack(member, &mut &[][..], sink)?,
                    other => other,
                }
            }
            State::Content(member) => self.unpack(member, input, sink)?,
            State::Descriptor(member) => self.describe(member, input)?,
            State::End => return Err(Error::Strange("goes on after its end")),
        };
        Ok(())
    }

    /// Takes a record together; true when it has so many bytes.
    fn gather(&mut self, input: &mut &[u8], wanted: usize) -> bool {
        let missing = wanted.saturating_sub(self.record.len());
        let (taken, rest) = input.split_at(missing.min(input.len()));
        self.record.extend_from_slice(taken);
        self.at += count(taken.len());
        *input = rest;
        self.record.len() >= wanted
    }

    /// Reads a whole record.
    fn read(&mut self, record: &[u8]) -> Result<State, Error> {
        let at = self.at - count(record.len());
        match header::long(record, 0) {
            LOCAL if self.directory.is_some() => Err(Error::Directory),
            LOCAL => self.open(Local::read(record)?, at),
            _ if self.members.is_empty() => Err(Error::NoZip),
            CENTRAL if self.end_64.is_some() => Err(Error::Directory),
            CENTRAL => {
                self.directory.get_or_insert(at);
                self.confirm(&Central::read(record)?, record)
            }
            END_64 => {
                self.end_64 = Some(at);
                self.end(&End::read_64(record))?;
                Ok(State::Record)
            }
            LOCATOR_64 if self.end_64 == Some(header::located(record)) => Ok(State::Record),
            END if !header::has_end(&record[4..]) => {
                self.end(&End::read(record))?;
                Ok(State::End)
            }
            END | LOCATOR_64 => Err(Error::Directory),
            _ => Err(Error::Strange("has a part of an unknown kind")),
        }
    }

    /// Begins with a member.
    fn open(&self, local: Local, offset: u64) -> Result<State, Error> {
        if !is_safe(&local.name) {
            return Err(Error::Name(shown(&local.name)));
        }
        if self.members.iter().any(|(other, _)| other.name == local.name) {
            return Err(Error::Twice(shown(&local.name)));
        }
        if self.members.len() >= MOST_MEMBERS {
            return Err(Error::Strange("has a great many members"));
        }
        let most = if local.name == FILE { self.most } else { MOST_OTHER };
        let member = Member::new(local, offset, most)?;
        Ok(State::Content(Box::new(member)))
    }

    /// Takes what there is of a member.
    fn unpack(&mut self, mut member: Box<Member>, input: &mut &[u8], sink: &mut dyn Write) -> Result<State, Error> {
        let before = input.len();
        let is_end = if member.name == FILE {
            let mut sink = Tee(&mut self.hasher, sink);
            member.take(input, &mut sink)?
        } else {
            member.take(input, &mut io::sink())?
        };
        self.at += count(before - input.len());
        if !is_end {
            return Ok(State::Content(member));
        }
        member.check_beforehand()?;
        if member.descriptor.is_some() {
            return Ok(State::Descriptor(member));
        }
        Ok(self.close(*member))
    }

    /// Takes what is told of a member after it.
    fn describe(&mut self, member: Box<Member>, input: &mut &[u8]) -> Result<State, Error> {
        if !self.gather(input, 4) {
            return Ok(State::Descriptor(member));
        }
        let is_signed = header::long(&self.record, 0) == DESCRIPTOR;
        let before = if is_signed { 4 } else { 0 };
        let length = member.descriptor.unwrap_or_default();
        if !self.gather(input, before + length) {
            return Ok(State::Descriptor(member));
        }
        let record = std::mem::take(&mut self.record);
        member.check(Told::read(&record[before..]))?;
        Ok(self.close(*member))
    }

    /// A member has come whole, and is what it was said to be.
    fn close(&mut self, member: Member) -> State {
        if member.name == FILE {
            self.size = Some(member.found().size);
        }
        self.members.push((member, false));
        State::Record
    }

    /// The directory tells of a member: other programs see nothing else of an archive.
    fn confirm(&mut self, entry: &Central, record: &[u8]) -> Result<State, Error> {
        let found = self.members.iter_mut().find(|(member, is_confirmed)| {
            !is_confirmed
                && member.name == entry.name
                && member.method() == entry.method
                && member.offset == entry.offset
                && member.found() == entry.told
        });
        match found {
            Some((_, is_confirmed)) if !header::has_end(record) => {
                *is_confirmed = true;
                Ok(State::Record)
            }
            _ => Err(Error::Directory),
        }
    }

    /// The directory ends, and must have told of everything.
    fn end(&self, end: &End) -> Result<(), Error> {
        let is_all = self.members.iter().all(|(_, is_confirmed)| *is_confirmed);
        let entries = count(self.members.len());
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

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
