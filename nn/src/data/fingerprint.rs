//! Fingerprints: hashes that identify data.

/// A hash over 64-bit words, in order. It is not cryptographic: collisions can be constructed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    pub(crate) fn new() -> Self {
        Fingerprint(0xCBF2_9CE4_8422_2325)
    }

    pub(crate) fn add(&mut self, word: u64) {
        // Multiply and fold, so that every bit of the word also reaches the low bits; the overflow
        // beyond 128 bits is dropped.
        let product =
            u128::from(self.0 ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }

    pub(crate) fn value(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[u64]) -> u64 {
        let mut fingerprint = Fingerprint::new();
        words.iter().for_each(|&word| fingerprint.add(word));
        fingerprint.value()
    }

    #[test]
    fn one_bit_or_another_order_is_another_number() {
        let mut seen = std::collections::BTreeSet::from([of(&[]), of(&[0]), of(&[0, 0])]);
        for bit in 0..64 {
            assert!(seen.insert(of(&[1 << bit])) && seen.insert(of(&[0, 1 << bit])));
            assert!(seen.insert(of(&[1 << bit, 0])), "{bit}");
        }
    }
}
