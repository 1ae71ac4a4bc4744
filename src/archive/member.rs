//! One member of an archive while it is unpacked.

use std::io::Write;

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{
    Error,
    error::shown,
    header::{Local, Told},
};

/// Bytes unpacked at a time.
const PIECE: usize = 16 * 1024;

/// Packed not at all.
const STORED: u16 = 0;
/// Packed as nearly everything is.
const DEFLATED: u16 = 8;

/// A member and how much of it has come.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: Vec<u8>,
    /// Where its record begins.
    pub(super) offset: u64,
    /// What is told of it beforehand.
    told: Option<Told>,
    /// The length of what is told of it afterwards.
    pub(super) descriptor: Option<usize>,
    /// The most it may have.
    most: u64,
    /// None: it is stored as it is.
    inflater: Option<Decompress>,
    crc: Crc,
    packed: u64,
    size: u64,
}

impl Member {
    pub(super) fn new(local: Local, offset: u64, most: u64) -> Result<Self, Error> {
        let inflater = match local.method {
            STORED if local.told.is_none() => {
                return Err(Error::Strange("stores a member without its size"));
            }
            STORED => None,
            DEFLATED => Some(Decompress::new(false)),
            _ => return Err(Error::Strange("is packed in another way than by deflate")),
        };
        Ok(Self {
            name: local.name,
            offset,
            told: local.told,
            descriptor: local.descriptor,
            most,
            inflater,
            crc: Crc::new(),
            packed: 0,
            size: 0,
        })
    }

    /// Takes what belongs to it from `input` and writes what it unpacks to; true when that was its end.
    pub(super) fn take(&mut self, input: &mut &[u8], sink: &mut dyn Write) -> Result<bool, Error> {
        let left = self.told.map_or(u64::MAX, |told| told.packed - self.packed);
        let most = usize::try_from(left).unwrap_or(usize::MAX);
        let mine = &input[..input.len().min(most)];
        let (taken, is_end) = if let Some(mut inflater) = self.inflater.take() {
            let (taken, is_end) = self.inflate(&mut inflater, mine, sink)?;
            self.inflater = Some(inflater);
            if !is_end && taken == most {
                return Err(self.has_another_size());
            }
            (taken, is_end)
        } else {
            self.give(mine, sink)?;
            (mine.len(), mine.len() == most)
        };
        self.packed += count(taken);
        *input = &input[taken..];
        Ok(is_end)
    }

    fn inflate(
        &mut self,
        inflater: &mut Decompress,
        input: &[u8],
        sink: &mut dyn Write,
    ) -> Result<(usize, bool), Error> {
        let mut piece = [0; PIECE];
        let mut taken = 0;
        loop {
            let (before_in, before_out) = (inflater.total_in(), inflater.total_out());
            let status = inflater
                .decompress(&input[taken..], &mut piece, FlushDecompress::None)
                .map_err(|_| Error::Packing(shown(&self.name)))?;
            let passed = |from: u64, to: u64| usize::try_from(to - from).unwrap_or(usize::MAX);
            let given = passed(before_out, inflater.total_out());
            taken += passed(before_in, inflater.total_in());
            self.give(&piece[..given], sink)?;
            match status {
                Status::StreamEnd => return Ok((taken, true)),
                // All is taken, and what was unpacked of it is out.
                _ if taken == input.len() && given < PIECE => return Ok((taken, false)),
                Status::Ok => {}
                Status::BufError => return Err(Error::Packing(shown(&self.name))),
            }
        }
    }

    /// Passes on what is unpacked, unless it is more than was told.
    fn give(&mut self, bytes: &[u8], sink: &mut dyn Write) -> Result<(), Error> {
        self.size += count(bytes.len());
        if self.told.is_some_and(|told| self.size > told.size) {
            return Err(self.has_another_size());
        }
        if self.size > self.most {
            return Err(Error::TooLarge { name: shown(&self.name), most: self.most });
        }
        self.crc.update(bytes);
        sink.write_all(bytes)?;
        Ok(())
    }

    /// How it is packed.
    pub(super) fn method(&self) -> u16 {
        if self.inflater.is_some() { DEFLATED } else { STORED }
    }

    /// What there is to be told of it.
    pub(super) fn found(&self) -> Told {
        Told { crc: self.crc.sum(), packed: self.packed, size: self.size }
    }

    /// Compares what was told with what there is.
    pub(super) fn check(&self, told: Told) -> Result<(), Error> {
        let found = self.found();
        if (told.packed, told.size) != (found.packed, found.size) {
            return Err(self.has_another_size());
        }
        if told.crc != found.crc {
            return Err(Error::Checksum(shown(&self.name)));
        }
        Ok(())
    }

    /// Compares what was told beforehand with what there is.
    pub(super) fn check_beforehand(&self) -> Result<(), Error> {
        self.told.map_or(Ok(()), |told| self.check(told))
    }

    fn has_another_size(&self) -> Error {
        Error::Size(shown(&self.name))
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
