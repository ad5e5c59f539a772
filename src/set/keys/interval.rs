//! The line of numbers, cut into pieces.
//!
//! At level `n` a piece is `2^(n - 64)` long. An interval is filed under the pieces that it touches, at a level where they
//! are as long as it is and so no more than two or three; with each goes the part of the piece that it covers.

use super::feature::{Feature, KeyHasher, Kind};
use super::hint::{Hint, Spot};

/// Numbers from `low` to `high`, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// An interval touches no more pieces.
const MAX_PIECES: f64 = 8.0;

/// Exponent of the length of a piece at level 0.
const MIN_EXPONENT: i32 = -64;

impl Bounds {
    pub(crate) const ALL: Self = Self {
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
    };

    /// Numbers below a limit, and whether the limit itself is one of them.
    pub(crate) fn below(limit: f64, or_equal: bool) -> Self {
        let high = if or_equal { limit } else { limit.next_down() };
        Self { high, ..Self::ALL }
    }

    /// Numbers above a limit, and whether the limit itself is one of them.
    pub(crate) fn above(limit: f64, or_equal: bool) -> Self {
        let low = if or_equal { limit } else { limit.next_up() };
        Self { low, ..Self::ALL }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            low: self.low.max(other.low),
            high: self.high.min(other.high),
        }
    }

    /// Whether both ends are finite.
    pub(crate) fn is_two_sided(self) -> bool {
        self.low.is_finite() && self.high.is_finite()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.low > self.high
    }

    /// The part of a piece in which the interval lies.
    pub(crate) fn part(self, level: u8, piece: f64) -> Hint {
        let spot = |number| Spot::on_line(place(level, number) - piece);
        Hint::part(spot(self.low), spot(self.high))
    }

    /// The level at which the interval is filed, and the pieces it touches there; none if it has no ends or is
    /// longer than any piece.
    pub(crate) fn pieces(self) -> Option<(u8, impl Iterator<Item = f64>)> {
        if !self.is_two_sided() || self.is_empty() {
            return None;
        }
        let level = level_of((self.high - self.low).max(f64::MIN_POSITIVE))?;
        let (first, last) = (piece(level, self.low), piece(level, self.high));
        let more = last - first;
        let few = more <= MAX_PIECES;
        // Far from zero neighbouring pieces share a number, which is then filed twice.
        let steps = (0..=8u8)
            .map(f64::from)
            .take_while(move |step| *step <= more);
        few.then(|| (level, steps.map(move |step| first + step)))
    }
}

/// The least level whose pieces are no shorter than `length`, which must be positive.
fn level_of(length: f64) -> Option<u8> {
    const MANTISSA: u64 = (1 << 52) - 1;
    let bits = length.to_bits();
    let exponent = i32::try_from(bits >> 52).ok()? - 1_023 + i32::from(bits & MANTISSA > 0);
    u8::try_from((exponent - MIN_EXPONENT).max(0)).ok()
}

/// Two to a power, which must be that of a normal number.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(u64::try_from(1_023 + exponent).unwrap_or_default() << 52)
}

/// Where a number lies, in pieces from zero.
fn place(level: u8, number: f64) -> f64 {
    number * power_of_two(-(i32::from(level) + MIN_EXPONENT))
}

/// The piece in which a number lies.
fn piece(level: u8, number: f64) -> f64 {
    place(level, number).floor()
}

/// Where in its piece a number lies.
pub(crate) fn spot(level: u8, number: f64) -> Spot {
    Spot::on_line(place(level, number) - piece(level, number))
}

/// The key of a piece.
pub(crate) fn piece_key(hasher: &KeyHasher, path: u32, level: u8, piece: f64) -> u64 {
    let feature = Feature {
        path,
        kind: Kind::Interval(level),
    };
    hasher.key(feature, (piece + 0.0).to_bits())
}

/// The key of the piece in which a number lies.
pub(crate) fn number_key(hasher: &KeyHasher, path: u32, level: u8, number: f64) -> u64 {
    piece_key(hasher, path, level, piece(level, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_the_least() {
        for length in [
            f64::MIN_POSITIVE,
            1e-19,
            0.3,
            0.5,
            1.0,
            1.5,
            2.0,
            1e9,
            2f64.powi(191),
        ] {
            let level = level_of(length).expect("a level");
            let of = |level: u8| power_of_two(i32::from(level) + MIN_EXPONENT);
            assert!(
                of(level) >= length && (level == 0 || of(level - 1) < length),
                "{length}"
            );
        }
        assert_eq!(
            (level_of(2f64.powi(192)), level_of(f64::INFINITY)),
            (None, None)
        );
    }

    #[test]
    fn what_lies_in_an_interval_lies_in_one_of_its_pieces() {
        let intervals = [
            (0.0, 0.0),
            (-1.0, 1.0),
            (2_500.0, 7_500.0),
            (9_007_199_254_740_990.0, 9_007_199_254_740_994.0),
            (1e300, 1.000_000_1e300),
            (1.7e12, 1.7e12 + 1.0),
            (-1e-300, 1e-300),
        ];
        for (low, high) in intervals {
            let bounds = Bounds { low, high };
            let Some((level, pieces)) = bounds.pieces() else {
                assert!(high > 1e200, "{low} {high}");
                continue;
            };
            let pieces: Vec<f64> = pieces.collect();
            assert!(pieces.len() <= 9);
            for part in 0..=100 {
                let number = low + (high - low) * f64::from(part) / 100.0;
                let own = piece(level, number);
                let admitted = bounds.part(level, own).admits(spot(level, number));
                assert!(pieces.contains(&own) && admitted, "{low} {high} {number}");
            }
        }
        assert!(Bounds::ALL.pieces().is_none());
    }
}
