//! MongoDB's matcher: filters, and documents wherever they are kept.
//!
//! Nothing in here knows Parse. A filter is a [`Bson`](bson::Bson), a document whatever is a [`Value`](value::Value).

pub(crate) mod among;
mod base64;
pub(crate) mod bson;
pub(crate) mod filter;
pub(crate) mod geo;
#[cfg(test)]
mod ground;
mod names;
pub(crate) mod node;
pub(crate) mod order;
pub(crate) mod place;
mod refusal;
pub(crate) mod sphere;
pub(crate) mod test;
mod text;
pub(crate) mod toll;
pub(crate) mod value;
pub(crate) mod walk;

pub(crate) use self::base64::decode as decode_base64;
pub(crate) use self::refusal::Refusal;
pub(crate) use self::test::moment;
