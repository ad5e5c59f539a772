//! From a change to its candidates, and from these to hits.

use std::convert::Infallible;

use super::QuerySet;
use super::candidate::Candidate;
use super::hit::Hit;
use super::matching::emit::Emitter;
use super::matching::reader::Reader;
use super::matching::scratch::Scratch;
use super::matching::search::{self, Numbers};
use super::matching::subject::{Sides, Subject};
use super::verify::find_outcome;
use crate::document::Document;
use crate::steps::Free;
use crate::value::Answer;

impl QuerySet {
    /// The subscriptions for which a change fires an event, in no particular order; `None` stands for a side that
    /// does not exist.
    ///
    /// # Complexity
    ///
    /// As [`classify_into`](Self::classify_into), and the memory that it saves.
    #[must_use]
    pub fn classify<D: Document + ?Sized>(&self, old: Option<&D>, new: Option<&D>) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.classify_into(old, new, &mut Scratch::default(), &mut hits);
        hits
    }

    /// As [`classify`](Self::classify), into a list, after what is in it.
    ///
    /// # Complexity
    ///
    /// Linear in the fields of the object that queries look at, and in the candidates: queries with an access key
    /// that the object has before or after the change. Those that nothing selective is known of
    /// ([`FilingKind::Scan`](crate::FilingKind::Scan)) are candidates of every change. Each path of the [`find` dialect](crate::Dialect::Find) that leads
    /// through a list looks at its elements.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{QuerySet, Scratch};
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let mut set = QuerySet::new();
    /// let id = set.insert(r#"{"status": "open"}"#.parse()?);
    /// let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    /// for status in ["open", "closed", "open"] {
    ///     set.classify_into(None, Some(&json!({"status": status})), &mut scratch, &mut hits);
    /// }
    /// assert!(hits.iter().map(|hit| hit.id).eq([id, id]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn classify_into<D: Document + ?Sized>(
        &self,
        old: Option<&D>,
        new: Option<&D>,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
    ) {
        self.classify_each(
            old,
            new,
            scratch,
            hits,
            |candidate, subject, scratch, hits| {
                self.verify(candidate, subject, scratch, hits);
            },
        );
    }

    /// Finds the candidates of a change, and has each of them run.
    #[inline]
    pub(super) fn classify_each<D: Document + ?Sized>(
        &self,
        old: Option<&D>,
        new: Option<&D>,
        scratch: &mut Scratch,
        hits: &mut Vec<Hit>,
        verify: impl FnMut(Candidate<'_>, &Subject<'_>, &Scratch, &mut Vec<Hit>),
    ) {
        let Some(sides) = sides_of(old, new) else {
            return;
        };
        let mut subject = Subject::of(sides);
        self.read(&mut subject, scratch);
        self.find_candidates(&subject, scratch);
        for candidate in (self.always.iter()).filter_map(|number| self.candidate(*number)) {
            let outcome = match candidate {
                Candidate::Live(_) => {
                    let Ok(outcome) = sides.outcome(|_| Ok::<Answer, Infallible>(Ok(true)));
                    outcome
                }
                // To this dialect a side may be no object.
                Candidate::Find(find) => {
                    let Ok(outcome) = find_outcome(find, &subject, &mut Free);
                    outcome
                }
            };
            self.hit(candidate.subscribed(), outcome, hits);
        }
        self.verify_all(&subject, scratch, hits, verify);
    }

    /// Reads what queries look at.
    #[inline]
    pub(super) fn read(&self, subject: &mut Subject<'_>, scratch: &mut Scratch) {
        scratch.positions.reset(self.paths.bound());
        subject.read_sides(&mut Reader {
            paths: &self.paths,
            positions: &mut scratch.positions,
            guesses: &mut scratch.guesses.0,
        });
    }

    pub(super) fn find_candidates(&self, subject: &Subject<'_>, scratch: &mut Scratch) {
        let Scratch {
            positions,
            keys,
            frontier,
            candidates,
            texts,
            ..
        } = scratch;
        keys.reset(self.paths.features_bound());
        let mut emitter = Emitter {
            hasher: &self.hasher,
            paths: &self.paths,
            keys,
            texts,
            ngrams: &self.index.ngrams,
            yielded: 0,
        };
        emitter.subject(subject);
        let missing = self.paths.when_missing();
        missing
            .filter(|path| positions.get(*path).is_none())
            .for_each(|path| emitter.missing(path));
        candidates.clear();
        if emitter.is_cut_short() {
            let finds = self.slots.finds();
            finds.for_each(|(number, _)| candidates.push(number));
        }
        let numbers = Numbers {
            subject,
            paths: &self.paths,
            positions,
        };
        search::candidates(&self.index, keys, &numbers, frontier, candidates);
        candidates.finish();
    }
}

/// The sides of a change, if it has one.
#[inline]
pub(super) fn sides_of<'v, D: Document + ?Sized>(
    old: Option<&'v D>,
    new: Option<&'v D>,
) -> Option<Sides<'v>> {
    Some(match (old, new) {
        (Some(old), Some(new)) => Sides::Both {
            old: old.view().0,
            new: new.view().0,
        },
        (None, Some(new)) => Sides::New(new.view().0),
        (Some(old), None) => Sides::Old(old.view().0),
        (None, None) => return None,
    })
}
