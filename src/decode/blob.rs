//! Texts in base64, compressed or not.

use std::io::Read;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::{Encoding, scan};

/// Decodes base64 with or without padding, as every decoder of scripts does.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, CONFIG);

/// The least length of base64 that says by an option or a function what it is.
const MIN_LENGTH: usize = 8;

/// The least length of base64 anywhere else: shorter words decode to something that looks like text by chance.
const MIN_ANONYMOUS: usize = 32;

/// Bytes before a run of base64 that may say what it is; no option or function is longer.
const MAX_BEFORE: usize = 64;

/// A run of base64 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Blob<'t> {
    base64: &'t str,
    /// Whether it is the value of PowerShell's `-EncodedCommand`, which is always UTF-16LE.
    is_encoded_command: bool,
}

/// What a blob holds.
pub(super) struct Content {
    pub(super) encoding: Encoding,
    pub(super) text: String,
    /// Whether the text goes on beyond the limit.
    pub(super) is_cut: bool,
}

/// Returns the runs of base64 in `text`.
pub(super) fn find(text: &str) -> Vec<Blob<'_>> {
    let is_base64 = |char: char| char.is_ascii_alphanumeric() || "+/-_".contains(char);
    let mut blobs: Vec<Blob<'_>> = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(is_base64).map(|found| at + found) {
        let run = text[start..].find(|char| !is_base64(char)).map_or(text.len(), |length| start + length);
        let padding = text[run..].bytes().take_while(|byte| *byte == b'=').count().min(2);
        at = run + padding;
        let base64 = &text[start..at];
        if base64.len() < MIN_LENGTH {
            continue;
        }
        let before = scan::suffix(&text[..start], MAX_BEFORE);
        let is_encoded_command = is_encoded_command_option(before, text);
        let least = if is_encoded_command || is_argument_of_decoder(before) { MIN_LENGTH } else { MIN_ANONYMOUS };
        if base64.len() >= least && blobs.iter().all(|blob| blob.base64 != base64) {
            blobs.push(Blob { base64, is_encoded_command });
        }
    }
    blobs
}

/// Returns whether `before`, a part of `text`, ends in an option of PowerShell that begins like `-EncodedCommand`, or in
/// its alias `-ec`.
fn is_encoded_command_option(before: &str, text: &str) -> bool {
    let before = before.trim_end_matches(['"', '\'']).trim_end();
    let Some(word) = before.rsplit(char::is_whitespace).next() else { return false };
    // PowerShell takes the dashes of typography too.
    let Some(option) = word.strip_prefix(['-', '/', '\u{2013}', '\u{2014}', '\u{2015}']) else { return false };
    match option.trim_end_matches(':').to_ascii_lowercase().as_str() {
        // Many programs have this option.
        "e" => scan::contains(text, "powershell") || scan::contains(text, "pwsh"),
        "ec" => true,
        option => option.len() > 1 && "encodedcommand".starts_with(option),
    }
}

/// Returns whether `before` ends in the call of a function that decodes base64.
fn is_argument_of_decoder(before: &str) -> bool {
    const DECODERS: [&str; 4] = ["frombase64string", "atob", "b64decode", "base64_decode"];
    let name = before.trim_end_matches(['"', '\'', '(', ' ']).to_ascii_lowercase();
    DECODERS.iter().any(|decoder| name.ends_with(decoder))
}

/// Returns the text of a blob, of at most `max` bytes; `None` if it is no text. `around` is the text that it stands in.
pub(super) fn decode(blob: &Blob<'_>, around: &str, max: usize) -> Option<Content> {
    let engine = if blob.base64.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    let bytes = engine.decode(blob.base64).ok()?;
    if (blob.is_encoded_command || is_utf16(&bytes))
        && let Some(text) = utf16(&bytes)
    {
        return Some(Content { encoding: Encoding::Base64Utf16, text, is_cut: false });
    }
    if let Some(text) = utf8(&bytes) {
        return Some(Content { encoding: Encoding::Base64, text, is_cut: false });
    }
    let mut inflated = Vec::new();
    // What comes before an error is text as well.
    match bytes[..] {
        [0x1f, 0x8b, ..] => read(MultiGzDecoder::new(&bytes[..]), max, &mut inflated),
        [0x78, flags, ..] if (0x7800 + u32::from(flags)) % 31 == 0 => {
            read(ZlibDecoder::new(&bytes[..]), max, &mut inflated);
        }
        _ if scan::contains(around, "deflate") => read(DeflateDecoder::new(&bytes[..]), max, &mut inflated),
        _ => return None,
    }
    let is_cut = inflated.len() > max;
    inflated.truncate(max);
    // The limit may have cut a character.
    let inflated = if is_cut { valid_prefix(&inflated) } else { &inflated };
    let text = if is_utf16(inflated) { utf16(inflated) } else { utf8(inflated) };
    Some(Content { encoding: Encoding::Base64Compressed, text: text?, is_cut })
}

/// Reads at most one byte more than `max`.
fn read(decoder: impl Read, max: usize, inflated: &mut Vec<u8>) {
    let max = u64::try_from(max).unwrap_or(u64::MAX);
    let _ = decoder.take(max.saturating_add(1)).read_to_end(inflated);
}

/// Returns the bytes without the beginning of a character at their end.
fn valid_prefix(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    }
}

/// Returns whether at least half of the units of UTF-16LE are ASCII characters.
fn is_utf16(bytes: &[u8]) -> bool {
    let n_ascii = bytes.chunks_exact(2).filter(|unit| unit[1] == 0 && unit[0] != 0).count();
    bytes.len() >= 4 && n_ascii * 4 >= bytes.len()
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let units = bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let text: String = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
    script(text.trim_start_matches('\u{feff}'))
}

fn utf8(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    script(text.trim_start_matches('\u{feff}'))
}

/// Returns `text` if it may be a script: bytes that are no text decode to control characters sooner or later.
fn script(text: &str) -> Option<String> {
    let text = text.trim_end_matches('\0');
    (text.chars().count() >= 3 && text.chars().all(scan::is_script_character)).then(|| text.to_owned())
}
