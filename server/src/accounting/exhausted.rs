//! What is said when something is used up.

use std::fmt;

use super::term::{OBJECT_BYTES, Term, Unit};

/// There is no room for what somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted {
    /// What it was asked for.
    pub(crate) term: Term,
    /// Whose room is used up.
    pub(crate) whose: Whose,
    /// How many bytes there are in all, or steps, or places.
    pub(crate) limit: usize,
}

/// Whose room is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The client's own.
    Client,
    /// That of all clients of its user.
    User,
    /// That of all clients of its address of whose users nothing is known.
    Address,
    /// That of all clients together, of which none holds more than this one would.
    Server,
    /// That of all clients together, of which this one held most.
    Taken,
    /// What one subscription may take, which takes so much.
    Subscription(usize),
    /// What one change may take, of which the subscriptions of this client would take more than their share.
    Change,
    /// What changes may take in some time, of which the subscriptions of this client have taken most.
    Recently,
}

/// In words for the client whose frame it was, or who is told to go.
impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.term.unit() {
            Unit::Bytes => self.write_bytes(f),
            Unit::Steps => self.write_steps(f),
            Unit::Places => self.write_places(f),
        }
    }
}

impl Exhausted {
    fn write_bytes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit;
        if self.term == Term::Messages {
            return write!(
                f,
                "Expected at most {limit} bytes of changes to wait to be read (--feed-buffer-bytes, --memory)"
            );
        }
        match self.whose {
            Whose::Client | Whose::Subscription(_) => write!(
                f,
                "Expected a client to need at most {limit} bytes of memory"
            ),
            Whose::User => write!(
                f,
                "Expected the clients of a user to need at most {limit} bytes of memory together"
            ),
            Whose::Address => write!(
                f,
                "Expected the clients of an address to need at most {limit} bytes of memory together"
            ),
            Whose::Server => write!(
                f,
                "The memory for all clients is used up, {limit} bytes, and none holds more than this one would"
            ),
            Whose::Taken | Whose::Change | Whose::Recently => write!(
                f,
                "The memory for all clients is used up, {limit} bytes, and this one held most of it"
            ),
        }
    }

    fn write_steps(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (limit, bytes) = (self.limit, OBJECT_BYTES);
        match self.whose {
            Whose::Subscription(needs) => write!(
                f,
                "Expected a clause to take at most {limit} steps for an object of {bytes} bytes, but it may take {needs}"
            ),
            Whose::Client => write!(
                f,
                "Expected the clauses of a client to take at most {limit} steps for an object of {bytes} bytes"
            ),
            Whose::User => write!(
                f,
                "Expected the clauses of all clients of a user to take at most {limit} steps for an object of {bytes} bytes"
            ),
            Whose::Address => write!(
                f,
                "Expected the clauses of all clients of an address to take at most {limit} steps for an object of {bytes} bytes"
            ),
            Whose::Server => write!(
                f,
                "The clauses of all clients may take {limit} steps for an object of {bytes} bytes, and none would take more than this one"
            ),
            Whose::Taken => write!(
                f,
                "The clauses of all clients may take {limit} steps for an object of {bytes} bytes, and this one's took most"
            ),
            Whose::Change => write!(
                f,
                "The clauses of this client took more than their share of {limit} steps for a change"
            ),
            Whose::Recently => write!(
                f,
                "Dear clauses have taken more than {limit} steps of late, and those of this client most of them"
            ),
        }
    }

    fn write_places(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit;
        match self.whose {
            Whose::User => write!(f, "Expected a user to have at most {limit} clients"),
            Whose::Address => write!(f, "Expected an address to have at most {limit} clients"),
            Whose::Client | Whose::Server | Whose::Taken => {
                write!(f, "All places for clients are taken, {limit}")
            }
            Whose::Subscription(_) | Whose::Change | Whose::Recently => {
                write!(f, "Expected at most {limit} clients")
            }
        }
    }
}
