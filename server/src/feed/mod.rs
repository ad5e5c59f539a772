//! Where changes come from.

mod gap;
mod inbox;
mod publish;
mod redis;

pub(crate) use self::gap::Gaps;
pub(crate) use self::inbox::Inbox;
pub(crate) use self::publish::publish;
pub(crate) use self::redis::Redis;
