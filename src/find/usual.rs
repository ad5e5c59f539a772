//! The usual cases, answered from the member of an object as it is kept.
//!
//! [`Stored`](super::stored::Stored) is the rule and covers all of this. It asks for a view of each value, which takes longer to
//! make than most answers take to find.

use super::asked::{Asked, Cases, PATH};
use super::column::{Column, Kept};
use super::mongo::bson::Bson;
use super::mongo::moment;
use super::mongo::place::Place;
use super::mongo::test::{Circumstances, One, Test, VALUE};
use super::mongo::toll::Toll;
use super::mongo::value::Kind;
use super::mongo::walk::Component;
use super::way::Way;
use crate::value::Member;
use crate::value::fields::Reading;
use crate::value::key::names;
use crate::value::text::is_same;

/// What an object has at a path, if it is usual.
enum Sight<'m, M> {
    Missing,
    /// A value that has no parts.
    Plain(Kind<'m>),
    /// Longitude and latitude of a GeoPoint.
    Point([f64; 2]),
    Items(&'m [M]),
}

impl Asked {
    /// Whether it holds for an object that has something usual at the path.
    #[expect(
        clippy::inline_always,
        reason = "most queries have one constraint, of which little is left where it is used"
    )]
    #[inline(always)]
    pub(super) fn usual_answer<M: Member, T: Toll>(
        &self,
        object: &M::Members,
        around: Circumstances<'_, T>,
    ) -> Option<bool> {
        if !around.toll.pays(PATH) {
            return Some(true);
        }
        let head = self.way.head.member::<M>(object);
        if let (Some(member), Cases::One(Test::Some(one))) = (head, &self.cases)
            && self.way.head.kept().has_scalars()
            && !self.way.leads_on()
            && let Some(holds) = with_scalar(member, |kind| one.holds(Some(kind), around))
        {
            return Some(holds);
        }
        self.answer_on(head, around)
    }

    #[inline(never)]
    fn answer_on<M: Member, T: Toll>(
        &self,
        head: Option<&M>,
        around: Circumstances<'_, T>,
    ) -> Option<bool> {
        if let Some(member) = head
            && !self.way.leads_on()
            && let Some(holds) = self.in_place(member, around)
        {
            return Some(holds);
        }
        let sight = Sight::of(&self.way, head)?;
        let test = self.cases.of(sight.column())?;
        sight.passes_all(test, around)
    }

    /// The column of the field, if that is plain to see.
    #[inline(never)]
    pub(super) fn usual_column<M: Member>(&self, object: &M::Members) -> Option<Column> {
        let Some(member) = self.way.head.member::<M>(object) else {
            return Some(Column::Open);
        };
        if let Some(kind) = scalar(member) {
            return Some(Sight::<M>::Plain(kind).column());
        }
        if member.items().is_some() {
            return Some(Column::Array);
        }
        Some(match type_name::<M>(member.members()?)? {
            "Date" => Column::Date,
            "Relation" => Column::Relation,
            _ => Column::Other,
        })
    }
}

impl<'m, M: Member> Sight<'m, M> {
    /// What there is at a path, given what stands in the field.
    #[inline]
    fn of(way: &Way, head: Option<&'m M>) -> Option<Self> {
        let Some(head) = head else {
            return Some(Self::Missing);
        };
        let kept = way.head.kept();
        if !way.rest.is_empty() {
            let is_plain = kept == Kept::Plain;
            return is_plain.then(|| Self::below(head, &way.rest)).flatten();
        }
        let sight = match scalar(head) {
            Some(kind) => Self::Plain(kind),
            None => Self::with_parts(head)?,
        };
        sight.is_kept(kept).then_some(sight)
    }

    /// Through objects that are of no type of their own.
    #[inline(never)]
    fn below(head: &'m M, rest: &[Component]) -> Option<Self> {
        let mut at = head;
        for component in rest {
            let Some(members) = at.members() else {
                return scalar(at).map(|_| Self::Missing);
            };
            if M::of(members, names::TYPE).is_some() {
                return None;
            }
            match M::of(members, component.key()) {
                Some(member) => at = member,
                None => return Some(Self::Missing),
            }
        }
        match scalar(at) {
            Some(kind) => Some(Self::Plain(kind)),
            None => at.items().map(Self::Items),
        }
    }

    /// A list, or the value of a field that is of some type.
    #[inline]
    fn with_parts(member: &'m M) -> Option<Self> {
        if let Some(items) = member.items() {
            return Some(Self::Items(items));
        }
        let members = member.members()?;
        if let Some((class, id)) = M::plain_pointer(members) {
            return Some(Self::Plain(Kind::Pointer { class, id }));
        }
        match type_name::<M>(members)? {
            "Pointer" => {
                let id = M::near(members, names::OBJECT_ID, 2)?.text()?;
                let class = M::near(members, names::CLASS_NAME, 1)?.text()?;
                Some(Self::Plain(Kind::Pointer { class, id }))
            }
            "Date" => match M::date_of(members) {
                Reading::Known(Ok(Some(ms))) => Some(Self::Plain(Kind::Date(moment(ms)))),
                Reading::Known(_) | Reading::Open => None,
            },
            "GeoPoint" => {
                let longitude = M::near(members, names::LONGITUDE, 2)?.number()?;
                let latitude = M::near(members, names::LATITUDE, 1)?.number()?;
                Some(Self::Point([longitude, latitude]))
            }
            _ => None,
        }
    }

    /// The column that it makes as the value of a field.
    #[inline]
    fn column(&self) -> Column {
        match self {
            Self::Missing | Self::Plain(Kind::Null) => Column::Open,
            Self::Plain(Kind::Date(_)) => Column::Date,
            Self::Plain(_) | Self::Point(_) => Column::Other,
            Self::Items(_) => Column::Array,
        }
    }

    /// Whether it is stored as it is, where a field is kept in some way.
    #[inline]
    fn is_kept(&self, kept: Kept) -> bool {
        let is_pointer = matches!(self, Self::Plain(Kind::Pointer { .. }));
        match kept {
            Kept::Open => true,
            Kept::Plain => !is_pointer,
            Kept::Pointers => is_pointer,
            Kept::Raw => match self {
                Self::Plain(kind) => !is_pointer && !matches!(kind, Kind::Date(_)),
                Self::Missing | Self::Items(_) => true,
                Self::Point(_) => false,
            },
            Kept::Time | Kept::Expiry => matches!(self, Self::Plain(Kind::Date(_))),
            Kept::Falsy | Kept::Readers | Kept::Writers | Kept::Nowhere => false,
        }
    }

    /// Whether a test holds that may have parts of its own.
    #[inline(never)]
    fn passes_all<T: Toll>(&self, test: &Test, around: Circumstances<'_, T>) -> Option<bool> {
        match test {
            Test::All(tests) => {
                for test in tests {
                    if !self.passes_all(test, around)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            Test::Not(test) => self.passes_all(test, around).map(|holds| !holds),
            Test::Never => Some(false),
            Test::Some(one) => self.passes(one, around),
            Test::Element(_) | Test::Size(_) => None,
        }
    }

    #[inline]
    fn passes<T: Toll>(&self, one: &One, around: Circumstances<'_, T>) -> Option<bool> {
        match self {
            Self::Missing => Some(one.holds(None::<Kind<'_>>, around)),
            Self::Plain(kind) => Some(one.holds(Some(*kind), around)),
            Self::Point(point) => of_point(one, *point),
            Self::Items(items) => any(items, one, around),
        }
    }
}

#[inline]
pub(super) fn has_text<M: Member, T: Toll>(items: &[M], text: &str, toll: &T) -> bool {
    let mut texts = items.iter().filter_map(M::text);
    texts.any(|item| !toll.pays(VALUE) || is_same(item, text))
}

/// Whether a test holds for a list: for some element, where it holds for scalars alone.
#[inline(never)]
fn any<M: Member, T: Toll>(items: &[M], one: &One, around: Circumstances<'_, T>) -> Option<bool> {
    if let One::Exists = one {
        return Some(true);
    }
    if let One::Equals(Bson::Text(text) | Bson::Id(text)) = one {
        return Some(has_text(items, text, around.toll));
    }
    let mut items = asks_for_scalars(one).then(|| items.iter())?;
    let holds = |item| with_scalar(item, |kind| one.holds(Some(kind), around));
    Some(items.any(|item| holds(item) == Some(true)))
}

/// Whether a test holds for no value but texts, numbers and booleans.
#[inline]
fn asks_for_scalars(one: &One) -> bool {
    match one {
        One::Equals(operand) | One::Stands(_, operand) => is_scalar(operand),
        One::Among(among) => among.others().iter().all(is_scalar),
        One::Matches(_) => true,
        One::Exists | One::Type(_) | One::Mod { .. } | One::Lies(_) => false,
    }
}

#[inline]
fn is_scalar(operand: &Bson) -> bool {
    match operand {
        Bson::Bool(_) | Bson::Number(_) | Bson::Text(_) | Bson::Id(_) => true,
        Bson::Null | Bson::List(_) | Bson::Object(_) | Bson::Binary { .. } => false,
        Bson::Date(_) | Bson::FromNow(_) | Bson::Regex(_) => false,
    }
}

#[inline]
pub(super) fn of_point(one: &One, point: [f64; 2]) -> Option<bool> {
    match one {
        One::Exists => Some(true),
        One::Lies(geo) => {
            let is_finite = point.iter().all(|part| part.is_finite());
            is_finite.then(|| geo.holds(&Place::Flat(point)))
        }
        One::Equals(_) | One::Stands(..) | One::Among(_) => None,
        One::Matches(_) | One::Type(_) | One::Mod { .. } => None,
    }
}

#[inline]
pub(super) fn scalar<M: Member>(member: &M) -> Option<Kind<'_>> {
    with_scalar(member, |kind| kind)
}

/// Uses a scalar, each sort in a place of its own: what is made of it is known there, and does not pass through memory.
#[expect(clippy::inline_always, reason = "so that it is")]
#[inline(always)]
fn with_scalar<'m, M: Member, T>(member: &'m M, take: impl Fn(Kind<'m>) -> T) -> Option<T> {
    if let Some(text) = member.text() {
        Some(take(Kind::Text(text)))
    } else if let Some(number) = member.number() {
        Some(take(Kind::Number(number)))
    } else if let Some(value) = member.boolean() {
        Some(take(Kind::Bool(value)))
    } else {
        member.is_null().then(|| take(Kind::Null))
    }
}

/// Class and id of a pointer.
#[inline]
pub(super) fn pointer<M: Member>(member: &M) -> Option<(&str, &str)> {
    let members = member.members()?;
    if let Some(parts) = M::plain_pointer(members) {
        return Some(parts);
    }
    let is_pointer = type_name::<M>(members)? == "Pointer";
    is_pointer.then(|| parts_of_pointer::<M>(members))?
}

#[inline]
fn parts_of_pointer<M: Member>(members: &M::Members) -> Option<(&str, &str)> {
    let id = M::near(members, names::OBJECT_ID, 2)?.text()?;
    let class = M::near(members, names::CLASS_NAME, 1)?.text()?;
    Some((class, id))
}

/// Longitude and latitude of a GeoPoint.
#[inline]
pub(super) fn coordinates<M: Member>(members: &M::Members) -> Option<[f64; 2]> {
    let longitude = M::near(members, names::LONGITUDE, 2)?.number()?;
    let latitude = M::near(members, names::LATITUDE, 1)?.number()?;
    Some([longitude, latitude])
}

/// The name of a type, where Parse's SDK writes it.
#[inline]
pub(super) fn type_name<M: Member>(members: &M::Members) -> Option<&str> {
    M::near(members, names::TYPE, 0)?.text()
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use crate::find::mongo::toll::NoToll;
    use crate::find::options::{ClassSchema, FieldType, FindOptions};
    use crate::find::{self, Plan};
    use crate::limits::Limits;
    use crate::pattern::PatternCache;
    use crate::value::{Answer, Datum, Fault, Val, read_str};

    const OPERANDS: [&str; 56] = [
        "5",
        "-0.0",
        "\"5\"",
        "\"ab\"",
        "\"A$x\"",
        "true",
        "null",
        r#"{"__type":"Pointer","className":"A","objectId":"x"}"#,
        r#"{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"__type":"GeoPoint","latitude":1,"longitude":2}"#,
        r#"{"$lt":5}"#,
        r#"{"$gte":5}"#,
        r#"{"$gte":5,"$lt":7}"#,
        r#"{"$gt":{"__type":"Date","iso":"2019-01-01T00:00:00.000Z"}}"#,
        r#"{"$lte":"ab"}"#,
        r#"{"$gt":"A$"}"#,
        r#"{"$lt":true}"#,
        r#"{"$lte":null}"#,
        r#"{"$lt":null}"#,
        r#"{"$gt":{"$relativeTime":"1 day ago"}}"#,
        r#"{"$eq":"ab"}"#,
        r#"{"$eq":"x"}"#,
        r#"{"$exists":true,"$ne":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}"#,
        r#"{"$eq":{"__type":"Pointer","className":"A","objectId":"x"}}"#,
        r#"{"$ne":true}"#,
        r#"{"$ne":"ab"}"#,
        r#"{"$ne":"x"}"#,
        r#"{"$ne":null}"#,
        r#"{"$in":["ab","cd",5,null]}"#,
        r#"{"$in":["x","A$x"]}"#,
        r#"{"$in":["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p","q","ab"]}"#,
        r#"{"$nin":["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p","q","x"]}"#,
        r#"{"$in":[{"__type":"Pointer","className":"A","objectId":"x"}]}"#,
        r#"{"$in":[{"__type":"GeoPoint","latitude":1,"longitude":2}, true]}"#,
        r#"{"$in":[]}"#,
        r#"{"$nin":["ab",5]}"#,
        r#"{"$nin":[null]}"#,
        r#"{"$nin":["x"]}"#,
        r#"{"$exists":true}"#,
        r#"{"$exists":false}"#,
        r#"{"$regex":"^a"}"#,
        r#"{"$regex":"B","$options":"i"}"#,
        r#"{"$regex":"^A.x$"}"#,
        r#"{"$all":["ab"]}"#,
        r#"{"$all":["ab","cd"]}"#,
        r#"{"$all":[null,"cd"]}"#,
        r#"{"$all":[]}"#,
        r#"{"$all":[["ab"]]}"#,
        r#"{"$all":[{"__type":"Pointer","className":"A","objectId":"x"}]}"#,
        r#"{"$containedBy":["ab","cd",5]}"#,
        r#"{"$containedBy":[]}"#,
        r#"{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":1},"$maxDistance":0.1}"#,
        r#"{"$within":{"$box":[{"latitude":0,"longitude":0},{"latitude":3,"longitude":3}]}}"#,
        r#"{"$geoWithin":{"$polygon":[{"__type":"GeoPoint","latitude":0,"longitude":0},{"__type":"GeoPoint","latitude":0,"longitude":9},{"__type":"GeoPoint","latitude":9,"longitude":0}]}}"#,
        r#"{"$geoWithin":{"$centerSphere":[{"__type":"GeoPoint","latitude":0,"longitude":0},0.1]}}"#,
        r#"{"$ne":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}"#,
    ];

    const MEMBERS: [&str; 38] = [
        "5",
        "0",
        "6.5",
        "\"5\"",
        "\"ab\"",
        "\"abc\"",
        "\"A$x\"",
        "\"x\"",
        "\"\"",
        "true",
        "false",
        "null",
        "[]",
        r#"["ab"]"#,
        r#"["ab","cd"]"#,
        r#"["cd","ab",5]"#,
        r#"["x","A$x"]"#,
        r#"[null,5,"cd"]"#,
        "[[1]]",
        "[1,2]",
        r#"[{"k":1}]"#,
        r#"[{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}]"#,
        r#"[{"__type":"Pointer","className":"A","objectId":"x"}]"#,
        r#"[null,{"__type":"Pointer","className":"A","objectId":"x","more":1}]"#,
        "{}",
        r#"{"k":"ab"}"#,
        r#"{"k":{"k":5}}"#,
        r#"{"k":["ab",5]}"#,
        r#"{"__type":"Pointer","className":"A","objectId":"x"}"#,
        r#"{"__type":"Pointer","className":"A","objectId":7}"#,
        r#"{"className":"A","objectId":"x"}"#,
        r#"{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"__type":"Date","iso":"nonsense"}"#,
        r#"{"__type":["Date"],"iso":"2020-01-01T00:00:00.000Z"}"#,
        r#"{"__type":"GeoPoint","latitude":1,"longitude":2}"#,
        r#"{"__type":"GeoPoint","latitude":"1","longitude":2}"#,
        r#"{"__type":"Relation","className":"A"}"#,
        r#"{"__type":"File","name":"ab","url":"u"}"#,
    ];

    /// Names of fields that are kept in different ways, and paths.
    const PATHS: [&str; 11] = [
        "f",
        "f.k",
        "f.k.k",
        "f.0",
        "objectId",
        "createdAt",
        "expiresAt",
        "ACL",
        "n",
        "p",
        "l",
    ];

    /// At some moment.
    const NOW: f64 = 1.58e12;

    fn plan(path: &str, operand: &str, options: &FindOptions) -> Option<Plan> {
        let clause: Datum = read_str(&format!(r#"{{"{path}":{operand}}}"#)).expect("JSON");
        let (limits, patterns) = (Limits::new(), PatternCache::default());
        find::compile(clause.as_fields()?, options, &limits, &patterns).ok()
    }

    fn schema() -> ClassSchema {
        ClassSchema::new()
            .field("n", FieldType::Number)
            .field("p", FieldType::Pointer("A".into()))
            .field("l", FieldType::Array)
    }

    /// What was compared, and how often the usual answer was given.
    #[derive(Default)]
    struct Counts {
        answers: usize,
        usual: usize,
    }

    fn by_rule(plan: &Plan, object: Val<'_>) -> Answer {
        let Val::Object(members) = object else {
            return Err(Fault);
        };
        let circumstances = plan.circumstances(Some(NOW), &NoToll)?;
        plan.answer_of(
            |asked| asked.holds(&asked.see(members), circumstances),
            |asked| asked.is_refused(&asked.see(members)),
        )
    }

    fn compare(plan: &Plan, field: &str, member: &str, counts: &mut Counts) {
        let text = format!(r#"{{"{field}":{member}}}"#);
        let datum: Datum = read_str(&text).expect("JSON");
        let value: Json = text.parse().expect("JSON");
        let fields = datum.as_fields().expect("an object");
        let map = value.as_object().expect("an object");
        let rule = by_rule(plan, Val::from(&datum));
        assert_eq!(
            plan.answer(Val::from(&datum), Some(NOW)),
            rule,
            "{plan:?} {text}"
        );
        assert_eq!(
            plan.answer(Val::from(&value), Some(NOW)),
            rule,
            "{plan:?} {text}"
        );
        let circumstances = plan.circumstances(Some(NOW), &NoToll).expect("a moment");
        plan.each_leaf(&mut |asked| {
            counts.answers += 2;
            let usual = [
                asked.usual_answer::<Datum, _>(fields, circumstances),
                asked.usual_answer::<Json, _>(map, circumstances),
            ];
            counts.usual += usual.iter().flatten().count();
            let columns = [
                asked.usual_column::<Datum>(fields),
                asked.usual_column::<Json>(map),
            ];
            let seen = asked.see(crate::value::val::Members::Fields(fields));
            for column in columns.into_iter().flatten() {
                assert_eq!(
                    asked.refuses(column),
                    asked.is_refused(&seen),
                    "{plan:?} {text}"
                );
            }
        });
    }

    #[test]
    fn the_usual_answer_is_that_of_the_rule() {
        let mut counts = Counts::default();
        let guessed = FindOptions::new();
        let known = FindOptions::new().schema(schema());
        for path in PATHS {
            for operand in OPERANDS {
                for options in [&guessed, &known] {
                    let Some(plan) = plan(path, operand, options) else {
                        continue;
                    };
                    let field = path.split('.').next().expect("a field");
                    for member in MEMBERS {
                        compare(&plan, field, member, &mut counts);
                    }
                    compare(&plan, "other", "1", &mut counts);
                }
            }
        }
        let Counts { answers, usual } = counts;
        assert!(usual > 15_000 && usual < answers, "{usual} of {answers}");
    }
}
