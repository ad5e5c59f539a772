//! What a posting tells of a query beside its key, so that most queries that share a key by chance are never read.

/// What the matches of a query have beside the key it is filed under: nothing known, some bits of another key, or the
/// part of the piece of the line or the globe in which their value lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hint(u32);

/// Where in its piece the value of a change lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot(u32);

/// Set in a hint that is a part.
const PART: u32 = 1 << 31;

/// A piece is cut into so many steps in each direction.
const STEPS: u8 = 128;

/// Bits that tell a step.
const BITS: u32 = 7;

impl Hint {
    pub(super) const NONE: Self = Self(0);

    /// Of another key.
    pub(super) fn print(key: u64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "some bits are what is wanted"
        )]
        let bits = (key >> 20) as u32;
        Self((bits & !PART).max(1))
    }

    /// The part from one spot to another, both included.
    pub(super) fn part(from: Spot, to: Spot) -> Self {
        Self(PART | to.0 << (2 * BITS) | from.0)
    }

    /// How much of a piece is meant.
    pub(super) fn share(self) -> f64 {
        let Some((from, to)) = self.spots() else {
            return 1.0;
        };
        let steps = |get: fn(Spot) -> u32| f64::from(get(to) + 1 - get(from).min(get(to)));
        steps(Spot::x) * steps(Spot::y) / f64::from(STEPS) / f64::from(STEPS)
    }

    /// Whether a match may have its value at a spot.
    #[inline]
    pub(super) fn admits(self, spot: Spot) -> bool {
        self.spots().is_none_or(|(from, to)| {
            from.x() <= spot.x() && spot.x() <= to.x() && from.y() <= spot.y() && spot.y() <= to.y()
        })
    }

    #[inline]
    fn spots(self) -> Option<(Spot, Spot)> {
        let both = |bits: u32| Spot(bits & ((1 << (2 * BITS)) - 1));
        (self.0 & PART != 0).then(|| (both(self.0), both(self.0 >> (2 * BITS))))
    }

    /// The bits of another key, 0 if it is about none.
    #[inline]
    pub(super) const fn bits(self) -> u32 {
        if self.0 & PART == 0 { self.0 } else { 0 }
    }
}

impl From<Hint> for u32 {
    fn from(hint: Hint) -> Self {
        hint.0
    }
}

impl From<u32> for Hint {
    fn from(bits: u32) -> Self {
        Self(bits)
    }
}

impl Spot {
    pub(super) const NONE: Self = Self(0);

    /// Of a value on the line, given how far into its piece it lies, in pieces. What lies outside is moved to the edge.
    pub(super) fn on_line(x: f64) -> Self {
        Self(step(x))
    }

    /// Of a point on the globe; see [`on_line`](Self::on_line).
    pub(super) fn on_globe(x: f64, y: f64) -> Self {
        Self(step(x) | step(y) << BITS)
    }

    #[inline]
    fn x(self) -> u32 {
        self.0 & u32::from(STEPS - 1)
    }

    #[inline]
    fn y(self) -> u32 {
        self.0 >> BITS
    }
}

/// It grows with its argument, whatever is rounded on the way: what lies between two values lies between their steps.
fn step(into: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 127; NaN is 0"
    )]
    let step = (into * f64::from(STEPS)).clamp(0.0, f64::from(STEPS - 1)) as u32;
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_admits_what_lies_in_it() {
        let at = |x: u32, y: u32| Spot::on_globe(f64::from(x) / 50.0, f64::from(y) / 50.0);
        let part = Hint::part(at(10, 20), at(30, 25));
        let mut admitted = 0;
        for x in 0..50 {
            for y in 0..50 {
                let inside = (10..=30).contains(&x) && (20..=25).contains(&y);
                assert!(part.admits(at(x, y)) || !inside, "{x} {y}");
                admitted += u32::from(part.admits(at(x, y)));
            }
        }
        assert_eq!(admitted, 21 * 6);
        assert!((0.04..0.07).contains(&part.share()), "{}", part.share());
        assert_eq!(part.bits(), 0);
    }

    #[test]
    fn what_lies_outside_is_at_the_edge() {
        assert_eq!(Spot::on_line(-3.0), Spot::on_line(0.0));
        assert_eq!(Spot::on_line(7.0), Spot::on_line(0.999));
        assert_eq!(Spot::on_line(f64::NAN), Spot::NONE);
        let all = Hint::part(Spot::on_globe(-1.0, -1.0), Spot::on_globe(2.0, 2.0));
        assert!(all.admits(Spot::on_globe(0.5, 0.1)) && all.share() == 1.0);
    }

    #[test]
    fn a_print_admits_every_spot() {
        for key in [0, 1, u64::MAX, 1 << 51] {
            let print = Hint::print(key);
            assert!(print.bits() != 0 && print.admits(Spot::on_line(0.7)));
        }
        assert!(Hint::NONE.admits(Spot::on_line(0.7)));
    }
}
