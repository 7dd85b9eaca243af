/// A small deterministic generator (SplitMix64): every run works on the same texts.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `limit`, exclusive.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("below a usize")
    }

    pub fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    /// One of the characters that ids and nonces are made of.
    pub fn character(&mut self) -> u8 {
        const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        ALPHABET[self.below(ALPHABET.len())]
    }

    pub fn text(&mut self, len: usize) -> String {
        (0..len).map(|_| char::from(self.character())).collect()
    }

    /// A text of `least` to `below` characters, exclusive.
    pub fn text_between(&mut self, least: usize, below: usize) -> String {
        let len = least + self.below(below - least);
        self.text(len)
    }

    pub fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}
