//! Hexdump of bytes.

/// Formats bytes as lines of `n` bytes each: offset, hex digits and ASCII characters, with a dot for any other byte.
pub fn dump(bytes: &[u8], n: usize) -> impl Iterator<Item = String> {
    bytes.chunks(n).enumerate().map(move |(index, chunk)| {
        let mut line = format!("{:08x}", index * n);
        for at in 0..n {
            let gap = if at % (n / 2) == 0 { "  " } else { " " };
            line.push_str(gap);
            match chunk.get(at) {
                Some(byte) => line.extend([byte >> 4, byte & 15].map(digit)),
                None => line.push_str("  "),
            }
        }
        line.push_str("  |");
        line.extend(chunk.iter().map(|byte| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '.',
        }));
        line.push('|');
        line
    })
}

/// Returns the hex digit of a value below 16.
fn digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_offset_hex_digits_and_ascii() {
        let lines: Vec<_> = dump(b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\x1b[2J|", 16).collect();
        assert_eq!(
            lines,
            [
                "00000000  4d 5a 90 00 03 00 00 00  04 00 00 00 ff ff 00 00  |MZ..............|",
                "00000010  1b 5b 32 4a 7c                                    |.[2J||",
            ]
        );
        assert_eq!(dump(b"", 16).count(), 0);
    }
}
