//! Formats durations.

/// Formats seconds in the largest two units.
pub fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{minutes} min"),
        3_600..86_400 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

/// Formats milliseconds: those below a second as such, others as seconds.
pub fn duration_from_millis(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        _ => duration(millis / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_written_in_its_largest_units() {
        for (millis, words) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (3_599_000, "59 min"),
            (3_660_000, "1 h 1 min"),
            (2_166_877_000, "25 d 1 h"),
        ] {
            assert_eq!(duration_from_millis(millis), words);
        }
    }
}
