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
use crate::value::{Datum, Member};

impl Op {
    /// The answer for a member, if it is one of the usual.
    #[inline]
    pub(crate) fn usual_answer<M: Member>(&self, member: &M) -> Option<bool> {
        match self {
            Self::Is(operand) => is_or_has(member, operand),
            Self::PointsTo(to) => any(member, |item| {
                let (class_name, object_id) = pointer(item)?;
                to.is_pointer(class_name, object_id)
            }),
            // An operand is decoded already; an object that looks like a date is none.
            Self::Order(order) => order.usual_answer(ordinal(member)?),
            Self::Equal(op) => same_scalar(member, &op.operand),
            Self::NotEqual(op) => same_scalar(member, &op.operand).map(|same| !same),
            Self::In(op) => is_in(member, op),
            Self::NotIn(op) => is_in(member, op).map(|is_in| !is_in),
            Self::Exists(required) => is_plain(member).then_some(*required),
            Self::Regex(Regex::Pattern(pattern)) => Some(pattern.is_match(member.text()?)),
            Self::All(op) => op.few_in(member.items()?),
            Self::Near(op) => op.usual_answer(coordinates(member)?),
            Self::Within(op) => op.usual_answer(coordinates(member)?),
            Self::Polygon(op) => op.usual_answer(coordinates(member)?),
            Self::Regex(Regex::Invalid) => None,
            Self::Like(_)
            | Self::ContainedBy(_)
            | Self::Circle(_)
            | Self::Intersects(_)
            | Self::Always
            | Self::Never => None,
            Self::Fault => None,
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
pub(crate) fn pointer<M: Member>(member: &M) -> Option<(&str, &str)> {
    let members = member.members()?;
    if let Some(parts) = M::plain_pointer(members) {
        return Some(parts);
    }
    let members = no_date(member)?;
    // They stand where Parse's SDK writes them.
    let object_id = M::near(members, names::OBJECT_ID, 2)?.text()?;
    let class_name = M::near(members, names::CLASS_NAME, 1)?.text()?;
    Some((class_name, object_id))
}

/// Whether two values are the same text, number or boolean; nothing if they are not of one type.
#[inline]
fn same_scalar<M: Member>(member: &M, operand: &Datum) -> Option<bool> {
    match operand {
        Datum::Text(text) => Some(is_same(member.text()?, text)),
        #[expect(clippy::float_cmp, reason = "this is JavaScript's equality of numbers")]
        Datum::Number(number) => Some(member.number()? == *number),
        Datum::Bool(value) => Some(member.boolean()? == *value),
        _ => None,
    }
}

#[inline]
fn is_or_has<M: Member>(member: &M, operand: &Datum) -> Option<bool> {
    match (member.items(), operand) {
        (Some(items), Datum::Text(text)) => {
            let is_it = |item: &M| item.text().is_some_and(|item| is_same(item, text));
            Some(items.iter().any(is_it))
        }
        _ => same_scalar(member, operand),
    }
}

/// Whether a test holds for a member, or for an element of it if it is an array.
#[inline]
fn any<M: Member>(member: &M, test: impl Fn(&M) -> Option<bool>) -> Option<bool> {
    let Some(items) = member.items() else {
        return test(member);
    };
    for item in items {
        if test(item)? {
            return Some(true);
        }
    }
    Some(false)
}

/// The usual answers of both ends of a range, which take less than one and then the other.
#[inline]
pub(crate) fn range<M: Member>([a, b]: [&Order; 2], member: &M) -> Option<[bool; 2]> {
    let ordinal = ordinal(member)?;
    Some([a.usual_answer(ordinal)?, b.usual_answer(ordinal)?])
}

/// What is ordered by number.
#[inline]
fn ordinal<M: Member>(member: &M) -> Option<f64> {
    member.number().or_else(|| date(member))
}

/// Of a date, milliseconds.
fn date<M: Member>(member: &M) -> Option<f64> {
    match M::date_of(member.members()?) {
        Reading::Known(Ok(date)) => date,
        _ => None,
    }
}

#[inline]
fn is_in<M: Member>(member: &M, op: &Membership) -> Option<bool> {
    let Membership::List(list) = op else {
        return None;
    };
    any(member, |item| match item.text() {
        Some(text) => Some(list.has_text(text)),
        None => item.number().map(|number| list.has_number(number)),
    })
}

/// Whether a member is there and no object that may be something else.
fn is_plain<M: Member>(member: &M) -> bool {
    match member.members() {
        Some(members) => matches!(M::date_of(members), Reading::Known(Ok(_))),
        None => {
            member.text().is_some()
                || member.number().is_some()
                || member.boolean().is_some()
                || member.items().is_some()
                || member.is_null()
        }
    }
}

/// The members of an object that is no date.
#[inline]
fn no_date<M: Member>(member: &M) -> Option<&M::Members> {
    let members = member.members()?;
    matches!(M::date_of(members), Reading::Known(Ok(None))).then_some(members)
}

/// Latitude and longitude, if both are numbers.
#[inline]
fn coordinates<M: Member>(member: &M) -> Option<[f64; 2]> {
    let members = no_date(member)?;
    let latitude = M::near(members, names::LATITUDE, 1)?.number()?;
    let longitude = M::near(members, names::LONGITUDE, 2)?.number()?;
    Some([latitude, longitude])
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

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
                let value: Value = member.parse().expect("JSON");
                let member: Datum = read_str(member).expect("JSON");
                for step in &query.plan().live().expect("a plan").code {
                    let rule = decoded(Val::from(&member)).and_then(|value| step.op.answer(value));
                    let usual = [step.op.usual_answer(&member), step.op.usual_answer(&value)];
                    for answer in usual.into_iter().flatten() {
                        assert_eq!(Ok(answer), rule, "{operand} on {member:?}");
                        answered += 1;
                    }
                }
            }
        }
        assert!(answered > 300, "{answered}");
    }
}
