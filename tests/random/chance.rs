//! Choices that look random, and follow from a seed or from the bytes of a fuzzer.

/// SplitMix64 (Steele 2014, "Fast splittable pseudorandom number generators"), behind the bytes of a fuzzer.
pub struct Chance {
    /// What is left of the bytes. Each is a number.
    bytes: std::vec::IntoIter<u8>,
    state: u64,
}

impl Chance {
    #[allow(dead_code, reason = "a fuzzer has bytes")]
    pub fn new(seed: u64) -> Self {
        Self {
            bytes: Vec::new().into_iter(),
            state: seed.wrapping_mul(0xD134_2543_DE82_EF95),
        }
    }

    /// The choices in `bytes`, and then those of seed 0. A byte that a fuzzer changes is one other choice.
    #[allow(dead_code, reason = "only a fuzzer has bytes")]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self {
            bytes: Vec::from(bytes).into_iter(),
            state: 0,
        }
    }

    fn next(&mut self) -> u64 {
        if let Some(byte) = self.bytes.next() {
            return byte.into();
        }
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.state;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// From `least` to `most`, both included.
    pub fn between(&mut self, least: usize, most: usize) -> usize {
        least + (self.next() % (most - least + 1) as u64) as usize
    }

    /// Once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.between(1, times) == 1
    }

    /// One of `choices`.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.between(0, choices.len() - 1)]
    }
}
