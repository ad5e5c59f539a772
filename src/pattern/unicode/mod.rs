//! Sets of characters with a name: JavaScript's own, and those of Unicode.
//!
//! Unicode's come from the tables of `regex-syntax`, which stand at Unicode 16. A table is made when
//! it is first asked for, never changes, and is shared by all patterns.

mod names;

use std::sync::OnceLock;

use regex_syntax::hir::{Class, HirKind};

use self::names::{BINARIES, CATEGORIES, NEWER_SCRIPTS, OF_STRINGS, SCRIPTS, WITHOUT_TABLE};
use super::ranges::{self, Range};

/// A named set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SetId(u16);

/// Why `\p{…}` names no set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PropertyError {
    Unknown,
    /// A property of strings, which `v` alone knows.
    OfStrings,
    /// A script that the tables do not have yet.
    Newer,
    /// A property that the tables leave out.
    NoTable,
}

/// `\d`
pub(crate) const DIGIT: SetId = SetId(0);
/// `\s`
pub(crate) const SPACE: SetId = SetId(1);
const WORD: SetId = SetId(2);
/// `\w` with `u` and `i`: the letters that fold to a word character are word characters.
const WORD_FOLDED: SetId = SetId(3);
/// What ends a line.
pub(crate) const LINE_END: SetId = SetId(4);
const ANY: SetId = SetId(5);
const ASCII: SetId = SetId(6);
const SURROGATE: SetId = SetId(7);
/// Every character that is not assigned to a category but `Unassigned`.
const ASSIGNED: SetId = SetId(8);
const OTHER: SetId = SetId(9);
const UNKNOWN_SCRIPT: SetId = SetId(10);

const FIRST_CATEGORY: usize = 11;
const FIRST_BINARY: usize = FIRST_CATEGORY + CATEGORIES.len();
const FIRST_SCRIPT: usize = FIRST_BINARY + BINARIES.len();
const FIRST_EXTENSION: usize = FIRST_SCRIPT + SCRIPTS.len();
const COUNT: usize = FIRST_EXTENSION + SCRIPTS.len();

/// What may begin an identifier.
pub(crate) const ID_START: SetId = SetId::at(FIRST_BINARY);
/// What may go on in one.
pub(crate) const ID_CONTINUE: SetId = SetId::at(FIRST_BINARY + 1);

/// `\w`
pub(crate) const fn word(folded: bool) -> SetId {
    if folded { WORD_FOLDED } else { WORD }
}

const DIGITS: &[Range] = &[(0x30, 0x39)];
const SPACES: &[Range] = &[
    (0x09, 0x0d),
    (0x20, 0x20),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x2028, 0x2029),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
    (0xfeff, 0xfeff),
];
const WORDS: &[Range] = &[(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
const WORDS_FOLDED: &[Range] = &[
    (0x30, 0x39),
    (0x41, 0x5a),
    (0x5f, 0x5f),
    (0x61, 0x7a),
    (0x17f, 0x17f),
    (0x212a, 0x212a),
];
const LINE_ENDS: &[Range] = &[(0x0a, 0x0a), (0x0d, 0x0d), (0x2028, 0x2029)];
const SURROGATES: &[Range] = &[(0xd800, 0xdfff)];

static TABLES: [OnceLock<Box<[Range]>>; COUNT] = [const { OnceLock::new() }; COUNT];

impl SetId {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "there are some four hundred sets"
    )]
    const fn at(index: usize) -> Self {
        Self(index as u16)
    }

    /// The members, sorted and apart.
    pub(crate) fn ranges(self) -> &'static [Range] {
        match self {
            DIGIT => DIGITS,
            SPACE => SPACES,
            WORD => WORDS,
            WORD_FOLDED => WORDS_FOLDED,
            LINE_END => LINE_ENDS,
            ANY => &[(0, ranges::LAST)],
            ASCII => &[(0, 0x7f)],
            SURROGATE => SURROGATES,
            _ => TABLES.get(usize::from(self.0)).map_or(&[], |table| {
                table.get_or_init(|| self.table().into_boxed_slice())
            }),
        }
    }

    pub(crate) fn contains(self, c: u32) -> bool {
        ranges::contains(self.ranges(), c)
    }

    /// Makes the table. `regex-syntax` knows no surrogates; JavaScript puts them into `Cs`.
    fn table(self) -> Vec<Range> {
        let index = usize::from(self.0);
        match self {
            ASSIGNED => with_surrogates("gc=Assigned"),
            OTHER => with_surrogates("gc=Other"),
            UNKNOWN_SCRIPT => unknown_script(),
            _ if index < FIRST_BINARY => asked("gc=", CATEGORIES, index - FIRST_CATEGORY),
            _ if index < FIRST_SCRIPT => asked("", BINARIES, index - FIRST_BINARY),
            _ if index < FIRST_EXTENSION => asked("sc=", SCRIPTS, index - FIRST_SCRIPT),
            _ => asked("scx=", SCRIPTS, index - FIRST_EXTENSION),
        }
    }
}

fn with_surrogates(property: &str) -> Vec<Range> {
    let mut set = query(property);
    set.extend_from_slice(SURROGATES);
    ranges::normalise(&mut set);
    set
}

/// What no script has: unassigned, private, surrogate.
fn unknown_script() -> Vec<Range> {
    let scripts = (0..SCRIPTS.len()).flat_map(|index| asked("sc=", SCRIPTS, index));
    let mut known: Vec<Range> = scripts.collect();
    ranges::normalise(&mut known);
    ranges::complement(&known, ranges::LAST)
}

fn asked(prefix: &str, names: &[&str], index: usize) -> Vec<Range> {
    let name = names.get(index).and_then(|names| names.split(' ').next());
    name.map_or_else(Vec::new, |name| query(&format!("{prefix}{name}")))
}

fn query(property: &str) -> Vec<Range> {
    // The names were all tried when they were listed; a test tries them again.
    let Ok(hir) = regex_syntax::parse(&format!("\\p{{{property}}}")) else {
        return Vec::new();
    };
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => class
            .iter()
            .map(|range| (range.start().into(), range.end().into()))
            .collect(),
        // A set of one character is a literal to `regex-syntax`.
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).map_or_else(
            |_| Vec::new(),
            |text| text.chars().map(|c| (c.into(), c.into())).collect(),
        ),
        _ => Vec::new(),
    }
}

/// The set that `\p{text}` names.
pub(crate) fn property(text: &str) -> Result<SetId, PropertyError> {
    match text.split_once('=') {
        None => lone_name(text),
        Some(("General_Category" | "gc", value)) => category(value).ok_or(PropertyError::Unknown),
        Some(("Script" | "sc", value)) => script(value, FIRST_SCRIPT),
        Some(("Script_Extensions" | "scx", value)) => script(value, FIRST_EXTENSION),
        Some(_) => Err(PropertyError::Unknown),
    }
}

fn lone_name(name: &str) -> Result<SetId, PropertyError> {
    match name {
        "Any" => return Ok(ANY),
        "ASCII" => return Ok(ASCII),
        "Assigned" => return Ok(ASSIGNED),
        _ if WITHOUT_TABLE.contains(&name) => return Err(PropertyError::NoTable),
        _ if OF_STRINGS.contains(&name) => return Err(PropertyError::OfStrings),
        _ => {}
    }
    let binary = || find(BINARIES, name).map(|index| SetId::at(FIRST_BINARY + index));
    category(name).or_else(binary).ok_or(PropertyError::Unknown)
}

fn category(name: &str) -> Option<SetId> {
    match name {
        "Other" | "C" => Some(OTHER),
        "Surrogate" | "Cs" => Some(SURROGATE),
        _ => find(CATEGORIES, name).map(|index| SetId::at(FIRST_CATEGORY + index)),
    }
}

fn script(name: &str, first: usize) -> Result<SetId, PropertyError> {
    if NEWER_SCRIPTS.contains(&name) {
        return Err(PropertyError::Newer);
    }
    if matches!(name, "Unknown" | "Zzzz") {
        return Ok(UNKNOWN_SCRIPT);
    }
    find(SCRIPTS, name)
        .map(|index| SetId::at(first + index))
        .ok_or(PropertyError::Unknown)
}

fn find(entries: &[&str], name: &str) -> Option<usize> {
    entries
        .iter()
        .position(|names| names.split(' ').any(|known| known == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_members() {
        for index in 0..COUNT {
            let set = SetId::at(index);
            assert!(!set.ranges().is_empty(), "set {index} is empty");
            assert!(
                set.ranges().is_sorted_by(|a, b| a.1 + 1 < b.0),
                "set {index} is not normal"
            );
        }
    }

    #[test]
    fn names_are_exact() {
        for good in [
            "Lu",
            "gc=Lu",
            "Uppercase_Letter",
            "sc=Latn",
            "scx=Greek",
            "Any",
            "punct",
        ] {
            assert!(property(good).is_ok(), "{good}");
        }
        for bad in [
            "lu", "LU", "Latn", "sc=latn", "IsLu", "gc=Any", "", "=", "Lu=",
        ] {
            assert_eq!(property(bad), Err(PropertyError::Unknown), "{bad}");
        }
    }

    #[test]
    fn identifiers_are_known_by_number() {
        assert_eq!(property("ID_Start"), Ok(ID_START));
        assert_eq!(property("IDC"), Ok(ID_CONTINUE));
    }
}
