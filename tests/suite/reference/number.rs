//! Numbers as text and text as numbers, JavaScript's way.

/// The shortest text that reads back as the same number.
pub(super) fn to_text(number: f64) -> String {
    if number == 0.0 {
        return "0".into();
    }
    if !number.is_finite() {
        let text = if number.is_nan() { "NaN" } else { "Infinity" };
        return format!("{}{text}", if number < 0.0 { "-" } else { "" });
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').expect("an exponent is printed");
    let exponent: i32 = exponent.parse().expect("an integer is printed");
    let sign = if number < 0.0 { "-" } else { "" };
    let digits = mantissa.replace(['-', '.'], "");
    format!("{sign}{}", placed(&digits, exponent))
}

/// Significant digits, the first of which counts ten to the `exponent`.
fn placed(digits: &str, exponent: i32) -> String {
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    let len = i32::try_from(digits.len()).expect("at most 17 digits");
    match exponent {
        0..21 if len <= exponent + 1 => format!("{digits}{}", zeros(exponent + 1 - len)),
        0..21 => {
            let (whole, fraction) = digits.split_at(usize::try_from(exponent).unwrap_or(0) + 1);
            format!("{whole}.{fraction}")
        }
        -6..0 => format!("0.{}{digits}", zeros(-exponent - 1)),
        _ => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            format!("{first}{point}{rest}e{exponent:+}")
        }
    }
}

/// What JavaScript trims: white space of Unicode, line ends, and the byte order mark.
fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}')
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
        )
}

pub(super) fn from_text(text: &[u16]) -> f64 {
    let Ok(text) = String::from_utf16(text) else {
        return f64::NAN;
    };
    let text = text.trim_matches(is_space);
    match text.as_bytes() {
        [] => 0.0,
        [b'0', b'x' | b'X', ..] => radix(&text[2..], 4),
        [b'0', b'o' | b'O', ..] => radix(&text[2..], 3),
        [b'0', b'b' | b'B', ..] => radix(&text[2..], 1),
        _ => decimal(text),
    }
}

fn decimal(text: &str) -> f64 {
    match text {
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        // Rust reads words such as `nan` and `inf` too.
        _ if text.contains(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')) => {
            f64::NAN
        }
        _ => text.parse().unwrap_or(f64::NAN),
    }
}

/// Digits of `bits` bits each, rounded once.
fn radix(digits: &str, bits: u32) -> f64 {
    let mut head: u64 = 0;
    let mut dropped: i32 = 0;
    for c in digits.chars() {
        let Some(digit) = c.to_digit(1 << bits) else {
            return f64::NAN;
        };
        for bit in (0..bits).rev().map(|at| u64::from(digit >> at & 1)) {
            if head >> 62 == 0 {
                head = head << 1 | bit;
            } else {
                // The last bit remembers that something was cut off, which decides ties.
                head |= bit;
                dropped = dropped.saturating_add(1);
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "this is the one rounding")]
    let head = head as f64;
    if digits.is_empty() {
        f64::NAN
    } else {
        head * 2f64.powi(dropped)
    }
}
