//! Shapes of clauses: a condition that most objects meet beside one that at most one object of a thousand meets.
//!
//! All clauses of a set are of one shape, and each has values of its own. A set that finds them by the common condition runs all of
//! them for each change, so the table is that of the cliffs which a query set could have.

use std::fmt::Write;

use crate::Change;
use crate::json::{date, list, object, point, pointer, text};
use crate::random::Random;

/// A condition: one or more members of a clause, of values that are drawn from so many.
type Condition = fn(&mut Random, u32) -> String;

/// A kind of condition.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What it is called in tables.
    pub name: &'static str,
    condition: Condition,
}

/// Where the rare condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Behind the common one.
    Behind,
    /// Before it.
    Before,
    /// With it in an `$and`.
    And,
}

/// All orders.
pub const ORDERS: [Order; 3] = [Order::Behind, Order::Before, Order::And];

const fn kind(name: &'static str, condition: Condition) -> Kind {
    Kind { name, condition }
}

/// Conditions that most objects meet.
pub const COMMON: [Kind; 21] = [
    kind("text", |_, _| r#""status":"open""#.into()),
    kind("number", |_, _| r#""level":1"#.into()),
    kind("bool", |_, _| r#""active":true"#.into()),
    kind("null", |_, _| r#""parent":{"$eq":null}"#.into()),
    kind("pointer", |_, _| {
        member("project", pointer("Project", "p0"))
    }),
    kind("date", |_, _| {
        member("day", date("2024-05-01T00:00:00.000Z"))
    }),
    kind("nested", |_, _| r#""meta.kind":"task""#.into()),
    kind("element", |_, _| r#""labels":"all""#.into()),
    kind("in_2", |_, _| r#""status":{"$in":["open","new"]}"#.into()),
    kind("in_pointers", |_, _| {
        let projects = ["p0", "p1"].map(|id| pointer("Project", id));
        member("project", in_list(projects))
    }),
    kind("in_40", |random, _| {
        let others = random.distinct(1_000, 39).into_iter();
        let states = others.map(|number| text(format!("s{number}")));
        member("status", in_list(states.chain([text("open")])))
    }),
    kind("all_2", |_, _| r#""labels":{"$all":["all","most"]}"#.into()),
    kind("not_equal", |_, _| r#""status":{"$ne":"closed"}"#.into()),
    kind("not_in", |_, _| {
        r#""status":{"$nin":["closed","gone"]}"#.into()
    }),
    kind("exists", |_, _| r#""title":{"$exists":true}"#.into()),
    kind("missing", |_, _| r#""deletedAt":{"$exists":false}"#.into()),
    kind("above", |random, _| {
        let limit = random.between(0.0, 20.0);
        member("price", format!("{{\"$gt\":{limit}}}"))
    }),
    kind("between", |random, _| {
        let (low, high) = (random.between(0.0, 20.0), random.between(80.0, 100.0));
        member("price", format!("{{\"$gte\":{low},\"$lte\":{high}}}"))
    }),
    kind("prefix", |_, _| r#""title":{"$regex":"^The "}"#.into()),
    kind("box", |_, _| member("spot", within(0.0, 0.0, 60.0, 120.0))),
    kind("or", |_, _| {
        r#""$or":[{"status":"open"},{"level":1}]"#.into()
    }),
];

/// Conditions that at most one object of a thousand meets.
pub const RARE: [Kind; 34] = [
    kind("text", |random, of| member("zone", zone(random, of))),
    kind("number", |random, of| {
        format!("\"code\":{}", random.below(of))
    }),
    kind("pointer", |random, of| member("owner", owner(random, of))),
    kind("date", |random, of| member("due", due(random, of))),
    kind("nested", |random, of| member("meta.zone", zone(random, of))),
    kind("element", |random, of| member("tags", tag(random, of))),
    kind("in_3", |random, of| {
        member("zone", several(random, of, 3, zone))
    }),
    kind("in_10", |random, of| {
        member("zone", several(random, of, 10, zone))
    }),
    kind("in_30", |random, of| {
        member("zone", several(random, of, 30, zone))
    }),
    kind("in_100", |random, of| {
        member("zone", several(random, of, 100, zone))
    }),
    kind("in_numbers", |random, of| {
        member(
            "code",
            several(random, of, 3, |random, of| random.below(of).to_string()),
        )
    }),
    kind("in_pointers", |random, of| {
        member("owner", several(random, of, 3, owner))
    }),
    kind("in_dates", |random, of| {
        member("due", several(random, of, 3, due))
    }),
    kind("in_nested", |random, of| {
        member("meta.zone", several(random, of, 3, zone))
    }),
    kind("in_elements", |random, of| {
        member("tags", several(random, of, 3, tag))
    }),
    kind("all_rare_common", |random, of| {
        let tags = [text("everything"), tag(random, of)];
        member("tags", format!("{{\"$all\":{}}}", list(tags)))
    }),
    kind("all_2", |random, of| {
        let tags = [tag(random, of), tag(random, of)];
        member("tags", format!("{{\"$all\":{}}}", list(tags)))
    }),
    kind("contained_by", |random, of| {
        let list = list([(); 3].map(|()| tag(random, of)));
        member("picks", format!("{{\"$containedBy\":{list}}}"))
    }),
    kind("or_2", |random, of| {
        let (zone, owner) = (
            member("zone", zone(random, of)),
            member("owner", owner(random, of)),
        );
        format!("\"$or\":[{{{zone}}},{{{owner}}}]")
    }),
    kind("or_of_and", |random, of| {
        let (zone, other) = (
            member("zone", zone(random, of)),
            member("meta.zone", zone(random, of)),
        );
        format!("\"$or\":[{{{zone},\"level\":1}},{{{other},\"active\":true}}]")
    }),
    kind("or_of_in", |random, of| {
        let (zones, owners) = (several(random, of, 3, zone), several(random, of, 3, owner));
        format!(
            "\"$or\":[{{{}}},{{{}}}]",
            member("zone", zones),
            member("owner", owners)
        )
    }),
    kind("two_lists", |random, of| {
        let (zones, tags) = (several(random, of, 3, zone), several(random, of, 3, tag));
        format!("{},{}", member("zone", zones), member("tags", tags))
    }),
    kind("two_texts", |random, of| {
        format!(
            "{},{}",
            member("zone", zone(random, of)),
            member("meta.zone", zone(random, of))
        )
    }),
    kind("narrow", |random, of| {
        let (low, width) = (random.unit(), 1.0 / f64::from(of));
        member(
            "score",
            format!("{{\"$gte\":{low},\"$lt\":{}}}", low + width),
        )
    }),
    kind("narrow_dates", |random, of| {
        let low = random.below(of);
        let (low, high) = (date(&day(low)), date(&day(low + 1)));
        member("due", format!("{{\"$gte\":{low},\"$lt\":{high}}}"))
    }),
    kind("far_above", |random, _| {
        let limit = random.between(0.999, 0.9995);
        member("score", format!("{{\"$gt\":{limit}}}"))
    }),
    kind("prefix", |random, of| {
        member(
            "name",
            format!("{{\"$regex\":\"^{}\"}}", word(random.below(of))),
        )
    }),
    kind("contains", |random, of| {
        member(
            "name",
            format!(
                "{{\"$regex\":\"{}\",\"$options\":\"i\"}}",
                word(random.below(of))
            ),
        )
    }),
    kind("near", |random, _| {
        let center = point(random.between(0.0, 60.0), random.between(0.0, 120.0));
        member(
            "spot",
            format!("{{\"$nearSphere\":{center},\"$maxDistance\":0.005}}"),
        )
    }),
    kind("box", |random, _| {
        let (south, west) = (random.between(0.0, 59.0), random.between(0.0, 119.0));
        member("spot", within(south, west, south + 0.5, west + 0.5))
    }),
    kind("polygon", |random, _| {
        let (south, west) = (random.between(0.0, 59.0), random.between(0.0, 119.0));
        let corners = [(0.0, 0.0), (0.0, 0.7), (0.7, 0.0)];
        let corners = corners.map(|(north, east)| point(south + north, west + east));
        member(
            "spot",
            format!("{{\"$geoWithin\":{{\"$polygon\":{}}}}}", list(corners)),
        )
    }),
    kind("rare_bool", |random, _| {
        distinct(random, r#""archived":true"#)
    }),
    kind("rare_exists", |random, _| {
        distinct(random, r#""flag":{"$exists":true}"#)
    }),
    kind("rare_missing", |random, _| {
        distinct(random, r#""base":{"$exists":false}"#)
    }),
];

/// The clauses of a shape, as many as are asked for. Two may be equal.
pub fn clauses(
    common: Kind,
    rare: Kind,
    order: Order,
    seed: u64,
    count: u32,
) -> impl Iterator<Item = String> {
    let mut random = Random::new(seed, 0x5a);
    (0..count).map(move |_| {
        let common = (common.condition)(&mut random, values(count));
        let rare = (rare.condition)(&mut random, values(count));
        match order {
            Order::Behind => format!("{{{common},{rare}}}"),
            Order::Before => format!("{{{rare},{common}}}"),
            Order::And => format!("{{\"$and\":[{{{common}}},{{{rare}}}]}}"),
        }
    })
}

/// Changes of objects that so many clauses are about: updates of a field or two, each third one of a field that the rare conditions
/// ask for.
pub fn changes(seed: u64, count: u32) -> impl Iterator<Item = Change> {
    let mut random = Random::new(seed, 0x5b);
    std::iter::repeat_with(move || {
        let mut members = fields(&mut random, values(count));
        let old = together(&members);
        let other = fields(&mut random, values(count));
        for _ in 0..2 {
            let at = random.below(u32::try_from(other.len()).unwrap_or_default()) as usize;
            members[at].clone_from(&other[at]);
        }
        Change {
            old: Some(old),
            new: Some(together(&members)),
        }
    })
}

/// How many values a field of rare ones has.
fn values(count: u32) -> u32 {
    count.max(2_000)
}

fn together(members: &[String]) -> String {
    let members = members.iter().filter(|member| !member.is_empty());
    let members: Vec<&str> = members.map(String::as_str).collect();
    format!("{{{}}}", members.join(","))
}

/// The members of an object.
fn fields(random: &mut Random, of: u32) -> Vec<String> {
    let mut mostly = |most: f64, usual: &str, other: &str| {
        if random.chance(most) {
            usual.to_owned()
        } else {
            other.to_owned()
        }
    };
    let mut fields = vec![
        mostly(0.9, r#""status":"open""#, r#""status":"closed""#),
        mostly(0.9, r#""level":1"#, r#""level":2"#),
        mostly(0.9, r#""active":true"#, r#""active":false"#),
        mostly(0.9, r#""parent":null"#, r#""parent":"x""#),
        mostly(0.999, r#""archived":false"#, r#""archived":true"#),
        mostly(0.999, "", r#""flag":1"#),
        mostly(0.001, "", r#""base":1"#),
        mostly(0.9, "", r#""deletedAt":1"#),
        mostly(0.9, r#""title":"The one""#, r#""title":"A first""#),
        mostly(
            0.9,
            r#""labels":["most","all","new"]"#,
            r#""labels":["new"]"#,
        ),
    ];
    let project = if random.chance(0.9) { "p0" } else { "p7" };
    fields.push(member("project", pointer("Project", project)));
    let day_of = if random.chance(0.9) {
        "2024-05-01T00:00:00.000Z"
    } else {
        "2024-05-02T00:00:00.000Z"
    };
    fields.push(member("day", date(day_of)));
    let meta = object([("kind", text("task")), ("zone", zone(random, of))]);
    fields.push(member("meta", meta));
    fields.push(member("price", random.between(0.0, 100.0).to_string()));
    fields.push(member("zone", zone(random, of)));
    fields.push(member("code", random.below(of).to_string()));
    fields.push(member("owner", owner(random, of)));
    fields.push(member("due", due(random, of)));
    let tags = [text("everything"), tag(random, of), tag(random, of)];
    fields.push(member("tags", list(tags)));
    fields.push(member("picks", list([tag(random, of)])));
    fields.push(member("score", random.unit().to_string()));
    let name = format!("{} of {}", word(random.below(of)), word(random.below(of)));
    fields.push(member("name", text(name)));
    let spot = point(random.between(0.0, 60.0), random.between(0.0, 120.0));
    fields.push(member("spot", spot));
    fields
}

fn member(name: &str, value: impl AsRef<str>) -> String {
    format!("\"{name}\":{}", value.as_ref())
}

fn in_list(items: impl IntoIterator<Item = String>) -> String {
    format!("{{\"$in\":{}}}", list(items))
}

fn several(
    random: &mut Random,
    of: u32,
    count: usize,
    one: fn(&mut Random, u32) -> String,
) -> String {
    let items: Vec<String> = std::iter::repeat_with(|| one(random, of))
        .take(count)
        .collect();
    in_list(items)
}

fn within(south: f64, west: f64, north: f64, east: f64) -> String {
    let corners = [point(south, west), point(north, east)];
    format!("{{\"$within\":{{\"$box\":{}}}}}", list(corners))
}

/// A condition that is the same in all clauses, and what makes them differ, which most objects meet.
fn distinct(random: &mut Random, shared: &str) -> String {
    format!(
        "{shared},\"score\":{{\"$gt\":{}}}",
        random.between(0.0, 0.3)
    )
}

fn zone(random: &mut Random, of: u32) -> String {
    text(format!("z{}", random.below(of)))
}

fn tag(random: &mut Random, of: u32) -> String {
    text(format!("t{}", random.below(of)))
}

fn owner(random: &mut Random, of: u32) -> String {
    pointer("_User", &format!("u{}", random.below(of)))
}

fn due(random: &mut Random, of: u32) -> String {
    date(&day(random.below(of)))
}

/// A moment: so many minutes after a first one.
fn day(number: u32) -> String {
    let (minutes, hours) = (number % 60, number / 60 % 24);
    let (days, months) = (number / 1_440 % 28 + 1, number / 40_320 % 12 + 1);
    let year = 2_000 + number / 483_840;
    format!("{year}-{months:02}-{days:02}T{hours:02}:{minutes:02}:00.000Z")
}

/// A word of six letters, another one for each number below 20 million.
fn word(number: u32) -> String {
    let mut word = String::new();
    let mut rest = u64::from(number) * 7_654_321 % 24_137_569;
    for _ in 0..6 {
        let letter = u8::try_from(rest % 17).unwrap_or_default();
        let _ = write!(word, "{}", char::from(b'a' + letter));
        rest /= 17;
    }
    word
}
