//! Where the SDK throws, and why.

use crate::value::Fault;

/// The SDK throws at a value. Nothing is allocated until it does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    reason: &'static str,
    /// The keys and indices that lead to the value, the innermost first.
    #[expect(clippy::box_collection, reason = "keeps results two words wide")]
    way: Option<Box<Vec<Box<str>>>>,
}

impl Refusal {
    pub(crate) const TOO_DEEP: Self = Self::new("nested too deep");

    pub(crate) const fn new(reason: &'static str) -> Self {
        Self { reason, way: None }
    }

    /// The same, seen from one level above.
    #[cold]
    pub(crate) fn at(mut self, key: &str) -> Self {
        self.way.get_or_insert_default().push(key.into());
        self
    }

    #[cold]
    pub(crate) fn at_index(self, index: usize) -> Self {
        self.at(&index.to_string())
    }

    pub(crate) fn reason(&self) -> &'static str {
        self.reason
    }

    /// The place as an RFC 6901 pointer, empty for the whole value.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = String::new();
        for key in self.way.iter().flat_map(|way| way.iter().rev()) {
            pointer.push('/');
            pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
        }
        pointer
    }
}

impl From<Refusal> for Fault {
    fn from(_: Refusal) -> Self {
        Self
    }
}

/// A conversion to text or to a number that throws inside the SDK.
impl From<Fault> for Refusal {
    fn from(Fault: Fault) -> Self {
        Self::new("an object that has a member `toString` has no text")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_its_place() {
        let refusal = Refusal::new("why").at_index(3).at("a/b~").at("c");
        assert_eq!(refusal.pointer(), "/c/a~1b~0/3");
        assert_eq!(Refusal::TOO_DEEP.pointer(), "");
    }
}
