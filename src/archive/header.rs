//! The records that stand between the members of an archive, as the zip specification lays them out.

use super::Error;

/// Before every member.
pub(super) const LOCAL: u32 = 0x0403_4b50;
/// After a member whose sizes were not known before.
pub(super) const DESCRIPTOR: u32 = 0x0807_4b50;
/// One for every member, at the end.
pub(super) const CENTRAL: u32 = 0x0201_4b50;
/// The end of the directory of a large archive, where that end stands, and the end of any archive.
pub(super) const END_64: u32 = 0x0606_4b50;
pub(super) const LOCATOR_64: u32 = 0x0706_4b50;
pub(super) const END: u32 = 0x0605_4b50;

/// What stands in the place of a size that is told in 64 bits elsewhere.
const IN_ZIP64_FIELD: u32 = u32::MAX;
/// The extra field that tells it.
const EXTRA_64: u16 = 0x0001;
/// The extra field that gives a member a second name.
const EXTRA_NAME: u16 = 0x7075;

/// What is told of the content of a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DeclaredSizes {
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
}

/// A record before a member.
#[derive(Debug)]
pub(super) struct Local {
    pub(super) name: Vec<u8>,
    pub(super) method: u16,
    /// What it tells; none when it says that this follows the member.
    pub(super) declared: Option<DeclaredSizes>,
    /// Whether it is told after the member, and in how many bytes.
    pub(super) descriptor: Option<usize>,
}

/// A record of the directory.
#[derive(Debug)]
pub(super) struct Central {
    pub(super) name: Vec<u8>,
    pub(super) method: u16,
    pub(super) declared: DeclaredSizes,
    pub(super) offset: u64,
}

/// What an end says of the directory; none of what is told elsewhere.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct EndRecord {
    /// How many members it tells of.
    pub(super) entries: Option<u64>,
    /// Where it begins.
    pub(super) directory: Option<u64>,
}

/// The length of a record as far as it can be told from its beginning: when there is that much, ask again.
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
        // Its own length is in it, but nobody puts anything after the fixed part.
        Some(END_64) => 56,
        Some(LOCATOR_64) => 20,
        Some(END) => sum(22, &[20]),
        None | Some(_) => 4,
    }
}

impl Local {
    /// Reads a whole record.
    pub(super) fn parse(record: &[u8]) -> Result<Self, Error> {
        let (flags, method) = (read_u16(record, 6), read_u16(record, 8));
        if flags & 0x2041 != 0 {
            return Err(Error::Unsupported("is encrypted"));
        }
        let end = 30 + usize::from(read_u16(record, 26));
        let (name, extra) = (&record[30..end], &record[end..]);
        let mut wide = Wide::from_extra(extra)?;
        let is_wide = wide.has_zip64;
        let told = DeclaredSizes {
            crc: read_u32(record, 14),
            size: wide.resolve_size(read_u32(record, 22))?,
            packed: wide.resolve_size(read_u32(record, 18))?,
        };
        let is_late = flags & 0x8 != 0;
        Ok(Self {
            name: name.to_vec(),
            method,
            declared: (!is_late).then_some(told),
            descriptor: is_late.then_some(if is_wide { 20 } else { 12 }),
        })
    }
}

impl Central {
    /// Reads a whole record.
    pub(super) fn parse(record: &[u8]) -> Result<Self, Error> {
        let end = 46 + usize::from(read_u16(record, 28));
        let extra = end + usize::from(read_u16(record, 30));
        let mut wide = Wide::from_extra(&record[end..extra])?;
        // In this order, and only those that do not fit.
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
    /// Reads what follows a member, without its signature: 12 bytes, or 20 when sizes have 64 bits.
    pub(super) fn parse(record: &[u8]) -> Self {
        let is_wide = record.len() == 20;
        let size = |at: usize| {
            if is_wide { read_u64(record, 4 + 8 * at) } else { read_u32(record, 4 + 4 * at).into() }
        };
        Self { crc: read_u32(record, 0), packed: size(0), size: size(1) }
    }
}

impl EndRecord {
    /// Reads the end of any archive.
    pub(super) fn parse(record: &[u8]) -> Self {
        let entries = Some(read_u16(record, 10)).filter(|entries| *entries != u16::MAX);
        let directory = Some(read_u32(record, 16)).filter(|at| *at != IN_ZIP64_FIELD);
        Self { entries: entries.map(u64::from), directory: directory.map(u64::from) }
    }

    /// Reads the end of the directory of a large archive.
    pub(super) fn read_zip64(record: &[u8]) -> Self {
        Self { entries: Some(read_u64(record, 32)), directory: Some(read_u64(record, 48)) }
    }
}

/// Where a locator says that the end of the directory stands.
pub(super) fn directory_end_offset(record: &[u8]) -> u64 {
    read_u64(record, 8)
}

/// Whether bytes that belong to something else hold what other programs, which read from behind, take for an end.
pub(super) fn contains_end_record(bytes: &[u8]) -> bool {
    let signatures = bytes.windows(4).map(|four| read_u32(four, 0));
    signatures.into_iter().any(|signature| matches!(signature, END | END_64 | LOCATOR_64))
}

/// The sizes that did not fit into 32 bits.
struct Wide<'a> {
    has_zip64: bool,
    sizes: &'a [u8],
}

impl<'a> Wide<'a> {
    /// Looks for them in the extra fields of a record.
    fn from_extra(mut extra: &'a [u8]) -> Result<Self, Error> {
        let mut found = Self { has_zip64: false, sizes: &[] };
        while extra.len() >= 4 {
            let id = read_u16(extra, 0);
            let end = 4 + usize::from(read_u16(extra, 2));
            // Old packers fill up this space with anything.
            let Some(field) = extra.get(4..end) else {
                break;
            };
            match id {
                EXTRA_64 => found = Self { has_zip64: true, sizes: field },
                EXTRA_NAME => return Err(Error::Unsupported("gives a member a second name")),
                _ => {}
            }
            extra = &extra[end..];
        }
        Ok(found)
    }

    /// A size as it is told in 32 bits, or the next one that is told here.
    fn resolve_size(&mut self, told: u32) -> Result<u64, Error> {
        if told != IN_ZIP64_FIELD {
            return Ok(told.into());
        }
        let (size, rest) = self.sizes.split_at_checked(8).ok_or(Error::Directory)?;
        self.sizes = rest;
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

/// Four bytes of a record as a number.
pub(super) fn read_u32(record: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(read_bytes(record, at))
}

fn read_u64(record: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(read_bytes(record, at))
}
