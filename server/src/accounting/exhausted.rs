//! What is said when something is used up.

use std::fmt;

use super::Term;

/// There is no room for what somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted {
    /// What it was asked for.
    pub(crate) term: Term,
    /// Whose room is used up.
    pub(crate) whose: Whose,
    /// How many bytes there are in all.
    pub(crate) limit: usize,
}

/// Whose room is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The client's own.
    Client,
    /// That of all clients together, of which none holds more than this one would.
    Server,
    /// That of all clients together, of which this one held most.
    Taken,
}

/// In words for the client whose frame it was, or who is told to go.
impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit;
        match self.whose {
            Whose::Client => write!(
                f,
                "Expected a client to need at most {limit} bytes of memory"
            ),
            Whose::Server => write!(
                f,
                "The memory for all clients is used up, {limit} bytes, and none holds more than this one would"
            ),
            Whose::Taken => write!(
                f,
                "The memory for all clients is used up, {limit} bytes, and this one held most of it"
            ),
        }
    }
}
