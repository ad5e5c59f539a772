//! The paths that the queries of a set look at.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};

use smallvec::SmallVec;

use crate::field_set::FieldSet;
use crate::plan::Path;
use crate::set::keys::feature::{Feature, Kind, Scalar, sort};
use crate::set::keys::interval::Bounds;
use crate::set::store::slab::{NONE, Slab};
use crate::value::key::Key;
use crate::value::text::is_same;
use crate::value::{Text, text_memory};

/// Paths, numbered, and the features by which queries are filed.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    records: Slab<Record>,
    /// The numbers of paths that are longer than a field, in the order of their texts, so that those stand together that begin
    /// alike; the others stand in the heads.
    numbers: BTreeMap<Text, u32>,
    heads: Slab<Head>,
    /// Numbers of heads by the hash of their name.
    heads_by_hash: HashMap<u32, u32, BuildHasherDefault<AsItIs>>,
    /// The heads whose hash another name has too, which those who choose names can bring about.
    namesakes: BTreeMap<u32, BTreeMap<Text, u32>>,
    /// The names of the heads. A copy that a host holds shares what has not changed since.
    fields: FieldSet,
    /// By the number of a feature in use, its path.
    features: Slab<u32>,
    /// Paths on which even a missing value has keys.
    when_missing: BTreeSet<u32>,
    /// Paths with the name of a JavaScript built-in in them, on which a missing value is something; in the same order.
    odd: BTreeMap<Text, u32>,
}

/// A field of the object and the paths that begin there.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    name: Text,
    hash: u32,
    /// The path that is the field itself, or [`NONE`].
    pub(crate) own: u32,
    /// The longer ones, each at the [`place`](Record::place) that its record tells.
    pub(crate) below: SmallVec<[u32; 2]>,
}

/// What the set knows of a path.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) path: Path,
    /// Which of its components are [names of built-ins](Path::builtins).
    pub(crate) builtins: u64,
    /// Where it stands among the longer paths of its head; 0 if it is the head itself.
    place: u32,
    /// How many queries look at it.
    pub(crate) queries: u32,
    pub(crate) features: SmallVec<[Use; 1]>,
    /// How many filings there have been by a plain value or a pointer.
    filed: u32,
    /// The span of the ends of its ranges: an idea of which numbers stand there.
    span: Bounds,
    /// How many range structures ask for its number, beside the features.
    pub(crate) ranges: u32,
}

/// A feature in use.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) number: u32,
    pub(crate) feature: Feature,
    /// How many keys of it the root has.
    pub(crate) root: u32,
    /// How many other groups have keys of it, and queries a second key.
    pub(crate) groups: u32,
}

/// A hasher for what is a hash.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u32(&mut self, hash: u32) {
        // A hash table wants both ends of a hash to differ.
        self.0 = u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Paths {
    pub(crate) fn new() -> Self {
        Self {
            records: Slab::new(),
            numbers: BTreeMap::new(),
            heads: Slab::new(),
            heads_by_hash: HashMap::default(),
            namesakes: BTreeMap::new(),
            fields: FieldSet::new([""; 0]),
            features: Slab::new(),
            when_missing: BTreeSet::new(),
            odd: BTreeMap::new(),
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
        let number = self.records.insert(Record {
            path: path.clone(),
            builtins,
            place: 0,
            queries: 1,
            features: SmallVec::new(),
            filed: 0,
            span: Bounds {
                low: f64::INFINITY,
                high: f64::NEG_INFINITY,
            },
            ranges: 0,
        });
        if !path.is_bare() {
            self.numbers.insert(path.text().into(), number);
        }
        let place = self.acquire_head(path, number);
        if let Some(record) = self.records.get_mut(number) {
            record.place = place;
        }
        if builtins != 0 {
            self.odd.insert(path.text().into(), number);
        }
        number
    }

    /// Adds a path to its head; the place where it stands there.
    fn acquire_head(&mut self, path: &Path, number: u32) -> u32 {
        let key = path.head();
        let at = match self.find_head(key) {
            Some(at) => at,
            None => self.add_head(key),
        };
        self.heads
            .get_mut(at)
            .map_or(0, |head| head.add(path, number))
    }

    fn add_head(&mut self, key: Key<'_>) -> u32 {
        let number = self.heads.insert(Head {
            name: key.name.into(),
            hash: key.hash,
            own: NONE,
            below: SmallVec::new(),
        });
        match self.heads_by_hash.entry(key.hash) {
            Entry::Vacant(free) => {
                free.insert(number);
            }
            Entry::Occupied(_) => {
                let namesakes = self.namesakes.entry(key.hash).or_default();
                namesakes.insert(key.name.into(), number);
            }
        }
        self.fields.0.insert(key.name);
        number
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
        self.numbers.remove(record.path.text());
        self.odd.remove(record.path.text());
        self.release_head(&record);
    }

    fn release_head(&mut self, record: &Record) {
        let key = record.path.head();
        let Some(number) = self.find_head(key) else {
            return;
        };
        let Some(head) = self.heads.get_mut(number) else {
            return;
        };
        let moved = head.remove(&record.path, record.place);
        if let Some(moved) = moved.and_then(|path| self.records.get_mut(path)) {
            moved.place = record.place;
        } else if head.is_empty() {
            self.drop_head(number, key);
        }
    }

    fn drop_head(&mut self, number: u32, key: Key<'_>) {
        self.heads.remove(number);
        self.fields.0.remove(key.name);
        let mut namesakes = self.namesakes.get_mut(&key.hash);
        if self.heads_by_hash.get(&key.hash) == Some(&number) {
            let next = namesakes.as_mut().and_then(|others| others.pop_first());
            match next {
                Some((_, next)) => self.heads_by_hash.insert(key.hash, next),
                None => self.heads_by_hash.remove(&key.hash),
            };
        } else if let Some(others) = &mut namesakes {
            others.remove(key.name);
        }
        if namesakes.is_some_and(|others| others.is_empty()) {
            self.namesakes.remove(&key.hash);
        }
        give_back(&mut self.heads_by_hash);
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Record> {
        self.records.get(number)
    }

    /// The number of a path that some query looks at.
    pub(crate) fn number(&self, path: &Path) -> Option<u32> {
        if path.is_bare() {
            let head = self.heads.get(self.find_head(path.head())?)?;
            return Some(head.own).filter(|own| *own != NONE);
        }
        self.numbers.get(path.text()).copied()
    }

    /// Whether values of the path can be found by keys: the name of a built-in makes them what no key tells. Of no path
    /// nothing is known.
    pub(crate) fn is_plain(&self, number: u32) -> bool {
        number != NONE && self.get(number).is_none_or(|record| record.builtins == 0)
    }

    /// Whether the head of a path has it where its record says.
    pub(crate) fn is_in_place(&self, record: &Record, number: u32) -> bool {
        let head = self.find_head(record.path.head());
        let head = head.and_then(|head| self.heads.get(head));
        let found = head.and_then(|head| {
            if record.path.is_bare() {
                Some(&head.own)
            } else {
                head.below.get(record.place as usize)
            }
        });
        found == Some(&number)
    }

    /// Numbers given out so far.
    pub(crate) fn bound(&self) -> usize {
        self.records.bound()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Record)> {
        self.records.iter()
    }

    /// The head of a name. The guess is looked at first and improved: objects of a class have their fields in the same
    /// places, most of the time.
    #[inline]
    pub(crate) fn head(&self, key: Key<'_>, guess: &mut u32) -> Option<&Head> {
        match self.heads.get(*guess) {
            Some(guessed) if guessed.is(key) => Some(guessed),
            _ => {
                *guess = self.find_head(key)?;
                self.heads.get(*guess)
            }
        }
    }

    #[inline(never)]
    fn find_head(&self, key: Key<'_>) -> Option<u32> {
        let first = *self.heads_by_hash.get(&key.hash)?;
        if self.heads.get(first)?.is(key) {
            return Some(first);
        }
        self.namesakes.get(&key.hash)?.get(key.name).copied()
    }

    /// The fields at which paths begin.
    pub(crate) fn fields(&self) -> &FieldSet {
        &self.fields
    }

    pub(crate) fn uses(&self) -> impl Iterator<Item = &Use> {
        let numbers = self.features.iter();
        numbers.filter_map(|(number, _)| self.used(number))
    }

    pub(crate) fn when_missing(&self) -> impl Iterator<Item = u32> {
        self.when_missing.iter().copied()
    }

    /// The paths on which a missing value is something, in the order of their texts.
    pub(crate) fn odd(&self) -> impl ExactSizeIterator<Item = u32> {
        self.odd.values().copied()
    }

    /// The paths that are longer than a field, in the order of their texts.
    pub(crate) fn longer(&self) -> impl Iterator<Item = u32> {
        self.numbers.values().copied()
    }

    /// Those below a head, in the same order.
    pub(crate) fn below(&self, head: &Head) -> impl Iterator<Item = u32> {
        let first = Text::from(&*head.name) + ".";
        let from = self.numbers.range(first.clone()..);
        let below = from.take_while(move |(text, _)| text.starts_with(&*first));
        below.map(|(_, number)| *number)
    }

    /// The number of a feature; it is in use from now on.
    pub(crate) fn feature(&mut self, feature: Feature) -> u32 {
        let Some(record) = self.records.get_mut(feature.path) else {
            return NONE;
        };
        let mut features = record.features.iter();
        if let Some(used) = features.find(|used| used.feature == feature) {
            return used.number;
        }
        let number = self.features.insert(feature.path);
        record.features.push(Use {
            number,
            feature,
            root: 0,
            groups: 0,
        });
        if feature.kind == Kind::Sort && matches!(feature.level, sort::MISSING | sort::NO_ORDER) {
            self.when_missing.insert(feature.path);
        }
        number
    }

    pub(crate) fn used(&self, feature: u32) -> Option<&Use> {
        let path = self.features.get(feature)?;
        let mut features = self.records.get(*path)?.features.iter();
        features.find(|used| used.number == feature)
    }

    fn used_mut(&mut self, feature: u32) -> Option<&mut Use> {
        let path = self.features.get(feature)?;
        let mut features = self.records.get_mut(*path)?.features.iter_mut();
        features.find(|used| used.number == feature)
    }

    pub(crate) fn features_bound(&self) -> usize {
        self.features.bound()
    }

    /// Counts a key of the root, or a group that has keys of a feature.
    pub(crate) fn hold(&mut self, feature: u32, at_root: bool) {
        if let Some(used) = self.used_mut(feature) {
            if at_root {
                used.root += 1;
            } else {
                used.groups += 1;
            }
        }
    }

    /// Takes back a [`hold`](Self::hold).
    pub(crate) fn let_go(&mut self, feature: u32, at_root: bool) {
        let Some(used) = self.used_mut(feature) else {
            return;
        };
        if at_root {
            used.root -= 1;
        } else {
            used.groups -= 1;
        }
        if used.root > 0 || used.groups > 0 {
            return;
        }
        let path = used.feature.path;
        self.features.remove(feature);
        if let Some(record) = self.records.get_mut(path) {
            record.features.retain(|other| other.number != feature);
        }
        self.forget_missing(path);
    }

    /// Counts a range structure that asks for the number at a path.
    pub(crate) fn hold_range(&mut self, path: u32) {
        if let Some(record) = self.records.get_mut(path) {
            record.ranges += 1;
            self.when_missing.insert(path);
        }
    }

    /// Takes back a [`hold_range`](Self::hold_range).
    pub(crate) fn let_go_range(&mut self, path: u32) {
        if let Some(record) = self.records.get_mut(path) {
            record.ranges -= 1;
        }
        self.forget_missing(path);
    }

    fn forget_missing(&mut self, path: u32) {
        let Some(record) = self.records.get(path) else {
            return;
        };
        let asks = record.features.iter().any(|used| {
            used.feature.kind == Kind::Sort
                && matches!(used.feature.level, sort::MISSING | sort::NO_ORDER)
        });
        if !asks && record.ranges == 0 {
            self.when_missing.remove(&path);
        }
    }

    /// Notes that a query was filed by a plain value, or has a range.
    pub(crate) fn note(&mut self, path: u32, range: Option<Bounds>) {
        let Some(record) = self.records.get_mut(path) else {
            return;
        };
        let Some(bounds) = range else {
            record.filed = record.filed.saturating_add(1);
            return;
        };
        for end in [bounds.low, bounds.high] {
            if end.is_finite() {
                record.span.low = record.span.low.min(end);
                record.span.high = record.span.high.max(end);
            }
        }
    }

    /// How likely a change is to have a key, as a guess: the more values of a path there are in queries, the less
    /// likely is each.
    pub(crate) fn chance(&self, feature: Feature) -> f64 {
        match feature.kind {
            Kind::Scalar => self.chance_of_value(feature, 64.0),
            Kind::Pointer => self.chance_of_value(feature, 1_024.0),
            Kind::Sort => match feature.level {
                sort::MISSING => 0.2,
                sort::OBJECT | sort::ARRAY => 0.5,
                _ => 0.002,
            },
            Kind::Prefix | Kind::Gram => 0.5f64.powi(feature.level.into()).max(1e-4),
            Kind::Interval => 0.0,
            Kind::Cell => 0.25f64.powi(feature.level.into()),
            Kind::Area => 0.01,
        }
    }

    fn chance_of_value(&self, feature: Feature, at_first: f64) -> f64 {
        let Some(record) = self.records.get(feature.path) else {
            return 1.0 / at_first;
        };
        let mut uses = record.features.iter();
        let known = uses
            .find(|used| used.feature == feature)
            .map_or(0, |used| used.root);
        let trust = 1.0 + f64::from(record.filed) / 16.0;
        1.0 / (f64::from(known) + at_first / trust).max(1.0)
    }

    /// How likely the number of a path is to lie within bounds, as a guess.
    pub(crate) fn chance_within(&self, path: u32, bounds: Bounds) -> f64 {
        const ONE_SIDED: f64 = 0.4;
        if !bounds.is_two_sided() {
            return ONE_SIDED;
        }
        let length = self
            .records
            .get(path)
            .map_or(0.0, |record| record.span.high - record.span.low);
        let share = (bounds.high - bounds.low) / length;
        if length > 0.0 && share.is_finite() {
            share.clamp(1e-6, ONE_SIDED)
        } else {
            0.05
        }
    }

    /// Gives back all room that is not in use.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.records.shrink_to_fit();
        self.heads.shrink_to_fit();
        self.heads_by_hash.shrink_to_fit();
        self.features.shrink_to_fit();
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let records = self.records.iter();
        let records = records.map(|(_, record)| record.memory_usage());
        let heads = self.heads.iter().map(|(_, head)| head.memory_usage());
        let odd = self.odd.keys().map(text_memory);
        records.sum::<usize>()
            + heads.sum::<usize>()
            + self.records.memory_usage()
            + self.heads.memory_usage()
            + self.features.memory_usage()
            + in_b_tree::<(Text, u32)>(self.numbers.len() + self.odd.len())
            + odd.sum::<usize>()
            // A byte of each place says whether it is free.
            + self.heads_by_hash.capacity() * (size_of::<(u32, u32)>() + 1)
            + self.fields.0.memory_usage()
    }
}

impl Record {
    /// Heap bytes.
    fn memory_usage(&self) -> usize {
        let spilled = self.features.spilled().then(|| self.features.capacity());
        // The text of the path is also the key of its number.
        self.path.memory_usage() + spilled.unwrap_or_default() * size_of::<Use>()
    }
}

impl Head {
    /// Adds a path; the place where it stands.
    fn add(&mut self, path: &Path, number: u32) -> u32 {
        if path.is_bare() {
            self.own = number;
            return 0;
        }
        self.below.push(number);
        // Memory ends before four billion paths do.
        u32::try_from(self.below.len() - 1).unwrap_or(NONE)
    }

    /// Removes the path at a place; the one that stands there now, if another one does.
    fn remove(&mut self, path: &Path, place: u32) -> Option<u32> {
        if path.is_bare() {
            self.own = NONE;
            return None;
        }
        let place = place as usize;
        self.below.swap_remove(place);
        let moved = self.below.get(place).copied();
        if self.below.len() < self.below.capacity() / 4 {
            self.below.shrink_to_fit();
        }
        moved
    }

    fn is_empty(&self) -> bool {
        self.own == NONE && self.below.is_empty()
    }

    /// Heap bytes.
    fn memory_usage(&self) -> usize {
        let spilled = self.below.spilled().then(|| self.below.capacity());
        text_memory(&self.name) + spilled.unwrap_or_default() * size_of::<u32>()
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = u32> {
        let own = Some(self.own).filter(|own| *own != NONE);
        own.into_iter().chain(self.below.iter().copied())
    }

    #[inline]
    fn is(&self, key: Key<'_>) -> bool {
        self.hash == key.hash && is_same(&self.name, key.name)
    }
}

/// Gives back the room of a map of which little is in use.
fn give_back<K: Eq + Hash, V, S: BuildHasher>(map: &mut HashMap<K, V, S>) {
    if map.len() < map.capacity() / 8 {
        map.shrink_to(map.len() * 2);
    }
}

/// Booleans are a coin.
pub(crate) fn is_coin(scalar: Scalar<'_>) -> bool {
    matches!(scalar, Scalar::Bool(_) | Scalar::Null)
}

/// Bytes of so many entries of a B-tree, whose nodes are two thirds full.
fn in_b_tree<T>(entries: usize) -> usize {
    entries * size_of::<T>() * 3 / 2
}
