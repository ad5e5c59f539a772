//! What memory is held for, and steps.

/// What bytes are held for, or steps. Every limit in bytes is one of these, and so is every label of the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Term {
    /// A socket by itself: its task, its timers, its names.
    Sockets,
    /// Frames that have not been answered yet, whole or in part.
    Frames,
    /// Clauses, compiled and filed.
    Queries,
    /// Subscriptions apart from their clauses: keys, watch lists, tokens.
    Subscriptions,
    /// Answers and events that wait to be sent, and the texts of objects.
    Outbox,
    /// Bodies of POST /publish, and messages from Redis that have not been read.
    Messages,
    /// Changes that wait to be matched, or whose events have not been handed out yet.
    Changes,
    /// Changes of which somebody may hear once Parse Server has answered.
    Parked,
    /// What clauses may take for each change, which is no memory: see [`Unit::Steps`].
    Steps,
}

/// What is counted of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Bytes,
    /// Of [`livematch::Budget`], for an object of [`OBJECT_BYTES`].
    Steps,
}

/// The size of the object that clauses are measured by, in bytes of JSON.
pub(crate) const OBJECT_BYTES: usize = 1_024;

/// Which part of the memory a term belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// What clients ask for. When it is full, room is taken from whoever holds most.
    Clients,
    /// What comes from Parse Server. No client can use it up, and it waits when it is full.
    Feed,
    /// What comes from Parse Server and has not been read. It has a limit of its own, and is lost beyond it.
    Inbox,
}

impl Term {
    /// All of them.
    pub(crate) const ALL: [Self; 9] = [
        Self::Sockets,
        Self::Frames,
        Self::Queries,
        Self::Subscriptions,
        Self::Outbox,
        Self::Messages,
        Self::Changes,
        Self::Parked,
        Self::Steps,
    ];

    /// The name in metrics and in the log.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sockets => "sockets",
            Self::Frames => "frames",
            Self::Queries => "queries",
            Self::Subscriptions => "subscriptions",
            Self::Outbox => "outbox",
            Self::Messages => "messages",
            Self::Changes => "changes",
            Self::Parked => "parked",
            Self::Steps => "steps",
        }
    }

    /// What is counted of it.
    pub(crate) const fn unit(self) -> Unit {
        match self {
            Self::Steps => Unit::Steps,
            Self::Sockets | Self::Frames | Self::Queries | Self::Subscriptions | Self::Outbox => {
                Unit::Bytes
            }
            Self::Messages | Self::Changes | Self::Parked => Unit::Bytes,
        }
    }

    pub(super) const fn side(self) -> Side {
        match self {
            Self::Sockets | Self::Frames | Self::Queries | Self::Subscriptions | Self::Outbox => {
                Side::Clients
            }
            Self::Steps => Side::Clients,
            Self::Changes | Self::Parked => Side::Feed,
            Self::Messages => Side::Inbox,
        }
    }
}
