//! No part of what is published: what tests look inside with.

use napi::{Env, Result};
use napi_derive::napi;

#[napi]
#[derive(Debug)]
pub struct Testing {}

#[napi]
impl Testing {
    #[napi(catch_unwind)]
    pub fn panics() {
        panic!("on purpose")
    }

    /// The bytes that V8 was told of, which Node tells nowhere.
    #[napi(catch_unwind)]
    pub fn external_bytes(env: Env) -> Result<i64> {
        env.adjust_external_memory(0)
    }
}
