//! Names of fields that clients send.

use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::LazyLock;

/// By what a name of a field is known: a hash that nobody can foresee.
///
/// Clients send long lists of names, and many of them. A list takes eight bytes a name, and is held against the fields of an object
/// without a look at any text. That some name of some list is taken for a certain field that it is not comes to pass once in
/// 2^64 names; a field would then be sent that its client did not ask for, or hidden without need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name(u64);

impl Name {
    pub(crate) fn of(name: &str) -> Self {
        static SECRET: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        Self(SECRET.hash_one(name))
    }
}

/// Tables by names need no other hash.
pub(crate) type ByName = BuildHasherDefault<AsItIs>;

/// Takes a name for its hash.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
