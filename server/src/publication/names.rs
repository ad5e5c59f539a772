//! Lists of names that clients send.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::{Arc, LazyLock};

use crate::rights::Name;

/// Names of fields, sorted, and by what equal lists are known: two hashes that nobody can foresee.
///
/// A list may be long, and there may be many: whoever compares them looks at none of their names.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    names: Arc<[Name]>,
    mark: [u64; 2],
}

impl Names {
    pub(crate) fn new(names: &[String]) -> Self {
        static SECRETS: LazyLock<[RandomState; 2]> = LazyLock::new(Default::default);
        let mut names: Vec<_> = names.iter().map(|name| Name::of(name)).collect();
        names.sort_unstable();
        names.dedup();
        Self {
            mark: SECRETS.each_ref().map(|secret| secret.hash_one(&names)),
            names: names.into(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether a name is among them.
    pub(super) fn have(&self, name: Name) -> bool {
        self.names.binary_search(&name).is_ok()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Name> {
        self.names.iter().copied()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lists_are_known_by_their_mark_and_take_eight_bytes_a_name() {
        let list = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            Names::new(&names)
        };
        let names = list(&["b", "a", "b"]);
        assert_eq!(names, list(&["a", "b"]));
        assert_ne!(names, list(&["a", "c"]));
        assert_ne!(names, list(&["a", "b", ""]));
        assert!(names.have(Name::of("a")) && !names.have(Name::of("c")));
        assert_eq!(size_of_val(&*names.names), 16);
    }
}
