//! What callers hand in: bytes or text, and what a clause is compiled with.

use livematch::{ClassSchema, Dialect, FieldType, FindOptions, Object, Query, QueryBuilder};
use napi::Result;
use napi::bindgen_prelude::{Either, Uint8ArraySlice};
use serde_json::Value;

use crate::trouble;

/// JSON: its bytes, or text.
pub(crate) type Json<'a> = Either<Uint8ArraySlice<'a>, String>;

pub(crate) fn bytes<'a>(json: &'a Json<'_>) -> &'a [u8] {
    match json {
        Either::A(bytes) => bytes,
        Either::B(text) => text.as_bytes(),
    }
}

/// Compiles a clause.
pub(crate) fn compile(builder: &QueryBuilder, clause: &Json<'_>) -> Result<Query> {
    let text = std::str::from_utf8(bytes(clause));
    let text = text.map_err(|_| trouble::argument("expected a clause in UTF-8"))?;
    builder
        .compile_str(text)
        .map_err(|found| trouble::refused(&found))
}

pub(crate) fn object(json: &Json<'_>) -> Result<Object> {
    serde_json::from_slice(bytes(json)).map_err(|found| trouble::no_object(&found))
}

pub(crate) fn side(json: Option<&Json<'_>>) -> Result<Option<Object>> {
    json.map(object).transpose()
}

/// A builder by options that are JSON, as `index.js` hands them in.
pub(crate) fn builder(options: Option<&str>) -> Result<QueryBuilder> {
    let Some(options) = options else {
        return Ok(Query::builder());
    };
    let options: Value =
        serde_json::from_str(options).map_err(|found| trouble::no_object(&found))?;
    let builder = Query::builder().strict(options["strict"] == true);
    Ok(match options["dialect"].as_str() {
        Some("find") => builder.dialect(Dialect::Find(find(&options)?)),
        _ => builder,
    })
}

fn find(options: &Value) -> Result<FindOptions> {
    let mut find = FindOptions::new();
    if let Some(legacy) = options["legacyDottedNull"].as_bool() {
        find = find.legacy_dotted_null(legacy);
    }
    if let Some(fields) = options["schema"].as_object() {
        find = find.schema(schema(fields)?);
    }
    Ok(find)
}

fn schema(fields: &serde_json::Map<String, Value>) -> Result<ClassSchema> {
    let mut schema = ClassSchema::new();
    for (name, field) in fields {
        let holds = field["type"].as_str();
        let holds =
            holds.and_then(|holds| FieldType::from_name(holds, field["targetClass"].as_str()));
        let holds =
            holds.ok_or_else(|| trouble::argument(&format!("unknown type of the field {name}")))?;
        schema = schema.field(name.as_str(), holds);
    }
    Ok(schema)
}
