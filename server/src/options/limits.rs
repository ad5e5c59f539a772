//! What clients may cost.

use std::time::Duration;

use clap::Args;

use super::class::{ForClasses, of_class};
use super::values::seconds;
use crate::accounting::{OwnerLimits, StepLimits};

/// What clients may cost.
#[derive(Args, Clone)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitOptions {
    /// How many clients may be connected.
    #[arg(long, value_name = "CLIENTS", default_value_t = 100_000)]
    pub(crate) max_clients: usize,

    /// How many clients may be connected from one address, or one /64 of IPv6. Needs --trusted-proxies.
    #[arg(long, value_name = "CLIENTS", default_value_t = 1_000)]
    pub(crate) max_clients_per_address: usize,

    /// How many clients one user may have connected; a session counts as a user of its own until Parse Server has said whose it is.
    #[arg(long, value_name = "CLIENTS", default_value_t = 1_000)]
    pub(crate) max_clients_per_user: usize,

    /// How many bytes of memory everything may take that is kept for clients and changes, as it is accounted for.
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    pub(crate) memory: usize,

    /// How many bytes of memory one client may take, with its share of what it has in common with others.
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20)]
    pub(crate) client_memory: usize,

    /// How many bytes of memory the clients of one user may take together, and those of one address of whose users nothing is known.
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    pub(crate) user_memory: usize,

    /// How many steps one clause may take for an object of 1,024 bytes; a step is some nanoseconds.
    #[arg(long, value_name = "STEPS", default_value_t = 20_000_000)]
    pub(crate) clause_steps: usize,

    /// How many such steps the clauses of one client may take together; what a clause ordinarily takes, up to 65,536 of them, is
    /// free.
    #[arg(long, value_name = "STEPS", default_value_t = 100_000_000)]
    pub(crate) client_steps: usize,

    /// How many such steps the clauses of all clients of one user may take, and those of one address of whose users nothing is known.
    #[arg(long, value_name = "STEPS", default_value_t = 200_000_000)]
    pub(crate) user_steps: usize,

    /// How many such steps the clauses of all clients may take together. Who holds most has to go for those who hold little.
    #[arg(long, value_name = "STEPS", default_value_t = 1_000_000_000)]
    pub(crate) steps: usize,

    /// How many steps clauses may really take for one change, beside what they ordinarily take, in equal shares for those who
    /// ask. Whose clauses would take more than their share is disconnected when nothing is left.
    #[arg(long, value_name = "STEPS", default_value_t = 3_000_000)]
    pub(crate) change_steps: u64,

    /// How many steps dear clauses may take in a second. Whose clauses have taken most is disconnected when that is not enough.
    #[arg(long, value_name = "STEPS", default_value_t = 60_000_000)]
    pub(crate) steps_per_second: u64,

    /// How many bytes a frame of a client may have; one four times as large ends the connection.
    #[arg(long, value_name = "BYTES", default_value_t = 2 << 20)]
    pub(crate) max_frame_bytes: usize,

    /// How long a client may take to send a frame; one that takes longer is disconnected.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) frame_seconds: Duration,

    /// How many constraints a clause may have.
    #[arg(long, value_name = "CONSTRAINTS", default_value_t = 4_096)]
    pub(crate) max_constraints: usize,

    /// How many members a list of a clause may have.
    #[arg(long, value_name = "MEMBERS", default_value_t = 100_000)]
    pub(crate) max_list_members: usize,

    /// How many levels of $or, $and and $nor a clause may have, as Parse Server's requestComplexity.queryDepth (10 from its
    /// next major version on). Without it the library's 32 hold. Clients with the master key are exempt.
    #[arg(long, value_name = "LEVELS[:CLASS,…]", value_delimiter = ' ')]
    max_depth: Vec<ForClasses<usize>>,

    /// Whether clauses may have $regex, as Parse Server's requestComplexity.allowRegex: true unless said otherwise. Clients with
    /// the master key are exempt.
    #[arg(long, value_name = "BOOL[:CLASS,…]", value_delimiter = ' ')]
    allow_regex: Vec<ForClasses<bool>>,

    /// Whether a clause that cannot be what is meant is refused, and not only told of in the log: one that never matches, or of which a
    /// part is not looked at.
    #[arg(long, value_name = "BOOL[:CLASS,…]", value_delimiter = ' ')]
    strict: Vec<ForClasses<bool>>,

    /// How often a client is pinged; one that has not answered by the next ping is disconnected.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(crate) ping_seconds: Duration,

    /// How long clients may take to say goodbye at shutdown.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub(crate) shutdown_seconds: Duration,
}

impl LimitOptions {
    /// How many steps clauses may take.
    pub(crate) fn of_steps(&self) -> StepLimits {
        StepLimits {
            all: self.steps,
            client: self.client_steps,
            clause: self.clause_steps,
            change: self.change_steps,
            second: self.steps_per_second,
        }
    }

    /// What the clients of one user may hold together.
    pub(crate) fn of_owners(&self) -> OwnerLimits {
        OwnerLimits {
            memory: self.user_memory,
            steps: self.user_steps,
            clients_of_user: self.max_clients_per_user,
            clients_of_address: self.max_clients_per_address,
        }
    }

    /// How many levels of logical operators a clause on a class may have, if that has been said.
    pub(crate) fn max_depth(&self, class_name: &str) -> Option<usize> {
        of_class(&self.max_depth, class_name).copied()
    }

    /// Whether a clause on a class is refused that cannot be what is meant.
    pub(crate) fn strict(&self, class_name: &str) -> bool {
        of_class(&self.strict, class_name).copied().unwrap_or(false)
    }

    /// Whether a clause on a class may ask for patterns.
    pub(crate) fn allow_regex(&self, class_name: &str) -> bool {
        of_class(&self.allow_regex, class_name)
            .copied()
            .unwrap_or(true)
    }
}
