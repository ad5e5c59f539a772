//! Sets of characters with a name: JavaScript's own, and those of Unicode.

mod tables;

pub(crate) use self::tables::folding;
use self::tables::{Kind, Set, sets};
use super::ranges::{self, Range};

/// The version of Unicode that patterns know: what `\p{…}` and the flag `i` mean.
///
/// It is that of Node 20.20, 22.23, 24.21 and 26.10. The version of the standard library and of other crates in a program
/// plays no part.
///
/// # Examples
///
/// ```
/// assert_eq!(livematch::UNICODE_VERSION, (17, 0));
/// ```
pub const UNICODE_VERSION: (u8, u8) = (17, 0);

/// A named set: one of JavaScript's own, or a line of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SetId(u16);

/// Why `\p{…}` names no set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PropertyError {
    Unknown,
    /// A property of strings, which `v` alone knows.
    OfStrings,
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
/// How many sets are JavaScript's own.
const OWN: u16 = 5;

/// What may begin an identifier: the first line.
pub(crate) const ID_START: SetId = SetId(OWN);
/// What may go on in one: the second line.
pub(crate) const ID_CONTINUE: SetId = SetId(OWN + 1);

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

/// Properties of whole strings, which `v` alone knows.
const OF_STRINGS: &[&str] = &[
    "Basic_Emoji",
    "Emoji_Keycap_Sequence",
    "RGI_Emoji",
    "RGI_Emoji_Flag_Sequence",
    "RGI_Emoji_Modifier_Sequence",
    "RGI_Emoji_Tag_Sequence",
    "RGI_Emoji_ZWJ_Sequence",
];

impl SetId {
    /// The set of a line.
    fn of_line(line: usize) -> Self {
        // There are fewer than a thousand lines.
        Self(u16::try_from(line).map_or(OWN, |line| line.saturating_add(OWN)))
    }

    /// The members, sorted and apart.
    pub(crate) fn ranges(self) -> &'static [Range] {
        match self {
            DIGIT => DIGITS,
            SPACE => SPACES,
            WORD => WORDS,
            WORD_FOLDED => WORDS_FOLDED,
            LINE_END => LINE_ENDS,
            Self(number) => sets()
                .get(usize::from(number - OWN))
                .map_or(&[], Set::ranges),
        }
    }

    pub(crate) fn contains(self, c: u32) -> bool {
        ranges::contains(self.ranges(), c)
    }
}

/// The set that `\p{text}` names.
pub(crate) fn property(text: &str) -> Result<SetId, PropertyError> {
    match text.split_once('=') {
        None if OF_STRINGS.contains(&text) => Err(PropertyError::OfStrings),
        None => find(text, |kind| matches!(kind, Kind::Binary | Kind::Category)),
        Some(("General_Category" | "gc", value)) => find(value, |kind| kind == Kind::Category),
        Some(("Script" | "sc", value)) => find(value, |kind| kind == Kind::Script),
        Some(("Script_Extensions" | "scx", value)) => find(value, |kind| kind == Kind::Extensions),
        Some(_) => Err(PropertyError::Unknown),
    }
}

/// The set of such a kind with exactly this name, since JavaScript matches none loosely.
fn find(name: &str, is_asked: impl Fn(Kind) -> bool) -> Result<SetId, PropertyError> {
    let is_found = |set: &Set| is_asked(set.kind) && set.names().any(|known| known == name);
    let line = sets().iter().position(is_found);
    line.map(SetId::of_line).ok_or(PropertyError::Unknown)
}

/// Every set as `\p{…}` asks for it, with its members.
#[cfg(feature = "testing")]
pub(crate) fn tables() -> impl Iterator<Item = (String, &'static [Range])> {
    sets().iter().map(|set| {
        let name = set.names().next().unwrap_or_default();
        let prefix = match set.kind {
            Kind::Binary => "",
            Kind::Category => "gc=",
            Kind::Script => "sc=",
            Kind::Extensions => "scx=",
        };
        (format!("{prefix}{name}"), set.ranges())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "sc=Sidt",
            "CWKCF",
            "scx=Zzzz",
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
    fn the_tables_are_of_the_version_that_is_named() {
        let (major, minor) = UNICODE_VERSION;
        assert_eq!(tables::version(), format!("{major}.{minor}"));
    }

    #[test]
    fn identifiers_are_known_by_number() {
        assert_eq!(property("ID_Start"), Ok(ID_START));
        assert_eq!(property("IDC"), Ok(ID_CONTINUE));
    }
}
