//! Unpacking of one member of an archive.

use std::io::Write;

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{
    Error,
    error::display_name,
    header::{DeclaredSizes, Local},
};

/// Size of the output buffer, in bytes.
const PIECE: usize = 16 * 1024;

/// Compression method: none.
const STORED: u16 = 0;
/// Compression method: deflate.
const DEFLATED: u16 = 8;

/// A member that is being unpacked.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: Vec<u8>,
    /// Offset of its local header in the archive.
    pub(super) offset: u64,
    /// Sizes in its local header.
    declared: Option<DeclaredSizes>,
    /// Length of the data descriptor that follows it.
    pub(super) descriptor: Option<usize>,
    /// The limit of its unpacked size.
    max_bytes: u64,
    /// `None` for a stored member.
    inflater: Option<Decompress>,
    crc: Crc,
    /// Bytes of packed data so far.
    packed: u64,
    /// Bytes unpacked so far.
    size: u64,
}

impl Member {
    pub(super) fn new(local: Local, offset: u64, max_bytes: u64) -> Result<Self, Error> {
        let inflater = match local.method {
            STORED if local.declared.is_none() => {
                return Err(Error::Unsupported("stores a member without its size"));
            }
            STORED => None,
            DEFLATED => Some(Decompress::new(false)),
            _ => return Err(Error::Unsupported("uses a compression other than deflate")),
        };
        Ok(Self {
            name: local.name,
            offset,
            declared: local.declared,
            descriptor: local.descriptor,
            max_bytes,
            inflater,
            crc: Crc::new(),
            packed: 0,
            size: 0,
        })
    }

    /// Takes the bytes of this member from `input` and writes their unpacked content to `sink`. Returns whether the
    /// member has ended.
    pub(super) fn feed(&mut self, input: &mut &[u8], sink: &mut dyn Write) -> Result<bool, Error> {
        let left = self.declared.map_or(u64::MAX, |declared| declared.packed - self.packed);
        let max_input = usize::try_from(left).unwrap_or(usize::MAX);
        let available = &input[..input.len().min(max_input)];
        let (n_used, is_end) = if let Some(mut inflater) = self.inflater.take() {
            let (n_used, is_end) = self.inflate(&mut inflater, available, sink)?;
            self.inflater = Some(inflater);
            if !is_end && n_used == max_input {
                return Err(self.size_mismatch());
            }
            (n_used, is_end)
        } else {
            self.write_unpacked(available, sink)?;
            (available.len(), available.len() == max_input)
        };
        self.packed += to_u64(n_used);
        *input = &input[n_used..];
        Ok(is_end)
    }

    /// Unpacks `input` and writes the result to `sink`. Returns how many bytes were used, and whether the member has
    /// ended.
    fn inflate(
        &mut self,
        inflater: &mut Decompress,
        input: &[u8],
        sink: &mut dyn Write,
    ) -> Result<(usize, bool), Error> {
        let mut piece = [0; PIECE];
        let mut n_used = 0;
        loop {
            let (before_in, before_out) = (inflater.total_in(), inflater.total_out());
            let status = inflater
                .decompress(&input[n_used..], &mut piece, FlushDecompress::None)
                .map_err(|_| Error::BadCompression(display_name(&self.name)))?;
            let difference = |from: u64, to: u64| usize::try_from(to - from).unwrap_or(usize::MAX);
            let n_unpacked = difference(before_out, inflater.total_out());
            n_used += difference(before_in, inflater.total_in());
            self.write_unpacked(&piece[..n_unpacked], sink)?;
            match status {
                Status::StreamEnd => return Ok((n_used, true)),
                // All input is used, and the inflater holds no more output.
                _ if n_used == input.len() && n_unpacked < PIECE => return Ok((n_used, false)),
                Status::Ok => {}
                Status::BufError => return Err(Error::BadCompression(display_name(&self.name))),
            }
        }
    }

    /// Writes unpacked bytes to `sink`, unless they exceed the declared size or the limit.
    fn write_unpacked(&mut self, bytes: &[u8], sink: &mut dyn Write) -> Result<(), Error> {
        self.size += to_u64(bytes.len());
        if self.declared.is_some_and(|declared| self.size > declared.size) {
            return Err(self.size_mismatch());
        }
        if self.size > self.max_bytes {
            return Err(Error::TooLarge { name: display_name(&self.name), max_bytes: self.max_bytes });
        }
        self.crc.update(bytes);
        sink.write_all(bytes)?;
        Ok(())
    }

    /// Returns the compression method.
    pub(super) fn method(&self) -> u16 {
        if self.inflater.is_some() { DEFLATED } else { STORED }
    }

    /// Returns the checksum and sizes that were measured.
    pub(super) fn actual_sizes(&self) -> DeclaredSizes {
        DeclaredSizes { crc: self.crc.sum(), packed: self.packed, size: self.size }
    }

    /// Fails if the measured checksum or sizes are not the `declared` ones.
    pub(super) fn check(&self, declared: DeclaredSizes) -> Result<(), Error> {
        let actual = self.actual_sizes();
        if (declared.packed, declared.size) != (actual.packed, actual.size) {
            return Err(self.size_mismatch());
        }
        if declared.crc != actual.crc {
            return Err(Error::Checksum(display_name(&self.name)));
        }
        Ok(())
    }

    /// Fails if the measured checksum or sizes are not those of the local header.
    pub(super) fn check_declared(&self) -> Result<(), Error> {
        self.declared.map_or(Ok(()), |declared| self.check(declared))
    }

    fn size_mismatch(&self) -> Error {
        Error::Size(display_name(&self.name))
    }
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
