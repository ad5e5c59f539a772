//! Frames: what clients say, and what they are told.

mod fields;
mod payload;
mod request;
mod request_id;
mod response;
mod sdk;

pub(crate) use self::payload::{Payload, Sink, Written};
pub(crate) use self::request::{CLASS_NAME_BYTES, Connect, Request, Subscribe};
pub(crate) use self::request_id::RequestId;
pub(crate) use self::response::{Addressee, Bound, EventFrame, Refusal, answer, code};
pub(crate) use self::sdk::Sdk;
