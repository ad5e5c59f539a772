//! The paths that a clause names.

use super::value::{Obj, Value, is, units};

const OPERATORS: [&str; 18] = [
    "$lt",
    "$lte",
    "$gt",
    "$gte",
    "$eq",
    "$ne",
    "$in",
    "$nin",
    "$all",
    "$containedBy",
    "$exists",
    "$regex",
    "$options",
    "$nearSphere",
    "$maxDistance",
    "$within",
    "$geoWithin",
    "$geoIntersects",
];

/// Each path as often as it is named, in the order of the clause.
pub(super) fn names(clause: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in members(clause) {
        constraint(&[], &key, &value, &mut found);
    }
    found
}

/// What `for … in` finds.
fn members(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Obj(object) => {
            let own = object.own.iter();
            own.map(|(key, value)| (String::from_utf16_lossy(key), value.clone()))
                .collect()
        }
        Value::Arr(items) => numbered(items.clone()),
        Value::Str(text) => numbered(text.iter().map(|unit| Value::Str(vec![*unit])).collect()),
        _ => Vec::new(),
    }
}

fn numbered(items: Vec<Value>) -> Vec<(String, Value)> {
    let items = items.into_iter().enumerate();
    items.map(|(at, item)| (at.to_string(), item)).collect()
}

/// A constraint below the components of a path.
fn constraint(below: &[&str], key: &str, value: &Value, found: &mut Vec<String>) {
    let path: Vec<&str> = below.iter().copied().chain(key.split('.')).collect();
    let (name, above) = path.split_last().expect("a key has a component");
    match *name {
        "$or" | "$and" | "$nor" => group(above, value, found),
        "$relatedTo" if !matches!(value, Value::Null) => {}
        _ => {
            found.push(path.join("."));
            operands(value, found);
        }
    }
}

fn group(path: &[&str], branches: &Value, found: &mut Vec<String>) {
    if !path.is_empty() {
        found.push(path.join("."));
    }
    let Value::Arr(branches) = branches else {
        return keys(branches, found);
    };
    for branch in branches {
        for (key, value) in members(branch) {
            constraint(path, &key, &value, found);
        }
    }
}

/// What is named in the operands of operators that the matcher does not know.
fn operands(value: &Value, found: &mut Vec<String>) {
    let Value::Obj(object) = value else { return };
    for (name, operand) in object.own.iter().filter(|_| !is_typed(object)) {
        if OPERATORS.iter().any(|known| is(name, known)) {
            continue;
        }
        let query = match () {
            () if is(name, "$inQuery") || is(name, "$notInQuery") => Some(operand),
            () if is(name, "$select") || is(name, "$dontSelect") => own(operand, "query"),
            () => None,
        };
        let clause = query.and_then(|query| own(query, "where"));
        keys(clause.unwrap_or(operand), found);
    }
}

fn keys(operand: &Value, found: &mut Vec<String>) {
    match operand {
        Value::Arr(items) => items.iter().for_each(|item| keys(item, found)),
        Value::Obj(object) if !is_typed(object) => {
            for (key, value) in members(operand) {
                if !key.starts_with('$') {
                    found.push(key);
                }
                keys(&value, found);
            }
        }
        _ => {}
    }
}

fn own<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Obj(object) => object.own(&units(key)),
        _ => None,
    }
}

fn is_typed(object: &Obj) -> bool {
    object.own(&units("__type")).is_some_and(Value::truthy)
}
