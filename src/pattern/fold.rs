//! Which characters `i` takes for one another.
//!
//! Without `u` or `v` JavaScript compares the upper cases of single UTF-16 units, a unit that has an
//! upper case of several characters, or one that is ASCII when it is not, standing for itself. With
//! either flag it compares simple case foldings.

use std::sync::OnceLock;

use memchr::memchr2;
use smallvec::SmallVec;

use super::flags::Flags;
use super::unicode::folding;

/// How a pattern compares characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Folding {
    /// As they are.
    Exact,
    /// By the upper case of a unit.
    Upper,
    /// By simple case folding of a code point.
    Simple,
}

/// The characters that are one to a [`Folding`], itself among them, sorted.
pub(crate) type Orbit<'t> = &'t [u32];

/// The orbits of more than one character.
struct Table {
    /// Sorted by character, each with the place of its orbit in `members`.
    places: Vec<(u32, u16, u16)>,
    members: Vec<u32>,
}

static UPPER: OnceLock<Table> = OnceLock::new();
static SIMPLE: OnceLock<Table> = OnceLock::new();

impl Folding {
    pub(crate) const fn of(flags: Flags) -> Self {
        if flags.ignore_case() {
            Self::ignoring_case(flags.code_points())
        } else {
            Self::Exact
        }
    }

    /// What `i` means in a pattern that reads code points, or units.
    pub(crate) const fn ignoring_case(code_points: bool) -> Self {
        if code_points {
            Self::Simple
        } else {
            Self::Upper
        }
    }

    fn table(self) -> Option<&'static Table> {
        match self {
            Self::Exact => None,
            Self::Upper => Some(UPPER.get_or_init(|| Table::new(&folding("upper")))),
            Self::Simple => Some(SIMPLE.get_or_init(|| Table::new(&folding("simple")))),
        }
    }

    /// The characters equal to `c`, if there are others than itself.
    fn orbit(self, c: u32) -> Option<Orbit<'static>> {
        let table = self.table()?;
        let at = table
            .places
            .binary_search_by_key(&c, |place| place.0)
            .ok()?;
        let (_, from, to) = table.places[at];
        Some(&table.members[usize::from(from)..usize::from(to)])
    }

    /// The characters equal to `c`.
    pub(crate) fn equals(self, c: u32) -> SmallVec<[u32; 4]> {
        self.orbit(c)
            .map_or_else(|| SmallVec::from_slice(&[c]), SmallVec::from_slice)
    }

    /// One of the characters equal to `c`, the same for all of them.
    pub(crate) fn canonical(self, c: u32) -> u32 {
        match (self, u8::try_from(c)) {
            (Self::Exact, _) => c,
            // The first of an orbit with an ASCII letter is the upper case of that letter.
            (_, Ok(byte)) if byte.is_ascii() => u32::from(byte.to_ascii_uppercase()),
            _ => self
                .orbit(c)
                .and_then(<[u32]>::first)
                .map_or(c, |first| *first),
        }
    }

    /// Whether `c` equals nothing but itself.
    pub(crate) fn is_alone(self, c: u32) -> bool {
        // Every ASCII letter equals its other case, and no other ASCII character equals another; so
        // patterns in ASCII never ask for a table.
        match u8::try_from(c) {
            Ok(byte) if byte.is_ascii() => self == Self::Exact || !byte.is_ascii_alphabetic(),
            _ => self.orbit(c).is_none(),
        }
    }

    /// Whether an ASCII letter equals its other case and nothing else.
    pub(crate) const fn pairs_ascii(self, letter: u8) -> bool {
        match self {
            Self::Exact => false,
            Self::Upper => letter.is_ascii_alphabetic(),
            // The Kelvin sign is a k, the long s an s.
            Self::Simple => {
                letter.is_ascii_alphabetic() && !matches!(letter, b'k' | b'K' | b's' | b'S')
            }
        }
    }

    /// Adds to `ranges` what equals one of them.
    pub(crate) fn close(self, ranges: &mut Vec<(u32, u32)>) {
        let Some(table) = self.table() else {
            return;
        };
        for at in 0..ranges.len() {
            let (from, to) = ranges[at];
            let start = table.places.partition_point(|place| place.0 < from);
            let places = table.places[start..]
                .iter()
                .take_while(|place| place.0 <= to);
            for (_, from, to) in places {
                let members = &table.members[usize::from(*from)..usize::from(*to)];
                ranges.extend(members.iter().map(|c| (*c, *c)));
            }
        }
        super::ranges::normalise(ranges);
    }
}

/// A character in lower case as far as that is ASCII: whatever equals an ASCII letter in some [`Folding`] becomes that letter.
pub(crate) fn lower(c: char) -> char {
    match c {
        LONG_S => 's',
        KELVIN => 'k',
        c => c.to_ascii_lowercase(),
    }
}

const LONG_S: char = '\u{17F}';
const KELVIN: char = '\u{212A}';

/// How many bytes a character has at most that becomes one [of one byte](lower).
pub(crate) const WIDEST: usize = KELVIN.len_utf8();

/// Brings the characters of a text into [lower case](lower), given as bytes, of which the last may be part of one.
pub(crate) fn lower_bytes(text: &mut Vec<u8>) {
    text.make_ascii_lowercase();
    let (long_s, kelvin) = (utf8(LONG_S), utf8(KELVIN));
    let Some(first) = memchr2(long_s[0], kelvin[0], text) else {
        return;
    };
    let (mut read, mut written) = (first, first);
    while let Some(rest) = text.get(read..).filter(|rest| !rest.is_empty()) {
        let (byte, length) = if rest.starts_with(&long_s[..2]) {
            (b's', 2)
        } else if rest.starts_with(&kelvin[..3]) {
            (b'k', 3)
        } else {
            (rest[0], 1)
        };
        text[written] = byte;
        read += length;
        written += 1;
    }
    text.truncate(written);
}

fn utf8(c: char) -> [u8; 4] {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes);
    bytes
}

impl Table {
    fn new(orbits: &[Vec<u32>]) -> Self {
        let mut table = Self {
            places: Vec::new(),
            members: Vec::new(),
        };
        for orbit in orbits {
            table.add(orbit);
        }
        table.places.sort_unstable();
        table
    }

    fn add(&mut self, orbit: &[u32]) {
        // There are some 3,000 members.
        let place = |len: usize| u16::try_from(len).unwrap_or(u16::MAX);
        let from = place(self.members.len());
        self.members.extend(orbit);
        let to = place(self.members.len());
        self.places
            .extend(orbit.iter().map(|member| (*member, from, to)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equal(folding: Folding, a: char, b: char) -> bool {
        folding.canonical(a.into()) == folding.canonical(b.into())
    }

    #[test]
    fn units_fold_by_upper_case_and_never_into_ascii() {
        assert!(equal(Folding::Upper, 'a', 'A'));
        assert!(equal(Folding::Upper, 'é', 'É'));
        assert!(equal(Folding::Upper, 'σ', 'ς'));
        assert!(!equal(Folding::Upper, 's', 'ſ'));
        assert!(!equal(Folding::Upper, 'k', '\u{212a}'));
        assert!(!equal(Folding::Upper, 'ß', 'ẞ'));
        assert!(!equal(Folding::Upper, 'ı', 'I'));
        assert!(!equal(Folding::Upper, '𐐀', '𐐨'));
    }

    #[test]
    fn code_points_fold_simply() {
        assert!(equal(Folding::Simple, 's', 'ſ'));
        assert!(equal(Folding::Simple, '\u{212a}', 'K'));
        assert!(equal(Folding::Simple, 'ß', 'ẞ'));
        assert!(equal(Folding::Simple, '𐐀', '𐐨'));
        assert!(!equal(Folding::Simple, 'ı', 'I'));
    }

    #[test]
    fn what_equals_an_ascii_letter_is_brought_into_lower_case() {
        let mut text = String::new();
        for folding in [Folding::Upper, Folding::Simple] {
            for letter in b'a'..=b'z' {
                for equal in folding.equals(u32::from(letter)) {
                    let equal = char::from_u32(equal).expect("a character");
                    assert_eq!(lower(equal), char::from(letter), "{folding:?} {equal}");
                    assert!(equal.len_utf8() <= WIDEST);
                    text.extend([equal, 'é', 'ŀ', '℀']);
                }
            }
        }
        let expected: String = text.chars().map(lower).collect();
        for cut in [0, 1, 2] {
            let mut bytes = text.as_bytes()[..text.len() - cut].to_vec();
            lower_bytes(&mut bytes);
            assert_eq!(bytes, expected.as_bytes()[..expected.len() - cut], "{cut}");
        }
    }

    #[test]
    fn ascii_pairs_are_what_the_tables_say() {
        for folding in [Folding::Upper, Folding::Simple] {
            for letter in 0..128_u8 {
                let orbit = folding.orbit(u32::from(letter));
                let pair = orbit.is_some_and(|orbit| orbit.len() == 2);
                assert_eq!(folding.pairs_ascii(letter), pair, "{folding:?} {letter}");
            }
        }
    }
}
