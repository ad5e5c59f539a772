//! The SDK's `decode`: what becomes of an operand that has a `__type`.

use super::value::{Class, Obj, Text, Value, is, strict_equals, units};
use super::{Stop, date, geo};

const DANGEROUS: [&str; 3] = ["__proto__", "constructor", "prototype"];

fn is_dangerous(key: &[u16]) -> bool {
    let dot = u16::from(b'.');
    key.split(|unit| *unit == dot)
        .any(|part| DANGEROUS.iter().any(|name| is(part, name)))
}

/// An instance of a class that needs no methods here.
fn sdk(own: Vec<(&str, Value)>) -> Obj {
    let own = own
        .into_iter()
        .map(|(key, value)| (units(key), value))
        .collect();
    Obj {
        class: Class::Sdk,
        own,
        getters: Vec::new(),
    }
}

pub(super) fn decode(value: &Value) -> Result<Value, Stop> {
    let obj = match value {
        Value::Arr(items) => {
            return items
                .iter()
                .map(decode)
                .collect::<Result<_, _>>()
                .map(Value::Arr);
        }
        Value::Obj(obj) => obj,
        _ => return Ok(value.clone()),
    };
    if let Value::Str(op) = value.prop("__op")? {
        return operation(value, &String::from_utf16_lossy(&op));
    }
    let kind = match value.prop("__type")? {
        Value::Str(kind) => String::from_utf16_lossy(&kind),
        _ => String::new(),
    };
    match kind.as_str() {
        "Pointer" | "Object" if value.prop("className")?.truthy() => object(obj),
        "Relation" => Ok(Value::Obj(relation(
            Value::Null,
            Value::Null,
            value.prop("className")?,
        ))),
        "Date" => date::new_date(&value.prop("iso")?),
        "File" => file(value),
        "GeoPoint" => {
            let point = geo::validate(&value.prop("latitude")?, &value.prop("longitude")?)?;
            Ok(geo::instance(point))
        }
        "Polygon" => polygon(value),
        _ => copy(obj),
    }
}

fn copy(obj: &Obj) -> Result<Value, Stop> {
    let safe = obj.own.iter().filter(|(key, _)| !is_dangerous(key));
    let members = safe.map(|(key, value)| Ok((key.clone(), decode(value)?)));
    Ok(Value::Obj(Obj::plain(
        members.collect::<Result<_, Stop>>()?,
    )))
}

fn relation(parent: Value, key: Value, class: Value) -> Obj {
    sdk(vec![
        ("parent", parent),
        ("key", key),
        ("targetClassName", class),
    ])
}

fn file(value: &Value) -> Result<Value, Stop> {
    let empty = || Value::Obj(Obj::plain(Vec::new()));
    Ok(Value::Obj(sdk(vec![
        ("_name", value.prop("name")?),
        ("_metadata", empty()),
        ("_tags", empty()),
        ("_url", value.prop("url")?),
    ])))
}

fn polygon(value: &Value) -> Result<Value, Stop> {
    let corner = |(x, y)| Value::Arr(vec![Value::Num(x), Value::Num(y)]);
    let corners = geo::polygon(&value.prop("coordinates")?)?;
    let corners = Value::Arr(corners.into_iter().map(corner).collect());
    let mut polygon = sdk(vec![("_coordinates", corners.clone())]);
    polygon.getters = vec![(units("coordinates"), corners)];
    Ok(Value::Obj(polygon))
}

fn operation(value: &Value, op: &str) -> Result<Value, Stop> {
    let objects = || decode(&value.prop("objects")?);
    let list = |value| {
        if let Value::Arr(items) = value {
            items
        } else {
            vec![value]
        }
    };
    let related = |value| {
        if let Value::Arr(items) = value {
            items
        } else {
            Vec::new()
        }
    };
    let own = match op {
        "Delete" => Vec::new(),
        "Increment" => match value.prop("amount")? {
            Value::Num(amount) => vec![("_amount", Value::Num(amount))],
            _ => return Err(Stop::Fault),
        },
        "Add" => vec![("_value", Value::Arr(list(objects()?)))],
        "AddUnique" | "Remove" => vec![("_value", Value::Arr(unique(list(objects()?))?))],
        "AddRelation" => return relate(related(objects()?), Vec::new()),
        "RemoveRelation" => return relate(Vec::new(), related(objects()?)),
        "Batch" => return batch(&value.prop("ops")?),
        _ => return Ok(Value::Null),
    };
    Ok(Value::Obj(sdk(own)))
}

/// Drops what is strictly equal, and objects of the SDK with the same class and id.
fn unique(items: Vec<Value>) -> Result<Vec<Value>, Stop> {
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        let mut repeated = false;
        for other in &kept {
            repeated |= strict_equals(other, &item) || same_object(other, &item)?;
        }
        if !repeated {
            kept.push(item);
        }
    }
    Ok(kept)
}

fn same_object(a: &Value, b: &Value) -> Result<bool, Stop> {
    if !is_object(a) || !is_object(b) {
        return Ok(false);
    }
    let same = |name| Ok(strict_equals(&a.prop(name)?, &b.prop(name)?));
    // Without a text as id each has a random one of its own.
    Ok(matches!(a.prop("id")?, Value::Str(_)) && same("className")? && same("id")?)
}

fn is_object(value: &Value) -> bool {
    matches!(value, Value::Obj(obj) if obj.class == Class::Sdk && obj.own(&units("_objCount")).is_some())
}

fn batch(ops: &Value) -> Result<Value, Stop> {
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    let ops = match ops {
        Value::Arr(ops) => ops.clone(),
        Value::Undefined | Value::Null => return Err(Stop::Fault),
        Value::Obj(_) => return Err(Stop::Unknown),
        _ => Vec::new(),
    };
    for op in &ops {
        let list = match op.prop("__op")? {
            Value::Str(name) if is(&name, "AddRelation") => &mut add,
            Value::Str(name) if is(&name, "RemoveRelation") => &mut remove,
            _ => continue,
        };
        match decode(&op.prop("objects")?)? {
            Value::Arr(items) => list.extend(items),
            single => list.push(single),
        }
    }
    relate(add, remove)
}

/// `new RelationOp(add, remove)`, which wants objects of one class that have an id, or texts.
fn relate(add: Vec<Value>, remove: Vec<Value>) -> Result<Value, Stop> {
    let mut class = Value::Null;
    let mut ids = |items: Vec<Value>| -> Result<Value, Stop> {
        let mut ids = Vec::new();
        for item in items {
            ids.push(related_id(item, &mut class)?);
        }
        Ok(Value::Arr(unique(ids)?))
    };
    let (add, remove) = (ids(add)?, ids(remove)?);
    Ok(Value::Obj(sdk(vec![
        ("_targetClassName", class),
        ("relationsToAdd", add),
        ("relationsToRemove", remove),
    ])))
}

fn related_id(item: Value, class: &mut Value) -> Result<Value, Stop> {
    if let Value::Str(_) = item {
        return Ok(item);
    }
    let id = item.prop("id")?;
    let own = item.prop("className")?;
    if !id.truthy() {
        return Err(Stop::Fault);
    }
    if !class.truthy() {
        *class = own;
        return Ok(id);
    }
    if strict_equals(class, &own) {
        Ok(id)
    } else {
        Err(Stop::Fault)
    }
}

/// `ParseObject.fromJSON`
fn object(json: &Obj) -> Result<Value, Stop> {
    let class = json
        .own(&units("className"))
        .cloned()
        .unwrap_or(Value::Undefined);
    let id = json.own(&units("objectId")).filter(|id| id.truthy());
    let attributes = || {
        let skipped = ["className", "__type", "objectId"];
        json.own
            .iter()
            .filter(move |(key, _)| !skipped.iter().any(|name| is(key, name)))
    };
    let odd = |(key, _): &(Text, Value)| is(key, "__proto__") || key.contains(&u16::from(b'.'));
    let is_installation = matches!(&class, Value::Str(name) if is(name, "_Installation"));
    if class.kind() == "object" || is_installation || attributes().any(odd) {
        return Err(Stop::Unknown);
    }
    let mut own = vec![("_objCount", Value::Num(f64::NAN))]; // a counter, equal to no number that is sent
    if let Value::Str(_) = class {
        own.push(("className", class));
    }
    if let Some(id) = id {
        own.push(("id", id.clone()));
    }
    let mut object = sdk(own);
    let attributes = fetched(&object, attributes())?;
    for name in ["createdAt", "updatedAt"] {
        let value = attributes.own(&units(name)).cloned();
        object
            .getters
            .push((units(name), value.unwrap_or(Value::Undefined)));
    }
    object
        .getters
        .push((units("attributes"), Value::Obj(attributes)));
    Ok(Value::Obj(object))
}

/// `_finishFetch`: the attributes of an object of the SDK.
fn fetched<'a>(
    parent: &Obj,
    members: impl Iterator<Item = &'a (Text, Value)>,
) -> Result<Obj, Stop> {
    let mut decoded = Vec::new();
    for (key, value) in members {
        let attribute = if is(key, "ACL") {
            acl(value)?
        } else {
            decode(value)?
        };
        decoded.push((key.clone(), owned(attribute, key, parent)?));
    }
    let mut attributes = Obj::plain(decoded);
    let read = |obj: &Obj, name: &str| obj.own(&units(name)).cloned().unwrap_or(Value::Undefined);
    for name in ["createdAt", "updatedAt"] {
        match read(&attributes, name) {
            Value::Str(text) if !text.is_empty() => {
                set(
                    &mut attributes,
                    name,
                    date::sdk_date(&String::from_utf16_lossy(&text)),
                );
            }
            // It is held twice, so that objects in objects would grow without bound here.
            Value::Obj(_) | Value::Arr(_) => return Err(Stop::Unknown),
            _ => {}
        }
    }
    let created = read(&attributes, "createdAt");
    if created.truthy() && !read(&attributes, "updatedAt").truthy() {
        set(&mut attributes, "updatedAt", created);
    }
    attributes.own.retain(|(key, _)| !is_dangerous(key));
    for (_, value) in &attributes.own {
        check_encoded(value, true)?;
    }
    Ok(attributes)
}

fn set(obj: &mut Obj, key: &str, value: Value) {
    match obj.own.iter_mut().find(|(name, _)| is(name, key)) {
        Some((_, slot)) => *slot = value,
        None => obj.own.push((units(key), value)),
    }
}

/// A relation is told whose it is.
fn owned(attribute: Value, key: &[u16], parent: &Obj) -> Result<Value, Stop> {
    let is_relation = matches!(&attribute, Value::Obj(obj)
        if obj.class == Class::Sdk && obj.own(&units("targetClassName")).is_some());
    if !is_relation {
        return Ok(attribute);
    }
    let class = attribute.prop("targetClassName")?;
    let parent = Value::Obj(parent.clone());
    Ok(Value::Obj(relation(
        parent,
        Value::Str(key.to_vec()),
        class,
    )))
}

/// `new ParseACL(json)`
fn acl(json: &Value) -> Result<Value, Stop> {
    if json.kind() == "object" {
        for (_, access) in json.members() {
            for (permission, allowed) in access.members() {
                let known = is(&permission, "read") || is(&permission, "write");
                if !known || allowed.kind() != "boolean" {
                    return Err(Stop::Fault);
                }
            }
        }
    }
    Ok(Value::Obj(sdk(vec![("permissionsById", json.clone())])))
}

/// Whether the SDK can `encode` an attribute again, which it does for no reason and throws if not.
fn check_encoded(value: &Value, top: bool) -> Result<(), Stop> {
    match value {
        Value::Date(ms) if ms.is_nan() => Err(Stop::Fault),
        Value::Arr(items) => items.iter().try_for_each(|item| check_encoded(item, false)),
        Value::Obj(obj) if obj.class == Class::Plain => obj
            .own
            .iter()
            .try_for_each(|(_, value)| check_encoded(value, false)),
        Value::Obj(obj) if obj.class == Class::Sdk => match obj.own.first() {
            Some((key, list)) if is(key, "_value") => check_encoded(list, false),
            Some((key, _)) if !top && is(key, "_name") && !value.prop("_url")?.truthy() => {
                Err(Stop::Fault)
            }
            Some(_) if !top && is_object(value) && !value.prop("id")?.truthy() => Err(Stop::Fault),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}
