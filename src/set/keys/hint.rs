//! What a posting tells of a query beside its key, so that most queries that share a key by chance are never read.

/// What the matches of a query have beside the key it is filed under: the part of the piece of the line or the globe in
/// which their value lies, and some bits of another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hint(u32);

/// Where in its piece the value of a change lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot(u32);

/// A fingerprint of a key: some of its bits, never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyFingerprint(u16);

/// A piece is cut into so many steps in each direction.
const STEPS: u32 = 1 << STEP_BITS;

const STEP_BITS: u32 = 5;

const SPOT_BITS: u32 = 2 * STEP_BITS;

/// Bits of a fingerprint: as many as the [filter](crate::set::matching) of fingerprints tells apart.
pub(crate) const FINGERPRINT_BITS: u32 = 32 - 2 * SPOT_BITS;

impl Hint {
    /// Nothing is known.
    pub(crate) const NONE: Self = Self::part(Spot(0), Spot((1 << SPOT_BITS) - 1));

    /// The part from one spot to another, both included.
    pub(crate) const fn part(from: Spot, to: Spot) -> Self {
        Self(to.0 << (FINGERPRINT_BITS + SPOT_BITS) | from.0 << FINGERPRINT_BITS)
    }

    /// The same part, and another key.
    pub(crate) fn with(self, fingerprint: KeyFingerprint) -> Self {
        Self(self.without_fingerprint().0 | fingerprint.bits())
    }

    /// The same part, and no other key.
    pub(crate) const fn without_fingerprint(self) -> Self {
        Self(self.0 >> FINGERPRINT_BITS << FINGERPRINT_BITS)
    }

    /// How much of a piece is meant.
    pub(crate) fn share(self) -> f64 {
        let (from, to) = (self.from(), self.to());
        let steps = |from: u32, to: u32| f64::from((to + 1).saturating_sub(from));
        steps(from.x(), to.x()) * steps(from.y(), to.y()) / f64::from(STEPS * STEPS)
    }

    /// Whether a match may have its value at a spot.
    #[inline]
    pub(crate) fn admits(self, spot: Spot) -> bool {
        let (from, to) = (self.from(), self.to());
        from.x() <= spot.x() && spot.x() <= to.x() && from.y() <= spot.y() && spot.y() <= to.y()
    }

    #[inline]
    const fn from(self) -> Spot {
        Spot(self.0 >> FINGERPRINT_BITS & ((1 << SPOT_BITS) - 1))
    }

    #[inline]
    const fn to(self) -> Spot {
        Spot(self.0 >> (FINGERPRINT_BITS + SPOT_BITS))
    }

    /// Of the other key, if one is known.
    #[inline]
    pub(crate) fn fingerprint(self) -> Option<KeyFingerprint> {
        let fingerprint = KeyFingerprint::cut(self.0.into());
        (fingerprint.0 != 0).then_some(fingerprint)
    }
}

impl KeyFingerprint {
    pub(crate) fn of(key: u64) -> Self {
        Self(Self::cut(key >> 20).0.max(1))
    }

    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the lowest bits are what is wanted"
    )]
    const fn cut(bits: u64) -> Self {
        Self(bits as u16 & ((1 << FINGERPRINT_BITS) - 1))
    }

    #[inline]
    pub(crate) fn bits(self) -> u32 {
        self.0.into()
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
    /// Of a value on the line, given how far into its piece it lies, in pieces. What lies outside is moved to the edge.
    pub(crate) fn on_line(x: f64) -> Self {
        Self(step(x))
    }

    /// Of a point on the globe; see [`on_line`](Self::on_line).
    pub(crate) fn on_globe(x: f64, y: f64) -> Self {
        Self(step(x) | step(y) << STEP_BITS)
    }

    #[inline]
    const fn x(self) -> u32 {
        self.0 & (STEPS - 1)
    }

    #[inline]
    const fn y(self) -> u32 {
        self.0 >> STEP_BITS
    }
}

/// It grows with its argument, whatever is rounded on the way: what lies between two values lies between their steps.
fn step(into: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "below the number of steps; NaN is 0"
    )]
    let step = (into * f64::from(STEPS)).clamp(0.0, f64::from(STEPS - 1)) as u32;
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_admits_what_lies_in_it() {
        let at = |x: u32, y: u32| Spot::on_globe(f64::from(x) / 32.0, f64::from(y) / 32.0);
        let part = Hint::part(at(10, 20), at(30, 25));
        for x in 0..32 {
            for y in 0..32 {
                let inside = (10..=30).contains(&x) && (20..=25).contains(&y);
                assert_eq!(part.admits(at(x, y)), inside, "{x} {y}");
            }
        }
        assert!((0.12..0.13).contains(&part.share()), "{}", part.share());
    }

    #[test]
    fn what_lies_outside_is_at_the_edge() {
        assert_eq!(Spot::on_line(-3.0), Spot::on_line(0.0));
        assert_eq!(Spot::on_line(7.0), Spot::on_line(0.999));
        assert_eq!(Spot::on_line(f64::NAN), Spot::on_line(0.0));
        let all = Hint::part(Spot::on_globe(-1.0, -1.0), Spot::on_globe(2.0, 2.0));
        assert_eq!(all, Hint::NONE);
        assert!(all.admits(Spot::on_globe(0.5, 0.1)));
    }

    #[test]
    fn a_part_and_a_print_do_not_mix() {
        let part = Hint::part(Spot::on_line(0.2), Spot::on_line(0.4));
        for key in [0, 1, u64::MAX, 1 << 51] {
            let both = part.with(KeyFingerprint::of(key));
            assert_eq!(both.fingerprint(), Some(KeyFingerprint::of(key)));
            assert!(both.admits(Spot::on_line(0.3)) && !both.admits(Spot::on_line(0.5)));
        }
        assert_eq!((part.fingerprint(), Hint::NONE.fingerprint()), (None, None));
    }
}
