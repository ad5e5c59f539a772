//! The fields at which paths begin: a change is read field by field, and each of them looked up once.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};

use smallvec::SmallVec;

use crate::field_set::FieldSet;
use crate::plan::Path;
use crate::set::store::slab::{NONE, Slab};
use crate::value::key::Key;
use crate::value::text::is_same;
use crate::value::{Text, text_memory};

/// The fields at which paths begin, numbered.
#[derive(Clone, Debug)]
pub(super) struct Heads {
    all: Slab<Head>,
    /// Their numbers by the hash of their name.
    by_hash: HashMap<u32, u32, BuildHasherDefault<AsItIs>>,
    /// Those whose hash another name has too, which those who choose names can bring about.
    namesakes: BTreeMap<u32, BTreeMap<Text, u32>>,
    /// Their names. A copy that a host holds shares what has not changed since.
    fields: FieldSet,
}

/// A field of the object and the paths that begin there.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    name: Text,
    hash: u32,
    /// The path that is the field itself, or [`NONE`].
    own: u32,
    /// The longer ones, each at the place that the record of the path tells.
    below: SmallVec<[u32; 2]>,
    /// Those of the `find` dialect, of whatever length, in the same manner.
    ways: SmallVec<[u32; 2]>,
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

impl Heads {
    pub(super) fn new() -> Self {
        Self {
            all: Slab::new(),
            by_hash: HashMap::default(),
            namesakes: BTreeMap::new(),
            fields: FieldSet::new([""; 0]),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Their names.
    pub(super) fn fields(&self) -> &FieldSet {
        &self.fields
    }

    /// Adds a path to its head; the place where it stands there.
    pub(super) fn add(&mut self, path: &Path, number: u32) -> u32 {
        let head = self.head_of(path);
        head.map_or(0, |head| head.add(path, number))
    }

    /// Adds a path of the `find` dialect to the field at which it begins; the place where it stands there.
    pub(super) fn add_way(&mut self, field: &Path, number: u32) -> u32 {
        let head = self.head_of(field);
        head.map_or(0, |head| push(&mut head.ways, number))
    }

    /// The head of a path, which is there from now on.
    fn head_of(&mut self, path: &Path) -> Option<&mut Head> {
        let key = path.head();
        let at = match self.find(key) {
            Some(at) => at,
            None => self.add_head(key),
        };
        self.all.get_mut(at)
    }

    fn add_head(&mut self, key: Key<'_>) -> u32 {
        let number = self.all.insert(Head {
            name: key.name.into(),
            hash: key.hash,
            own: NONE,
            below: SmallVec::new(),
            ways: SmallVec::new(),
        });
        match self.by_hash.entry(key.hash) {
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

    /// Removes the path at a place of its head; the one that stands there now, if another one does.
    pub(super) fn remove(&mut self, path: &Path, place: u32) -> Option<u32> {
        self.remove_from(path.head(), |head| head.remove(path, place))
    }

    /// As [`remove`](Self::remove), of a path of the `find` dialect.
    pub(super) fn remove_way(&mut self, field: &Path, place: u32) -> Option<u32> {
        self.remove_from(field.head(), |head| take_out(&mut head.ways, place))
    }

    fn remove_from(
        &mut self,
        key: Key<'_>,
        remove: impl FnOnce(&mut Head) -> Option<u32>,
    ) -> Option<u32> {
        let number = self.find(key)?;
        let head = self.all.get_mut(number)?;
        let moved = remove(head);
        if head.is_empty() {
            self.drop_head(number, key);
        }
        moved
    }

    fn drop_head(&mut self, number: u32, key: Key<'_>) {
        self.all.remove(number);
        self.fields.0.remove(key.name);
        let mut namesakes = self.namesakes.get_mut(&key.hash);
        if self.by_hash.get(&key.hash) == Some(&number) {
            let next = namesakes.as_mut().and_then(|others| others.pop_first());
            match next {
                Some((_, next)) => self.by_hash.insert(key.hash, next),
                None => self.by_hash.remove(&key.hash),
            };
        } else if let Some(others) = &mut namesakes {
            others.remove(key.name);
        }
        if namesakes.is_some_and(|others| others.is_empty()) {
            self.namesakes.remove(&key.hash);
        }
        give_back(&mut self.by_hash);
    }

    /// The head of a name. The guess is looked at first and improved: objects of a class have their fields in the same
    /// places, most of the time.
    #[inline]
    pub(super) fn guessed(&self, key: Key<'_>, guess: &mut u32) -> Option<&Head> {
        match self.all.get(*guess) {
            Some(guessed) if guessed.is(key) => Some(guessed),
            _ => {
                *guess = self.find(key)?;
                self.all.get(*guess)
            }
        }
    }

    /// The head of a name.
    pub(super) fn at(&self, key: Key<'_>) -> Option<&Head> {
        self.all.get(self.find(key)?)
    }

    #[inline(never)]
    fn find(&self, key: Key<'_>) -> Option<u32> {
        let first = *self.by_hash.get(&key.hash)?;
        if self.all.get(first)?.is(key) {
            return Some(first);
        }
        self.namesakes.get(&key.hash)?.get(key.name).copied()
    }

    /// Gives back all room that is not in use.
    pub(super) fn shrink_to_fit(&mut self) {
        self.all.shrink_to_fit();
        self.by_hash.shrink_to_fit();
    }

    /// Heap bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let each = self.all.iter().map(|(_, head)| head.memory_usage());
        each.sum::<usize>()
            + self.all.memory_usage()
            // A byte of each place says whether it is free.
            + self.by_hash.capacity() * (size_of::<(u32, u32)>() + 1)
            + self.fields.0.memory_usage()
    }
}

impl Head {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The path that is the field itself.
    #[inline]
    pub(crate) fn own(&self) -> Option<u32> {
        Some(self.own).filter(|own| *own != NONE)
    }

    /// The number of the path that stands at a place.
    pub(super) fn path_at(&self, path: &Path, place: u32) -> Option<u32> {
        if path.is_bare() {
            self.own()
        } else {
            self.below.get(place as usize).copied()
        }
    }

    /// Adds a path; the place where it stands.
    fn add(&mut self, path: &Path, number: u32) -> u32 {
        if path.is_bare() {
            self.own = number;
            return 0;
        }
        push(&mut self.below, number)
    }

    /// Removes the path at a place; the one that stands there now, if another one does.
    fn remove(&mut self, path: &Path, place: u32) -> Option<u32> {
        if path.is_bare() {
            self.own = NONE;
            return None;
        }
        take_out(&mut self.below, place)
    }

    fn is_empty(&self) -> bool {
        self.own == NONE && self.below.is_empty() && self.ways.is_empty()
    }

    /// Heap bytes.
    fn memory_usage(&self) -> usize {
        let lists = [&self.below, &self.ways].into_iter();
        let spilled = lists.filter(|list| list.spilled());
        text_memory(&self.name) + spilled.map(SmallVec::capacity).sum::<usize>() * size_of::<u32>()
    }

    /// The longer ones.
    #[inline]
    pub(crate) fn below(&self) -> &[u32] {
        &self.below
    }

    /// Those of the `find` dialect.
    #[inline]
    pub(crate) fn ways(&self) -> &[u32] {
        &self.ways
    }

    /// The one of the `find` dialect that stands at a place.
    pub(super) fn way_at(&self, place: u32) -> Option<u32> {
        self.ways.get(place as usize).copied()
    }

    #[inline]
    fn is(&self, key: Key<'_>) -> bool {
        self.hash == key.hash && is_same(&self.name, key.name)
    }
}

/// Adds a path to a list; the place where it stands.
fn push(list: &mut SmallVec<[u32; 2]>, number: u32) -> u32 {
    list.push(number);
    // Memory ends before four billion paths do.
    u32::try_from(list.len() - 1).unwrap_or(NONE)
}

/// Removes the path at a place of a list; the one that stands there now, if another one does.
fn take_out(list: &mut SmallVec<[u32; 2]>, place: u32) -> Option<u32> {
    let place = place as usize;
    list.swap_remove(place);
    let moved = list.get(place).copied();
    if list.len() < list.capacity() / 4 {
        list.shrink_to_fit();
    }
    moved
}

/// Gives back the room of a map of which little is in use.
fn give_back<K: Eq + Hash, V, S: BuildHasher>(map: &mut HashMap<K, V, S>) {
    if map.len() < map.capacity() / 8 {
        map.shrink_to(map.len() * 2);
    }
}
