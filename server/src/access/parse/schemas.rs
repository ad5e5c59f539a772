//! What the fields of all classes hold.

use std::collections::HashMap;

use livematch::FieldType;
use serde::Deserialize;

use super::{Parse, Unanswered};
use crate::dialects::Fields;

#[derive(Deserialize)]
struct Schemas {
    results: Vec<Schema>,
}

#[derive(Deserialize)]
struct Schema {
    #[serde(rename = "className")]
    class_name: Box<str>,
    fields: HashMap<String, Field>,
}

#[derive(Deserialize)]
struct Field {
    #[serde(rename = "type")]
    name: String,
    #[serde(rename = "targetClass")]
    target_class: Option<String>,
}

impl Parse {
    /// What the fields of all classes hold, by the names of both. A field of a type that is not known here is left out.
    pub(in crate::access) async fn schemas(&self) -> Result<HashMap<Box<str>, Fields>, Unanswered> {
        let request = self.client.get(self.address(&["schemas"]));
        match self.ask::<Schemas>(request).await? {
            Ok(answer) => Ok(answer.body.results.into_iter().map(read).collect()),
            Err(failure) => Err(Unanswered::error(&failure)),
        }
    }
}

fn read(schema: Schema) -> (Box<str>, Fields) {
    let fields = schema.fields.into_iter().filter_map(|(name, field)| {
        let holds = FieldType::from_name(&field.name, field.target_class.as_deref())?;
        Some((name, holds))
    });
    (schema.class_name, fields.collect())
}
