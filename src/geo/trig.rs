//! Sine and cosine with the same last bit as JavaScript's.
//!
//! V8 computes both by the formulation that Sun published in 1993. The standard library and the `libm` crate
//! answer otherwise in the last bit for one to three values of a hundred, which would decide `$maxDistance`
//! otherwise for a limit that was computed from the same points. All of it follows that publication, so its
//! notice stands here:
//!
//! ```text
//! Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
//!
//! Developed at SunSoft, a Sun Microsystems, Inc. business.
//! Permission to use, copy, modify, and distribute this
//! software is freely granted, provided that this notice
//! is preserved.
//! ```
#![expect(
    clippy::excessive_precision,
    clippy::many_single_char_names,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "constants are given to more digits than a double holds, names are those of the formulas, \
              and casts pick bits"
)]
#![cfg_attr(test, expect(clippy::approx_constant, reason = "π/2 is a case"))]

use super::large;

/// The sine of an angle in radians.
pub(crate) fn sin(x: f64) -> f64 {
    if high_word(x) <= QUARTER_PI {
        return sine_kernel(x, 0.0);
    }
    let (quadrant, y, tail) = reduce(x);
    match quadrant {
        0 => sine_kernel(y, tail),
        1 => cosine_kernel(y, tail),
        2 => -sine_kernel(y, tail),
        _ => -cosine_kernel(y, tail),
    }
}

/// The cosine of an angle in radians.
pub(crate) fn cos(x: f64) -> f64 {
    if high_word(x) <= QUARTER_PI {
        return cosine_kernel(x, 0.0);
    }
    let (quadrant, y, tail) = reduce(x);
    match quadrant {
        0 => cosine_kernel(y, tail),
        1 => -sine_kernel(y, tail),
        2 => -cosine_kernel(y, tail),
        _ => sine_kernel(y, tail),
    }
}

/// The high word of π/4.
const QUARTER_PI: u32 = 0x3FE9_21FB;

/// Exponent and the first twenty bits of the mantissa, without the sign.
fn high_word(x: f64) -> u32 {
    (x.abs().to_bits() >> 32) as u32
}

/// Sine on [-π/4, π/4] of `x + tail`.
fn sine_kernel(x: f64, tail: f64) -> f64 {
    const S1: f64 = -1.666_666_666_666_663_243_48e-1;
    const S2: f64 = 8.333_333_333_322_489_461_24e-3;
    const S3: f64 = -1.984_126_982_985_794_931_34e-4;
    const S4: f64 = 2.755_731_370_707_006_767_89e-6;
    const S5: f64 = -2.505_076_025_340_686_341_95e-8;
    const S6: f64 = 1.589_690_995_211_550_102_21e-10;
    if high_word(x) < 0x3E40_0000 {
        return x;
    }
    let z = x * x;
    let v = z * x;
    let r = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)));
    if tail == 0.0 {
        x + v * (S1 + z * r)
    } else {
        x - ((z * (0.5 * tail - v * r) - tail) - v * S1)
    }
}

/// Cosine on [-π/4, π/4] of `x + tail`.
fn cosine_kernel(x: f64, tail: f64) -> f64 {
    const C1: f64 = 4.166_666_666_666_660_190_37e-2;
    const C2: f64 = -1.388_888_888_887_410_957_49e-3;
    const C3: f64 = 2.480_158_728_947_672_941_78e-5;
    const C4: f64 = -2.755_731_435_139_066_330_35e-7;
    const C5: f64 = 2.087_572_321_298_174_827_90e-9;
    const C6: f64 = -1.135_964_755_778_819_482_65e-11;
    let high = high_word(x);
    if high < 0x3E40_0000 {
        return 1.0;
    }
    let z = x * x;
    let r = z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6)))));
    if high < 0x3FD3_3333 {
        return 1.0 - (0.5 * z - (z * r - x * tail));
    }
    let quarter = if high > 0x3FE9_0000 {
        0.28125
    } else {
        f64::from_bits(u64::from(high - 0x0020_0000) << 32)
    };
    (1.0 - quarter) - ((0.5 * z - quarter) - (z * r - x * tail))
}

/// Takes whole quarter turns off: how many (modulo four), and what remains as a double and its tail.
fn reduce(x: f64) -> (u32, f64, f64) {
    if !x.is_finite() {
        return (0, f64::NAN, 0.0);
    }
    let (quadrant, y, tail) = match high_word(x) {
        0..0x4002_D97C => reduce_once(x.abs()),
        0x4002_D97C..=0x4139_21FB => reduce_medium(x.abs()),
        _ => large::reduce(x.abs()),
    };
    if x.is_sign_negative() {
        (quadrant.wrapping_neg() & 3, -y, -tail)
    } else {
        (quadrant & 3, y, tail)
    }
}

/// π/2 in parts of 33 bits, and after each what it leaves of π/2.
const PART: [(f64, f64); 3] = [
    (
        1.570_796_326_734_125_614_17,
        6.077_100_506_506_192_249_32e-11,
    ),
    (
        6.077_100_506_303_965_976_60e-11,
        2.022_266_248_795_950_631_54e-21,
    ),
    (
        2.022_266_248_711_166_455_80e-21,
        8.478_427_660_368_899_569_97e-32,
    ),
];

/// Below 3π/4: one quarter turn.
fn reduce_once(x: f64) -> (u32, f64, f64) {
    let mut z = x - PART[0].0;
    let mut rest = PART[0].1;
    // So close to π/2 that the first part cancels and another one is needed.
    if high_word(x) == 0x3FF9_21FB {
        z -= PART[1].0;
        rest = PART[1].1;
    }
    let y = z - rest;
    (1, y, (z - y) - rest)
}

/// Up to 2¹⁹·π/2, in up to three steps: more parts are taken when the subtraction cancels more bits.
fn reduce_medium(x: f64) -> (u32, f64, f64) {
    let quadrant = (x * std::f64::consts::FRAC_2_PI + 0.5) as u32;
    let n = f64::from(quadrant);
    let mut r = x - n * PART[0].0;
    let mut w = n * PART[0].1;
    let mut y = r - w;
    let near_a_multiple =
        quadrant >= 32 || high_word(x) == high_word(n * std::f64::consts::FRAC_PI_2);
    for (part, cancelled) in [(PART[1], 16), (PART[2], 49)] {
        if !near_a_multiple || exponent(x).saturating_sub(exponent(y)) <= cancelled {
            break;
        }
        let before = r;
        w = n * part.0;
        r = before - w;
        w = n * part.1 - ((before - r) - w);
        y = r - w;
    }
    (quadrant, y, (r - y) - w)
}

fn exponent(x: f64) -> u32 {
    high_word(x) >> 20
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that Node 20 prints for `Math.sin` and `Math.cos`.
    const KNOWN: [(f64, f64, f64); 12] = [
        (0.1, 0.099_833_416_646_828_15, 0.995_004_165_278_025_7),
        (0.5, 0.479_425_538_604_203, 0.877_582_561_890_372_8),
        (0.78, 0.703_279_419_200_410_1, 0.710_913_538_012_277_3),
        (1.2, 0.932_039_085_967_226_3, 0.362_357_754_476_673_6),
        (1.570_796_326_794_896_6, 1.0, 6.123_233_995_736_766e-17),
        (2.5, 0.598_472_144_103_956_4, -0.801_143_615_546_933_7),
        (3.141_592_653_589_793, 1.224_646_799_147_353_2e-16, -1.0),
        (-7.25, -0.823_080_879_011_505_5, 0.567_924_173_288_694_8),
        (100.0, -0.506_365_641_109_758_8, 0.862_318_872_287_683_9),
        (
            1_000_000.0,
            -0.349_993_502_171_292_94,
            0.936_752_127_533_144_7,
        ),
        (
            123_456_789.123,
            0.999_842_939_552_045_1,
            0.017_722_760_166_677_856,
        ),
        (1e300, -0.817_881_912_115_908_5, -0.575_386_111_957_549_1),
    ];

    #[test]
    fn agrees_with_javascript() {
        for (x, sine, cosine) in KNOWN {
            assert_eq!(
                (sin(x).to_bits(), cos(x).to_bits()),
                (sine.to_bits(), cosine.to_bits()),
                "{x}"
            );
        }
    }

    #[test]
    fn large_and_medium_reductions_meet() {
        for i in 1..2000 {
            let x = f64::from(i) * 411.7;
            let (quadrant, y, _) = reduce_medium(x);
            let (large_quadrant, large_y, _) = large::reduce(x);
            // They round apart by one place at the most.
            let places = y.to_bits().abs_diff(large_y.to_bits());
            assert!(quadrant & 3 == large_quadrant & 3 && places <= 1, "{x}");
        }
    }
}
