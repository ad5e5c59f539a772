//! What every engine asks at a place in a text: does it take this character, does this assertion hold.

use std::collections::HashMap;

use super::class::Class;
use super::fold::{Folding, Orbit};
use super::syntax::Boundary;
use super::text::Text;
use super::unicode;

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
    Boundary(Boundary),
}

/// The classes of a pattern, each once.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    classes: Box<[Class]>,
    /// For each class the ASCII characters in it, a bit for each.
    ascii: Box<[[u64; 2]]>,
    /// How the classes that ignore case compare characters. A pattern that ignores none compares exactly.
    folding: Folding,
}

impl Pool {
    /// How many classes there are.
    pub(crate) fn len(&self) -> usize {
        self.classes.len()
    }

    pub(crate) fn folding(&self) -> Folding {
        self.folding
    }

    /// How many parts of a class are looked at for a character beyond ASCII.
    pub(crate) fn parts(&self, class: u16) -> u64 {
        let class = self.classes.get(usize::from(class));
        class.map_or(0, |class| class.parts() as u64)
    }

    /// Of all classes together.
    pub(crate) fn all_parts(&self) -> u64 {
        self.classes.iter().map(|class| class.parts() as u64).sum()
    }

    /// How many parts are looked at to find out whether `take` takes `c`, beside the first.
    #[inline]
    pub(crate) fn more_parts(&self, take: Take, c: u32) -> u64 {
        match take {
            Take::Class(class) if c >= 0x80 => self.parts(class).saturating_sub(1),
            _ => 0,
        }
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
                .unwrap_or_else(|| self.accepts_beyond_ascii(class, c)),
        }
    }

    #[inline(never)]
    fn accepts_beyond_ascii(&self, class: u16, c: u32) -> bool {
        let class = self.classes.get(usize::from(class));
        class.is_some_and(|class| class.contains(c))
    }

    /// Whether a class takes `c`, if that is ASCII.
    #[inline]
    pub(crate) fn accepts_ascii(&self, class: u16, c: u32) -> Option<bool> {
        let c = usize::try_from(c).ok().filter(|c| *c < 0x80)?;
        let bits = self.ascii.get(usize::from(class))?;
        Some(bits[c >> 6] >> (c & 63) & 1 == 1)
    }

    /// Whether a class takes `c`, given with all that it equals by [`folding`](Self::folding).
    pub(crate) fn accepts_orbit(&self, class: u16, c: u32, orbit: Orbit<'_>) -> bool {
        self.classes
            .get(usize::from(class))
            .is_some_and(|class| class.contains_orbit(c, orbit))
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let inner: usize = self.classes.iter().map(Class::memory_usage).sum();
        size_of_val(&*self.classes) + size_of_val(&*self.ascii) + inner
    }
}

impl Assert {
    /// Whether it holds at a place of `text`.
    #[inline]
    pub(crate) fn holds<T: Text + ?Sized>(self, text: &T, at: usize) -> bool {
        match self {
            Self::Start => at == 0,
            Self::End => at == text.len(),
            Self::LineStart => text.before(at).is_none_or(ends_line),
            Self::LineEnd => text.at(at).is_none_or(ends_line),
            Self::Boundary(boundary) => boundary.holds(text, at),
        }
    }
}

impl Boundary {
    fn holds<T: Text + ?Sized>(self, text: &T, at: usize) -> bool {
        let word = unicode::word(self.folded);
        let is_word = |c: Option<u32>| c.is_some_and(|c| word.contains(c));
        (is_word(text.before(at)) != is_word(text.at(at))) != self.negated
    }
}

pub(crate) const fn ends_line(c: u32) -> bool {
    matches!(c, 0x0a | 0x0d | 0x2028 | 0x2029)
}

/// Gathers a [`Pool`].
#[derive(Debug, Default)]
pub(crate) struct PoolBuilder {
    places: HashMap<Class, u16>,
}

impl PoolBuilder {
    pub(crate) fn char(&mut self, c: u32, folding: Folding) -> Take {
        match (u8::try_from(c), u16::try_from(c)) {
            (Ok(byte), _) if folding.pairs_ascii(byte) => Take::Letter(byte.to_ascii_lowercase()),
            (_, Ok(unit)) if folding.is_alone(c) => Take::Unit(unit),
            _ => self.add(Class::of_char(c, folding)),
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
            Some(c) => self.char(c, class.folding()),
            None => self.add(class.clone()),
        }
    }

    fn add(&mut self, class: Class) -> Take {
        // A pattern has at most 65,535 units, and so no more classes.
        let next = u16::try_from(self.places.len()).unwrap_or(u16::MAX);
        Take::Class(*self.places.entry(class).or_insert(next))
    }

    pub(crate) fn finish(self) -> Pool {
        let mut classes: Vec<(u16, Class)> = self
            .places
            .into_iter()
            .map(|(class, place)| (place, class))
            .collect();
        classes.sort_unstable_by_key(|(place, _)| *place);
        let classes: Box<[Class]> = classes.into_iter().map(|(_, class)| class).collect();
        let mut foldings = classes.iter().map(Class::folding);
        Pool {
            ascii: classes.iter().map(Class::ascii).collect(),
            // The flags `u` and `v` stand for the whole pattern, so it folds in one way at most.
            folding: foldings
                .find(|folding| *folding != Folding::Exact)
                .unwrap_or(Folding::Exact),
            classes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(letters: &str, folding: Folding) -> (Vec<Take>, Pool) {
        let mut builder = PoolBuilder::default();
        let takes = letters.chars().map(|c| builder.char(c.into(), folding));
        (takes.collect(), builder.finish())
    }

    #[test]
    fn a_character_takes_its_cheapest_form() {
        let (takes, pool) = pool("a1éké", Folding::Simple);
        let class = |take: &Take| matches!(take, Take::Class(_));
        assert_eq!(takes[..2], [Take::Letter(b'a'), Take::Unit(0x31)]);
        assert!(takes[2..].iter().all(class));
        assert_eq!((takes[2], pool.len()), (takes[4], 2));
        assert!(pool.accepts(takes[3], 0x212a) && pool.accepts(takes[0], u32::from(b'A')));
    }

    #[test]
    fn lines_end_at_four_characters() {
        let text = [0x61_u16, 0x2028];
        assert!(Assert::LineEnd.holds(&text[..], 1));
        assert!(!Assert::End.holds(&text[..], 1));
        assert!(Assert::LineStart.holds(&text[..], 2));
        let boundary = Boundary {
            negated: false,
            folded: false,
        };
        assert!(Assert::Boundary(boundary).holds(&text[..], 1));
    }
}
