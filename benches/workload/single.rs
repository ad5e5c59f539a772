//! W1: a query of every sort, each asked about the same 100 objects.

use std::fmt::Display;

use crate::SEED;
use crate::domain::{Domain, category, room, room_id, rounded, sku, tag, user, user_id};
use crate::item::Item;
use crate::json::{date, list, object, only, point, text};
use crate::random::Random;

/// Queries and the objects that they are asked about.
#[derive(Clone, Debug)]
pub struct Single {
    /// The queries; some of the objects match each of them, and some do not.
    pub queries: Vec<Named>,
    /// Objects as JSON text.
    pub objects: Vec<String>,
    /// The same objects after an update.
    pub updated: Vec<String>,
}

/// A query with a name.
#[derive(Clone, Debug)]
pub struct Named {
    /// What it is called in tables.
    pub name: &'static str,
    /// Its clause.
    pub clause: String,
}

/// The workload of a seed; [`SEED`] is the recorded one.
#[must_use]
pub fn workload(seed: u64) -> Single {
    let mut random = Random::new(seed, 0x11);
    let domain = Domain::SMALL;
    let objects: Vec<_> = (0..100)
        .map(|number| Item::new(&mut random, &domain, number))
        .collect();
    let updated: Vec<_> = objects
        .iter()
        .map(|item| item.updated(&mut random, &domain))
        .collect();
    Single {
        queries: queries(&objects),
        objects: objects.iter().map(Item::json).collect(),
        updated: updated.iter().map(Item::json).collect(),
    }
}

/// The workload of the recorded numbers.
#[must_use]
pub fn recorded() -> Single {
    workload(SEED)
}

fn queries(objects: &[Item]) -> Vec<Named> {
    let groups = [
        equality(),
        conditions(),
        patterns(objects),
        places(),
        nested(),
    ];
    groups.into_iter().flatten().collect()
}

/// A query that constrains one field.
fn field(name: &'static str, field: &'static str, constraint: impl Display) -> Named {
    let clause = only(field, constraint);
    Named { name, clause }
}

fn equality() -> Vec<Named> {
    vec![
        field("eq_string", "status", text("open")),
        field("eq_number", "quantity", 7),
        field("eq_bool", "isPublic", true),
        field("eq_pointer", "room", room(&room_id(1))),
        field(
            "in_10",
            "category",
            any_of((0..10).map(|n| category(n * 2))),
        ),
        field("in_1000", "sku", any_of((0..1_000).map(|n| sku(n * 2)))),
    ]
}

fn conditions() -> Vec<Named> {
    let from = date("2024-04-15T00:00:00.000Z");
    let to = date("2024-08-01T00:00:00.000Z");
    let not_archived = ("status", only("$ne", text("archived")));
    let assigned = ("assignee", only("$exists", true));
    let branches = [
        only("status", text("review")),
        only("price", only("$lt", 1_500)),
        only("owner", user(&user_id(2))),
    ];
    vec![
        field("range_number", "price", range(2_500, 7_500)),
        field("range_date", "dueDate", range(from, to)),
        Named {
            name: "ne_exists",
            clause: object([not_archived, assigned]),
        },
        field("or_3", "$or", list(branches)),
    ]
}

fn patterns(objects: &[Item]) -> Vec<Named> {
    let prefix = only("$regex", text(prefix(&objects[3])));
    let needle = text(needle(&objects[7]));
    let anywhere = object([("$regex", needle), ("$options", text("i"))]);
    let class = only("$regex", text(r"(ka|ro)[a-z]+ [a-m]\w* "));
    vec![
        field("regex_prefix", "title", prefix),
        field("regex_unanch_i", "body", anywhere),
        field("regex_class", "title", class),
    ]
}

fn places() -> Vec<Named> {
    let center = point(20.0, 10.0);
    let near = object([("$nearSphere", center), ("$maxDistance", "1.2".to_owned())]);
    let corners = list([point(-30.0, -90.0), point(50.0, 110.0)]);
    let polygon = only("$polygon", list(octagon()));
    vec![
        field("geo_near", "location", near),
        field(
            "geo_box",
            "location",
            only("$within", only("$box", corners)),
        ),
        field("geo_polygon8", "location", only("$geoWithin", polygon)),
    ]
}

fn nested() -> Vec<Named> {
    let both = list([text(tag(1)), text(tag(5))]);
    vec![
        field("nested_dot", "meta.device.os", text("ios")),
        field("array_contains", "tags", text(tag(3))),
        field("all_2", "tags", only("$all", both)),
        Named {
            name: "mixed_6",
            clause: mixed(),
        },
    ]
}

fn mixed() -> String {
    let states = ["open", "pending", "review", "done"];
    object([
        ("room", room(&room_id(2))),
        ("status", any_of(states)),
        ("price", range(500, 9_500)),
        ("isPublic", "true".to_owned()),
        ("meta.device.os", only("$ne", text("windows"))),
        ("dueDate", only("$gt", date("2024-03-05T00:00:00.000Z"))),
    ])
}

fn any_of(texts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    only("$in", list(texts.into_iter().map(text)))
}

fn range(from: impl Display, to: impl Display) -> String {
    format!(r#"{{"$gte":{from},"$lt":{to}}}"#)
}

/// What `startsWith` of an SDK makes of the first letters of a title.
fn prefix(item: &Item) -> String {
    format!(r"^\Q{}\E", &item.title[..2])
}

/// The beginning of a word in the midst of a body, in capitals.
fn needle(item: &Item) -> String {
    let word = item.body.split(' ').nth(12).unwrap_or_default();
    word.chars().take(5).collect::<String>().to_uppercase()
}

fn octagon() -> [String; 8] {
    std::array::from_fn(|corner| {
        let angle = [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75][corner] * std::f64::consts::PI;
        let latitude = rounded(10.0 + 45.0 * angle.sin(), 5);
        point(latitude, rounded(120.0 * angle.cos(), 5))
    })
}
