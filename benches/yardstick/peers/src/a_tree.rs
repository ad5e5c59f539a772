//! The crate `a-tree`: a graph of shared sub-expressions. It takes events of typed attributes.

use a_tree::{ATree, AttributeDefinition, Event};
use serde_json::Value;

use crate::clause::{Equality, text};
use crate::engine::{self, Result};

const TEXTS: [&str; 4] = ["room", "owner", "objectId", "sku"];

pub struct Engine(ATree<u32>);

impl Engine {
    pub fn new() -> Result<Self> {
        let texts = TEXTS.into_iter().map(AttributeDefinition::string);
        let tags = AttributeDefinition::string_list("tags");
        let attributes: Vec<_> = texts.chain([tags]).collect();
        let tree = ATree::new(&attributes).map_err(|error| error.to_string())?;
        Ok(Self(tree))
    }
}

impl engine::Engine for Engine {
    type Object = Event;

    fn insert(&mut self, id: u32, clause: &Equality) -> Result<()> {
        let list = format!("{:?}", clause.values);
        let expression = match (&*clause.field, &*clause.values) {
            ("tags", _) => format!("tags one of {list}"),
            (field, [value]) => format!("{field} = {value:?}"),
            (field, _) => format!("{field} in {list}"),
        };
        let inserted = self.0.insert(&id, &expression);
        Ok(inserted.map_err(|error| error.to_string())?)
    }

    fn remove(&mut self, id: u32) -> Result<()> {
        self.0.delete(&id);
        Ok(())
    }

    fn object(&self, json: &str) -> Result<Self::Object> {
        let json: Value = serde_json::from_str(json)?;
        let mut event = self.0.make_event();
        for field in TEXTS {
            event.with_string(field, &text(&json[field]))?;
        }
        let tags = json["tags"].as_array().into_iter().flatten();
        let tags: Vec<_> = tags.filter_map(Value::as_str).collect();
        event.with_string_list("tags", &tags)?;
        Ok(event.build()?)
    }

    fn matches(&self, object: &Self::Object) -> Result<Vec<u32>> {
        let report = self.0.search(object).map_err(|error| error.to_string())?;
        Ok(report.matches().iter().map(|&&id| id).collect())
    }
}
