//! Where changes come from.

mod gap;
mod inbox;
mod losses;
mod posted;
mod redis;
mod stamps;

pub(crate) use self::gap::Gaps;
pub(crate) use self::inbox::{Answer, Inbox, Reply, Room};
pub(crate) use self::posted::Form;
pub(crate) use self::redis::{Redis, Stream};
