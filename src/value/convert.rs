//! JavaScript's conversions: to a primitive, to text, to a number.

use std::borrow::Cow;

use super::builtin::{Builtin, Kind};
use super::val::{List, Members};
use super::{Fault, MAX_DEPTH, Val, date};

/// Text, or the half of a surrogate pair that no Rust string can hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum JsText<'a> {
    Text(Cow<'a, str>),
    Unit(u16),
}

impl JsText<'_> {
    pub(crate) fn is(&self, other: &str) -> bool {
        matches!(self, Self::Text(text) if **text == *other)
    }
}

/// A value without parts: what JavaScript reduces everything to before it compares.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Primitive<'a> {
    Text(JsText<'a>),
    /// `undefined` is NaN, `null` 0, booleans 0 and 1, dates their milliseconds.
    Number(f64),
}

/// `ToPrimitive` with the hint of relational operators, numbers converted at once.
pub(crate) fn to_primitive(value: Val<'_>) -> Result<Primitive<'_>, Fault> {
    Ok(match value {
        Val::Undefined => Primitive::Number(f64::NAN),
        Val::Null | Val::Builtin(Builtin::Prototype(Kind::Number | Kind::Bool)) => {
            Primitive::Number(0.0)
        }
        Val::Bool(value) => Primitive::Number(f64::from(u8::from(value))),
        Val::Number(number) | Val::Date(number) => Primitive::Number(number),
        Val::Text(_) | Val::Unit(_) | Val::Array(_) | Val::Object(_) => {
            Primitive::Text(to_text(value)?)
        }
        Val::Instance(_) | Val::Builtin(_) => Primitive::Text(to_text(value)?),
    })
}

impl Primitive<'_> {
    pub(crate) fn to_number(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Text(JsText::Text(text)) => text_to_number(text),
            Self::Text(JsText::Unit(_)) => f64::NAN,
        }
    }
}

/// `Number(value)`.
pub(crate) fn to_number(value: Val<'_>) -> Result<f64, Fault> {
    to_primitive(value).map(|primitive| primitive.to_number())
}

/// `String(value)`. An object that owns a key `toString` faults, as its own is no function.
pub(crate) fn to_text(value: Val<'_>) -> Result<JsText<'_>, Fault> {
    match value {
        Val::Undefined => Ok(borrowed("undefined")),
        Val::Null => Ok(borrowed("null")),
        Val::Bool(true) => Ok(borrowed("true")),
        Val::Bool(false) => Ok(borrowed("false")),
        Val::Number(number) => Ok(owned(number_to_text(number))),
        Val::Text(text) => Ok(borrowed(text)),
        Val::Unit(unit) => Ok(JsText::Unit(unit)),
        Val::Array(_) => to_beginning(value, usize::MAX),
        Val::Object(members) => object_to_text(members).map(borrowed),
        Val::Date(ms) => Ok(owned(date::to_text(ms))),
        Val::Instance(_) => Ok(borrowed(OBJECT_TEXT)),
        Val::Builtin(builtin) => builtin.to_text().map(owned),
    }
}

const OBJECT_TEXT: &str = "[object Object]";

fn borrowed(text: &str) -> JsText<'_> {
    JsText::Text(Cow::Borrowed(text))
}

fn owned<'a>(text: String) -> JsText<'a> {
    JsText::Text(Cow::Owned(text))
}

fn object_to_text(members: Members<'_>) -> Result<&'static str, Fault> {
    match members.get("toString") {
        Some(_) => Err(Fault),
        None => Ok(OBJECT_TEXT),
    }
}

/// How the text of a value [begins](to_text): so many bytes of it or some more, or all that it has. What follows is not
/// looked at, whether it faults or not.
pub(crate) fn to_beginning(value: Val<'_>, most: usize) -> Result<JsText<'_>, Fault> {
    let Val::Array(list) = value else {
        return to_text(value);
    };
    let mut text = String::new();
    join(list, MAX_DEPTH, most, &mut text)?;
    Ok(owned(text))
}

/// `array.join(",")`: missing and null elements are empty, arrays inside are joined by the same rule. Ends behind so many
/// bytes.
fn join(list: List<'_>, depth: u32, most: usize, out: &mut String) -> Result<(), Fault> {
    let depth = depth.checked_sub(1).ok_or(Fault)?;
    for (index, item) in list.iter().enumerate() {
        if out.len() >= most {
            break;
        }
        if index > 0 {
            out.push(',');
        }
        match item {
            Val::Undefined | Val::Null => {}
            Val::Array(list) => join(list, depth, most, out)?,
            item => push(&to_text(item)?, most, out),
        }
    }
    Ok(())
}

fn push(text: &JsText<'_>, most: usize, out: &mut String) {
    match text {
        JsText::Text(text) => {
            // Characters have four bytes at most.
            let ends = (most..most.saturating_add(4)).find(|end| text.is_char_boundary(*end));
            out.push_str(ends.and_then(|end| text.get(..end)).unwrap_or(text));
        }
        // The elements of an array come from JSON, where no text holds half a pair.
        JsText::Unit(_) => out.push(char::REPLACEMENT_CHARACTER),
    }
}

/// What an array is as a number; NaN too where it has no text.
///
/// Only one element, or none, has a text that can be a number: others are parted by commas.
pub(crate) fn list_to_number<'v>(list: List<'v>, text_to_number: impl Fn(&'v str) -> f64) -> f64 {
    let mut list = list;
    for _ in 0..MAX_DEPTH {
        match (list.len(), list.get(0)) {
            (0, _) | (1, Some(Val::Undefined | Val::Null)) => return 0.0,
            (1, Some(Val::Array(inner))) => list = inner,
            (1, Some(Val::Text(text))) => return text_to_number(text),
            // As text it loses the sign of a zero.
            (1, Some(Val::Number(number))) => return number + 0.0,
            // Booleans, dates and objects are words.
            _ => return f64::NAN,
        }
    }
    f64::NAN
}

/// The shortest text that reads back as the number, in JavaScript's form.
pub(crate) fn number_to_text(number: f64) -> String {
    ryu_js::Buffer::new().format(number).to_owned()
}

/// Appends the text of a number; see [`number_to_text`].
pub(crate) fn write_number(number: f64, out: &mut String) {
    out.push_str(ryu_js::Buffer::new().format(number));
}

/// `Number(text)`: JavaScript's literals between white space; empty text is 0, other text NaN.
pub(crate) fn text_to_number(text: &str) -> f64 {
    let text = text.trim_matches(is_white_space);
    match text.as_bytes() {
        [] => 0.0,
        [b'0', b'x' | b'X', ..] => digits_to_number(&text[2..], 16),
        [b'0', b'o' | b'O', ..] => digits_to_number(&text[2..], 8),
        [b'0', b'b' | b'B', ..] => digits_to_number(&text[2..], 2),
        _ => decimal_to_number(text),
    }
}

/// JavaScript's white space and line ends. Unlike Rust's it has U+FEFF and lacks U+0085.
fn is_white_space(c: char) -> bool {
    c == '\u{FEFF}' || (c.is_whitespace() && c != '\u{85}')
}

fn decimal_to_number(text: &str) -> f64 {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "Infinity" {
        return if text.starts_with('-') {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        };
    }
    // Rust reads the same decimal literals, and besides them `inf`, `nan` and `infinity`.
    let literal = unsigned
        .bytes()
        .all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if literal {
        text.parse().unwrap_or(f64::NAN)
    } else {
        f64::NAN
    }
}

/// The value of digits in base 2, 8 or 16, correctly rounded.
fn digits_to_number(digits: &str, base: u32) -> f64 {
    let bits_per_digit = base.trailing_zeros();
    let mut mantissa: u64 = 0;
    let mut exponent: i32 = 0;
    let mut sticky = false;
    if digits.is_empty() {
        return f64::NAN;
    }
    for c in digits.chars() {
        let Some(digit) = c.to_digit(base) else {
            return f64::NAN;
        };
        // 64 bits hold the 53 of a double and enough below them; what falls off only breaks ties.
        if mantissa >> (64 - bits_per_digit) == 0 {
            mantissa = mantissa << bits_per_digit | u64::from(digit);
        } else {
            exponent = exponent.saturating_add(bits_per_digit.cast_signed());
            sticky |= digit != 0;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "the rounding is what is wanted")]
    let rounded = (mantissa | u64::from(sticky)) as f64;
    rounded * 2f64.powi(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_as_javascript_does() {
        let cases = [
            ("", 0.0),
            (" \u{FEFF}\u{A0}\u{2028}12 ", 12.0),
            ("5.", 5.0),
            (".5", 0.5),
            ("+1e3", 1000.0),
            ("-Infinity", f64::NEG_INFINITY),
            ("1e400", f64::INFINITY),
            ("0x1F", 31.0),
            ("0b101", 5.0),
            ("0o17", 15.0),
            ("0x20000000000001", 9_007_199_254_740_992.0),
            ("0x20000000000003", 9_007_199_254_740_996.0),
            ("0x100000000000008001", 295_147_905_179_352_891_392.0),
        ];
        for (text, number) in cases {
            assert_eq!(text_to_number(text).to_bits(), number.to_bits(), "{text}");
        }
        let words = [
            ".", "e5", "inf", "nan", "infinity", "1_0", "0x", "-0x1", "1 2", "\u{85}1", "5e",
            "++1", "1e+", "--1",
        ];
        for text in words {
            assert!(text_to_number(text).is_nan(), "{text}");
        }
    }

    #[test]
    fn prints_numbers_as_javascript_does() {
        let texts = [1e21, 1e-7, 0.000_001, -0.0, 1.5, f64::INFINITY, f64::NAN].map(number_to_text);
        assert_eq!(
            texts,
            ["1e+21", "1e-7", "0.000001", "0", "1.5", "Infinity", "NaN"]
        );
    }

    #[test]
    fn an_array_is_the_number_that_its_text_is() {
        let arrays = [
            "[]",
            "[[]]",
            "[null]",
            "[[null]]",
            "[5]",
            "[-0.0]",
            "[[[1e300]]]",
            r#"["12"]"#,
            r#"[[" 0x1F "]]"#,
            r#"["x"]"#,
            "[true]",
            "[false]",
            "[{}]",
            r#"[{"toString":1}]"#,
            "[1,2]",
            "[[],[]]",
            "[null,null]",
            r#"["",""]"#,
            r#"["1,2"]"#,
            r#"[""]"#,
        ];
        for array in arrays {
            let value: serde_json::Value = array.parse().expect(array);
            let Val::Array(list) = Val::from(&value) else {
                unreachable!("{array}");
            };
            let number = to_number(Val::from(&value)).unwrap_or(f64::NAN);
            assert_eq!(
                list_to_number(list, text_to_number).to_bits(),
                number.to_bits(),
                "{array}"
            );
        }
    }

    #[test]
    fn a_text_begins_as_it_goes_on() {
        let values = [
            r#"["ab",["é😀",1.5],[[],null],"xyz"]"#,
            "[[[[]]],[],[]]",
            r#""a longer text""#,
            "17",
            "{}",
            "[]",
            r#"["😀😀😀"]"#,
            "[1,2,3,4,5,6,7]",
        ];
        for json in values {
            let value: serde_json::Value = json.parse().expect(json);
            let Ok(JsText::Text(all)) = to_text(Val::from(&value)) else {
                unreachable!("{json}");
            };
            for most in 0..20 {
                let Ok(JsText::Text(some)) = to_beginning(Val::from(&value), most) else {
                    unreachable!("{json}");
                };
                assert!(all.starts_with(&*some), "{json}: {some}");
                assert!(some.len() >= most.min(all.len()), "{json}: {some}");
            }
        }
        let long = serde_json::json!([["x".repeat(1_000)], {"toString": 1}]);
        let beginning = to_beginning(Val::from(&long), 16);
        assert_eq!(beginning, Ok(owned("x".repeat(16))));
    }

    #[test]
    fn joins_arrays() -> Result<(), Fault> {
        let value = serde_json::json!([1, null, [2, [], ["x"]], true]);
        assert_eq!(to_text(Val::from(&value))?, borrowed("1,,2,,x,true"));
        let value = serde_json::json!([{"toString": 1}]);
        assert_eq!(to_text(Val::from(&value)), Err(Fault));
        Ok(())
    }
}
