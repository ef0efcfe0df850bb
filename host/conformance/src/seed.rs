//! Seeded random numbers: the same seed makes the same requests.

/// A stream of numbers that looks like chance and is the same every time (SplitMix64: Steele, Lea and Flood,
/// "Fast splittable pseudorandom number generators", 2014).
pub(crate) struct Seed(u64);

impl Seed {
    /// The stream of one operation's requests for one scene.
    pub(crate) fn of(scene: &str) -> Self {
        // Folded in with FNV-1a, so that scenes differ and adding one does not change the others.
        let start = 0xcbf2_9ce4_8422_2325 ^ crate::SEED;
        Self(
            scene
                .bytes()
                .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)),
        )
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A place in a list of `length`, or 0 if it is empty.
    pub(crate) fn below(&mut self, length: usize) -> usize {
        let length = u64::try_from(length.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % length).unwrap_or(0)
    }

    /// At most `most` of the items, in their order; the first always stays.
    pub(crate) fn sample<T>(&mut self, mut items: Vec<T>, most: usize) -> Vec<T> {
        while items.len() > most.max(1) {
            let place = 1 + self.below(items.len() - 1);
            items.remove(place);
        }
        items
    }
}
