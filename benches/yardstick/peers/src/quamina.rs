//! The crate `quamina`: an automaton over the bytes of the flattened object, which it takes as text.

use serde_json::json;

use crate::clause::Equality;
use crate::engine::{self, Result};

pub struct Engine(quamina::Quamina<u32>);

impl Engine {
    pub fn new() -> Self {
        let builder = quamina::QuaminaBuilder::new();
        let unbounded = builder.with_arena_byte_budget(usize::MAX).build();
        Self(unbounded.unwrap_or_default())
    }
}

impl engine::Engine for Engine {
    type Object = Box<[u8]>;

    fn insert(&mut self, id: u32, clause: &Equality) -> Result<()> {
        let pattern = if clause.is_of_pointers() {
            json!({&*clause.field: {"objectId": clause.values}})
        } else {
            json!({&*clause.field: clause.values})
        };
        Ok(self.0.add_pattern(id, &pattern.to_string())?)
    }

    fn remove(&mut self, id: u32) -> Result<()> {
        Ok(self.0.delete_patterns(&id)?)
    }

    fn object(&self, json: &str) -> Result<Self::Object> {
        Ok(json.as_bytes().into())
    }

    fn matches(&self, object: &Self::Object) -> Result<Vec<u32>> {
        Ok(self.0.matches_for_event(object)?)
    }
}
