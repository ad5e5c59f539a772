//! Which numbers were met, near enough to know of most that they are new.

/// Marks of numbers, by their last ten bits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks([u64; WORDS]);

const WORDS: usize = 16;

impl Marks {
    /// Marks a number. Whether it is marked already: else it is new.
    #[inline]
    pub(crate) fn mark(&mut self, number: u32) -> bool {
        let (word, bit) = (number as usize / 64 % WORDS, 1 << (number % 64));
        let was_marked = self.0[word] & bit != 0;
        self.0[word] |= bit;
        was_marked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_new_unless_one_ended_like_it() {
        let mut marks = Marks::default();
        for number in 0..1_024 {
            assert!(!marks.mark(number * 1_025));
        }
        assert!(marks.mark(5) && marks.mark(u32::MAX));
    }
}
