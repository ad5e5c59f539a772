//! Where changes come from.

mod gap;
mod inbox;
mod redis;

pub(crate) use self::gap::Gaps;
pub(crate) use self::inbox::{Answer, Inbox, Room};
pub(crate) use self::redis::Redis;
