//! Lists of names that clients send.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::{Arc, LazyLock};

/// Names of fields, sorted, and by what equal lists are known: two hashes that nobody can foresee.
///
/// A list may be long, and there may be many: whoever compares them looks at none of their names.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    names: Arc<[String]>,
    mark: [u64; 2],
}

impl Names {
    pub(crate) fn new(mut names: Vec<String>) -> Self {
        static SECRETS: LazyLock<[RandomState; 2]> = LazyLock::new(Default::default);
        names.sort_unstable();
        names.dedup();
        Self {
            mark: SECRETS.each_ref().map(|secret| secret.hash_one(&names)),
            names: names.into(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether a name is among them.
    pub(super) fn have(&self, name: &str) -> bool {
        let compare = |other: &String| other.as_str().cmp(name);
        self.names.binary_search_by(compare).is_ok()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.mark == other.mark
    }
}

impl Eq for Names {}

impl Hash for Names {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.mark.hash(state);
    }
}
