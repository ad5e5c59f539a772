//! Takes whole quarter turns off large angles, as Sun's publication of 1993 does (its notice stands in
//! [`trig`](super::trig)): the angle times 2/π in pieces of 24 bits, its whole turns dropped on the way.

/// The first 1,280 bits of 2/π after the binary point.
const TWO_OVER_PI: [u64; 20] = [
    0xA2F9_836E_4E44_1529,
    0xFC27_57D1_F534_DDC0,
    0xDB62_9599_3C43_9041,
    0xFE51_63AB_DEBB_C561,
    0xB724_6E3A_424D_D2E0,
    0x0649_2EEA_09D1_921C,
    0xFE1D_EB1C_B129_A73E,
    0xE882_35F5_2EBB_4484,
    0xE99C_7026_B45F_7E41,
    0x3991_D639_8353_39F4,
    0x9C84_5F8B_BDF9_283B,
    0x1FF8_97FF_DE05_980F,
    0xEF2F_118B_5A0A_6D1F,
    0x6D36_7ECF_27CB_09B7,
    0x4F46_3F66_9E5F_EA2D,
    0x7527_BAC7_EBE5_F17B,
    0x3D07_39F7_8A52_92EA,
    0x6BFB_5FB1_1F8D_5D08,
    0x5603_3046_FC7B_6BAB,
    0xF0CF_BC20_9AF4_361D,
];

/// π/2 in pieces of 24 bits.
const HALF_PI: [f64; 5] = [
    f64::from_bits(0x3FF9_21FB_4000_0000),
    f64::from_bits(0x3E74_442D_0000_0000),
    f64::from_bits(0x3CF8_4698_8000_0000),
    f64::from_bits(0x3B78_CC51_6000_0000),
    f64::from_bits(0x39F0_1B83_8000_0000),
];

/// 2²⁴.
const PIECE: f64 = 16_777_216.0;

/// How many pieces are taken at first, the last one by its index; more only if these cancel.
const FIRST: usize = 4;

/// The quarter turns modulo eight, and what remains as a double and its tail. `x` is finite and beyond 2¹⁹·π/2.
pub(super) fn reduce(x: f64) -> (u32, f64, f64) {
    // x is the first piece, of 24 bits, times 2^exponent, and what two more pieces add.
    let exponent = i32::try_from(x.to_bits() >> 52).unwrap_or(0) - 1046;
    let scaled = x * 2f64.powi(-exponent);
    let first = scaled.trunc();
    let rest = (scaled - first) * PIECE;
    let pieces = [first, rest.trunc(), (rest - rest.trunc()) * PIECE];
    let used = 3 - pieces
        .iter()
        .rev()
        .take_while(|piece| **piece == 0.0)
        .count();
    let product = Product::new(&pieces[..used], exponent);
    product.remainder()
}

/// The pieces of an angle times 2/π.
struct Product<'x> {
    x: &'x [f64],
    /// How many pieces of 2/π make nothing but whole eighths of what is dropped.
    skipped: usize,
    /// The power of two of the first piece.
    scale: i32,
    /// The product as far as it has been computed, the first piece first.
    terms: Vec<f64>,
}

/// A product as whole pieces.
struct Distilled {
    /// Pieces of 24 bits of the fraction, the last one first.
    pieces: Vec<i32>,
    quadrant: i32,
    /// The fraction is at least one half, so that it was taken from one.
    beyond_half: bool,
    /// What of the fraction stands before the pieces.
    head: f64,
}

impl<'x> Product<'x> {
    fn new(x: &'x [f64], exponent: i32) -> Self {
        let skipped = ((exponent - 3) / 24).max(0);
        let mut product = Self {
            x,
            skipped: usize::try_from(skipped).unwrap_or(0),
            scale: exponent - 24 * (skipped + 1),
            terms: Vec::with_capacity(FIRST + 4),
        };
        product.extend(FIRST + 1);
        product
    }

    fn extend(&mut self, more: usize) {
        for _ in 0..more {
            let at = self.terms.len();
            let term = |sum, (j, x): (usize, &f64)| sum + x * self.two_over_pi(at, j);
            let term = self.x.iter().enumerate().fold(0.0, term);
            self.terms.push(term);
        }
    }

    /// The piece of 2/π that makes a term together with piece `j` of the angle.
    fn two_over_pi(&self, term: usize, j: usize) -> f64 {
        let Some(at) = (self.skipped + term).checked_sub(j) else {
            return 0.0;
        };
        let (limb, shift) = (24 * at / 64, 24 * at % 64);
        let limb_at = |index: usize| u128::from(TWO_OVER_PI.get(index).copied().unwrap_or(0));
        let two = (limb_at(limb) << 64) | limb_at(limb + 1);
        f64::from(u32::try_from((two << shift) >> 104).unwrap_or(0))
    }

    fn remainder(mut self) -> (u32, f64, f64) {
        let mut distilled = self.distilled();
        // All that was computed has cancelled: as many pieces more are taken as are zero.
        while distilled.head == 0.0 && distilled.pieces[FIRST..].iter().all(|piece| *piece == 0) {
            let zeros = distilled.pieces[..FIRST]
                .iter()
                .rev()
                .take_while(|piece| **piece == 0);
            self.extend(zeros.count() + 1);
            distilled = self.distilled();
        }
        let scale = distilled.normalise(self.scale);
        let (y, tail) = times_half_pi(&distilled.pieces, scale);
        let quadrant = distilled.quadrant.cast_unsigned() & 7;
        if distilled.beyond_half {
            (quadrant, -y, -tail)
        } else {
            (quadrant, y, tail)
        }
    }

    /// Carries the terms into whole pieces and takes the quarter turns off.
    fn distilled(&self) -> Distilled {
        let mut pieces = Vec::with_capacity(self.terms.len() + 2);
        let mut z = self.terms.last().copied().unwrap_or(0.0);
        for term in self.terms.iter().rev().skip(1) {
            let carry = (z / PIECE).trunc();
            pieces.push(whole(z - PIECE * carry));
            z = term + carry;
        }
        z *= 2f64.powi(self.scale);
        z -= 8.0 * (z * 0.125).floor();
        let mut quadrant = whole(z);
        let mut head = z - f64::from(quadrant);
        let last = pieces.len() - 1;
        let half = match self.scale {
            1.. => {
                let turns = pieces[last] >> (24 - self.scale);
                quadrant += turns;
                pieces[last] -= turns << (24 - self.scale);
                pieces[last] >> (23 - self.scale)
            }
            0 => pieces[last] >> 23,
            _ if head >= 0.5 => 2,
            _ => 0,
        };
        if half > 0 {
            quadrant += 1;
            let borrowed = take_from_one(&mut pieces);
            match self.scale {
                1 => pieces[last] &= 0x7F_FFFF,
                2 => pieces[last] &= 0x3F_FFFF,
                _ => {}
            }
            if half == 2 {
                head = 1.0 - head - if borrowed { 2f64.powi(self.scale) } else { 0.0 };
            }
        }
        Distilled {
            pieces,
            quadrant,
            beyond_half: half > 0,
            head,
        }
    }
}

impl Distilled {
    /// Puts the head among the pieces and drops leading zeros; the power of two of the first piece then.
    fn normalise(&mut self, mut scale: i32) -> i32 {
        if self.head == 0.0 {
            scale -= 24;
            while self.pieces.last() == Some(&0) {
                self.pieces.pop();
                scale -= 24;
            }
            return scale;
        }
        let head = self.head * 2f64.powi(-scale);
        if head < PIECE {
            self.pieces.push(whole(head));
            return scale;
        }
        let carry = (head / PIECE).trunc();
        self.pieces
            .extend([whole(head - PIECE * carry), whole(carry)]);
        scale + 24
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "below 2³¹, and cut off is what is wanted"
)]
fn whole(z: f64) -> i32 {
    z as i32
}

/// Replaces a fraction by what it lacks of one; whether there was anything to lack.
fn take_from_one(pieces: &mut [i32]) -> bool {
    let mut borrowed = false;
    for piece in pieces {
        if borrowed {
            *piece = 0xFF_FFFF - *piece;
        } else if *piece != 0 {
            borrowed = true;
            *piece = 0x100_0000 - *piece;
        }
    }
    borrowed
}

/// The fraction times π/2, summed up from its least parts: a double, and what that leaves.
fn times_half_pi(pieces: &[i32], scale: i32) -> (f64, f64) {
    // The pieces as doubles, the first one first.
    let mut value = 2f64.powi(scale);
    let fraction: Vec<f64> = pieces
        .iter()
        .rev()
        .map(|piece| {
            let scaled = value * f64::from(*piece);
            value /= PIECE;
            scaled
        })
        .collect();
    let product = |n: usize| {
        // Piece k of π/2 with piece n - k of the fraction.
        let from = (n + 1).saturating_sub(fraction.len());
        (from..=n.min(FIRST)).fold(0.0, |sum, k| sum + HALF_PI[k] * fraction[n - k])
    };
    let products: Vec<f64> = (0..fraction.len()).map(product).collect();
    let y = products
        .iter()
        .rev()
        .fold(0.0, |sum, product| sum + product);
    let head = products.first().map_or(0.0, |first| first - y);
    (
        y,
        products
            .iter()
            .skip(1)
            .fold(head, |sum, product| sum + product),
    )
}
