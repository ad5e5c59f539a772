//! The usual cases, answered from the member of an object as it is kept.
//!
//! [`Op::answer`] is the rule and covers all of this. It asks for a view of the value, which takes longer to make than
//! most answers take to find.

use super::Op;
use super::equality::PointerTo;
use super::membership::Membership;
use super::order::Order;
use super::regex::Regex;
use crate::value::fields::Reading;
use crate::value::key::names;
use crate::value::text::is_same;
use crate::value::{Datum, Fields, Text};

impl Op {
    /// The answer for a member, if it is one of the usual.
    #[inline]
    pub(crate) fn usual_answer(&self, member: &Datum) -> Option<bool> {
        match self {
            Self::Is(operand) => is_or_has(member, operand),
            Self::PointsTo(to) => any(member, |item| {
                let (class_name, object_id) = pointer(item)?;
                to.is_pointer(class_name, object_id)
            }),
            Self::Order(order) => is_ordered(member, order),
            Self::Equal(op) => same_scalar(member, &op.operand),
            Self::NotEqual(op) => same_scalar(member, &op.operand).map(|same| !same),
            Self::In(op) => is_in(member, op),
            Self::NotIn(op) => is_in(member, op).map(|is_in| !is_in),
            Self::Exists(required) => is_plain(member).then_some(*required),
            Self::Regex(Regex::Pattern(pattern)) => match member {
                Datum::Text(text) => Some(pattern.is_match(text)),
                _ => None,
            },
            Self::All(op) => match member {
                Datum::Array(items) => op.few_in(items),
                _ => None,
            },
            Self::Near(op) => op.usual_answer(coordinates(member)?),
            Self::Within(op) => op.usual_answer(coordinates(member)?),
            Self::Polygon(op) => op.usual_answer(coordinates(member)?),
            _ => None,
        }
    }
}

impl PointerTo {
    /// The usual answer for a pointer, given its parts.
    #[inline]
    pub(crate) fn is_pointer(&self, class_name: &str, object_id: &str) -> Option<bool> {
        let (class, id) = self.texts()?;
        Some(is_same(object_id, id) && is_same(class_name, class))
    }
}

/// Class name and id of a value that has both, as texts, and is no date.
#[inline]
pub(crate) fn pointer(member: &Datum) -> Option<(&Text, &Text)> {
    let fields = no_date(member)?;
    match (
        fields.get_key(names::OBJECT_ID)?,
        fields.get_key(names::CLASS_NAME)?,
    ) {
        (Datum::Text(object_id), Datum::Text(class_name)) => Some((class_name, object_id)),
        _ => None,
    }
}

/// Whether two values are the same text, number or boolean; nothing if they are not of one type.
fn same_scalar(a: &Datum, b: &Datum) -> Option<bool> {
    match (a, b) {
        (Datum::Text(a), Datum::Text(b)) => Some(is_same(a, b)),
        #[expect(clippy::float_cmp, reason = "this is JavaScript's equality of numbers")]
        (Datum::Number(a), Datum::Number(b)) => Some(a == b),
        (Datum::Bool(a), Datum::Bool(b)) => Some(a == b),
        _ => None,
    }
}

fn is_or_has(member: &Datum, operand: &Datum) -> Option<bool> {
    match (member, operand) {
        (Datum::Array(items), Datum::Text(text)) => {
            let is_it = |item: &Datum| matches!(item, Datum::Text(item) if is_same(item, text));
            Some(items.iter().any(is_it))
        }
        _ => same_scalar(member, operand),
    }
}

/// Whether a test holds for a member, or for an element of it if it is an array.
#[inline]
fn any(member: &Datum, test: impl Fn(&Datum) -> Option<bool>) -> Option<bool> {
    let Datum::Array(items) = member else {
        return test(member);
    };
    for item in items {
        if test(item)? {
            return Some(true);
        }
    }
    Some(false)
}

fn is_ordered(member: &Datum, order: &Order) -> Option<bool> {
    // An operand is decoded already; an object that looks like a date is none.
    let limit = order.number()?;
    let ordering = number(member)?.partial_cmp(&limit);
    Some(order.holds(ordering))
}

/// A number, or a date in milliseconds.
fn number(datum: &Datum) -> Option<f64> {
    match datum {
        Datum::Number(number) | Datum::Date(number) => Some(*number),
        Datum::Object(fields) => match fields.date() {
            Reading::Known(Ok(date)) => date,
            _ => None,
        },
        _ => None,
    }
}

fn is_in(member: &Datum, op: &Membership) -> Option<bool> {
    let Membership::List(index) = op else {
        return None;
    };
    any(member, |item| match item {
        Datum::Text(text) => Some(index.find_text(text).is_some()),
        Datum::Number(number) => Some(index.find_number(*number)),
        _ => None,
    })
}

/// Whether a member is there and no object that may be something else.
fn is_plain(member: &Datum) -> bool {
    match member {
        Datum::Null | Datum::Bool(_) | Datum::Number(_) | Datum::Text(_) | Datum::Array(_) => true,
        Datum::Object(fields) => matches!(fields.date(), Reading::Known(Ok(_))),
        Datum::Undefined | Datum::Unit(_) | Datum::Date(_) | Datum::Instance(_) => false,
    }
}

/// The members of an object that is no date.
fn no_date(member: &Datum) -> Option<&Fields> {
    match member {
        Datum::Object(fields) => {
            matches!(fields.date(), Reading::Known(Ok(None))).then_some(fields)
        }
        _ => None,
    }
}

/// Latitude and longitude, if both are numbers.
fn coordinates(member: &Datum) -> Option<[f64; 2]> {
    let fields = no_date(member)?;
    match (
        fields.get_key(names::LATITUDE)?,
        fields.get_key(names::LONGITUDE)?,
    ) {
        (Datum::Number(latitude), Datum::Number(longitude)) => Some([*latitude, *longitude]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::Query;
    use crate::plan::decoded;
    use crate::value::{Datum, Val, read_str};

    const OPERANDS: [&str; 41] = [
        "5",
        "-0.0",
        "\"5\"",
        "\"ab\"",
        "true",
        "null",
        r#"{"__type":"Pointer","className":"A","objectId":"x"}"#,
        r#"{"__type":"Pointer","className":"A"}"#,
        r#"{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"$lt":5}"#,
        r#"{"$gte":5}"#,
        r#"{"$gt":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}"#,
        r#"{"$lte":"ab"}"#,
        r#"{"$eq":5}"#,
        r#"{"$eq":"ab"}"#,
        r#"{"$ne":true}"#,
        r#"{"$ne":"ab"}"#,
        r#"{"$ne":null}"#,
        r#"{"$in":["ab","cd",5,null]}"#,
        r#"{"$in":[{"__type":"Pointer","className":"A","objectId":"x"}]}"#,
        r#"{"$in":[]}"#,
        r#"{"$nin":["ab",5]}"#,
        r#"{"$in":"cd ab"}"#,
        r#"{"$nin":[0]}"#,
        r#"{"$exists":true}"#,
        r#"{"$exists":false}"#,
        r#"{"$regex":"^a"}"#,
        r#"{"$regex":"B","$options":"i"}"#,
        r#"{"$all":["ab"]}"#,
        r#"{"$all":["ab","cd"]}"#,
        r#"{"$all":["ab","ab",5]}"#,
        r#"{"$all":[null,"cd"]}"#,
        r#"{"$all":[]}"#,
        r#"{"$all":[[1]]}"#,
        r#"{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":1},"$maxDistance":0.1}"#,
        r#"{"$nearSphere":{"__type":"GeoPoint","latitude":80,"longitude":1},"$maxDistance":"x"}"#,
        r#"{"$within":{"$box":[{"latitude":0,"longitude":0},{"latitude":3,"longitude":3}]}}"#,
        r#"{"$within":{"$box":[{"latitude":"0","longitude":0},{"latitude":3,"longitude":3}]}}"#,
        r#"{"$within":{"$box":[{"latitude":9,"longitude":0},{"latitude":3,"longitude":3}]}}"#,
        r#"{"$geoWithin":{"$polygon":[{"__type":"GeoPoint","latitude":0,"longitude":0},{"__type":"GeoPoint","latitude":0,"longitude":9},{"__type":"GeoPoint","latitude":9,"longitude":0}]}}"#,
        r#"{"$geoWithin":{"$polygon":[]}}"#,
    ];

    const MEMBERS: [&str; 28] = [
        "5",
        "0",
        "6.5",
        "\"5\"",
        "\"ab\"",
        "\"abc\"",
        "\"\"",
        "true",
        "false",
        "null",
        "[]",
        r#"["ab"]"#,
        r#"["cd","ab",5]"#,
        r#"[null,5,"cd"]"#,
        "[[1]]",
        r#"[{"__type":"Pointer","className":"A","objectId":"x"}]"#,
        r#"[null,{"__type":"Pointer","className":"A","objectId":"x"}]"#,
        "{}",
        r#"{"__type":"Pointer","className":"A","objectId":"x"}"#,
        r#"{"__type":"Pointer","className":"A","objectId":7}"#,
        r#"{"className":"B","objectId":"x"}"#,
        r#"{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"__type":"Date","iso":"nonsense"}"#,
        r#"{"__type":{"toString":1},"className":"A","objectId":"x"}"#,
        r#"{"__type":"GeoPoint","latitude":1,"longitude":1}"#,
        r#"{"__type":"GeoPoint","latitude":89.5,"longitude":200}"#,
        r#"{"latitude":"1","longitude":1}"#,
        r#"{"latitude":1}"#,
    ];

    #[test]
    fn the_usual_answer_is_that_of_the_rule() {
        let mut answered = 0;
        for operand in OPERANDS {
            let Ok(query) = format!(r#"{{"f":{operand}}}"#).parse::<Query>() else {
                continue;
            };
            for member in MEMBERS {
                let member: Datum = read_str(member).expect("JSON");
                for step in &query.plan().code {
                    let rule = decoded(Val::from(&member)).and_then(|value| step.op.answer(value));
                    if let Some(answer) = step.op.usual_answer(&member) {
                        assert_eq!(Ok(answer), rule, "{operand} on {member:?}");
                        answered += 1;
                    }
                }
            }
        }
        assert!(answered > 150, "{answered}");
    }
}
