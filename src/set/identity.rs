//! Which query of a set is the same as another one.
//!
//! It is found by the hash of its canonical text, in which digests stand for long lists; what is found is then compared
//! with care, so that no answer depends on a hash.

use super::QuerySet;
use super::index::access::plain;
use super::keys::feature::{KeyHasher, below};
use super::slot::Slot;
use crate::plan::canonical::{self, Digest, have_same_lists};
use crate::plan::code::{Step, Target};
use crate::value::{Datum, Val};

/// A query by what tells it from others.
pub(super) struct Identity {
    text: String,
    pub(super) hash: u64,
    /// Whether digests stand in the text, so that it takes long to be made again and does not tell all.
    pub(super) has_digests: bool,
}

impl QuerySet {
    /// What tells a query from others; its text gets room for so many bytes at once.
    pub(super) fn identity(&self, code: &[Step], entry: Target, room: usize) -> Identity {
        let digest: Digest<'_> = &|items| digest(items, &self.hasher);
        let text = self.text(code, entry, Some(digest), room);
        Identity {
            hash: self.hasher.text(&text),
            text,
            has_digests: canonical::has_digests(code),
        }
    }

    pub(super) fn identity_of(&self, slot: Slot<'_>) -> Identity {
        self.identity(slot.code, slot.head.run.entry(), canonical::USUAL)
    }

    /// The query that is the same as one, whose steps are given too.
    pub(super) fn find_equal(&self, one: &Identity, code: &[Step], entry: Target) -> Option<u32> {
        self.equals.find(one.hash, |number| {
            let slot = self.slots.get(number);
            slot.is_some_and(|slot| self.is_same(slot, one, code, entry))
        })
    }

    /// Whether a query is the same as one of the set, whatever the digests say.
    fn is_same(&self, slot: Slot<'_>, one: &Identity, code: &[Step], entry: Target) -> bool {
        let text_of = |digest| {
            let entry = slot.head.run.entry();
            self.text(slot.code, entry, digest, canonical::USUAL)
        };
        let blank: Digest<'_> = &|_| 0;
        if !one.has_digests {
            return text_of(Some(blank)) == one.text;
        }
        let texts = |digest| self.text(code, entry, digest, canonical::USUAL) == text_of(digest);
        // First all but the lists; and all as text if the lists stand in another order.
        texts(Some(blank)) && (have_same_lists(slot.code, code) || texts(None))
    }

    fn text(
        &self,
        code: &[Step],
        entry: Target,
        digest: Option<Digest<'_>>,
        room: usize,
    ) -> String {
        let name = |path| self.paths.get(path).map_or("", |record| record.path.text());
        canonical::code_text(code, entry, name, digest, room)
    }
}

/// What stands for the members of a list, in whatever order and however often each is there.
fn digest(items: &[Datum], hasher: &KeyHasher) -> u64 {
    let mut text = String::new();
    let hash = |item| {
        if let Some(scalar) = plain(Val::from(item)) {
            return hasher.scalar(scalar);
        }
        text.clear();
        canonical::datum(item, &mut text);
        hasher.text(&text)
    };
    let mut all: Vec<u64> = items.iter().map(hash).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().fold(0, below)
}
