//! What is asked of an engine.

use std::error::Error;

use crate::clause::Equality;

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub trait Engine {
    /// An object in the form that the engine takes.
    type Object;

    fn insert(&mut self, id: u32, clause: &Equality) -> Result<()>;

    fn remove(&mut self, id: u32) -> Result<()>;

    fn object(&self, json: &str) -> Result<Self::Object>;

    /// The queries that an object matches, in any order.
    fn matches(&self, object: &Self::Object) -> Result<Vec<u32>>;
}
