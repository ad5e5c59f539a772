//! Clauses and objects made of bytes: few keys and few values, so that they meet.

use std::fmt;

use arbitrary::{Arbitrary, Result, Unstructured};

/// A change and a clause, as text.
pub struct Input {
    pub clause: String,
    pub old: String,
    pub new: String,
}

/// Prints an input as a case that can be pasted into a file of `tests/data/cases`.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { clause, old, new } = self;
        write!(f, r#"{{"id":"fuzz/","where":{clause},"old":{old},"new":{new}}}"#)
    }
}

impl<'a> Arbitrary<'a> for Input {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { clause: clause(u, 3)?, old: object(u, 3)?, new: object(u, 3)? })
    }
}

const KEYS: [&str; 12] = ["a", "b", "d", "0", "1", "length", "toString", "__type", "iso", "className", "objectId", "$or"];

const PATHS: [&str; 12] =
    ["a", "b", "d", "a.b", "d.iso", "a.0", "b.length", "a.b.d", "a.$or", "a.toString", "", "0"];

const OPERATORS: [&str; 22] = [
    "$lt", "$lte", "$gt", "$gte", "$eq", "$ne", "$in", "$nin", "$all", "$exists", "$regex", "$options", "$nearSphere",
    "$maxDistance", "$within", "$geoWithin", "$geoIntersects", "$containedBy", "$select", "$inQuery", "$foo", "$text",
];

const SCALARS: [&str; 20] = [
    "null", "true", "false", "0", "1", "-0", "5", "1.5", "1e21", "\"\"", "\"a\"", "\"b\"", "\"5\"", "\"undefined\"",
    "\"😀\"", "\"Date\"", "\"^a\"", "\"\\\\Qa\\\\E$\"", "\"2020-01-01T00:00:00.000Z\"", "90",
];

const TYPED: [&str; 16] = [
    r#"{"__type":"Date","iso":"1970-01-01T00:00:00.005Z"}"#,
    r#"{"__type":"Date","iso":null}"#,
    r#"{"__type":["Date"],"iso":"x"}"#,
    r#"{"__type":"Pointer","className":"A","objectId":"a"}"#,
    r#"{"__type":"Pointer"}"#,
    r#"{"__type":"Object","className":"A","objectId":"a"}"#,
    r#"{"__type":"GeoPoint","latitude":1,"longitude":2}"#,
    r#"{"__type":"GeoPoint","latitude":91,"longitude":2}"#,
    r#"{"latitude":1,"longitude":2}"#,
    r#"{"__type":"Polygon","coordinates":[[0,0],[0,9],[9,9]]}"#,
    r#"{"__type":"Bytes","base64":"YQ=="}"#,
    r#"{"__type":"File","name":"a","url":"b"}"#,
    r#"{"__type":"Relation","className":"A"}"#,
    r#"{"__type":"X","__op":"Increment","amount":1}"#,
    r#"{"__type":"X","a":{"__type":"Date","iso":"1970"}}"#,
    r#"{"toString":1}"#,
];

const AREAS: [&str; 7] = [
    r#"{"$box":[{"latitude":0,"longitude":0},{"latitude":5,"longitude":5}]}"#,
    r#"{"$box":[{"latitude":5,"longitude":0},{"latitude":0,"longitude":5}]}"#,
    r#"{"$polygon":[{"latitude":0,"longitude":0},{"latitude":0,"longitude":9},{"latitude":9,"longitude":9}]}"#,
    r#"{"$polygon":[[0,0],[1,1]]}"#,
    r#"{"$centerSphere":[[2,1],0.5]}"#,
    r#"{"$centerSphere":[[0,0],"0.1"]}"#,
    r#"{"$point":{"__type":"GeoPoint","latitude":1,"longitude":2}}"#,
];

fn clause(u: &mut Unstructured<'_>, depth: u32) -> Result<String> {
    let mut members = Vec::new();
    for _ in 0..u.int_in_range(0..=3)? {
        members.push(if depth > 0 && u.ratio(1, 4)? {
            let name = *u.choose(&["$or", "$and", "$nor", "a.$or"])?;
            format!("{name:?}:{}", branches(u, depth - 1)?)
        } else {
            format!("{:?}:{}", *u.choose(&PATHS)?, constraint(u, depth)?)
        });
    }
    Ok(format!("{{{}}}", members.join(",")))
}

fn branches(u: &mut Unstructured<'_>, depth: u32) -> Result<String> {
    let mut list = Vec::new();
    for _ in 0..u.int_in_range(0..=3)? {
        list.push(if u.ratio(7, 8)? { clause(u, depth)? } else { value(u, 1)? });
    }
    Ok(format!("[{}]", list.join(",")))
}

fn constraint(u: &mut Unstructured<'_>, depth: u32) -> Result<String> {
    if u.ratio(1, 2)? {
        return value(u, depth);
    }
    let mut operators = Vec::new();
    for _ in 0..u.int_in_range(0..=3)? {
        let operand = if u.ratio(1, 4)? { (*u.choose(&AREAS)?).to_owned() } else { value(u, depth)? };
        operators.push(format!("{:?}:{operand}", *u.choose(&OPERATORS)?));
    }
    Ok(format!("{{{}}}", operators.join(",")))
}

fn value(u: &mut Unstructured<'_>, depth: u32) -> Result<String> {
    match u.int_in_range(0..=6)? {
        0..=2 => Ok((*u.choose(&SCALARS)?).to_owned()),
        3 => Ok((*u.choose(&TYPED)?).to_owned()),
        4 | 5 if depth > 0 => list(u, depth - 1),
        6 if depth > 0 => object(u, depth - 1),
        _ => Ok("1".to_owned()),
    }
}

fn list(u: &mut Unstructured<'_>, depth: u32) -> Result<String> {
    let mut items = Vec::new();
    for _ in 0..u.int_in_range(0..=3)? {
        items.push(value(u, depth)?);
    }
    Ok(format!("[{}]", items.join(",")))
}

fn object(u: &mut Unstructured<'_>, depth: u32) -> Result<String> {
    let mut members = Vec::new();
    for _ in 0..u.int_in_range(0..=4)? {
        members.push(format!("{:?}:{}", *u.choose(&KEYS)?, value(u, depth)?));
    }
    Ok(format!("{{{}}}", members.join(",")))
}
