//! Where changes come from.

mod backlog;
mod publish;
mod redis;

pub(crate) use self::publish::publish;
pub(crate) use self::redis::Redis;

use serde::Deserialize;

/// The message that the roles of a user have changed.
#[derive(Deserialize)]
struct ClearCache {
    #[serde(rename = "userId")]
    user_id: String,
}

/// The channel of that message, without the id of the application.
const CLEAR_CACHE: &str = "clearCache";
