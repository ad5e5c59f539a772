//! Memory that a change needs while it is matched, kept from one change to the next.

use super::candidates::Candidates;
use super::emit::Lowered;
use super::positions::Positions;
use super::search::Frontier;
use super::sought::Keys;
use crate::set::store::slab::NONE;

/// Memory for [`QuerySet::classify_into`](crate::set::QuerySet::classify_into).
///
/// One for each thread that matches; it may serve any number of sets in turn. What is in it does not matter: it is
/// only kept so that a change allocates nothing.
///
/// # Examples
///
/// ```
/// use livematch::{QuerySet, Scratch};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let mut rooms = QuerySet::new();
/// rooms.insert(r#"{"room": "r1"}"#.parse()?);
/// let users = QuerySet::new();
///
/// let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
/// for set in [&rooms, &users, &rooms] {
///     set.classify_into(None, Some(&json!({"room": "r1"})), &mut scratch, &mut hits);
/// }
/// assert_eq!(hits.len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    pub(crate) positions: Positions,
    /// By the place of a field in an object, the number of the head that the last object had there. Fields behind these
    /// have no guess: an object may have any number of them.
    pub(crate) guesses: Guesses,
    pub(crate) keys: Keys,
    pub(crate) frontier: Frontier,
    pub(crate) candidates: Candidates,
    /// The texts of a path on both sides.
    pub(crate) texts: [Lowered; 2],
}

/// Numbers of heads, or [`NONE`].
#[derive(Clone, Debug)]
pub(crate) struct Guesses(pub(crate) [u32; 256]);

impl Default for Guesses {
    fn default() -> Self {
        Self([NONE; 256])
    }
}

impl Scratch {
    /// How many queries the last change ran, beside those that match everything: what finding its hits has cost.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{QuerySet, Scratch};
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let mut set = QuerySet::new();
    /// set.insert(r#"{"room": "r1"}"#.parse()?);
    /// set.insert(r#"{"room": "r2"}"#.parse()?);
    /// let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    /// set.classify_into(None, Some(&json!({"room": "r1"})), &mut scratch, &mut hits);
    /// assert_eq!((scratch.candidates(), hits.len()), (1, 1));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn candidates(&self) -> usize {
        self.candidates.all().len()
    }
}
