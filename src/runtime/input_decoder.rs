//! Decoding of the terminal's bytes into keys and pastes.
//!
//! crossterm's decoder waits forever for the end of a paste, and ignores all keys meanwhile, even `^c`.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// The sequences at the start and end of a bracketed paste.
const PASTE_START: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// The byte of `^c`.
const INTERRUPT: u8 = 3;

/// The maximum size of a paste. It is above the limits of all input fields, so that a longer paste is refused and not
/// truncated.
const MAX_PASTE_BYTES: usize = 8 * 1024 * 1024;

/// The maximum length of a key sequence. Longer ones are dropped, so that they do not swallow the keys that follow.
const MAX_SEQUENCE_BYTES: usize = 64;

/// Decodes the bytes of a terminal, in pieces of any size, into events. The work is linear in the number of bytes.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// Bytes of an incomplete event.
    pending: Vec<u8>,
    /// The paste that has begun, but not ended.
    paste: Option<Paste>,
    /// The number of bytes examined, by which a test measures the work.
    n_scanned: usize,
}

/// A paste that has not ended.
#[derive(Debug, Default)]
struct Paste {
    bytes: Vec<u8>,
    /// The last bytes, which may contain the start of [`PASTE_END`].
    possible_end: Vec<u8>,
}

impl Decoder {
    /// Adds bytes, and returns the events that are complete.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        self.pending.extend_from_slice(bytes);
        let pending = std::mem::take(&mut self.pending);
        let mut remaining = &pending[..];
        while !remaining.is_empty() {
            if let Some(paste) = &mut self.paste {
                let (n, text) = paste.feed(remaining);
                self.n_scanned += n;
                remaining = &remaining[n..];
                if let Some(text) = text {
                    self.paste = None;
                    events.push(Event::Paste(text));
                }
                continue;
            }
            if remaining.starts_with(PASTE_START) {
                self.paste = Some(Paste::default());
                remaining = &remaining[PASTE_START.len()..];
                continue;
            }
            let Some((n, event)) = event(remaining) else {
                break;
            };
            self.n_scanned += n;
            events.extend(event);
            remaining = &remaining[n..];
        }
        self.pending = remaining.to_vec();
        events
    }

    /// Whether only time can tell the meaning of the last byte: a `^c` in a paste may be pasted, or pressed to end it.
    pub(super) fn is_ambiguous(&self) -> bool {
        let paste = self.paste.as_ref();
        paste.is_some_and(|paste| paste.possible_end.last() == Some(&INTERRUPT))
    }

    /// Returns the event of pending bytes that nothing has followed: an escape is a key, and a `^c` ends an unfinished
    /// paste.
    pub(super) fn flush_pending(&mut self) -> Option<Event> {
        if self.is_ambiguous() {
            self.paste = None;
            return Some(Event::Key(control_key('c')));
        }
        if self.pending == [0x1b] {
            self.pending.clear();
            return Some(Event::Key(KeyCode::Esc.into()));
        }
        None
    }
}

impl Paste {
    /// Adds bytes up to the end of the paste. Returns how many were used, and the text if the paste has ended.
    fn feed(&mut self, bytes: &[u8]) -> (usize, Option<String>) {
        for (at, byte) in bytes.iter().enumerate() {
            self.possible_end.push(*byte);
            if self.possible_end.ends_with(PASTE_END) {
                self.possible_end.truncate(self.possible_end.len() - PASTE_END.len());
                self.flush_possible_end();
                let text = String::from_utf8_lossy(&self.bytes).into_owned();
                return (at + 1, Some(text));
            }
            if self.possible_end.len() >= 4096 {
                let end = self.possible_end.split_off(self.possible_end.len() - PASTE_END.len());
                self.flush_possible_end();
                self.possible_end = end;
            }
        }
        (bytes.len(), None)
    }

    /// Moves the last bytes to the text, unless it is too long.
    fn flush_possible_end(&mut self) {
        if self.bytes.len() <= MAX_PASTE_BYTES {
            self.bytes.append(&mut self.possible_end);
        }
        self.possible_end.clear();
    }
}

/// Decodes the first event. Returns how many bytes it takes, with no event for an unknown sequence; `None` if more
/// bytes are needed.
fn event(bytes: &[u8]) -> Option<(usize, Option<Event>)> {
    match bytes {
        [] | [0x1b] | [0x1b, b'O'] => None,
        // Of two escapes, the first was pressed by itself.
        [0x1b, 0x1b, ..] => Some((1, Some(Event::Key(KeyCode::Esc.into())))),
        [0x1b, b'[', after @ ..] => sequence(after).map(|(n, key)| (n + 2, key.map(Event::Key))),
        [0x1b, b'O', byte, ..] => match final_byte_key(*byte) {
            Some(code) => Some((3, Some(Event::Key(code.into())))),
            None => Some((2, None)),
        },
        [0x1b, after @ ..] => {
            let (n, key) = character(after)?;
            let key = key.map(|key| KeyEvent::new(key.code, key.modifiers | KeyModifiers::ALT));
            Some((n + 1, key.map(Event::Key)))
        }
        _ => character(bytes).map(|(n, key)| (n, key.map(Event::Key))),
    }
}

/// Decodes a character or a control character.
fn character(bytes: &[u8]) -> Option<(usize, Option<KeyEvent>)> {
    let first = *bytes.first()?;
    let key = match first {
        b'\r' => KeyCode::Enter.into(),
        b'\t' => KeyCode::Tab.into(),
        0x7f => KeyCode::Backspace.into(),
        0 => control_key(' '),
        byte @ 1..=26 => control_key(char::from(byte - 1 + b'a')),
        byte @ 28..=31 => control_key(char::from(byte - 28 + b'4')),
        0x1b => return Some((1, Some(KeyCode::Esc.into()))),
        byte @ b' '..=b'~' => char_key(char::from(byte)),
        _ => {
            let n = match first {
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf7 => 4,
                _ => return Some((1, None)),
            };
            let is_complete = bytes.len() >= n;
            let text = &bytes[..n.min(bytes.len())];
            let is_invalid = text[1..].iter().any(|byte| byte & 0xc0 != 0x80);
            return match std::str::from_utf8(text) {
                Ok(text) => Some((n, text.chars().next().map(char_key))),
                Err(_) if !is_complete && !is_invalid => None,
                Err(_) => Some((1, None)),
            };
        }
    };
    Some((1, Some(key)))
}

/// Decodes the bytes after `ESC [`: parameters and a final byte. A control character ends an incomplete sequence, so
/// that no key is swallowed.
fn sequence(bytes: &[u8]) -> Option<(usize, Option<KeyEvent>)> {
    // Function keys of the Linux console.
    if let [b'[', after @ ..] = bytes {
        let last = after.first()?;
        return Some(match last {
            b'A'..=b'E' => (2, Some(KeyCode::F(1 + last - b'A').into())),
            _ => (1, None),
        });
    }
    let n = (bytes.iter()).position(|byte| !matches!(byte, b' '..=b'?'));
    let Some(n) = n else {
        // Too long for a key.
        return (bytes.len() > MAX_SEQUENCE_BYTES).then_some((bytes.len(), None));
    };
    let last = bytes[n];
    if !matches!(last, b'@'..=b'~') {
        return Some((n, None));
    }
    let parameters = std::str::from_utf8(&bytes[..n]).unwrap_or_default();
    Some((n + 1, key(parameters, last)))
}

/// Returns the key of a sequence; `None` if it is not a key.
fn key(parameters: &str, last: u8) -> Option<KeyEvent> {
    let mut parts = parameters.split(';');
    let first = parts.next().unwrap_or_default();
    let mut modifier_parts = parts.next().unwrap_or_default().split(':');
    let mask = modifier_parts.next().and_then(|mask| mask.parse::<u8>().ok());
    let mut modifiers = modifiers(mask.unwrap_or(1));
    let kind = match modifier_parts.next() {
        Some("2") => KeyEventKind::Repeat,
        Some("3") => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    let code = match last {
        b'Z' => {
            modifiers |= KeyModifiers::SHIFT;
            KeyCode::BackTab
        }
        b'~' => numbered_key(first.parse().ok()?)?,
        b'u' => {
            let mut codes = first.split(':');
            let code = unicode_key(codes.next()?.parse().ok()?, modifiers)?;
            // The shifted character of the keyboard layout, if the terminal sends it.
            let shifted = codes.next().and_then(|code| code.parse().ok());
            match shifted.and_then(char::from_u32) {
                Some(char) if modifiers.contains(KeyModifiers::SHIFT) => {
                    modifiers -= KeyModifiers::SHIFT;
                    KeyCode::Char(char)
                }
                _ => code,
            }
        }
        // Without a leading 1, this is a report of the cursor position.
        b'R' if mask.is_none() || first != "1" => return None,
        _ => final_byte_key(last)?,
    };
    Some(KeyEvent::new_with_kind(code, modifiers, kind))
}

/// Returns the key for the final byte of a sequence.
fn final_byte_key(byte: u8) -> Option<KeyCode> {
    Some(match byte {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'P'..=b'S' => KeyCode::F(1 + byte - b'P'),
        _ => return None,
    })
}

/// Returns the key for the number before a tilde.
fn numbered_key(number: u8) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(number - 10),
        17..=21 => KeyCode::F(number - 11),
        23..=26 => KeyCode::F(number - 12),
        28..=29 => KeyCode::F(number - 15),
        31..=34 => KeyCode::F(number - 17),
        _ => return None,
    })
}

/// Returns the key for a code point.
fn unicode_key(code: u32, modifiers: KeyModifiers) -> Option<KeyCode> {
    // Keypad keys of the kitty keyboard protocol.
    const KEYPAD: &[char] = &['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '/', '*', '-', '+'];
    Some(match code {
        9 if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        9 => KeyCode::Tab,
        13 | 57414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        127 => KeyCode::Backspace,
        57399..=57413 => KeyCode::Char(KEYPAD[(code - 57399) as usize]),
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        // Other keys of the protocol have no character: modifiers, media keys.
        57344..=63743 => return None,
        _ => KeyCode::Char(char::from_u32(code)?),
    })
}

/// Decodes the modifiers of a sequence: a sum of bits plus one.
fn modifiers(mask: u8) -> KeyModifiers {
    let in_bit_order = [
        KeyModifiers::SHIFT,
        KeyModifiers::ALT,
        KeyModifiers::CONTROL,
        KeyModifiers::SUPER,
        KeyModifiers::HYPER,
        KeyModifiers::META,
    ];
    let bits = mask.saturating_sub(1);
    let is_set = |bit: usize| bits & (1 << bit) != 0;
    let in_bit_order = in_bit_order.into_iter().enumerate();
    in_bit_order.filter(|(bit, _)| is_set(*bit)).fold(KeyModifiers::NONE, |set, (_, modifier)| set | modifier)
}

fn control_key(char: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(char), KeyModifiers::CONTROL)
}

fn char_key(char: char) -> KeyEvent {
    let modifiers = if char.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    KeyEvent::new(KeyCode::Char(char), modifiers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Decodes everything a terminal has sent.
    fn read(bytes: &str) -> Vec<Event> {
        let mut decoder = Decoder::default();
        let mut events = decoder.feed(bytes.as_bytes());
        events.extend(decoder.flush_pending());
        events
    }

    #[track_caller]
    fn check(bytes: &str, code: KeyCode, modifiers: KeyModifiers) {
        let key = KeyEvent::new(code, modifiers);
        assert_eq!(read(bytes), [Event::Key(key)], "{bytes:?}");
        // The key after it is not swallowed.
        let next = Event::Key(char_key('x'));
        if bytes != "\x1b" {
            assert_eq!(read(&format!("{bytes}x")), [Event::Key(key), next]);
        }
    }

    #[test]
    fn key_sequences_are_decoded() {
        let (none, shift) = (KeyModifiers::NONE, KeyModifiers::SHIFT);
        let (alt, ctrl) = (KeyModifiers::ALT, KeyModifiers::CONTROL);
        for (bytes, code, modifiers) in [
            ("a", KeyCode::Char('a'), none),
            ("A", KeyCode::Char('A'), shift),
            ("世", KeyCode::Char('世'), none),
            ("\r", KeyCode::Enter, none),
            ("\n", KeyCode::Char('j'), ctrl),
            ("\t", KeyCode::Tab, none),
            ("\x7f", KeyCode::Backspace, none),
            ("\0", KeyCode::Char(' '), ctrl),
            ("\x03", KeyCode::Char('c'), ctrl),
            ("\x1f", KeyCode::Char('7'), ctrl),
            ("\x1b", KeyCode::Esc, none),
            ("\x1bx", KeyCode::Char('x'), alt),
            ("\x1b[A", KeyCode::Up, none),
            ("\x1bOB", KeyCode::Down, none),
            ("\x1bOP", KeyCode::F(1), none),
            ("\x1b[[C", KeyCode::F(3), none),
            ("\x1b[1;5C", KeyCode::Right, ctrl),
            ("\x1b[1;2R", KeyCode::F(3), shift),
            ("\x1b[Z", KeyCode::BackTab, shift),
            ("\x1b[3~", KeyCode::Delete, none),
            ("\x1b[5;3~", KeyCode::PageUp, alt),
            ("\x1b[15~", KeyCode::F(5), none),
            ("\x1b[24~", KeyCode::F(12), none),
            ("\x1b[99;5u", KeyCode::Char('c'), ctrl),
            ("\x1b[97:65;2u", KeyCode::Char('A'), none),
        ] {
            check(bytes, code, modifiers);
        }
    }

    #[test]
    fn unknown_sequences_swallow_no_key() {
        let interrupt = Event::Key(control_key('c'));
        for bytes in ["\x1b[", "\x1b[1;", "\x1b[?1;2c", "\x1b[0;0R", "\x1b[I", "\x1b[<0;1;1M"] {
            assert_eq!(read(&format!("{bytes}\x03")), std::slice::from_ref(&interrupt), "{bytes:?}");
        }
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(&[0xff, 0xc3, b'(', 3]).last(), Some(&interrupt));
    }

    #[test]
    fn a_paste_is_one_event_even_with_escapes_in_it() {
        let text = "a\r\n\x1b[A\x03b\x1b[200~ 世";
        let pasted = [Event::Paste(text.into()), Event::Key(char_key('x'))];
        assert_eq!(read(&format!("\x1b[200~{text}\x1b[201~x")), pasted);
    }

    #[test]
    fn a_paste_that_never_ends_is_ended_by_an_interrupt() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b[200~a\x03b"), []);
        assert!(!decoder.is_ambiguous());
        assert_eq!(decoder.feed(b"\x03"), []);
        assert!(decoder.is_ambiguous());
        assert_eq!(decoder.flush_pending(), Some(Event::Key(control_key('c'))));
        assert_eq!(decoder.feed(b"j"), [Event::Key(char_key('j'))]);
    }

    #[test]
    fn a_very_long_paste_takes_bounded_memory() {
        let mut decoder = Decoder::default();
        decoder.feed(PASTE_START);
        for _ in 0..12 {
            decoder.feed(&vec![b'a'; 1024 * 1024]);
        }
        let [Event::Paste(text)] = &decoder.feed(PASTE_END)[..] else {
            panic!("it has ended");
        };
        assert!((MAX_PASTE_BYTES..MAX_PASTE_BYTES + 8192).contains(&text.len()));
    }

    #[test]
    fn the_work_is_linear_in_the_number_of_bytes() {
        for bytes in ["a", "\x1b[A", "\x1b[200~ab\x1b[201~"] {
            let mut decoder = Decoder::default();
            for _ in 0..10_000 {
                decoder.feed(bytes.as_bytes());
            }
            assert!(decoder.n_scanned <= 10_000 * bytes.len());
        }
    }

    proptest! {
        #[test]
        fn pieces_are_decoded_like_all_bytes_at_once(
            parts in prop::collection::vec("(\x1b\\[A|\x1b\\[1;5C|\x1bOP|世|a|\x1b\\[200~x\x1b\\[201~|\r)", 0..8),
            cut in 1_usize..9,
        ) {
            let bytes = parts.concat();
            let mut decoder = Decoder::default();
            let pieces = bytes.as_bytes().chunks(cut);
            let events: Vec<_> = pieces.flat_map(|piece| decoder.feed(piece)).collect();
            prop_assert_eq!(events, read(&bytes));
        }

        #[test]
        fn an_interrupt_is_decoded_after_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut decoder = Decoder::default();
            decoder.feed(&bytes);
            decoder.flush_pending();
            let mut events = decoder.feed(&[INTERRUPT]);
            events.extend(decoder.flush_pending());
            prop_assert_eq!(events.last(), Some(&Event::Key(control_key('c'))));
        }
    }
}
