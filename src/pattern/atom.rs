//! What every engine asks at a place in a text: does it take this character, does this assertion hold.

use std::collections::HashMap;

use super::class::Class;
use super::flags::Flags;
use super::fold::{Folding, Orbit};
use super::text::Text;
use super::unicode::{self, SetId};

/// Takes one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Take {
    /// This unit.
    Unit(u16),
    /// This ASCII letter, in lower case, or its upper case.
    Letter(u8),
    Any,
    /// Any but what ends a line.
    Dot,
    /// By its place in the [`Pool`].
    Class(u16),
}

/// Asks about a place and takes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assert {
    Start,
    End,
    LineStart,
    LineEnd,
    Boundary,
    NoBoundary,
}

/// The classes of a pattern, each once, and how it compares characters.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    classes: Box<[Class]>,
    /// For each class the ASCII characters in it, a bit for each.
    ascii: Box<[[u64; 2]]>,
    folding: Folding,
    /// What `\b` takes for a word's character.
    word: SetId,
}

impl Pool {
    /// How many classes there are.
    pub(crate) fn len(&self) -> usize {
        self.classes.len()
    }

    pub(crate) fn folding(&self) -> Folding {
        self.folding
    }

    /// Whether `take` takes `c`.
    #[inline]
    pub(crate) fn accepts(&self, take: Take, c: u32) -> bool {
        match take {
            Take::Unit(unit) => u32::from(unit) == c,
            Take::Letter(letter) => u32::from(letter) == c | 0x20,
            Take::Any => true,
            Take::Dot => !ends_line(c),
            Take::Class(class) => self
                .accepts_ascii(class, c)
                .unwrap_or_else(|| self.accepts_folded(class, c)),
        }
    }

    #[inline(never)]
    fn accepts_folded(&self, class: u16, c: u32) -> bool {
        self.accepts_orbit(class, &self.folding.equals(c))
    }

    /// Whether a class takes `c`, if that is ASCII.
    #[inline]
    pub(crate) fn accepts_ascii(&self, class: u16, c: u32) -> Option<bool> {
        let c = usize::try_from(c).ok().filter(|c| *c < 0x80)?;
        let bits = self.ascii.get(usize::from(class))?;
        Some(bits[c >> 6] >> (c & 63) & 1 == 1)
    }

    /// Whether a class takes a character, given with all that it equals.
    pub(crate) fn accepts_orbit(&self, class: u16, orbit: Orbit<'_>) -> bool {
        self.classes
            .get(usize::from(class))
            .is_some_and(|class| class.contains(orbit))
    }

    /// Whether `assert` holds at a place of `text`.
    #[inline]
    pub(crate) fn stands<T: Text + ?Sized>(&self, assert: Assert, text: &T, at: usize) -> bool {
        match assert {
            Assert::Start => at == 0,
            Assert::End => at == text.len(),
            Assert::LineStart => text.before(at).is_none_or(ends_line),
            Assert::LineEnd => text.at(at).is_none_or(ends_line),
            Assert::Boundary => self.is_boundary(text, at),
            Assert::NoBoundary => !self.is_boundary(text, at),
        }
    }

    fn is_boundary<T: Text + ?Sized>(&self, text: &T, at: usize) -> bool {
        let is_word = |c: Option<u32>| c.is_some_and(|c| self.word.contains(c));
        is_word(text.before(at)) != is_word(text.at(at))
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let inner: usize = self.classes.iter().map(Class::memory_usage).sum();
        size_of_val(&*self.classes) + size_of_val(&*self.ascii) + inner
    }
}

pub(crate) const fn ends_line(c: u32) -> bool {
    matches!(c, 0x0a | 0x0d | 0x2028 | 0x2029)
}

/// Gathers a [`Pool`].
#[derive(Debug)]
pub(crate) struct PoolBuilder {
    flags: Flags,
    folding: Folding,
    places: HashMap<Class, u16>,
}

impl PoolBuilder {
    pub(crate) fn new(flags: Flags) -> Self {
        Self {
            flags,
            folding: Folding::of(flags),
            places: HashMap::new(),
        }
    }

    pub(crate) fn char(&mut self, c: u32) -> Take {
        match (u8::try_from(c), u16::try_from(c)) {
            (Ok(byte), _) if self.folding.pairs_ascii(byte) => {
                Take::Letter(byte.to_ascii_lowercase())
            }
            (_, Ok(unit)) if self.folding.is_alone(c) => Take::Unit(unit),
            _ => self.add(Class::of_char(c)),
        }
    }

    pub(crate) fn class(&mut self, class: &Class) -> Take {
        if class.is_any() {
            return Take::Any;
        }
        if class.is_dot() {
            return Take::Dot;
        }
        match class.single() {
            Some(c) => self.char(c),
            None => self.add(class.clone()),
        }
    }

    fn add(&mut self, class: Class) -> Take {
        // A pattern has at most 65,535 units, and so no more classes.
        let next = u16::try_from(self.places.len()).unwrap_or(u16::MAX);
        Take::Class(*self.places.entry(class).or_insert(next))
    }

    /// The assertion that `^` (`start`) or `$` is.
    pub(crate) fn anchor(&self, start: bool) -> Assert {
        match (start, self.flags.multiline()) {
            (true, false) => Assert::Start,
            (true, true) => Assert::LineStart,
            (false, false) => Assert::End,
            (false, true) => Assert::LineEnd,
        }
    }

    pub(crate) fn finish(self) -> Pool {
        let mut classes: Vec<(u16, Class)> = self
            .places
            .into_iter()
            .map(|(class, place)| (place, class))
            .collect();
        classes.sort_unstable_by_key(|(place, _)| *place);
        let classes: Box<[Class]> = classes.into_iter().map(|(_, class)| class).collect();
        Pool {
            ascii: classes
                .iter()
                .map(|class| class.ascii(self.folding))
                .collect(),
            classes,
            folding: self.folding,
            word: unicode::word(self.folding == Folding::Simple),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(letters: &str, flags: &str) -> (Vec<Take>, Pool) {
        let mut builder = PoolBuilder::new(Flags::parse(flags).expect("flags"));
        let takes = letters.chars().map(|c| builder.char(c.into())).collect();
        (takes, builder.finish())
    }

    #[test]
    fn a_character_takes_its_cheapest_form() {
        let (takes, pool) = pool("a1éké", "iu");
        let class = |take: &Take| matches!(take, Take::Class(_));
        assert_eq!(takes[..2], [Take::Letter(b'a'), Take::Unit(0x31)]);
        assert!(takes[2..].iter().all(class));
        assert_eq!((takes[2], pool.len()), (takes[4], 2));
        assert!(pool.accepts(takes[3], 0x212a) && pool.accepts(takes[0], u32::from(b'A')));
    }

    #[test]
    fn lines_end_at_four_characters() {
        let (_, pool) = pool("", "");
        let text = [0x61_u16, 0x2028];
        assert!(pool.stands(Assert::LineEnd, &text[..], 1));
        assert!(!pool.stands(Assert::End, &text[..], 1));
        assert!(pool.stands(Assert::LineStart, &text[..], 2));
        assert!(pool.stands(Assert::Boundary, &text[..], 1));
    }
}
