//! What clients send is masked.

/// The mask of a frame, and how far it has been applied.
#[derive(Clone, Copy)]
pub(super) struct Mask {
    key: [u8; 4],
    /// Where in the key the next byte stands.
    turn: usize,
}

impl Mask {
    pub(super) fn new(key: [u8; 4]) -> Self {
        Self { key, turn: 0 }
    }

    /// Takes the mask off the next bytes of the frame.
    pub(super) fn lift(&mut self, bytes: &mut [u8]) {
        let mut key = self.key;
        key.rotate_left(self.turn);
        self.turn = (self.turn + bytes.len()) % key.len();
        let wide = u64::from_ne_bytes([key, key].as_flattened().try_into().unwrap_or_default());
        let mut words = bytes.chunks_exact_mut(8);
        for word in &mut words {
            // A chunk of 8 is an array of 8: the compiler drops the check.
            let masked = u64::from_ne_bytes((*word).try_into().unwrap_or_default());
            word.copy_from_slice(&(masked ^ wide).to_ne_bytes());
        }
        let rest = words.into_remainder().iter_mut();
        rest.zip(key.iter().cycle())
            .for_each(|(byte, key)| *byte ^= key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_any_pieces_it_is_the_same() {
        let key = [1, 2, 4, 128];
        let plain: Vec<u8> = (0..200).map(|n: u8| n.wrapping_mul(7)).collect();
        let masked: Vec<u8> = plain
            .iter()
            .zip(key.iter().cycle())
            .map(|(byte, key)| byte ^ key)
            .collect();
        for first in 0..40 {
            for second in first..40 {
                let mut bytes = masked.clone();
                let mut mask = Mask::new(key);
                let (head, tail) = bytes.split_at_mut(second);
                let (head, middle) = head.split_at_mut(first);
                for piece in [head, middle, tail] {
                    mask.lift(piece);
                }
                assert_eq!(bytes, plain);
            }
        }
    }
}
