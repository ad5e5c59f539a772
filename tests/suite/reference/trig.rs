//! sin, cos and asin as V8 computes them: the formulation of 1993, to the last bit.
//!
//! Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
//!
//! Developed at `SunPro`, a Sun Microsystems, Inc. business.
//! Permission to use, copy, modify, and distribute this
//! software is freely granted, provided that this notice
//! is preserved.

#![expect(
    clippy::excessive_precision,
    clippy::many_single_char_names,
    reason = "the names and the digits of the original"
)]

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

/// The upper half of |x|, by which the original tells ranges apart.
fn high(x: f64) -> u32 {
    u32::try_from(x.to_bits() >> 32).expect("32 bits") & 0x7fff_ffff
}

pub(super) fn sin(x: f64) -> f64 {
    if high(x) <= 0x3fe9_21fb {
        return kernel_sin(x, None);
    }
    let (n, y, tail) = reduce(x);
    match n & 3 {
        0 => kernel_sin(y, Some(tail)),
        1 => kernel_cos(y, tail),
        2 => -kernel_sin(y, Some(tail)),
        _ => -kernel_cos(y, tail),
    }
}

pub(super) fn cos(x: f64) -> f64 {
    if high(x) <= 0x3fe9_21fb {
        return kernel_cos(x, 0.0);
    }
    let (n, y, tail) = reduce(x);
    match n & 3 {
        0 => kernel_cos(y, tail),
        1 => -kernel_sin(y, Some(tail)),
        2 => -kernel_cos(y, tail),
        _ => kernel_sin(y, Some(tail)),
    }
}

fn horner(z: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| c + z * sum)
}

/// sin of `x + y` for |x| up to π/4 and a tail `y` of `x`.
fn kernel_sin(x: f64, y: Option<f64>) -> f64 {
    const S1: f64 = -1.666_666_666_666_663_243_48e-01;
    const S: [f64; 5] = [
        8.333_333_333_322_489_461_24e-03,
        -1.984_126_982_985_794_931_34e-04,
        2.755_731_370_707_006_767_89e-06,
        -2.505_076_025_340_686_341_95e-08,
        1.589_690_995_211_550_102_21e-10,
    ];
    if high(x) < 0x3e40_0000 {
        return x;
    }
    let z = x * x;
    let v = z * x;
    let r = horner(z, &S);
    match y {
        None => x + v * (S1 + z * r),
        Some(y) => x - ((z * (0.5 * y - v * r) - y) - v * S1),
    }
}

/// cos of `x + y` for |x| up to π/4 and a tail `y` of `x`.
fn kernel_cos(x: f64, y: f64) -> f64 {
    const C: [f64; 6] = [
        4.166_666_666_666_660_190_37e-02,
        -1.388_888_888_887_410_957_49e-03,
        2.480_158_728_947_672_941_78e-05,
        -2.755_731_435_139_066_330_35e-07,
        2.087_572_321_298_174_827_90e-09,
        -1.135_964_755_778_819_482_65e-11,
    ];
    let ix = high(x);
    if ix < 0x3e40_0000 {
        return 1.0;
    }
    let z = x * x;
    let r = z * horner(z, &C);
    if ix < 0x3fd3_3333 {
        return 1.0 - (0.5 * z - (z * r - x * y));
    }
    let qx = if ix > 0x3fe9_0000 {
        0.28125
    } else {
        f64::from_bits(u64::from(ix - 0x0020_0000) << 32)
    };
    (1.0 - qx) - ((0.5 * z - qx) - (z * r - x * y))
}

const PIO2_1: f64 = f64::from_bits(0x3ff9_21fb_5440_0000);
const PIO2_1T: f64 = f64::from_bits(0x3dd0_b461_1a62_6331);
const PIO2_2: f64 = f64::from_bits(0x3dd0_b461_1a60_0000);
const PIO2_2T: f64 = f64::from_bits(0x3ba3_198a_2e03_7073);
const PIO2_3: f64 = f64::from_bits(0x3ba3_198a_2e00_0000);
const PIO2_3T: f64 = f64::from_bits(0x397b_839a_2520_49c1);
const INV_PIO2: f64 = f64::from_bits(0x3fe4_5f30_6dc9_c883);

/// `x` less a multiple `n` of π/2, as a value and its tail.
fn reduce(x: f64) -> (i32, f64, f64) {
    let ix = high(x);
    let (n, y, tail) = match ix {
        0x7ff0_0000.. => (0, f64::NAN, f64::NAN),
        0x4139_21fc.. => large(x.abs()),
        0x4002_d97c.. => medium(x.abs()),
        _ => near(x.abs()),
    };
    if x < 0.0 {
        (-n, -y, -tail)
    } else {
        (n, y, tail)
    }
}

/// Below 3π/4, where `n` is 1.
fn near(x: f64) -> (i32, f64, f64) {
    let mut z = x - PIO2_1;
    let mut t = PIO2_1T;
    if high(x) == 0x3ff9_21fb {
        z -= PIO2_2;
        t = PIO2_2T;
    }
    let y = z - t;
    (1, y, (z - y) - t)
}

fn medium(x: f64) -> (i32, f64, f64) {
    let exponent = |x: f64| i32::try_from(high(x) >> 20).expect("11 bits");
    #[expect(clippy::cast_possible_truncation, reason = "below 2^20")]
    let n = (x * INV_PIO2 + 0.5) as i32;
    let count = f64::from(n);
    let mut r = x - count * PIO2_1;
    let mut w = count * PIO2_1T;
    let mut y = r - w;
    if n >= 32 || high(x) == high(count * FRAC_PI_2) {
        for (bits, part, tail) in [(16, PIO2_2, PIO2_2T), (49, PIO2_3, PIO2_3T)] {
            if exponent(x) - exponent(y) <= bits {
                break;
            }
            let t = r;
            w = count * part;
            r = t - w;
            w = count * tail - ((t - r) - w);
            y = r - w;
        }
    }
    (n, y, (r - y) - w)
}

/// 2/π in pieces of 24 bits.
const TWO_OVER_PI: [i32; 66] = [
    0x00a2_f983,
    0x006e_4e44,
    0x0015_29fc,
    0x0027_57d1,
    0x00f5_34dd,
    0x00c0_db62,
    0x0095_993c,
    0x0043_9041,
    0x00fe_5163,
    0x00ab_debb,
    0x00c5_61b7,
    0x0024_6e3a,
    0x0042_4dd2,
    0x00e0_0649,
    0x002e_ea09,
    0x00d1_921c,
    0x00fe_1deb,
    0x001c_b129,
    0x00a7_3ee8,
    0x0082_35f5,
    0x002e_bb44,
    0x0084_e99c,
    0x0070_26b4,
    0x005f_7e41,
    0x0039_91d6,
    0x0039_8353,
    0x0039_f49c,
    0x0084_5f8b,
    0x00bd_f928,
    0x003b_1ff8,
    0x0097_ffde,
    0x0005_980f,
    0x00ef_2f11,
    0x008b_5a0a,
    0x006d_1f6d,
    0x0036_7ecf,
    0x0027_cb09,
    0x00b7_4f46,
    0x003f_669e,
    0x005f_ea2d,
    0x0075_27ba,
    0x00c7_ebe5,
    0x00f1_7b3d,
    0x0007_39f7,
    0x008a_5292,
    0x00ea_6bfb,
    0x005f_b11f,
    0x008d_5d08,
    0x0056_0330,
    0x0046_fc7b,
    0x006b_abf0,
    0x00cf_bc20,
    0x009a_f436,
    0x001d_a9e3,
    0x0091_615e,
    0x00e6_1b08,
    0x0065_9985,
    0x005f_14a0,
    0x0068_408d,
    0x00ff_d880,
    0x004d_7327,
    0x0031_0606,
    0x0015_56ca,
    0x0073_a8c9,
    0x0060_e27b,
    0x00c0_8c6b,
];

/// π/2 in pieces of 24 bits.
const PIO2: [f64; 8] = [
    1.570_796_251_296_997_070_31e+00,
    7.549_789_415_861_596_353_35e-08,
    5.390_302_529_957_764_765_54e-15,
    3.282_003_415_807_912_941_23e-22,
    1.270_655_753_080_676_073_49e-29,
    1.229_333_089_811_113_289_32e-36,
    2.733_700_538_164_645_596_24e-44,
    2.167_416_838_778_048_194_44e-51,
];

const TWO_24: f64 = 16_777_216.0;

/// How many pieces of 2/π beyond the first the result needs.
const JK: usize = 4;

/// x beyond 2^19·π/2, cut in three pieces of 24 bits.
fn large(x: f64) -> (i32, f64, f64) {
    let e0 = i32::try_from(high(x) >> 20).expect("11 bits") - 1046;
    let scaled = x * 2f64.powi(-e0);
    let first = scaled.trunc();
    let second = ((scaled - first) * TWO_24).trunc();
    let third = ((scaled - first) * TWO_24 - second) * TWO_24;
    let pieces = [first, second, third];
    let used = 3 - pieces
        .iter()
        .rev()
        .take_while(|piece| **piece == 0.0)
        .count();
    multiply(&pieces[..used], e0)
}

/// The product with 2/π, of which the whole part is dropped but for its last bits.
fn multiply(x: &[f64], e0: i32) -> (i32, f64, f64) {
    let jx = x.len() - 1;
    let jv = (e0 - 3).max(0) / 24;
    let mut q0 = e0 - 24 * (jv + 1);
    let skipped = usize::try_from(jv).expect("not negative");
    let piece = |at: usize| {
        let piece = (at + skipped).checked_sub(jx).map(|at| TWO_OVER_PI[at]);
        f64::from(piece.unwrap_or(0))
    };
    let term = |i: usize| (0..=jx).fold(0.0, |sum, j| sum + x[j] * piece(jx + i - j));
    let mut q: Vec<f64> = (0..=JK).map(term).collect();
    let (mut iq, n, ih, mut z) = loop {
        let (iq, n, ih, z) = distill(&q, q0);
        if z != 0.0 || iq[JK..].iter().any(|bits| *bits != 0) {
            break (iq, n, ih, z);
        }
        // All that was computed cancelled out: take as many pieces more as are zero.
        let zeros = iq[..JK].iter().rev().take_while(|bits| **bits == 0).count();
        let len = q.len();
        q.extend((len..=len + zeros).map(term));
    };
    if z == 0.0 {
        q0 -= 24;
        while iq.last() == Some(&0) {
            iq.pop();
            q0 -= 24;
        }
    } else {
        z *= 2f64.powi(-q0);
        let carry = (z / TWO_24).trunc();
        iq.push(whole(z - TWO_24 * carry));
        if carry > 0.0 {
            q0 += 24;
            iq.push(whole(carry));
        }
    }
    let (y, tail) = times_pio2(&iq, q0);
    if ih == 0 {
        (n & 7, y, tail)
    } else {
        (n & 7, -y, -tail)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "below 2^31")]
fn whole(z: f64) -> i32 {
    z as i32
}

/// The pieces of the fraction (the lowest first becomes the last), the multiple of π/2, whether it was
/// rounded up, and what is left in front.
fn distill(q: &[f64], q0: i32) -> (Vec<i32>, i32, i32, f64) {
    let jz = q.len() - 1;
    let mut iq = Vec::with_capacity(jz + 2);
    let mut z = q[jz];
    for j in (0..jz).rev() {
        let carry = f64::from(whole(z / TWO_24));
        iq.push(whole(z - TWO_24 * carry));
        z = q[j] + carry;
    }
    z *= 2f64.powi(q0);
    z -= 8.0 * (z * 0.125).floor();
    let mut n = whole(z);
    z -= f64::from(n);
    let mut ih = 0;
    if q0 > 0 {
        let bits = iq[jz - 1] >> (24 - q0);
        n += bits;
        iq[jz - 1] -= bits << (24 - q0);
        ih = iq[jz - 1] >> (23 - q0);
    } else if q0 == 0 {
        ih = iq[jz - 1] >> 23;
    } else if z >= 0.5 {
        ih = 2;
    }
    if ih > 0 {
        n += 1;
        let carried = complement(&mut iq);
        if q0 > 0 {
            iq[jz - 1] &= (1 << (24 - q0)) - 1;
        }
        if ih == 2 {
            z = 1.0 - z;
            if carried {
                z -= 2f64.powi(q0);
            }
        }
    }
    (iq, n, ih, z)
}

/// One less the fraction.
fn complement(iq: &mut [i32]) -> bool {
    let mut carried = false;
    for bits in iq {
        if carried {
            *bits = 0x00ff_ffff - *bits;
        } else if *bits != 0 {
            carried = true;
            *bits = 0x0100_0000 - *bits;
        }
    }
    carried
}

fn times_pio2(iq: &[i32], q0: i32) -> (f64, f64) {
    let jz = iq.len() - 1;
    let mut q = vec![0.0; iq.len()];
    let mut scale = 2f64.powi(q0);
    for i in (0..=jz).rev() {
        q[i] = scale * f64::from(iq[i]);
        scale /= TWO_24;
    }
    let product = |i: usize| {
        let terms = (0..=JK.min(jz - i)).map(|k| PIO2[k] * q[i + k]);
        terms.fold(0.0, |sum, term| sum + term)
    };
    let fq: Vec<f64> = (0..=jz).rev().map(product).collect();
    let y = fq.iter().rev().fold(0.0, |sum, f| sum + f);
    let tail = fq[1..].iter().fold(fq[0] - y, |sum, f| sum + f);
    (y, tail)
}

/// asin for 0 and more.
pub(super) fn asin(x: f64) -> f64 {
    const P: [f64; 6] = [
        1.666_666_666_666_666_574_15e-01,
        -3.255_658_186_224_009_154_05e-01,
        2.012_125_321_348_629_258_81e-01,
        -4.005_553_450_067_941_140_27e-02,
        7.915_349_942_898_145_321_76e-04,
        3.479_331_075_960_211_675_70e-05,
    ];
    const Q: [f64; 5] = [
        1.0,
        -2.403_394_911_734_414_218_78e+00,
        2.020_945_760_233_505_694_71e+00,
        -6.882_839_716_054_532_930_30e-01,
        7.703_815_055_590_193_527_91e-02,
    ];
    const PIO2_LO: f64 = 6.123_233_995_736_766_035_87e-17;
    let ratio = |t: f64| t * horner(t, &P) / horner(t, &Q);
    let ix = high(x);
    match ix {
        _ if x.is_nan() || x > 1.0 => f64::NAN,
        0x3ff0_0000.. => FRAC_PI_2 + PIO2_LO,
        0x3fe0_0000.. => {
            let t = (1.0 - x) * 0.5;
            let s = t.sqrt();
            if ix >= 0x3fef_3333 {
                return FRAC_PI_2 - (2.0 * (s + s * ratio(t)) - PIO2_LO);
            }
            let w = f64::from_bits(s.to_bits() & !0xffff_ffff);
            let c = (t - w * w) / (s + w);
            let p = 2.0 * s * ratio(t) - (PIO2_LO - 2.0 * c);
            FRAC_PI_4 - (p - (FRAC_PI_4 - 2.0 * w))
        }
        0x3e40_0000.. => x + x * ratio(x * x),
        _ => x,
    }
}
