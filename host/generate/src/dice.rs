//! Seeded random numbers: the same seed makes the same county.

use jiff::Timestamp;
use uuid::Uuid;

/// A stream of numbers that looks like chance and is the same every time (SplitMix64: Steele, Lea and Flood,
/// "Fast splittable pseudorandom number generators", 2014).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

/// Subject of a stream. Each has streams of its own, so that one drawing more changes none of the others.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Of {
    /// Organizations, keys and accounts.
    County,
    /// One person and the person's coverage.
    Person,
    /// One case and everything that hangs on it.
    Case,
}

impl Dice {
    /// The stream of one subject, by its number.
    pub(crate) fn of(seed: u64, of: Of, number: u64) -> Self {
        let mut dice = Self(seed ^ (of as u64).wrapping_mul(0xd1b5_4a32_d192_ed03));
        // Neighbouring numbers begin far from each other.
        let start = dice.next() ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut dice = Self(start);
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `end`, or 0 where `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// True in so many of a hundred throws.
    pub(crate) fn in_hundred(&mut self, times: u8) -> bool {
        self.below(100) < u64::from(times)
    }

    /// One of a list that has at least one.
    pub(crate) fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        let length = u64::try_from(list.len()).unwrap_or(u64::MAX);
        &list[usize::try_from(self.below(length)).unwrap_or(0)]
    }

    /// An id of a row that is made at `at`. Ids are in the order of their instants, as the service's own are
    /// (RFC 9562, version 7).
    pub(crate) fn id(&mut self, at: Timestamp) -> Uuid {
        let milliseconds = u128::from(at.as_millisecond().unsigned_abs()) & 0xffff_ffff_ffff;
        let (high, low) = (u128::from(self.next() & 0x0fff), u128::from(self.next() >> 2));
        Uuid::from_u128(milliseconds << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Dice, Of};

    #[test]
    fn the_same_seed_throws_the_same() {
        let throws = |seed, of, number| {
            let mut dice = Dice::of(seed, of, number);
            [(); 4].map(|()| dice.below(1_000_000))
        };
        assert_eq!(throws(7, Of::Case, 3), throws(7, Of::Case, 3));
        for other in [throws(8, Of::Case, 3), throws(7, Of::Case, 4), throws(7, Of::Person, 3)] {
            assert_ne!(throws(7, Of::Case, 3), other);
        }
    }

    #[test]
    fn ids_are_in_the_order_of_their_instants() {
        let mut dice = Dice::of(1, Of::Case, 1);
        let [first, second] = [1_700_000_000_000, 1_700_000_000_001].map(|ms| {
            let at = Timestamp::from_millisecond(ms).unwrap();
            dice.id(at)
        });
        assert!(first < second);
        assert_eq!((first.get_version_num(), second.get_variant()), (7, uuid::Variant::RFC4122));
    }
}
