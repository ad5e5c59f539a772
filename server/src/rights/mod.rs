//! What access lists, class permissions and keys say, whoever asks.

mod acl;
mod keys;
mod permissions;
mod scope;

pub(crate) use self::acl::Acl;
pub(crate) use self::keys::Keys;
pub(crate) use self::permissions::{Operation, Permissions, Standing, is_truthy};
pub(crate) use self::scope::Scope;
