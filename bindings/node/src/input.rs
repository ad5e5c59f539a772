//! What callers hand in: bytes or text, and the dialect of a clause.

use livematch::{ClassSchema, Dialect, FieldType, FindOptions, Query, QueryBuilder};
use napi::bindgen_prelude::{Either, Uint8Array};
use napi::Result;
use serde_json::Value;

use crate::trouble;

/// JSON: its bytes, or text.
pub(crate) type Json = Either<Uint8Array, String>;

pub(crate) fn bytes(json: &Json) -> &[u8] {
    match json {
        Either::A(bytes) => bytes,
        Either::B(text) => text.as_bytes(),
    }
}

/// The clause as text; bytes that are none are refused as a clause is.
pub(crate) fn text(json: &Json) -> Result<&str> {
    std::str::from_utf8(bytes(json)).map_err(|_| trouble::argument("expected UTF-8"))
}

/// A builder by options that are JSON, as `index.js` hands them in.
pub(crate) fn builder(options: Option<&str>) -> Result<QueryBuilder> {
    let Some(options) = options else {
        return Ok(Query::builder());
    };
    let options: Value = serde_json::from_str(options).map_err(|found| trouble::no_object(&found))?;
    let is_on = |name: &str| options[name].as_bool();
    let builder = Query::builder().strict(is_on("strict").unwrap_or_default());
    Ok(match options["dialect"].as_str() {
        None | Some("livequery") => builder,
        Some("find") => builder.dialect(Dialect::Find(find(&options)?)),
        Some(_) => return Err(trouble::argument("expected the dialect \"livequery\" or \"find\"")),
    })
}

fn find(options: &Value) -> Result<FindOptions> {
    let mut find = FindOptions::new();
    if let Some(legacy) = options["legacyDottedNull"].as_bool() {
        find = find.legacy_dotted_null(legacy);
    }
    if let Some(fields) = options["schema"].as_object() {
        let mut schema = ClassSchema::new();
        for (name, field) in fields {
            let holds = field["type"].as_str();
            let holds = holds.and_then(|holds| FieldType::from_name(holds, field["targetClass"].as_str()));
            let holds = holds.ok_or_else(|| trouble::argument(&format!("unknown type of the field {name}")))?;
            schema = schema.field(name.as_str(), holds);
        }
        find = find.schema(schema);
    }
    Ok(find)
}
