//! The numbers that who writes changes gives them, by which repeats and holes are known.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use parking_lot::Mutex;

/// So many writers are remembered; the one that has been silent for longest is forgotten first.
const WRITERS: usize = 1_000;

/// So many are written down, those that were heard last.
const LATEST: usize = 100;

/// How long the name of a writer may be, in bytes.
const NAME: usize = 64;

/// Who wrote a change, and which of theirs it is: the first is 1, and none is left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) writer: String,
    pub(super) seq: u64,
}

/// How a change stands to what was heard of its writer before.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the next, or the first that is heard of its writer.
    Next,
    /// It was heard already.
    Repeat,
    /// So many before it were not heard.
    Behind(u64),
}

/// The last change that was heard of each writer.
#[derive(Default)]
pub(super) struct Stamps(Mutex<Heard>);

#[derive(Default)]
struct Heard {
    writers: HashMap<String, Last>,
    /// How many changes were heard of all of them.
    clock: u64,
}

struct Last {
    seq: u64,
    /// When it was heard, by the clock.
    heard: u64,
}

impl Stamp {
    /// Reads the two members by which a message is stamped, of which there are both or neither.
    pub(super) fn read(writer: Option<String>, seq: Option<u64>) -> Result<Option<Self>, String> {
        match (writer, seq) {
            (None, None) => Ok(None),
            (Some(writer), Some(seq)) => {
                if writer.is_empty() || writer.len() > NAME {
                    return Err(format!("at /writer: expected 1 to {NAME} bytes"));
                }
                Ok(Some(Self { writer, seq }))
            }
            (Some(_), None) => Err("at /seq: expected a number, as there is a writer".into()),
            (None, Some(_)) => Err("at /writer: expected a text, as there is a seq".into()),
        }
    }
}

impl Stamps {
    /// Goes on behind the last change of each of some writers.
    pub(super) fn of(writers: BTreeMap<String, u64>) -> Self {
        let mut heard = Heard::default();
        for (writer, seq) in writers {
            heard.add(&Stamp { writer, seq }, 0);
        }
        Self(Mutex::new(heard))
    }

    /// The last change of each of those writers that were heard last.
    pub(super) fn latest(&self) -> BTreeMap<String, u64> {
        let heard = self.0.lock();
        let mut writers: Vec<_> = heard.writers.iter().collect();
        writers.sort_unstable_by_key(|(_, last)| Reverse(last.heard));
        let latest = writers.into_iter().take(LATEST);
        latest
            .map(|(name, last)| (name.clone(), last.seq))
            .collect()
    }

    /// Notes a change, and says how it stands to those before it.
    pub(super) fn note(&self, stamp: &Stamp) -> Place {
        let mut heard = self.0.lock();
        heard.clock += 1;
        let clock = heard.clock;
        let Some(last) = heard.writers.get_mut(&stamp.writer) else {
            heard.add(stamp, clock);
            return Place::Next;
        };
        last.heard = clock;
        if stamp.seq <= last.seq {
            return Place::Repeat;
        }
        let missing = stamp.seq - last.seq - 1;
        last.seq = stamp.seq;
        if missing > 0 {
            Place::Behind(missing)
        } else {
            Place::Next
        }
    }
}

impl Heard {
    fn add(&mut self, stamp: &Stamp, heard: u64) {
        if self.writers.len() == WRITERS {
            let silent = self.writers.iter().min_by_key(|(_, last)| last.heard);
            if let Some(name) = silent.map(|(name, _)| name.clone()) {
                self.writers.remove(&name);
            }
        }
        let seq = stamp.seq;
        self.writers
            .insert(stamp.writer.clone(), Last { seq, heard });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(writer: &str, seq: u64) -> Stamp {
        let writer = writer.to_owned();
        Stamp { writer, seq }
    }

    #[test]
    fn repeats_and_holes_are_known_of_each_writer() {
        let stamps = Stamps::default();
        let places = [
            ("a", 7, Place::Next),
            ("a", 8, Place::Next),
            ("b", 1, Place::Next),
            ("a", 8, Place::Repeat),
            ("a", 3, Place::Repeat),
            ("a", 12, Place::Behind(3)),
            ("a", 10, Place::Repeat),
            ("b", 2, Place::Next),
            ("b", u64::MAX, Place::Behind(u64::MAX - 3)),
            ("b", 0, Place::Repeat),
        ];
        for (writer, seq, place) in places {
            assert_eq!(stamps.note(&stamp(writer, seq)), place, "{writer} {seq}");
        }
    }

    #[test]
    fn who_has_been_silent_for_longest_is_forgotten_first() {
        let stamps = Stamps::default();
        for writer in 0..WRITERS {
            stamps.note(&stamp(&writer.to_string(), 1));
        }
        assert_eq!(stamps.note(&stamp("0", 2)), Place::Next);
        stamps.note(&stamp("new", 1));
        assert_eq!(stamps.0.lock().writers.len(), WRITERS);
        assert_eq!(stamps.note(&stamp("0", 2)), Place::Repeat);
        // It is heard of for the first time again.
        assert_eq!(stamps.note(&stamp("1", 1)), Place::Next);
    }

    #[test]
    fn those_that_were_heard_last_are_written_down() {
        let stamps = Stamps::default();
        for writer in 0..LATEST + 5 {
            stamps.note(&stamp(&writer.to_string(), 3));
        }
        stamps.note(&stamp("0", 4));
        let latest = stamps.latest();
        assert_eq!(latest.len(), LATEST);
        assert_eq!(latest.get("0"), Some(&4));
        assert!(!latest.contains_key("1"));
        let again = Stamps::of(latest);
        assert_eq!(again.note(&stamp("0", 4)), Place::Repeat);
        assert_eq!(again.note(&stamp("0", 6)), Place::Behind(1));
    }

    #[test]
    fn a_stamp_is_a_whole() {
        let read = |writer: Option<&str>, seq| Stamp::read(writer.map(str::to_owned), seq);
        assert_eq!(read(None, None), Ok(None));
        assert_eq!(read(Some("a"), Some(1)), Ok(Some(stamp("a", 1))));
        for (writer, seq, place) in [
            (Some("a"), None, "at /seq"),
            (None, Some(1), "at /writer"),
            (Some(""), Some(1), "at /writer"),
            (Some(&*"a".repeat(NAME + 1)), Some(1), "at /writer"),
        ] {
            assert!(read(writer, seq).is_err_and(|error| error.starts_with(place)));
        }
    }
}
