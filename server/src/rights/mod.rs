//! What access lists, class permissions and keys say, whoever asks.
//!
//! The measure is Parse Server's REST API: somebody hears of what they could have read there. What cannot be read
//! closes.

mod acl;
mod gate;
mod json;
mod keys;
mod name;
mod permissions;
mod pointer;
mod protected;
mod roles;
mod scope;
mod system;

pub(crate) use self::acl::Acl;
pub(crate) use self::gate::{Gate, Standing};
pub(crate) use self::keys::Keys;
pub(crate) use self::name::{ByName, Name};
pub(crate) use self::permissions::{Operation, Permissions};
pub(crate) use self::pointer::Pointers;
pub(crate) use self::protected::{Protected, Seer};
pub(crate) use self::roles::Roles;
pub(crate) use self::scope::Scope;
pub(crate) use self::system::is_for_clients;
