//! What memory is held for, and steps, and places.

/// What bytes are held for, or steps, or places. Every limit of what is kept is one of these, and so is every label of the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Term {
    /// A socket by itself: its task, its timers, its names.
    Sockets,
    /// Frames that have not been answered yet, whole or in part.
    Frames,
    /// Clauses, compiled and filed.
    Queries,
    /// What those patterns may take besides that are asked most: room for all of them, from the start.
    Patterns,
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
    /// What Parse Server said of sessions, roles and classes, remembered for a while.
    Answers,
    /// What clauses may take for each change, which is no memory: see [`Unit::Steps`].
    Steps,
    /// Clients that are connected, each of which has one.
    Places,
}

/// What is counted of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Bytes,
    /// Of [`livematch::Budget`], for an object of [`OBJECT_BYTES`].
    Steps,
    Places,
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
    /// What comes from Parse Server and has not been read. It is lost when that is full.
    Inbox,
    /// What Parse Server has answered. The oldest is forgotten when it is full.
    Answers,
}

impl Term {
    /// All of them.
    pub(crate) const ALL: [Self; 12] = [
        Self::Sockets,
        Self::Frames,
        Self::Queries,
        Self::Patterns,
        Self::Subscriptions,
        Self::Outbox,
        Self::Messages,
        Self::Changes,
        Self::Parked,
        Self::Answers,
        Self::Steps,
        Self::Places,
    ];

    /// The name in metrics and in the log.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sockets => "sockets",
            Self::Frames => "frames",
            Self::Queries => "queries",
            Self::Patterns => "patterns",
            Self::Subscriptions => "subscriptions",
            Self::Outbox => "outbox",
            Self::Messages => "messages",
            Self::Changes => "changes",
            Self::Parked => "parked",
            Self::Answers => "answers",
            Self::Steps => "steps",
            Self::Places => "places",
        }
    }

    /// What is counted of it.
    pub(crate) const fn unit(self) -> Unit {
        match self {
            Self::Steps => Unit::Steps,
            Self::Places => Unit::Places,
            Self::Sockets
            | Self::Frames
            | Self::Queries
            | Self::Patterns
            | Self::Subscriptions
            | Self::Outbox => Unit::Bytes,
            Self::Messages | Self::Changes | Self::Parked | Self::Answers => Unit::Bytes,
        }
    }

    pub(super) const fn side(self) -> Side {
        match self {
            Self::Sockets
            | Self::Frames
            | Self::Queries
            | Self::Patterns
            | Self::Subscriptions
            | Self::Outbox => Side::Clients,
            Self::Steps | Self::Places => Side::Clients,
            Self::Changes | Self::Parked => Side::Feed,
            Self::Messages => Side::Inbox,
            Self::Answers => Side::Answers,
        }
    }
}
