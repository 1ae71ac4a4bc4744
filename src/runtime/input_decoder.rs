//! Bytes of the terminal to keys and pastes.
//!
//! crossterm's own reader waits for the end of a paste for ever, and hears no key meanwhile, not even `^c`.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What begins and ends a bracketed paste.
const PASTE_START: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// The byte of `^c`.
const INTERRUPT: u8 = 3;

/// The most bytes that are kept of a paste. No field takes as many, so that a longer one is refused, not cut.
const MAX_PASTE_BYTES: usize = 8 * 1024 * 1024;

/// The longest sequence of a key: more is no key, and must not swallow what follows.
const MAX_SEQUENCE_BYTES: usize = 64;

/// Turns the bytes of a terminal into events, whatever pieces they come in. Its work grows with the bytes and no faster.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// Bytes that do not make an event yet.
    pending: Vec<u8>,
    /// What has come of a paste that is not ended.
    paste: Option<Paste>,
    /// Bytes that were looked at: what a test measures the work by.
    n_scanned: usize,
}

/// A paste that is not ended.
#[derive(Debug, Default)]
struct Paste {
    bytes: Vec<u8>,
    /// The last bytes, which may be the beginning of the end.
    possible_end: Vec<u8>,
}

impl Decoder {
    /// Takes bytes, and gives what they are as far as that is known.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        self.pending.extend_from_slice(bytes);
        let pending = std::mem::take(&mut self.pending);
        let mut rest = &pending[..];
        while !rest.is_empty() {
            if let Some(paste) = &mut self.paste {
                let (n, text) = paste.feed(rest);
                self.n_scanned += n;
                rest = &rest[n..];
                if let Some(text) = text {
                    self.paste = None;
                    events.push(Event::Paste(text));
                }
                continue;
            }
            if rest.starts_with(PASTE_START) {
                self.paste = Some(Paste::default());
                rest = &rest[PASTE_START.len()..];
                continue;
            }
            let Some((n, event)) = event(rest) else {
                break;
            };
            self.n_scanned += n;
            events.extend(event);
            rest = &rest[n..];
        }
        self.pending = rest.to_vec();
        events
    }

    /// Whether only time can tell what the last byte is: whether a `^c` in a paste was pasted, or pressed to end it.
    pub(super) fn is_ambiguous(&self) -> bool {
        let paste = self.paste.as_ref();
        paste.is_some_and(|paste| paste.possible_end.last() == Some(&INTERRUPT))
    }

    /// Nothing has followed for now: an escape is a key, and a `^c` ends a paste whose end never came.
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
    /// Takes bytes up to the end of the paste: how many, and the text if it has ended.
    fn feed(&mut self, bytes: &[u8]) -> (usize, Option<String>) {
        for (at, byte) in bytes.iter().enumerate() {
            self.possible_end.push(*byte);
            if self.possible_end.ends_with(PASTE_END) {
                self.possible_end.truncate(self.possible_end.len() - PASTE_END.len());
                self.keep_tail();
                let text = String::from_utf8_lossy(&self.bytes).into_owned();
                return (at + 1, Some(text));
            }
            if self.possible_end.len() >= 4096 {
                let end = self.possible_end.split_off(self.possible_end.len() - PASTE_END.len());
                self.keep_tail();
                self.possible_end = end;
            }
        }
        (bytes.len(), None)
    }

    /// Keeps what is surely text.
    fn keep_tail(&mut self) {
        if self.bytes.len() <= MAX_PASTE_BYTES {
            self.bytes.append(&mut self.possible_end);
        }
        self.possible_end.clear();
    }
}

/// The first event of some bytes and how many of them it takes; no event for a sequence that means nothing here, none
/// at all if the bytes are too few to tell.
fn event(bytes: &[u8]) -> Option<(usize, Option<Event>)> {
    match bytes {
        [] | [0x1b] | [0x1b, b'O'] => None,
        // An escape before an escape was pressed by itself.
        [0x1b, 0x1b, ..] => Some((1, Some(Event::Key(KeyCode::Esc.into())))),
        [0x1b, b'[', rest @ ..] => sequence(rest).map(|(n, key)| (n + 2, key.map(Event::Key))),
        [0x1b, b'O', byte, ..] => match final_byte_key(*byte) {
            Some(code) => Some((3, Some(Event::Key(code.into())))),
            None => Some((2, None)),
        },
        [0x1b, rest @ ..] => {
            let (n, key) = character(rest)?;
            let key = key.map(|key| KeyEvent::new(key.code, key.modifiers | KeyModifiers::ALT));
            Some((n + 1, key.map(Event::Key)))
        }
        _ => character(bytes).map(|(n, key)| (n, key.map(Event::Key))),
    }
}

/// A character, or a control character.
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
            let is_whole = bytes.len() >= n;
            let text = &bytes[..n.min(bytes.len())];
            let is_broken = text[1..].iter().any(|byte| byte & 0xc0 != 0x80);
            return match std::str::from_utf8(text) {
                Ok(text) => Some((n, text.chars().next().map(char_key))),
                Err(_) if !is_whole && !is_broken => None,
                Err(_) => Some((1, None)),
            };
        }
    };
    Some((1, Some(key)))
}

/// What follows `ESC [`: parameters and a last byte. A control character breaks it off, so that no key is swallowed.
fn sequence(bytes: &[u8]) -> Option<(usize, Option<KeyEvent>)> {
    // The function keys of the Linux console.
    if let [b'[', rest @ ..] = bytes {
        let last = rest.first()?;
        return Some(match last {
            b'A'..=b'E' => (2, Some(KeyCode::F(1 + last - b'A').into())),
            _ => (1, None),
        });
    }
    let n = (bytes.iter()).position(|byte| !matches!(byte, b' '..=b'?'));
    let Some(n) = n else {
        // Too long to be a key.
        return (bytes.len() > MAX_SEQUENCE_BYTES).then_some((bytes.len(), None));
    };
    let last = bytes[n];
    if !matches!(last, b'@'..=b'~') {
        return Some((n, None));
    }
    let parameters = std::str::from_utf8(&bytes[..n]).unwrap_or_default();
    Some((n + 1, key(parameters, last)))
}

/// The key of a sequence, if it is one.
fn key(parameters: &str, last: u8) -> Option<KeyEvent> {
    let mut parts = parameters.split(';');
    let first = parts.next().unwrap_or_default();
    let mut held = parts.next().unwrap_or_default().split(':');
    let mask = held.next().and_then(|mask| mask.parse::<u8>().ok());
    let mut modifiers = modifiers(mask.unwrap_or(1));
    let kind = match held.next() {
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
            // The letter of the layout, where the terminal tells it.
            let shifted = codes.next().and_then(|code| code.parse().ok());
            match shifted.and_then(char::from_u32) {
                Some(char) if modifiers.contains(KeyModifiers::SHIFT) => {
                    modifiers -= KeyModifiers::SHIFT;
                    KeyCode::Char(char)
                }
                _ => code,
            }
        }
        // Without a digit before it, that is how a terminal says where its cursor is.
        b'R' if mask.is_none() || first != "1" => return None,
        _ => final_byte_key(last)?,
    };
    Some(KeyEvent::new_with_kind(code, modifiers, kind))
}

/// The keys that are told by the last byte of a sequence.
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

/// The keys that are told by a number before a tilde.
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

/// The keys that are told by the number of a character.
fn unicode_key(code: u32, modifiers: KeyModifiers) -> Option<KeyCode> {
    // Keypad, as of the protocol of kitty.
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
        // Other keys have no character: modifiers, media.
        57344..=63743 => return None,
        _ => KeyCode::Char(char::from_u32(code)?),
    })
}

/// The modifiers of a sequence: one more than a sum of bits.
fn modifiers(mask: u8) -> KeyModifiers {
    let known = [
        KeyModifiers::SHIFT,
        KeyModifiers::ALT,
        KeyModifiers::CONTROL,
        KeyModifiers::SUPER,
        KeyModifiers::HYPER,
        KeyModifiers::META,
    ];
    let held = mask.saturating_sub(1);
    let is_held = |bit: usize| held & (1 << bit) != 0;
    let known = known.into_iter().enumerate();
    known.filter(|(bit, _)| is_held(*bit)).fold(KeyModifiers::NONE, |all, (_, modifier)| all | modifier)
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

    /// Everything a terminal said, read at once.
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
        // The key after it is heard as well.
        let next = Event::Key(char_key('x'));
        if bytes != "\x1b" {
            assert_eq!(read(&format!("{bytes}x")), [Event::Key(key), next]);
        }
    }

    #[test]
    fn keys_are_what_terminals_send_for_them() {
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
    fn what_is_no_key_swallows_none() {
        let interrupt = Event::Key(control_key('c'));
        for bytes in ["\x1b[", "\x1b[1;", "\x1b[?1;2c", "\x1b[0;0R", "\x1b[I", "\x1b[<0;1;1M"] {
            assert_eq!(read(&format!("{bytes}\x03")), std::slice::from_ref(&interrupt), "{bytes:?}");
        }
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(&[0xff, 0xc3, b'(', 3]).last(), Some(&interrupt));
    }

    #[test]
    fn a_paste_is_one_event_whatever_is_in_it() {
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
    fn a_paste_that_is_longer_than_any_field_takes_bounded_room() {
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
    fn the_work_grows_with_the_bytes_and_no_faster() {
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
        fn pieces_are_read_as_the_whole_is(
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
        fn an_interrupt_is_heard_after_anything(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut decoder = Decoder::default();
            decoder.feed(&bytes);
            decoder.flush_pending();
            let mut events = decoder.feed(&[INTERRUPT]);
            events.extend(decoder.flush_pending());
            prop_assert_eq!(events.last(), Some(&Event::Key(control_key('c'))));
        }
    }
}
