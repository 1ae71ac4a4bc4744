//! One member of an archive while it is unpacked.

use std::io::Write;

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{
    Error,
    error::display_name,
    header::{DeclaredSizes, Local},
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
    declared: Option<DeclaredSizes>,
    /// The length of what is told of it afterwards.
    pub(super) descriptor: Option<usize>,
    /// The most it may have.
    max_bytes: u64,
    /// None: it is stored as it is.
    inflater: Option<Decompress>,
    crc: Crc,
    packed: u64,
    size: u64,
}

impl Member {
    pub(super) fn new(local: Local, offset: u64, most: u64) -> Result<Self, Error> {
        let inflater = match local.method {
            STORED if local.declared.is_none() => {
                return Err(Error::Unsupported("stores a member without its size"));
            }
            STORED => None,
            DEFLATED => Some(Decompress::new(false)),
            _ => return Err(Error::Unsupported("is packed in another way than by deflate")),
        };
        Ok(Self {
            name: local.name,
            offset,
            declared: local.declared,
            descriptor: local.descriptor,
            max_bytes: most,
            inflater,
            crc: Crc::new(),
            packed: 0,
            size: 0,
        })
    }

    /// Takes what belongs to it from `input` and writes what it unpacks to; true when that was its end.
    pub(super) fn feed(&mut self, input: &mut &[u8], sink: &mut dyn Write) -> Result<bool, Error> {
        let left = self.declared.map_or(u64::MAX, |told| told.packed - self.packed);
        let most = usize::try_from(left).unwrap_or(usize::MAX);
        let mine = &input[..input.len().min(most)];
        let (taken, is_end) = if let Some(mut inflater) = self.inflater.take() {
            let (taken, is_end) = self.inflate(&mut inflater, mine, sink)?;
            self.inflater = Some(inflater);
            if !is_end && taken == most {
                return Err(self.size_mismatch());
            }
            (taken, is_end)
        } else {
            self.write_unpacked(mine, sink)?;
            (mine.len(), mine.len() == most)
        };
        self.packed += to_u64(taken);
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
                .map_err(|_| Error::BadCompression(display_name(&self.name)))?;
            let passed = |from: u64, to: u64| usize::try_from(to - from).unwrap_or(usize::MAX);
            let given = passed(before_out, inflater.total_out());
            taken += passed(before_in, inflater.total_in());
            self.write_unpacked(&piece[..given], sink)?;
            match status {
                Status::StreamEnd => return Ok((taken, true)),
                // All is taken, and what was unpacked of it is out.
                _ if taken == input.len() && given < PIECE => return Ok((taken, false)),
                Status::Ok => {}
                Status::BufError => return Err(Error::BadCompression(display_name(&self.name))),
            }
        }
    }

    /// Passes on what is unpacked, unless it is more than was told.
    fn write_unpacked(&mut self, bytes: &[u8], sink: &mut dyn Write) -> Result<(), Error> {
        self.size += to_u64(bytes.len());
        if self.declared.is_some_and(|told| self.size > told.size) {
            return Err(self.size_mismatch());
        }
        if self.size > self.max_bytes {
            return Err(Error::TooLarge { name: display_name(&self.name), most: self.max_bytes });
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
    pub(super) fn actual_sizes(&self) -> DeclaredSizes {
        DeclaredSizes { crc: self.crc.sum(), packed: self.packed, size: self.size }
    }

    /// Compares what was told with what there is.
    pub(super) fn check(&self, told: DeclaredSizes) -> Result<(), Error> {
        let found = self.actual_sizes();
        if (told.packed, told.size) != (found.packed, found.size) {
            return Err(self.size_mismatch());
        }
        if told.crc != found.crc {
            return Err(Error::Checksum(display_name(&self.name)));
        }
        Ok(())
    }

    /// Compares what was told beforehand with what there is.
    pub(super) fn check_declared(&self) -> Result<(), Error> {
        self.declared.map_or(Ok(()), |told| self.check(told))
    }

    fn size_mismatch(&self) -> Error {
        Error::Size(display_name(&self.name))
    }
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
