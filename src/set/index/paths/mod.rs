//! The paths that the queries of a set look at.

mod features;
mod heads;
mod odds;

pub(crate) use self::features::Use;
pub(crate) use self::heads::Head;
pub(crate) use self::odds::{Chance, is_two_valued};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use smallvec::SmallVec;

use self::heads::Heads;
use crate::field_set::FieldSet;
use crate::find::asked::Asked;
use crate::find::way::Way;
use crate::plan::Path;
use crate::set::keys::interval::Bounds;
use crate::set::store::number::FeatureId;
use crate::set::store::slab::{NONE, Slab};
use crate::value::key::Key;
use crate::value::{COUNTS, Text, text_memory};

/// Paths, numbered, and the features by which queries are filed.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    records: Slab<PathRecord>,
    /// The numbers of paths that are longer than a field, in the order of their texts, so that those stand together that begin
    /// alike; the others stand in the heads.
    numbers: BTreeMap<Text, u32>,
    heads: Heads,
    /// By the number of a feature in use, its path.
    features: Slab<u32, FeatureId>,
    /// Paths on which even a missing value has keys.
    when_missing: BTreeSet<u32>,
    /// Paths with the name of a JavaScript built-in in them, on which a missing value is something; in the same order.
    odd: BTreeMap<Text, u32>,
    /// The numbers of paths of the `find` dialect, by what tells their [ways](Way::text) apart.
    ways: BTreeMap<Box<str>, u32>,
}

/// What the set knows of a path.
#[derive(Clone, Debug)]
pub(crate) struct PathRecord {
    /// Of a path of the `find` dialect, the field at which it begins.
    pub(crate) path: Path,
    /// How a path of the `find` dialect is read: it yields several values, and others than in the other dialect.
    pub(crate) way: Option<Arc<Way>>,
    /// Which of its components are [names of built-ins](Path::builtins).
    pub(crate) builtins: u64,
    /// Where it stands among the longer paths of its head, or among those of its dialect; 0 if it is the head itself.
    place: u32,
    /// How many queries look at it.
    pub(crate) queries: u32,
    pub(crate) features: SmallVec<[Use; 1]>,
    /// The span of the ends of its ranges: an idea of which numbers stand there.
    span: Bounds,
    /// How many range structures ask for its number, beside the features.
    pub(crate) ranges: u32,
}

impl Paths {
    pub(crate) fn new() -> Self {
        Self {
            records: Slab::new(),
            numbers: BTreeMap::new(),
            heads: Heads::new(),
            features: Slab::new(),
            when_missing: BTreeSet::new(),
            odd: BTreeMap::new(),
            ways: BTreeMap::new(),
        }
    }

    /// The number of a path that a query looks at. Each acquisition is to be released once.
    pub(crate) fn acquire(&mut self, path: &Path) -> u32 {
        if let Some(number) = self.number(path) {
            if let Some(record) = self.records.get_mut(number) {
                record.queries += 1;
            }
            return number;
        }
        let builtins = path.builtins();
        let number = self.records.insert(PathRecord {
            builtins,
            ..PathRecord::new(path.clone(), None)
        });
        if !path.is_bare() {
            self.numbers.insert(path.text().into(), number);
        }
        let place = self.heads.add(path, number);
        if let Some(record) = self.records.get_mut(number) {
            record.place = place;
        }
        if builtins != 0 {
            self.odd.insert(path.text().into(), number);
        }
        number
    }

    /// Gives a query of the `find` dialect the number of a path that it looks at, and the way there. Each acquisition is to be
    /// released once.
    pub(crate) fn acquire_way(&mut self, asked: &mut Asked) {
        let text = asked.way().text();
        if let Some(number) = self.ways.get(&*text) {
            if let Some(record) = self.records.get_mut(*number) {
                record.queries += 1;
                if let Some(way) = &record.way {
                    asked.share(*number, way);
                }
            }
            return;
        }
        let way = Arc::clone(asked.way());
        let path = Path::new(way.head().into());
        let number = self
            .records
            .insert(PathRecord::new(path.clone(), Some(Arc::clone(&way))));
        let place = self.heads.add_way(&path, number);
        if let Some(record) = self.records.get_mut(number) {
            record.place = place;
        }
        self.ways.insert(text.into(), number);
        asked.share(number, &way);
    }

    /// The number of a path that some query of the `find` dialect looks at, by what [tells it apart](Way::text).
    pub(crate) fn way(&self, text: &str) -> Option<u32> {
        self.ways.get(text).copied()
    }

    /// Forgets a path when its last query goes.
    pub(crate) fn release(&mut self, number: u32) {
        let Some(record) = self.records.get_mut(number) else {
            return;
        };
        record.queries -= 1;
        if record.queries > 0 {
            return;
        }
        let Some(record) = self.records.remove(number) else {
            return;
        };
        if let Some(way) = &record.way {
            self.ways.remove(&*way.text());
        } else {
            self.numbers.remove(record.path.text());
            self.odd.remove(record.path.text());
        }
        self.release_head(&record);
    }

    fn release_head(&mut self, record: &PathRecord) {
        let moved = if record.way.is_some() {
            self.heads.remove_way(&record.path, record.place)
        } else {
            self.heads.remove(&record.path, record.place)
        };
        if let Some(moved) = moved.and_then(|path| self.records.get_mut(path)) {
            moved.place = record.place;
        }
    }

    pub(crate) fn get(&self, number: u32) -> Option<&PathRecord> {
        self.records.get(number)
    }

    /// How a path of the `find` dialect is read.
    #[inline]
    pub(crate) fn way_of(&self, number: u32) -> Option<&Way> {
        self.records.get(number)?.way.as_deref()
    }

    /// The number of a path that some query looks at.
    pub(crate) fn number(&self, path: &Path) -> Option<u32> {
        if path.is_bare() {
            return self.heads.at(path.head())?.own();
        }
        self.numbers.get(path.text()).copied()
    }

    /// Whether values of the path can be found by keys: the name of a built-in makes them what no key tells. Of no path
    /// nothing is known.
    pub(crate) fn is_plain(&self, number: u32) -> bool {
        number != NONE && self.get(number).is_none_or(|record| record.builtins == 0)
    }

    /// Whether the head of a path has it where its record says.
    pub(crate) fn is_in_place(&self, record: &PathRecord, number: u32) -> bool {
        let head = self.heads.at(record.path.head());
        let at = |head: &Head| match record.way {
            Some(_) => head.way_at(record.place),
            None => head.path_at(&record.path, record.place),
        };
        head.and_then(at) == Some(number)
    }

    /// Numbers given out so far.
    pub(crate) fn bound(&self) -> usize {
        self.records.bound()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &PathRecord)> {
        self.records.iter()
    }

    /// The head of a name; see [`Heads::guessed`].
    #[inline]
    pub(crate) fn head(&self, key: Key<'_>, guess: &mut u32) -> Option<&Head> {
        self.heads.guessed(key, guess)
    }

    /// The fields at which paths begin.
    pub(crate) fn fields(&self) -> &FieldSet {
        self.heads.fields()
    }

    /// The paths on which a missing value is something, in the order of their texts.
    pub(crate) fn odd(&self) -> impl ExactSizeIterator<Item = u32> {
        self.odd.values().copied()
    }

    /// How many fields there are at which paths begin.
    pub(crate) fn heads(&self) -> usize {
        self.heads.len()
    }

    /// The paths that are longer than a field, in the order of their texts.
    pub(crate) fn longer(&self) -> impl Iterator<Item = u32> {
        self.numbers.values().copied()
    }

    /// Those below a head, in the same order.
    pub(crate) fn below(&self, head: &Head) -> impl Iterator<Item = u32> {
        let first = Text::from(head.name()) + ".";
        let from = self.numbers.range(first.clone()..);
        let below = from.take_while(move |(text, _)| text.starts_with(&*first));
        below.map(|(_, number)| *number)
    }

    /// Gives back all room that is not in use.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.records.shrink_to_fit();
        self.heads.shrink_to_fit();
        self.features.shrink_to_fit();
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let records = self.records.iter();
        let records = records.map(|(_, record)| record.memory_usage());
        let odd = self.odd.keys().map(text_memory);
        records.sum::<usize>()
            + self.records.memory_usage()
            + self.heads.memory_usage()
            + self.features.memory_usage()
            + in_b_tree::<(Text, u32)>(self.numbers.len() + self.odd.len())
            + odd.sum::<usize>()
            + in_b_tree::<(Box<str>, u32)>(self.ways.len())
            + self.ways.keys().map(|text| text.len()).sum::<usize>()
    }
}

impl PathRecord {
    /// Of a path that one query looks at.
    fn new(path: Path, way: Option<Arc<Way>>) -> Self {
        Self {
            path,
            way,
            builtins: 0,
            place: 0,
            queries: 1,
            features: SmallVec::new(),
            span: Bounds {
                low: f64::INFINITY,
                high: f64::NEG_INFINITY,
            },
            ranges: 0,
        }
    }

    /// Heap bytes.
    fn memory_usage(&self) -> usize {
        let spilled = self.features.spilled().then(|| self.features.capacity());
        let way = self.way.as_deref();
        let way = way.map_or(0, |way| COUNTS + size_of::<Way>() + way.memory_usage());
        // The text of the path is also the key of its number.
        way + self.path.memory_usage() + spilled.unwrap_or_default() * size_of::<Use>()
    }
}

/// Bytes of so many entries of a B-tree, whose nodes are two thirds full.
fn in_b_tree<T>(entries: usize) -> usize {
    entries * size_of::<T>() * 3 / 2
}
