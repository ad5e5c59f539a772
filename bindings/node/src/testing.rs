//! No part of what is published: that a panic does not cross.

use napi_derive::napi;

#[napi]
#[derive(Debug)]
pub struct Panics {}

#[napi]
impl Panics {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        Self {}
    }

    #[napi(catch_unwind)]
    pub fn method(&self) -> u32 {
        panic!("on purpose")
    }
}
