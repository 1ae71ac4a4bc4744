//! Sizes in bytes, in one form everywhere.

use bytesize::ByteSize;

/// Formats a number of bytes in binary units, with one decimal where it is not zero: `17 B`, `1.5 KiB`, `64 MiB`.
pub fn format_size(bytes: u64) -> String {
    ByteSize::b(bytes).display().iec().to_string().replace(".0 ", " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_the_largest_unit_that_it_fills() {
        for (bytes, expected) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (64 << 20, "64 MiB"),
            (5 << 29, "2.5 GiB"),
            (3 << 40, "3 TiB"),
            (u64::MAX, "16 EiB"),
        ] {
            assert_eq!(format_size(bytes), expected);
        }
    }
}
