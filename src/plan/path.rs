//! Where in an object a constraint looks.

use std::cmp::Ordering;

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

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        text_memory(&self.text) + size_of_val(&*self.rest)
    }
}
