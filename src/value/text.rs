//! Text as JavaScript sees it: a row of UTF-16 units.

use std::cmp::Ordering;

/// Compares two texts by their UTF-16 units, as JavaScript orders strings.
///
/// That differs from the order of Rust only where one side has a character beyond U+FFFF (a surrogate
/// pair, so units D800 to DFFF) and the other one from U+E000 to U+FFFF.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let (Some(x), Some(y)) = (a.as_bytes().get(common), b.as_bytes().get(common)) else {
        return a.len().cmp(&b.len());
    };
    // UTF-8 lead bytes: EE and EF begin U+E000 to U+FFFF, F0 to F4 what lies beyond. Bytes that
    // continue a character are below C0, and there both sides are of the same plane.
    match (*x, *y) {
        (0xEE..=0xEF, 0xF0..) => Ordering::Greater,
        (0xF0.., 0xEE..=0xEF) => Ordering::Less,
        (x, y) => x.cmp(&y),
    }
}

/// Whether two texts are the same. Short ones are compared in two words that may overlap: names and ids are no
/// longer, and calling the library's comparison takes longer than that.
#[inline]
pub(crate) fn is_same(a: &str, b: &str) -> bool {
    is_same_bytes(a.as_bytes(), b.as_bytes())
}

/// The same, of their bytes.
#[inline]
pub(crate) fn is_same_bytes(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match a.len() {
        8..=16 => a.first_chunk::<8>() == b.first_chunk() && a.last_chunk::<8>() == b.last_chunk(),
        4..8 => a.first_chunk::<4>() == b.first_chunk() && a.last_chunk::<4>() == b.last_chunk(),
        2..4 => a.first_chunk::<2>() == b.first_chunk() && a.last() == b.last(),
        _ => a == b,
    }
}

/// The number of UTF-16 units.
pub(crate) fn len(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.chars().map(char::len_utf16).sum()
}

/// One UTF-16 unit of a text: a character of its own, or half of a surrogate pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit<'a> {
    Char(&'a str),
    Half(u16),
}

/// The unit at a position that is counted in UTF-16 units.
pub(crate) fn unit_at(text: &str, index: usize) -> Option<Unit<'_>> {
    if text.is_ascii() {
        return text.get(index..=index).map(Unit::Char);
    }
    unit_among(text, index)
}

fn unit_among(text: &str, index: usize) -> Option<Unit<'_>> {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if index < units + c.len_utf16() {
            return Some(unit_of(&text[at..at + c.len_utf8()], c, index - units));
        }
        units += c.len_utf16();
    }
    None
}

/// A text in which any number of units are looked for: it is walked once.
#[derive(Clone, Debug)]
pub(crate) struct Units<'t> {
    text: &'t str,
    len: usize,
    /// Where every so manyth character begins, in bytes, and how many units there are before it. None in a text of which each
    /// byte is a unit.
    marks: Vec<(usize, usize)>,
}

impl<'t> Units<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        const APART: usize = 64;
        let (mut len, mut marks) = (text.len(), Vec::new());
        if !text.is_ascii() {
            len = 0;
            for (count, (at, c)) in text.char_indices().enumerate() {
                if count % APART == 0 {
                    marks.push((at, len));
                }
                len += c.len_utf16();
            }
        }
        Self { text, len, marks }
    }

    /// Whether it is this text, and not only one like it.
    pub(crate) fn is_of(&self, text: &str) -> bool {
        std::ptr::eq(self.text, text)
    }

    /// See [`len`].
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// See [`unit_at`].
    pub(crate) fn at(&self, index: usize) -> Option<Unit<'t>> {
        if self.marks.is_empty() {
            return self.text.get(index..=index).map(Unit::Char);
        }
        let behind = self.marks.partition_point(|(_, units)| *units <= index);
        let mark = behind.checked_sub(1).and_then(|mark| self.marks.get(mark));
        let (at, units) = mark.copied().unwrap_or_default();
        unit_among(self.text.get(at..)?, index - units)
    }
}

/// All units in turn.
pub(crate) fn units(text: &str) -> impl Iterator<Item = Unit<'_>> {
    text.char_indices().flat_map(move |(at, c)| {
        let of = &text[at..at + c.len_utf8()];
        (0..c.len_utf16()).map(move |half| unit_of(of, c, half))
    })
}

fn unit_of(text: &str, c: char, half: usize) -> Unit<'_> {
    let mut pair = [0; 2];
    match c.encode_utf16(&mut pair) {
        [_] => Unit::Char(text),
        halves => Unit::Half(halves[half]),
    }
}

/// Whether half of a surrogate pair occurs in a text.
pub(crate) fn contains_half(text: &str, half: u16) -> bool {
    let mut pair = [0; 2];
    let mut astral = text.chars().filter(|c| c.len_utf16() == 2);
    astral.any(|c| c.encode_utf16(&mut pair).contains(&half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_by_unit() {
        let sorted = [
            "",
            "a",
            "a\u{1F600}",
            "a\u{FF5E}",
            "b",
            "\u{D7FF}",
            "\u{1F600}",
            "\u{E000}",
            "\u{FFFF}",
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(compare(a, b), i.cmp(&j), "{a:?} {b:?}");
                assert_eq!(compare(a, b), a.encode_utf16().cmp(b.encode_utf16()));
            }
        }
    }

    #[test]
    fn compares_texts_of_every_length() {
        let text: String = ('a'..='z').collect();
        for length in 0..=text.len() {
            let a = &text[..length];
            assert!(is_same(a, &String::from(a)));
            for at in 0..length {
                let mut other = a.to_owned();
                other.replace_range(at..=at, "-");
                assert!(!is_same(a, &other), "{a} {other}");
            }
            assert!(!is_same(a, &text[..length / 2]) || length == 0);
        }
    }

    #[test]
    fn reaches_units() {
        assert_eq!(unit_at("aé😀z", 1), Some(Unit::Char("é")));
        assert_eq!(unit_at("aé😀z", 2), Some(Unit::Half(0xD83D)));
        assert_eq!(unit_at("aé😀z", 3), Some(Unit::Half(0xDE00)));
        assert_eq!(unit_at("aé😀z", 4), Some(Unit::Char("z")));
        assert_eq!(unit_at("aé😀z", 5), None);
        assert_eq!(unit_at("abc", 3), None);
        assert_eq!(len("aé😀z"), 5);
        assert_eq!(units("aé😀z").count(), 5);
        for text in ["", "abc", "aé😀z", &"aé😀z".repeat(100), &"z".repeat(300)] {
            let known = Units::of(text);
            assert!(known.is_of(text));
            assert_eq!(known.len(), len(text));
            for index in 0..known.len() + 3 {
                assert_eq!(known.at(index), unit_at(text, index), "{index}");
            }
        }
    }
}
