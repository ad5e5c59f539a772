//! Where in an object a constraint looks.

use std::cmp::Ordering;
use std::iter::repeat;

use crate::constraint::components;
use crate::value::builtin;
use crate::value::key::{self, Key};
use crate::value::val::Members;
use crate::value::{Fault, Guess, Member, Text, Val, text_memory};

/// A path, its components cut and hashed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    /// Components parted by dots.
    text: Text,
    /// Of the only component, or of the first.
    hash: u32,
    /// Where in an object the field at which the path begins may stand.
    guess: Guess,
    /// The components behind the first.
    rest: Box<[Part]>,
}

/// A component behind a dot.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Part {
    /// In bytes of the path.
    start: u32,
    hash: u32,
}

impl Path {
    pub(crate) fn new(text: Text) -> Self {
        let mut start = 0;
        let mut parts = components(&text).map(|component| {
            let part = Part {
                start,
                hash: key::hash(component),
            };
            // A path is no longer than its clause, which is far shorter than a `u32` counts.
            start += u32::try_from(component.len() + 1).unwrap_or_default();
            part
        });
        let hash = parts.next().map_or(0, |part| part.hash);
        let rest = parts.collect();
        Self {
            text,
            hash,
            guess: Guess::default(),
            rest,
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The field of the object at which the path begins.
    #[inline]
    pub(crate) fn head(&self) -> Key<'_> {
        let end = self.rest.first().map(|part| part.start as usize - 1);
        Key {
            name: end.map_or(&*self.text, |end| &self.text[..end]),
            hash: self.hash,
        }
    }

    /// Whether it is a field of the object and leads no further.
    pub(crate) fn is_bare(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn components(&self) -> u64 {
        1 + self.rest.len() as u64
    }

    /// Component by component: behind a path come those that lead on from it.
    pub(crate) fn cmp_components(&self, other: &Self) -> Ordering {
        components(&self.text).cmp(components(&other.text))
    }

    /// Whether it goes further below where another path ends.
    pub(crate) fn leads_on_from(&self, other: &Self) -> bool {
        let rest = self.text.strip_prefix(&*other.text);
        rest.is_some_and(|rest| rest.starts_with('.'))
    }

    /// Reads the path from an object.
    ///
    /// A component behind something falsy is looked for in an empty object, so that only a root that is nothing
    /// faults.
    #[expect(
        clippy::inline_always,
        reason = "each look-up goes through here; a third faster than where the compiler decides"
    )]
    #[inline(always)]
    pub(crate) fn read<'v>(&self, root: Val<'v>) -> Result<Val<'v>, Fault> {
        let at = root.get_key(self.head())?;
        if self.rest.is_empty() {
            return Ok(at);
        }
        self.read_below(at)
    }

    /// What an object owns at the path, if all on the way there are objects.
    #[inline]
    pub(crate) fn member<'v, M: Member>(&self, members: &'v M::Members) -> Option<&'v M> {
        if self.rest.is_empty() {
            let name = Key {
                name: &self.text,
                hash: self.hash,
            };
            return M::guessed(members, name, &self.guess);
        }
        self.member_far(members)
    }

    /// By itself, as most paths are a field and there is less to do for these.
    #[inline(never)]
    fn member_far<'v, M: Member>(&self, members: &'v M::Members) -> Option<&'v M> {
        self.member_below(M::guessed(members, self.head(), &self.guess)?)
    }

    #[inline]
    pub(crate) fn member_below<'v, M: Member>(&self, head: &'v M) -> Option<&'v M> {
        if self.rest.is_empty() {
            return Some(head);
        }
        let mut at = head;
        for key in self.keys_below() {
            at = M::of(at.members()?, key)?;
        }
        Some(at)
    }

    /// A component, the first being 0.
    pub(crate) fn key(&self, position: usize) -> Option<Key<'_>> {
        let Some(before) = position.checked_sub(1) else {
            return Some(self.head());
        };
        let part = self.rest.get(before)?;
        Some(Key {
            name: &self.text[part.start as usize..self.end(position)],
            hash: part.hash,
        })
    }

    /// Where a component ends, in bytes of the text.
    fn end(&self, position: usize) -> usize {
        let next = self.rest.get(position);
        next.map_or(self.text.len(), |next| next.start as usize - 1)
    }

    /// With how many components it begins as another one does.
    pub(crate) fn common(&self, other: &Self) -> usize {
        let bytes = common_bytes(&self.text, &other.text);
        let is_parted = |path: &Self, at| path.text.as_bytes().get(at).is_none_or(|b| *b == b'.');
        let whole = self
            .rest
            .partition_point(|part| (part.start as usize) <= bytes);
        let last_ends = is_parted(self, bytes) && is_parted(other, bytes);
        whole + usize::from(last_ends)
    }

    /// A bit for each component that is the name of something that every JavaScript object has; the last one stands for all
    /// behind.
    pub(crate) fn builtins(&self) -> u64 {
        let bits = components(&self.text).zip((0..u64::BITS).chain(repeat(u64::BITS - 1)));
        bits.filter(|(name, _)| builtin::is_name(name))
            .fold(0, |bits, (_, at)| bits | 1 << at)
    }

    /// The components behind the first.
    fn keys_below(&self) -> impl Iterator<Item = Key<'_>> {
        let ends = self.rest.iter().skip(1).map(|next| next.start as usize - 1);
        let ends = ends.chain([self.text.len()]);
        let parts = self.rest.iter().zip(ends);
        parts.map(|(part, end)| Key {
            name: &self.text[part.start as usize..end],
            hash: part.hash,
        })
    }

    /// Reads what is behind the first component from the value that stands there.
    pub(crate) fn read_below<'v>(&self, head: Val<'v>) -> Result<Val<'v>, Fault> {
        let mut at = head;
        for key in self.keys_below() {
            if !at.is_truthy() {
                at = Val::Object(Members::Empty);
            }
            at = at.get_key(key)?;
        }
        Ok(at)
    }

    /// Whether an object without the first component has nothing here: no component is a name that every
    /// JavaScript object answers to.
    pub(crate) fn is_plain(&self) -> bool {
        !components(&self.text).any(builtin::is_name)
    }

    /// Whether it may lead into arrays: the values of such paths may lie within each other and have the same elements.
    #[inline]
    pub(crate) fn enters_arrays(&self) -> bool {
        let first = |part: &Part| self.text.as_bytes().get(part.start as usize);
        let mut firsts = self.rest.iter().filter_map(first);
        firsts.any(u8::is_ascii_digit)
    }

    /// The text on the way in which units may have to be counted, as it is for its length and for a unit of it.
    pub(crate) fn text_on_the_way<'v>(&self, root: Val<'v>) -> Option<&'v str> {
        if !(self.enters_arrays() || self.text.ends_with(".length")) {
            return None;
        }
        let mut at = root;
        for position in 0..=self.rest.len() {
            match at {
                Val::Text(text) => return Some(text),
                _ => at = at.get_key(self.key(position)?).ok()?,
            }
        }
        None
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        text_memory(&self.text) + size_of_val(&*self.rest)
    }
}

/// How many bytes two texts have in common at their beginnings.
fn common_bytes(a: &str, b: &str) -> usize {
    const WORD: usize = 16;
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let words = a.chunks_exact(WORD).zip(b.chunks_exact(WORD));
    let words = WORD * words.take_while(|(a, b)| a == b).count();
    let rest = a[words..].iter().zip(&b[words..]);
    words + rest.take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_counted_as_they_are_written() {
        let texts = [
            "a",
            "ab",
            "a.b",
            "a.bc",
            "a.b.c",
            "a.b.c.d",
            "a.b.cd",
            "b",
            "toString",
            "a.toString",
            "a.b.constructor.d",
            "",
            ".",
            "a.",
            "a..b",
            "a.b.c.d.e.f.g.h.i.j.k",
            "a.b.c.d.e.f.g.h.i.j.l",
        ];
        for a in texts {
            let path = Path::new(a.into());
            let names: Vec<&str> = components(a).collect();
            assert_eq!(path.components(), names.len() as u64);
            for (at, name) in names.iter().enumerate() {
                assert_eq!(path.key(at).map(|key| key.name), Some(*name), "{a}");
                assert_eq!(
                    path.builtins() >> at & 1 == 1,
                    builtin::is_name(name),
                    "{a}"
                );
            }
            assert!(path.key(names.len()).is_none());
            assert_eq!(path.is_bare(), names.len() == 1, "{a}");
            let is_plain = names.iter().all(|name| !builtin::is_name(name));
            assert_eq!(path.is_plain(), is_plain, "{a}");
            for b in texts {
                let pairs = components(a).zip(components(b));
                let common = pairs.take_while(|(a, b)| a == b).count();
                assert_eq!(path.common(&Path::new(b.into())), common, "{a} {b}");
            }
        }
        for names in ["toString", "toString.constructor"] {
            let long = Path::new(format!("{}{names}", "x.".repeat(99)).into());
            assert_eq!(long.builtins(), 1 << 63, "{names}");
        }
    }
}
