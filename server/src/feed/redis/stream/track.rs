//! How far a stream has been read, and what shows that something of it was not.

use std::collections::BTreeMap;

use super::entry::Standing;
use super::id::EntryId;
use crate::feed::stamps::{Place, Stamp, Stamps};

/// How far a stream has been read.
pub(super) struct Track {
    position: EntryId,
    /// How many entries had been added when that of the position was, if Redis counts them.
    counted: Option<u64>,
    /// What Redis has said of an entry that is still to be read.
    mark: Option<Mark>,
    stamps: Stamps,
    /// Whether the last entry had a stamp.
    is_stamped: bool,
    /// How many were found to be missing by their stamps since the last mark.
    missing: u64,
    /// Up to where what has no stamp was read before, as far as can be known.
    read_before: EntryId,
}

/// How many entries had been added with that one.
#[derive(Clone, Copy)]
struct Mark {
    id: EntryId,
    added: u64,
}

/// Entries that were not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// So many changes of this writer, by their stamps.
    Of(String, u64),
    /// So many, as Redis has counted what was added.
    Counted(u64),
    /// Nobody knows how many, and why there may be some.
    Unknown(&'static str),
}

/// What is to be done with an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) is_repeat: bool,
    pub(super) gaps: Vec<Gap>,
}

impl Track {
    /// Begins behind what is there.
    pub(super) fn at_end(standing: Standing) -> Self {
        Self::new(standing.last, standing.added, Stamps::default())
    }

    /// Goes on behind an entry.
    pub(super) fn behind(
        position: EntryId,
        counted: Option<u64>,
        writers: BTreeMap<String, u64>,
    ) -> Self {
        Self::new(position, counted, Stamps::of(writers))
    }

    fn new(position: EntryId, counted: Option<u64>, stamps: Stamps) -> Self {
        Self {
            position,
            counted,
            mark: None,
            stamps,
            is_stamped: false,
            missing: 0,
            read_before: EntryId::BEGIN,
        }
    }

    pub(super) fn position(&self) -> EntryId {
        self.position
    }

    pub(super) fn counted(&self) -> Option<u64> {
        self.counted
    }

    pub(super) fn writers(&self) -> BTreeMap<String, u64> {
        self.stamps.latest()
    }

    /// Holds how the stream stands against what was read of it.
    pub(super) fn meet(&mut self, standing: Standing) -> Option<Gap> {
        if standing.last < self.position {
            return Some(self.begin_again(standing));
        }
        let is_another = matches!((standing.added, self.counted), (Some(added), Some(counted)) if added < counted);
        if is_another {
            self.counted = None;
        }
        let was_trimmed = standing.added.is_none()
            && self.position > EntryId::BEGIN
            && standing.first.is_some_and(|first| first > self.position);
        self.mark = standing.added.map(|added| Mark {
            id: standing.last,
            added,
        });
        if is_another {
            Some(Gap::Unknown("it was removed and begun anew"))
        } else if was_trimmed && !self.is_stamped {
            Some(Gap::Unknown("what was read last has been trimmed"))
        } else {
            self.pass_mark()
        }
    }

    /// Notes an entry, and says whether it was read before and what is missing before it.
    pub(super) fn read(&mut self, id: EntryId, stamp: Option<&Stamp>) -> Verdict {
        self.position = id;
        self.counted = self.counted.map(|counted| counted + 1);
        self.is_stamped = stamp.is_some();
        let mut gaps = Vec::new();
        let is_repeat = match stamp.map(|stamp| (stamp, self.stamps.note(stamp))) {
            None => id <= self.read_before,
            Some((_, Place::Next)) => false,
            Some((_, Place::Repeat)) => true,
            Some((stamp, Place::Behind(missing))) => {
                self.missing = self.missing.saturating_add(missing);
                gaps.push(Gap::Of(stamp.writer.clone(), missing));
                false
            }
        };
        gaps.extend(self.pass_mark());
        Verdict { is_repeat, gaps }
    }

    /// The stream ends before what was read of it: all of it is read, as nobody knows where it parted.
    fn begin_again(&mut self, standing: Standing) -> Gap {
        self.position = EntryId::BEGIN;
        self.read_before = standing.last;
        self.counted = None;
        self.mark = standing.added.map(|added| Mark {
            id: standing.last,
            added,
        });
        Gap::Unknown("it ends before what was read of it")
    }

    /// Compares once the marked entry has been read, or one behind it, as it may be gone.
    fn pass_mark(&mut self) -> Option<Gap> {
        let Mark { id, added } = self.mark.filter(|mark| self.position >= mark.id)?;
        self.mark = None;
        let beyond = u64::from(self.position > id);
        let read = self.counted.map(|counted| counted - beyond);
        self.counted = Some(added + beyond);
        let known = std::mem::take(&mut self.missing);
        let missing = added.saturating_sub(read?).saturating_sub(known);
        (missing > 0).then_some(Gap::Counted(missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u64) -> EntryId {
        format!("{number}-0").parse().expect("an id")
    }

    fn standing(first: u64, last: u64, added: Option<u64>) -> Standing {
        Standing {
            last: id(last),
            first: Some(id(first)),
            added,
        }
    }

    fn stamp(seq: u64) -> Stamp {
        let writer = "w".to_owned();
        Stamp { writer, seq }
    }

    fn whole() -> Verdict {
        let gaps = vec![];
        Verdict {
            is_repeat: false,
            gaps,
        }
    }

    #[test]
    fn what_is_read_one_by_one_leaves_no_gap() {
        let mut track = Track::at_end(standing(1, 5, Some(5)));
        assert_eq!(track.meet(standing(1, 8, Some(8))), None);
        for number in 6..=9 {
            assert_eq!(track.read(id(number), None), whole());
        }
        assert_eq!(track.meet(standing(7, 9, Some(9))), None);
        assert_eq!(track.counted(), Some(9));
    }

    #[test]
    fn what_was_trimmed_is_counted_by_redis() {
        let mut track = Track::at_end(standing(1, 5, Some(5)));
        assert_eq!(track.meet(standing(9, 12, Some(12))), None);
        for number in 9..=11 {
            assert_eq!(track.read(id(number), None), whole());
        }
        assert_eq!(track.read(id(12), None).gaps, [Gap::Counted(3)]);
        // Once, and what comes behind is counted anew; the marked one may be gone, too.
        assert_eq!(track.meet(standing(9, 12, Some(12))), None);
        assert_eq!(track.meet(standing(14, 14, Some(14))), None);
        assert_eq!(track.read(id(15), None).gaps, [Gap::Counted(2)]);
        assert_eq!(track.meet(standing(15, 15, Some(15))), None);
    }

    #[test]
    fn stamps_say_it_first() {
        let mut track = Track::at_end(standing(1, 1, Some(1)));
        assert_eq!(track.read(id(2), Some(&stamp(1))), whole());
        assert_eq!(track.meet(standing(5, 6, Some(6))), None);
        let gap = Gap::Of("w".into(), 2);
        assert_eq!(track.read(id(5), Some(&stamp(4))).gaps, [gap]);
        assert_eq!(track.read(id(6), Some(&stamp(5))), whole());
        // What comes twice is no gap.
        assert!(track.read(id(7), Some(&stamp(5))).is_repeat);
        assert_eq!(track.meet(standing(5, 7, Some(7))), None);
    }

    #[test]
    fn before_redis_counts_a_trimmed_position_is_a_gap_of_unknown_size() {
        let mut track = Track::at_end(standing(1, 5, None));
        assert_eq!(track.meet(standing(2, 9, None)), None);
        let gap = track.meet(standing(6, 9, None));
        assert!(matches!(gap, Some(Gap::Unknown(why)) if why.contains("trimmed")));
        // Stamps tell whether there is one.
        track.read(id(9), Some(&stamp(1)));
        assert_eq!(track.meet(standing(11, 12, None)), None);
    }

    #[test]
    fn a_stream_that_ends_before_is_read_again() {
        let mut track = Track::at_end(standing(1, 8, Some(8)));
        track.read(id(9), Some(&stamp(1)));
        let gap = track.meet(standing(1, 7, Some(7)));
        assert!(matches!(gap, Some(Gap::Unknown(why)) if why.contains("ends before")));
        assert_eq!(track.position(), EntryId::BEGIN);
        assert!(track.read(id(6), None).is_repeat);
        let told = track.read(id(7), Some(&stamp(2)));
        assert_eq!(told, whole(), "it was not read before");
        assert!(track.read(id(8), Some(&stamp(1))).is_repeat);
        assert!(!track.read(id(9), None).is_repeat);
        assert_eq!(track.meet(standing(1, 9, Some(9))), None);
    }

    #[test]
    fn a_stream_that_was_begun_anew_is_noticed_though_its_entries_are_later() {
        let mut track = Track::at_end(standing(1, 8, Some(8)));
        let gap = track.meet(standing(20, 21, Some(2)));
        assert!(matches!(gap, Some(Gap::Unknown(why)) if why.contains("anew")));
        assert_eq!(track.read(id(20), None), whole());
        assert_eq!(track.read(id(21), None), whole());
        assert_eq!(track.counted(), Some(2));
        assert_eq!(track.meet(standing(20, 21, Some(2))), None);
    }

    #[test]
    fn a_stream_that_is_not_there_yet_is_read_from_its_begin() {
        let mut track = Track::at_end(Standing::default());
        assert_eq!(track.meet(standing(1, 2, Some(2))), None);
        assert_eq!(track.read(id(1), None), whole());
        assert_eq!(track.read(id(2), None), whole());
        assert_eq!(track.counted(), Some(2));
    }

    #[test]
    fn it_goes_on_behind_what_was_read_by_another_process() {
        let writers = BTreeMap::from([("w".to_owned(), 3)]);
        let mut track = Track::behind(id(5), Some(5), writers.clone());
        assert_eq!(track.writers(), writers);
        assert_eq!(track.meet(standing(1, 6, Some(6))), None);
        assert!(track.read(id(6), Some(&stamp(3))).is_repeat);
        assert_eq!(
            track.read(id(7), Some(&stamp(5))).gaps,
            [Gap::Of("w".into(), 1)]
        );
    }
}
