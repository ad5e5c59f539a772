//! Every clause of one step, and those of two.

use serde_json::Value;

/// What an SDK writes, by operator; operands that go with it.
const SCALARS: [&str; 9] = [
    "5", "0", "-1.5", "\"abc\"", "\"\"", "\"5\"", "true", "false", "null",
];

const DATE: &str = r#"{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}"#;
const POINTER: &str = r#"{"__type":"Pointer","className":"Team","objectId":"t1"}"#;
const PLACE: &str = r#"{"__type":"GeoPoint","latitude":10,"longitude":20}"#;
const AREA: &str = r#"{"__type":"Polygon","coordinates":[[0,0],[0,10],[10,5]]}"#;

const TYPED: [&str; 12] = [
    DATE,
    r#"{"__type":"Date","iso":"soon"}"#,
    POINTER,
    r#"{"__type":"Pointer","className":"Team"}"#,
    r#"{"__type":"Object","className":"Team","objectId":"t1","a":1}"#,
    PLACE,
    r#"{"__type":"GeoPoint","latitude":91,"longitude":20}"#,
    AREA,
    r#"{"__type":"File","name":"a.png","url":"http://x/a.png"}"#,
    r#"{"__type":"Bytes","base64":"aGk="}"#,
    r#"{"__type":"Relation","className":"Team"}"#,
    r#"{"__type":"X","a":1}"#,
];

const OTHERS: [&str; 8] = [
    "[]",
    "[5]",
    "[\"abc\",5]",
    "{}",
    r#"{"a":1}"#,
    r#"{"$relativeTime":"1 day ago"}"#,
    "[[5]]",
    r#"{"*":{"read":true}}"#,
];

const LISTS: [&str; 20] = [
    "[]",
    "[5]",
    "[\"abc\"]",
    "[null]",
    "[5,\"abc\",true]",
    "[[5]]",
    r#"[{"a":1}]"#,
    r#"[{"__type":"Pointer","className":"Team","objectId":"t1"}]"#,
    r#"[null,{"__type":"Pointer","className":"Team","objectId":"t1"}]"#,
    r#"[{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}]"#,
    r#"[5,{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}]"#,
    r#"[{"$regex":"^\\Qx\\E"}]"#,
    r#"["abc",{"$regex":"^\\Qx\\E"}]"#,
    "\"abc\"",
    "\"\"",
    "5",
    "null",
    "{}",
    r#"{"a":"t1"}"#,
    r#"{"__type":"Pointer","className":"Team","objectId":"t1"}"#,
];

/// Whole constraints that fit no table.
const CONSTRAINTS: &[&str] = &[
    r#"{"$exists":true}"#,
    r#"{"$exists":false}"#,
    r#"{"$exists":1}"#,
    r#"{"$exists":null}"#,
    r#"{"$regex":"^\\Qab\\E"}"#,
    r#"{"$regex":"\\Qbc\\E$","$options":"i"}"#,
    r#"{"$regex":"\\Qb\\E"}"#,
    r#"{"$regex":"^\\Qabc\\E$"}"#,
    r#"{"$regex":"\\Q\\E"}"#,
    r#"{"$regex":"^\\Q\\E"}"#,
    r#"{"$regex":".*"}"#,
    r#"{"$regex":"a.c","$options":"m"}"#,
    r#"{"$regex":"(\\Q)\\E"}"#,
    r#"{"$options":"i"}"#,
    r#"{"$maxDistance":0.1}"#,
    r#"{"$nearSphere":{"__type":"GeoPoint","latitude":10,"longitude":20}}"#,
    r#"{"$nearSphere":{"__type":"GeoPoint","latitude":10,"longitude":20},"$maxDistance":0.1}"#,
    r#"{"$nearSphere":{"__type":"GeoPoint","latitude":10,"longitude":20},"$maxDistance":0}"#,
    r#"{"$nearSphere":{"__type":"GeoPoint","latitude":10,"longitude":20},"$maxDistance":-1}"#,
    r#"{"$nearSphere":{"__type":"GeoPoint","latitude":10,"longitude":20},"$maxDistance":"far"}"#,
    r#"{"$nearSphere":{"__type":"GeoPoint","latitude":91,"longitude":20}}"#,
    r#"{"$nearSphere":{"latitude":10,"longitude":20}}"#,
    r#"{"$nearSphere":null}"#,
    r#"{"$nearSphere":{"__type":"GeoPoint","latitude":10,"longitude":20},"$maxDistanceInMiles":9}"#,
    r#"{"$maxDistanceInMiles":9,"$nearSphere":{"__type":"GeoPoint","latitude":10,"longitude":20}}"#,
    r#"{"$within":{"$box":[{"__type":"GeoPoint","latitude":5,"longitude":15},{"__type":"GeoPoint","latitude":15,"longitude":25}]}}"#,
    r#"{"$within":{"$box":[{"__type":"GeoPoint","latitude":15,"longitude":25},{"__type":"GeoPoint","latitude":5,"longitude":15}]}}"#,
    r#"{"$within":{"$box":[{"__type":"GeoPoint","latitude":5,"longitude":15},{"__type":"GeoPoint","latitude":5,"longitude":25}]}}"#,
    r#"{"$within":{}}"#,
    r#"{"$within":null}"#,
    r#"{"$geoWithin":{"$polygon":[{"__type":"GeoPoint","latitude":5,"longitude":15},{"__type":"GeoPoint","latitude":5,"longitude":25},{"__type":"GeoPoint","latitude":15,"longitude":20}]}}"#,
    r#"{"$geoWithin":{"$polygon":[{"__type":"GeoPoint","latitude":5,"longitude":15}]}}"#,
    r#"{"$geoWithin":{"$centerSphere":[[20,10],0.1]}}"#,
    r#"{"$geoWithin":{"$centerSphere":[[1,1],0.1]}}"#,
    r#"{"$geoWithin":{"$centerSphere":[[20,10],4]}}"#,
    r#"{"$geoWithin":{"$centerSphere":[[20,10],-1]}}"#,
    r#"{"$geoWithin":{"$centerSphere":[{"__type":"GeoPoint","latitude":10,"longitude":20},0.1]}}"#,
    r#"{"$geoWithin":{}}"#,
    r#"{"$geoWithin":null}"#,
    r#"{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":3,"longitude":5}}}"#,
    r#"{"$geoIntersects":{"$point":null}}"#,
    r#"{"$inQuery":{"className":"Team","where":{}}}"#,
    r#"{"$notInQuery":{"className":"Team","where":{}}}"#,
    r#"{"$select":{"key":"k","query":{"className":"Team","where":{}}}}"#,
    r#"{"$dontSelect":{"key":"k","query":{"className":"Team","where":{}}}}"#,
    r#"{"$text":{"$search":{"$term":"x"}}}"#,
    r#"{"$size":1}"#,
    r#"{"$gt":1,"$lt":5}"#,
    r#"{"$gt":5,"$lt":1}"#,
];

/// Constraints that are joined to pairs: one of each kind of what an operator can ask.
const STEPS: &[&str] = &[
    "5",
    "\"abc\"",
    "true",
    "null",
    "[5]",
    r#"{"a":1}"#,
    POINTER,
    DATE,
    PLACE,
    r#"{"$eq":5}"#,
    r#"{"$eq":"abc"}"#,
    r#"{"$eq":null}"#,
    r#"{"$eq":[5]}"#,
    r#"{"$eq":{"a":1}}"#,
    r#"{"$eq":{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}}"#,
    r#"{"$eq":{"*":{"read":true}}}"#,
    r#"{"$ne":5}"#,
    r#"{"$ne":"abc"}"#,
    r#"{"$ne":null}"#,
    r#"{"$ne":{"*":{"read":true}}}"#,
    r#"{"$ne":{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}}"#,
    r#"{"$lt":3}"#,
    r#"{"$lt":5}"#,
    r#"{"$lte":5}"#,
    r#"{"$gt":5}"#,
    r#"{"$gte":5}"#,
    r#"{"$gte":9}"#,
    r#"{"$lt":"abc"}"#,
    r#"{"$gte":"abc"}"#,
    r#"{"$lt":{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}}"#,
    r#"{"$gte":{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}}"#,
    r#"{"$in":[5,"abc"]}"#,
    r#"{"$in":[7]}"#,
    r#"{"$in":[]}"#,
    r#"{"$in":[null]}"#,
    r#"{"$in":[{"__type":"Pointer","className":"Team","objectId":"t1"}]}"#,
    r#"{"$nin":[5,"abc"]}"#,
    r#"{"$nin":[5]}"#,
    r#"{"$nin":[{"__type":"Pointer","className":"Team","objectId":"t1"}]}"#,
    r#"{"$nin":[null]}"#,
    r#"{"$nin":[]}"#,
    r#"{"$all":[5]}"#,
    r#"{"$all":["abc"]}"#,
    r#"{"$all":[5,"abc"]}"#,
    r#"{"$all":[{"$regex":"^\\Qx\\E"}]}"#,
    r#"{"$all":[{"$regex":"^\\Qab\\E"},{"$regex":"^\\Qx\\E"}]}"#,
    r#"{"$containedBy":[5,"abc"]}"#,
    r#"{"$containedBy":[]}"#,
    r#"{"$containedBy":[7]}"#,
    r#"{"$exists":true}"#,
    r#"{"$exists":false}"#,
    r#"{"$regex":"^\\Qab\\E"}"#,
    r#"{"$regex":"^\\Qx\\E"}"#,
    r#"{"$regex":"\\Qb\\E","$options":"i"}"#,
    r#"{"$regex":"\\Qbc\\E$"}"#,
    r#"{"$nearSphere":{"__type":"GeoPoint","latitude":10,"longitude":20}}"#,
    r#"{"$nearSphere":{"__type":"GeoPoint","latitude":10,"longitude":20},"$maxDistance":0.1}"#,
    r#"{"$within":{"$box":[{"__type":"GeoPoint","latitude":5,"longitude":15},{"__type":"GeoPoint","latitude":15,"longitude":25}]}}"#,
    r#"{"$geoWithin":{"$centerSphere":[[20,10],0.1]}}"#,
    r#"{"$geoWithin":{"$polygon":[{"__type":"GeoPoint","latitude":5,"longitude":15},{"__type":"GeoPoint","latitude":5,"longitude":25},{"__type":"GeoPoint","latitude":15,"longitude":20}]}}"#,
    r#"{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":3,"longitude":5}}}"#,
    r#"{"$ne":{"__type":"Pointer","className":"Team","objectId":"t1"}}"#,
    r#"{"$inQuery":{"className":"Team","where":{}}}"#,
    r#"{"$dontSelect":{"key":"k","query":{"className":"Team","where":{}}}}"#,
    r#"{"$text":{"$search":{"$term":"x"}}}"#,
];

/// A clause with what objects are drawn from.
pub(super) struct Asked {
    pub(super) clause: String,
    pub(super) fields: Vec<&'static str>,
    /// The constraints, whose operands are values that objects may have.
    pub(super) constraints: Vec<Value>,
}

impl Asked {
    fn new(clause: String, fields: &[&'static str], constraints: &[&str]) -> Self {
        let read = |constraint: &&str| serde_json::from_str(constraint).expect("a constraint");
        Self {
            clause,
            fields: fields.to_vec(),
            constraints: constraints.iter().map(read).collect(),
        }
    }

    /// Why the law says nothing of it, if it does not; see the [module](super).
    pub(super) fn left_out(&self) -> Option<&'static str> {
        let last = self.fields.len().saturating_sub(1);
        let is_of_a_date = |nth: usize| {
            let field = self.fields.get(nth.min(last));
            field.is_some_and(|field| is_server_date(field))
        };
        let mut constraints = self.constraints.iter().enumerate();
        if constraints.any(|(nth, constraint)| is_pattern(constraint) && is_of_a_date(nth)) {
            return Some("pattern on a server's date");
        }
        match (&*self.fields, &*self.constraints) {
            ([_], [first, second]) => unweighed(first, second).or_else(|| unweighed(second, first)),
            _ => None,
        }
    }
}

/// Why two constraints of one field are not weighed together, if the first is the reason.
fn unweighed(one: &Value, other: &Value) -> Option<&'static str> {
    if is_circle(one) {
        Some("circle")
    } else if is_pattern(one) && (is_pattern(other) || is_range(other)) {
        Some("two patterns, or one and a range")
    } else if is_shape(one) && (is_shape(other) || is_range(other)) {
        Some("two shapes, or one and a range")
    } else {
        None
    }
}

fn is_server_date(field: &str) -> bool {
    field == "createdAt" || field == "updatedAt"
}

fn asks(constraint: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| constraint.get(name).is_some())
}

fn is_pattern(constraint: &Value) -> bool {
    asks(constraint, &["$regex"])
}

fn is_shape(constraint: &Value) -> bool {
    asks(
        constraint,
        &["$nearSphere", "$within", "$geoWithin", "$geoIntersects"],
    )
}

fn is_circle(constraint: &Value) -> bool {
    constraint.pointer("/$geoWithin/$centerSphere").is_some()
}

/// Whether it asks for values that it does not name.
fn is_range(constraint: &Value) -> bool {
    asks(
        constraint,
        &["$lt", "$lte", "$gt", "$gte", "$all", "$containedBy"],
    )
}

fn constraints() -> Vec<String> {
    let mut all: Vec<String> = SCALARS
        .iter()
        .chain(&TYPED)
        .chain(&OTHERS)
        .map(|&o| o.to_owned())
        .collect();
    let operands = all.clone();
    for name in ["$eq", "$ne", "$lt", "$lte", "$gt", "$gte"] {
        all.extend(
            operands
                .iter()
                .map(|operand| format!(r#"{{"{name}":{operand}}}"#)),
        );
    }
    for name in ["$in", "$nin", "$all", "$containedBy"] {
        all.extend(
            LISTS
                .iter()
                .map(|operand| format!(r#"{{"{name}":{operand}}}"#)),
        );
    }
    all.extend(CONSTRAINTS.iter().map(|&constraint| constraint.to_owned()));
    all
}

/// Fields of each kind: of the app, behind a path, what JavaScript's values answer to, of the server, and such as no object has.
const FIELDS: [&str; 10] = [
    "a",
    "a.b",
    "a.constructor",
    "objectId",
    "createdAt",
    "updatedAt",
    "ACL",
    "_id",
    "id",
    "$AND",
];

/// Fields of which two things are asked.
const FIELDS_OF_PAIRS: [&str; 6] = ["a", "a.b", "objectId", "createdAt", "updatedAt", "ACL"];

/// Each constraint on each kind of field, alone and under `$nor`, and groups of none.
pub(super) fn singles() -> impl Iterator<Item = Vec<Asked>> {
    let groups = [
        "{}",
        r#"{"$or":[]}"#,
        r#"{"$and":[]}"#,
        r#"{"$nor":[]}"#,
        r#"{"$or":[{}]}"#,
        r#"{"$nor":[{}]}"#,
        r#"{"$relatedTo":{"object":{"__type":"Pointer","className":"Team","objectId":"t1"},"key":"k"}}"#,
    ];
    let groups = groups
        .into_iter()
        .skip(1)
        .map(|clause| vec![Asked::new(clause.to_owned(), &["a"], &[])]);
    let constraints = constraints();
    let fields = FIELDS.into_iter().flat_map(move |field| {
        let constraints = constraints.clone().into_iter();
        constraints.map(move |constraint| {
            let alone = format!(r#"{{"{field}":{constraint}}}"#);
            let turned = format!(r#"{{"$nor":[{alone}]}}"#);
            let clauses = [alone, turned];
            clauses
                .map(|clause| Asked::new(clause, &[field], &[&constraint]))
                .into()
        })
    });
    groups.chain(fields)
}

/// Two constraints, in each way in which they can be joined: on each kind of field, and on two fields of the app. What is drawn
/// from the same fields and constraints comes together.
pub(super) fn pairs() -> impl Iterator<Item = Vec<Asked>> {
    let seconds = |nth: usize| STEPS[nth..].iter().map(move |&second| [STEPS[nth], second]);
    let steps: Vec<_> = (0..STEPS.len()).flat_map(seconds).collect();
    let of_one = FIELDS_OF_PAIRS.into_iter().flat_map({
        let steps = steps.clone();
        move |field| {
            steps
                .clone()
                .into_iter()
                .map(move |steps| on_one(field, steps))
        }
    });
    let turned = |[first, second]: [&'static str; 2]| [second, first];
    let all = steps
        .iter()
        .copied()
        .chain(steps.iter().copied().map(turned));
    let of_two: Vec<_> = all.map(on_two).collect();
    of_one.chain(of_two)
}

/// Two constraints on one field, in either order.
fn on_one(field: &'static str, steps: [&str; 2]) -> Vec<Asked> {
    let joined = |[first, second]: [&str; 2]| {
        let both = merged(first, second).map(|both| format!(r#"{{"{field}":{both}}}"#));
        let groups = ["$or", "$and", "$nor"]
            .map(|name| format!(r#"{{"{name}":[{{"{field}":{first}}},{{"{field}":{second}}}]}}"#));
        let beside = ["$or", "$nor"]
            .map(|name| format!(r#"{{"{field}":{first},"{name}":[{{"{field}":{second}}}]}}"#));
        both.into_iter().chain(groups).chain(beside)
    };
    let [first, second] = steps;
    let turned = (first != second).then_some([second, first]);
    let clauses = [steps].into_iter().chain(turned).flat_map(joined);
    clauses
        .map(|clause| Asked::new(clause, &[field], &steps))
        .collect()
}

/// Two constraints on two fields.
fn on_two(steps: [&str; 2]) -> Vec<Asked> {
    let [first, second] = steps;
    let groups = ["$or", "$and", "$nor"]
        .map(|name| format!(r#"{{"{name}":[{{"a":{first}}},{{"b":{second}}}]}}"#));
    let beside = [
        format!(r#"{{"a":{first},"b":{second}}}"#),
        format!(r#"{{"a":{first},"$nor":[{{"b":{second}}}]}}"#),
    ];
    let clauses = groups.into_iter().chain(beside);
    clauses
        .map(|clause| Asked::new(clause, &["a", "b"], &steps))
        .collect()
}

/// The operators of both in one constraint, if they are operators of different names.
fn merged(first: &str, second: &str) -> Option<String> {
    let read = |constraint: &str| serde_json::from_str::<Value>(constraint).expect("a constraint");
    let (a, b) = (read(first), read(second));
    let (a, b) = (a.as_object()?, b.as_object()?);
    let are_operators = a.keys().chain(b.keys()).all(|name| name.starts_with('$'));
    let differ = a.keys().all(|name| !b.contains_key(name));
    let inside = |constraint: &str| constraint[1..constraint.len() - 1].to_owned();
    (are_operators && differ).then(|| format!("{{{},{}}}", inside(first), inside(second)))
}
