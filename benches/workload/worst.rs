//! Cases that an index could stumble over: much that overlaps, that is equal, that is long.

use crate::Change;
use crate::domain::{Domain, any_word, room, room_id, rounded, sku, tag, user, user_id};
use crate::item::Item;
use crate::json::{list, object, only, text};
use crate::many;
use crate::random::Random;

/// A case: a number of clauses and some changes.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What it is called in tables.
    pub name: &'static str,
    /// How many queries there are.
    pub queries: u32,
    clause: fn(&mut Random, u32) -> String,
    change: fn(&mut Random) -> Change,
}

/// Every case.
pub const CASES: [Case; 9] = [
    Case {
        name: "unselective_ranges",
        queries: 1_000_000,
        clause: four_ranges,
        change: any_change,
    },
    Case {
        name: "hot_value_then_equal",
        queries: 100_000,
        clause: hot_room_and_owner,
        change: change_in_hot_room,
    },
    Case {
        name: "hot_value_then_range",
        queries: 100_000,
        clause: hot_room_and_price,
        change: change_in_hot_room,
    },
    Case {
        name: "missing_field",
        queries: 100_000,
        clause: range_of_missing,
        change: any_change,
    },
    Case {
        name: "or_1000",
        queries: 1_000,
        clause: thousand_branches,
        change: rare_change,
    },
    Case {
        name: "in_10000",
        queries: 100,
        clause: ten_thousand_members,
        change: rare_change,
    },
    Case {
        name: "patterns",
        queries: 10_000,
        clause: pattern,
        change: any_change,
    },
    Case {
        name: "long_array",
        queries: 10_000,
        clause: some_tags,
        change: change_with_long_array,
    },
    Case {
        name: "all_equal",
        queries: 100_000,
        clause: one_and_the_same,
        change: any_change,
    },
];

impl Case {
    /// Its clauses.
    pub fn clauses(&self, seed: u64) -> impl Iterator<Item = String> {
        let mut random = Random::new(seed, 0x77);
        let clause = self.clause;
        (0..self.queries).map(move |number| clause(&mut random, number))
    }

    /// Changes without end.
    pub fn changes(&self, seed: u64) -> impl Iterator<Item = Change> {
        let mut random = Random::new(seed, 0x78);
        let change = self.change;
        std::iter::repeat_with(move || change(&mut random))
    }
}

/// So many different values that a query which names 10,000 of them is still selective.
const RARE: Domain = Domain {
    users: 500_000,
    skus: 500_000,
    ..Domain::SMALL
};

fn any_change(random: &mut Random) -> Change {
    change_in(random, &Domain::of(100_000))
}

fn rare_change(random: &mut Random) -> Change {
    change_in(random, &RARE)
}

fn change_in(random: &mut Random, domain: &Domain) -> Change {
    let number = random.below(domain.objects);
    let item = Item::new(random, domain, number);
    many::change(random, domain, &item)
}

/// Of an object in the one room that all the queries are about.
fn change_in_hot_room(random: &mut Random) -> Change {
    let domain = Domain {
        rooms: 1,
        ..Domain::of(100_000)
    };
    change_in(random, &domain)
}

fn change_with_long_array(random: &mut Random) -> Change {
    let domain = Domain::of(10_000);
    let mut item = Item::new(random, &domain, 0);
    item.tags = (0..10_000).map(tag).collect();
    many::change(random, &domain, &item)
}

/// Four ranges that each hold for one object in seven; all of them for one in two thousand.
fn four_ranges(random: &mut Random, _: u32) -> String {
    object([
        ("price", seventh(random, 10_000.0)),
        ("views", seventh(random, 100_000.0)),
        ("rating", seventh(random, 5.0)),
        ("meta.score", seventh(random, 1_000.0)),
    ])
}

fn seventh(random: &mut Random, most: f64) -> String {
    let low = random.between(0.0, most * 6.0 / 7.0);
    let high = rounded(low + most / 7.0, 3);
    object([("$gte", rounded(low, 3)), ("$lt", high)])
}

fn hot_room_and_owner(_: &mut Random, number: u32) -> String {
    let owner = user(&user_id(number / 4));
    let views = only("$gte", number % 4);
    object([
        ("room", room(&room_id(0))),
        ("owner", owner),
        ("views", views),
    ])
}

fn hot_room_and_price(random: &mut Random, _: u32) -> String {
    let low = random.between(0.0, 10_000.0);
    let range = object([("$gte", rounded(low, 3)), ("$lt", rounded(low + 0.2, 3))]);
    object([("room", room(&room_id(0))), ("price", range)])
}

/// No object has the field, and in Parse's semantics what has no order is in every range.
fn range_of_missing(random: &mut Random, _: u32) -> String {
    only("heat", seventh(random, 1_000_000.0))
}

fn thousand_branches(random: &mut Random, _: u32) -> String {
    let branches = (0..1_000).map(|number| {
        let field = if number % 2 == 0 { "owner" } else { "assignee" };
        only(field, user(&RARE.user(random)))
    });
    only("$or", list(branches))
}

fn ten_thousand_members(random: &mut Random, number: u32) -> String {
    let step = random.below(40) + 10;
    let members = (0..10_000).map(|member| text(sku((number + member * step) % RARE.skus)));
    only("sku", only("$in", list(members)))
}

/// Literals anywhere in any case, literals at the start, and classes.
fn pattern(random: &mut Random, number: u32) -> String {
    let words = format!("{} {}", any_word(random), any_word(random));
    match number % 3 {
        0 => {
            let members = [("$regex", text(words)), ("$options", text("i"))];
            only("body", object(members))
        }
        1 => only("title", only("$regex", text(format!(r"^\Q{words}\E")))),
        _ => {
            let pattern = format!(r"(ka|ro)[a-z]+ {}\w* ", any_word(random));
            only("title", only("$regex", text(pattern)))
        }
    }
}

fn some_tags(random: &mut Random, _: u32) -> String {
    let tags = Domain::of(10_000).distinct_tags(random, 3);
    only("tags", only("$in", list(tags.into_iter().map(text))))
}

fn one_and_the_same(_: &mut Random, _: u32) -> String {
    object([("status", text("open")), ("price", only("$lt", 5_000))])
}
