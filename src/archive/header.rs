//! The records of the zip format: local headers, data descriptors, central directory and end records.

use super::Error;

/// Signature of the local header, before each member.
pub(super) const LOCAL: u32 = 0x0403_4b50;
/// Signature of the data descriptor, after a member whose sizes were not known before.
pub(super) const DESCRIPTOR: u32 = 0x0807_4b50;
/// Signature of a central directory entry, one for each member.
pub(super) const CENTRAL: u32 = 0x0201_4b50;
/// Signatures of the zip64 end record, its locator, and the end record that every archive has.
pub(super) const END_64: u32 = 0x0606_4b50;
pub(super) const LOCATOR_64: u32 = 0x0706_4b50;
pub(super) const END: u32 = 0x0605_4b50;

/// Replaces a 32-bit size or offset that is in the zip64 extra field.
const IN_ZIP64_FIELD: u32 = u32::MAX;
/// The id of the zip64 extra field.
const EXTRA_64: u16 = 0x0001;
/// The id of the extra field that gives a member a second name, in Unicode.
const EXTRA_NAME: u16 = 0x7075;

/// Checksum and sizes of a member, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DeclaredSizes {
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
}

/// The local header of a member.
#[derive(Debug)]
pub(super) struct Local {
    pub(super) name: Vec<u8>,
    pub(super) method: u16,
    /// Checksum and sizes; `None` if a data descriptor follows the member.
    pub(super) declared: Option<DeclaredSizes>,
    /// Length of the data descriptor without its signature; `None` if there is none.
    pub(super) descriptor: Option<usize>,
}

/// An entry of the central directory.
#[derive(Debug)]
pub(super) struct Central {
    pub(super) name: Vec<u8>,
    pub(super) method: u16,
    pub(super) declared: DeclaredSizes,
    pub(super) offset: u64,
}

/// An end record; values that are in the zip64 end record are `None`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct EndRecord {
    /// The number of entries in the central directory.
    pub(super) entries: Option<u64>,
    /// The offset of the central directory.
    pub(super) directory: Option<u64>,
}

/// Returns the length of a record that begins with `record`. If its length fields are not there yet, the returned
/// length includes them: call again when that many bytes are available.
pub(super) fn record_length(record: &[u8]) -> usize {
    let sum = |fixed: usize, lengths: &[usize]| {
        if record.len() < fixed {
            return fixed;
        }
        let lengths = lengths.iter().map(|at| usize::from(read_u16(record, *at)));
        fixed + lengths.sum::<usize>()
    };
    match record.get(..4).map(|_| read_u32(record, 0)) {
        Some(LOCAL) => sum(30, &[26, 28]),
        Some(CENTRAL) => sum(46, &[28, 30, 32]),
        // It has a length field, but packers write nothing after the fixed part.
        Some(END_64) => 56,
        Some(LOCATOR_64) => 20,
        Some(END) => sum(22, &[20]),
        None | Some(_) => 4,
    }
}

impl Local {
    /// Parses a complete local header.
    pub(super) fn parse(record: &[u8]) -> Result<Self, Error> {
        let (flags, method) = (read_u16(record, 6), read_u16(record, 8));
        if flags & 0x2041 != 0 {
            return Err(Error::Unsupported("is encrypted"));
        }
        let end = 30 + usize::from(read_u16(record, 26));
        let (name, extra) = (&record[30..end], &record[end..]);
        let mut wide = Wide::from_extra(extra)?;
        let is_wide = wide.has_zip64;
        let declared = DeclaredSizes {
            crc: read_u32(record, 14),
            size: wide.resolve_size(read_u32(record, 22))?,
            packed: wide.resolve_size(read_u32(record, 18))?,
        };
        let has_descriptor = flags & 0x8 != 0;
        Ok(Self {
            name: name.to_vec(),
            method,
            declared: (!has_descriptor).then_some(declared),
            descriptor: has_descriptor.then_some(if is_wide { 20 } else { 12 }),
        })
    }
}

impl Central {
    /// Parses a complete entry.
    pub(super) fn parse(record: &[u8]) -> Result<Self, Error> {
        let end = 46 + usize::from(read_u16(record, 28));
        let extra = end + usize::from(read_u16(record, 30));
        let mut wide = Wide::from_extra(&record[end..extra])?;
        // The field has only the values that do not fit into 32 bits, in this order.
        let size = wide.resolve_size(read_u32(record, 24))?;
        let packed = wide.resolve_size(read_u32(record, 20))?;
        let crc = read_u32(record, 16);
        Ok(Self {
            name: record[46..end].to_vec(),
            method: read_u16(record, 10),
            declared: DeclaredSizes { crc, packed, size },
            offset: wide.resolve_size(read_u32(record, 42))?,
        })
    }
}

impl DeclaredSizes {
    /// Parses a data descriptor without its signature: 12 bytes, or 20 with 64-bit sizes.
    pub(super) fn parse(record: &[u8]) -> Self {
        let is_wide = record.len() == 20;
        let size = |at: usize| {
            if is_wide { read_u64(record, 4 + 8 * at) } else { read_u32(record, 4 + 4 * at).into() }
        };
        Self { crc: read_u32(record, 0), packed: size(0), size: size(1) }
    }
}

impl EndRecord {
    /// Parses the end record that every archive has.
    pub(super) fn parse(record: &[u8]) -> Self {
        let entries = Some(read_u16(record, 10)).filter(|entries| *entries != u16::MAX);
        let directory = Some(read_u32(record, 16)).filter(|at| *at != IN_ZIP64_FIELD);
        Self { entries: entries.map(u64::from), directory: directory.map(u64::from) }
    }

    /// Parses a zip64 end record.
    pub(super) fn read_zip64(record: &[u8]) -> Self {
        Self { entries: Some(read_u64(record, 32)), directory: Some(read_u64(record, 48)) }
    }
}

/// Returns the offset of the zip64 end record, from its locator.
pub(super) fn directory_end_offset(record: &[u8]) -> u64 {
    read_u64(record, 8)
}

/// Whether `bytes` contain the signature of an end record, which programs that search from the end of the file would
/// take for one.
pub(super) fn contains_end_record(bytes: &[u8]) -> bool {
    let signatures = bytes.windows(4).map(|four| read_u32(four, 0));
    signatures.into_iter().any(|signature| matches!(signature, END | END_64 | LOCATOR_64))
}

/// The zip64 extra field: sizes and offsets that do not fit into 32 bits.
struct Wide<'a> {
    has_zip64: bool,
    sizes: &'a [u8],
}

impl<'a> Wide<'a> {
    /// Finds the zip64 field among the extra fields of a record.
    fn from_extra(mut extra: &'a [u8]) -> Result<Self, Error> {
        let mut wide = Self { has_zip64: false, sizes: &[] };
        while extra.len() >= 4 {
            let id = read_u16(extra, 0);
            let end = 4 + usize::from(read_u16(extra, 2));
            // Old packers fill this space with arbitrary bytes.
            let Some(field) = extra.get(4..end) else {
                break;
            };
            match id {
                EXTRA_64 => wide = Self { has_zip64: true, sizes: field },
                EXTRA_NAME => return Err(Error::Unsupported("has a second name for a member")),
                _ => {}
            }
            extra = &extra[end..];
        }
        Ok(wide)
    }

    /// Returns a size given in 32 bits, or the next one of this field if `declared` says that it is there.
    fn resolve_size(&mut self, declared: u32) -> Result<u64, Error> {
        if declared != IN_ZIP64_FIELD {
            return Ok(declared.into());
        }
        let (size, remaining) = self.sizes.split_at_checked(8).ok_or(Error::Directory)?;
        self.sizes = remaining;
        Ok(read_u64(size, 0))
    }
}

fn read_bytes<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    let bytes = record.get(at..at + N).and_then(|bytes| bytes.try_into().ok());
    bytes.unwrap_or([0; N])
}

fn read_u16(record: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(read_bytes(record, at))
}

/// Returns the little-endian number in 4 bytes of a record; 0 if they are missing.
pub(super) fn read_u32(record: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(read_bytes(record, at))
}

fn read_u64(record: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(read_bytes(record, at))
}
