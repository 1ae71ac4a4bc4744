//! Reproducible random numbers: each depends only on the seed and on what it is generated for.

/// Random number generator for one purpose. Generators are never shared, so that an additional draw changes no other.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    /// Creates the generator for item `index` of the purpose `salt`.
    pub(crate) fn new(seed: u64, salt: u64, index: u64) -> Self {
        Self(mix_bits(mix_bits(seed ^ salt.rotate_left(32)) ^ index))
    }

    /// Returns 64 uniformly distributed bits.
    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix_bits(self.0)
    }

    /// Returns a number below `bound`; 0 if `bound` is 0.
    pub(crate) fn next_below(&mut self, bound: u64) -> u64 {
        self.next_u64().checked_rem(bound).unwrap_or(0)
    }

    /// Returns a number of milliseconds below `bound`; 0 if `bound` is not positive.
    pub(crate) fn below_ms(&mut self, bound: i64) -> i64 {
        let bound = u64::try_from(bound).unwrap_or(0);
        i64::try_from(self.next_below(bound)).unwrap_or(0)
    }

    /// Returns `true` with a probability of one in `n`.
    pub(crate) fn is_one_in(&mut self, n: u64) -> bool {
        self.next_below(n) == 0
    }

    /// Chooses one of `items`; `None` if there are none.
    pub(crate) fn choose<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let len = u64::try_from(items.len()).unwrap_or(u64::MAX);
        items.get(usize::try_from(self.next_below(len)).unwrap_or(0))
    }

    /// Returns a text of `digits` hex digits.
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

/// Finalizer of splitmix64: maps similar inputs to unrelated outputs.
fn mix_bits(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Hashes a text (FNV-1a), with an equal result on every machine.
pub(crate) fn hash_text(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer_and_others_have_others() {
        let draws = |seed, salt, index| {
            let mut rng = Rng::new(seed, salt, index);
            [rng.next_u64(), rng.next_u64()]
        };
        assert_eq!(draws(1, 2, 3), draws(1, 2, 3));
        for other in [draws(2, 2, 3), draws(1, 3, 3), draws(1, 2, 4)] {
            assert_ne!(draws(1, 2, 3), other);
        }
    }

    #[test]
    fn every_face_comes_up() {
        let mut rng = Rng::new(7, 0, 0);
        let mut seen = [0; 6];
        for _ in 0..600 {
            seen[usize::try_from(rng.next_below(6)).unwrap()] += 1;
        }
        assert!(seen.iter().all(|&times| times > 60), "{seen:?}");
        assert_eq!(rng.hex_digits(40).len(), 40);
    }
}
