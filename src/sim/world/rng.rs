//! Repeatable chance: every draw is a function of the seed, of what it is drawn for, and of nothing else.

/// A source of draws for one thing. Two things never share draws, so that adding one leaves the others as they were.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    /// The draws for thing number `index` of the sort `salt`.
    pub(crate) fn new(seed: u64, salt: u64, index: u64) -> Self {
        Self(mix_bits(mix_bits(seed ^ salt.rotate_left(32)) ^ index))
    }

    /// Sixty-four even bits.
    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix_bits(self.0)
    }

    /// A number below `bound`; 0 when there is none.
    pub(crate) fn next_below(&mut self, bound: u64) -> u64 {
        self.next_u64().checked_rem(bound).unwrap_or(0)
    }

    /// A number of milliseconds below `bound`.
    pub(crate) fn below_ms(&mut self, bound: i64) -> i64 {
        let bound = u64::try_from(bound).unwrap_or(0);
        i64::try_from(self.next_below(bound)).unwrap_or(0)
    }

    /// Whether one chance in `most` comes up.
    pub(crate) fn is_one_in(&mut self, most: u64) -> bool {
        self.next_below(most) == 0
    }

    /// One of them.
    pub(crate) fn choose<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let len = u64::try_from(all.len()).unwrap_or(u64::MAX);
        all.get(usize::try_from(self.next_below(len)).unwrap_or(0))
    }

    /// `digits` hex digits.
    pub(crate) fn hex_digits(&mut self, digits: usize) -> String {
        let mut text = String::new();
        while text.len() < digits {
            let bits = self.next_u64();
            let digit = |at: u32| char::from_digit(u32::try_from(bits >> (60 - 4 * at) & 0xf).unwrap_or(0), 16);
            text.extend((0..16).filter_map(digit));
        }
        text.truncate(digits);
        text
    }
}

/// The finalizer of splitmix64: neighbors in, strangers out.
fn mix_bits(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A number for a piece of text, the same on every machine.
pub(crate) fn hash_text(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer_and_others_have_others() {
        let draws = |seed, salt, index| {
            let mut dice = Rng::new(seed, salt, index);
            [dice.next_u64(), dice.next_u64()]
        };
        assert_eq!(draws(1, 2, 3), draws(1, 2, 3));
        for other in [draws(2, 2, 3), draws(1, 3, 3), draws(1, 2, 4)] {
            assert_ne!(draws(1, 2, 3), other);
        }
    }

    #[test]
    fn every_face_comes_up() {
        let mut dice = Rng::new(7, 0, 0);
        let mut seen = [0; 6];
        for _ in 0..600 {
            seen[usize::try_from(dice.next_below(6)).unwrap()] += 1;
        }
        assert!(seen.iter().all(|&times| times > 60), "{seen:?}");
        assert_eq!(dice.hex_digits(40).len(), 40);
    }
}
