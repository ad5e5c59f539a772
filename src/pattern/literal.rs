//! Patterns that are a text with or without anchors, as SDKs make them, answered without an engine.

use super::flags::Flags;
use super::fold::Folding;
use super::needle::Needle;
use super::syntax::{Node, pair};
use super::text;
use crate::steps::Rates;

/// A pattern that asks for a text at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    /// As [`Case::sought`] makes it.
    text: Needle,
    place: Place,
    case: Case,
}

/// Where the text must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Anywhere,
    Start,
    End,
    Whole,
}

/// How characters are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Exact,
    /// Only ASCII letters have another case here; the text is in lower case.
    Ascii,
    /// The same, but that some of them equal a character beyond ASCII too, as k does the Kelvin sign.
    AsciiAndMore(Folding),
    /// By canonical characters.
    Folded(Folding),
}

impl Literal {
    /// The literal that `node` is, if it is one.
    pub(crate) fn of(node: &Node, flags: Flags) -> Option<Self> {
        let (start, body) = strip(items(node).split_first(), &Node::Start)
            .map_or((false, items(node)), |rest| (true, rest));
        let (end, body) =
            strip(body.split_last(), &Node::End).map_or((false, body), |rest| (true, rest));
        let folding = folding_of(body);
        let text = text_of(body, folding)?;
        let place = match (start || flags.sticky(), end) {
            (false, false) => Place::Anywhere,
            (true, false) => Place::Start,
            (false, true) => Place::End,
            (true, true) => Place::Whole,
        };
        let case = Case::of(&text, folding);
        Some(Self {
            text: Needle::new(case.sought(&text).into()),
            place,
            case,
        })
    }

    pub(crate) fn is_everywhere(&self) -> bool {
        self.text.text().is_empty() && self.place != Place::Whole
    }

    /// What a test takes for a text of any length.
    pub(crate) fn rates(&self) -> Rates {
        let bytes = match (self.case, self.place) {
            (Case::Exact | Case::Ascii, Place::Start | Place::End | Place::Whole) => 0,
            (Case::Exact, Place::Anywhere) => 2,
            (Case::Ascii, Place::Anywhere) => 4,
            // The text is written anew, character by character.
            (Case::AsciiAndMore(_) | Case::Folded(_), _) => 256,
        };
        Rates {
            fixed: 2 + self.text.text().len() as u64 / 16,
            bytes,
            ..Rates::default()
        }
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        match self.case {
            Case::Exact => self.stands_in(text.as_bytes()),
            Case::Ascii => self.stands_in_ascii(text.as_bytes()),
            Case::AsciiAndMore(_) if text.is_ascii() => self.stands_in_ascii(text.as_bytes()),
            // Where the text equals one in ASCII, so does its lower case.
            Case::AsciiAndMore(folding) => {
                self.stands_in(canonical(text, folding).to_ascii_lowercase().as_bytes())
            }
            Case::Folded(folding) => self.stands_in(canonical(text, folding).as_bytes()),
        }
    }

    fn stands_in(&self, text: &[u8]) -> bool {
        let sought = self.text.text().as_bytes();
        match self.place {
            Place::Anywhere => self.text.is_in(text),
            Place::Start => text.starts_with(sought),
            Place::End => text.ends_with(sought),
            Place::Whole => text == sought,
        }
    }

    fn stands_in_ascii(&self, text: &[u8]) -> bool {
        let sought = self.text.text().as_bytes();
        let Some(spare) = text.len().checked_sub(sought.len()) else {
            return false;
        };
        match self.place {
            Place::Anywhere => self.text.is_in_any_case(text),
            Place::Start => text[..sought.len()].eq_ignore_ascii_case(sought),
            Place::End => text[spare..].eq_ignore_ascii_case(sought),
            Place::Whole => text.eq_ignore_ascii_case(sought),
        }
    }

    /// As [`is_match`](Self::is_match), for units that are no valid text.
    pub(crate) fn is_match_units(&self, units: &[u16], flags: Flags) -> bool {
        let folding = match self.case {
            Case::Exact => Folding::Exact,
            Case::Ascii => Folding::ignoring_case(flags.code_points()),
            Case::AsciiAndMore(folding) | Case::Folded(folding) => folding,
        };
        let decode = |units: &[u16]| -> Vec<u32> {
            let chars = text::decode(units, flags.code_points()).into_iter();
            chars.map(|c| folding.canonical(c)).collect()
        };
        let sought: Vec<u16> = self.text.text().encode_utf16().collect();
        let (text, sought) = (decode(units), decode(&sought));
        match self.place {
            Place::Anywhere => {
                sought.is_empty() || text.windows(sought.len()).any(|window| window == sought)
            }
            Place::Start => text.starts_with(&sought),
            Place::End => text.ends_with(&sought),
            Place::Whole => text == sought,
        }
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        self.text.memory_usage()
    }
}

impl Case {
    fn of(text: &str, folding: Folding) -> Self {
        let plain = |c: char| folding.is_alone(c.into());
        let paired = |c: char| u8::try_from(c).is_ok_and(|byte| folding.pairs_ascii(byte));
        if folding == Folding::Exact || text.chars().all(plain) {
            Self::Exact
        } else if text.chars().all(|c| paired(c) || plain(c)) {
            Self::Ascii
        } else if text.is_ascii() {
            Self::AsciiAndMore(folding)
        } else {
            Self::Folded(folding)
        }
    }

    /// The text to look for.
    fn sought(self, text: &str) -> String {
        match self {
            Self::Exact => text.to_owned(),
            Self::Ascii | Self::AsciiAndMore(_) => text.to_ascii_lowercase(),
            Self::Folded(folding) => canonical(text, folding),
        }
    }
}

/// A text in canonical characters.
fn canonical(text: &str, folding: Folding) -> String {
    // What equals a character is a character, and no surrogate.
    let canonical = |c: char| char::from_u32(folding.canonical(c.into())).unwrap_or(c);
    text.chars().map(canonical).collect()
}

/// `node` as a sequence.
fn items(node: &Node) -> &[Node] {
    match node {
        Node::Cat(items) => items,
        Node::Empty => &[],
        other => std::slice::from_ref(other),
    }
}

fn strip<'n>(split: Option<(&Node, &'n [Node])>, anchor: &Node) -> Option<&'n [Node]> {
    split
        .filter(|(node, _)| *node == anchor)
        .map(|(_, rest)| rest)
}

/// How the first of `nodes` is compared that is not compared exactly.
fn folding_of(nodes: &[Node]) -> Folding {
    let mut foldings = nodes.iter().filter_map(|node| match node {
        Node::Char(_, folding) if *folding != Folding::Exact => Some(*folding),
        _ => None,
    });
    foldings.next().unwrap_or(Folding::Exact)
}

/// The text that characters make, if `folding` compares all of them as they ask and none is half of a surrogate pair.
fn text_of(nodes: &[Node], folding: Folding) -> Option<String> {
    let mut text = String::with_capacity(nodes.len());
    let mut nodes = nodes.iter().peekable();
    while let Some(node) = nodes.next() {
        let Node::Char(c, own) = node else {
            return None;
        };
        if *own != folding && !folding.is_alone(*c) {
            return None;
        }
        let low = match nodes.peek() {
            Some(Node::Char(low, _)) => pair(*c, *low),
            _ => None,
        };
        if low.is_some() {
            nodes.next();
        }
        text.push(char::from_u32(low.unwrap_or(*c))?);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use crate::pattern::{Flags, Pattern, PatternCache, PatternLimits};

    fn pattern(source: &str, flags: &str) -> Pattern {
        let units: Vec<u16> = source.encode_utf16().collect();
        let flags = Flags::parse(flags).expect("flags");
        let cache = PatternCache::new(0);
        Pattern::new(&units, flags, &PatternLimits::default(), &cache).expect("a pattern")
    }

    #[test]
    fn a_letter_equals_what_is_not_ascii() {
        let (kelvin, long_s) = ('\u{212A}', '\u{17F}');
        let by_code_point = pattern("^desk", "iu");
        let same = [
            "desk",
            "DESK",
            "Desktop",
            &format!("DE{long_s}{kelvin}é"),
            &format!("deS{kelvin}"),
        ];
        for text in same {
            assert!(by_code_point.is_match(text), "{text}");
        }
        for text in ["a desk", "des", "deß", &format!("d{long_s}{kelvin}")] {
            assert!(!by_code_point.is_match(text), "{text}");
        }
        let by_unit = pattern("desk", "i");
        assert!(by_unit.is_match("a DESK") && !by_unit.is_match(&format!("des{kelvin}")));
    }
}
