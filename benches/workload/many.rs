//! W2: many distinct queries on one class, as applications subscribe to them, and changes of its objects.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::Change;
use crate::domain::{
    Domain, MAX_LATITUDE, MAX_PRICE, SOURCES, STATUS, SYSTEMS, any_word, due, object_id, room,
    rounded, sku, user,
};
use crate::item::Item;
use crate::json::{date, list, object, only, point, text};
use crate::random::Random;

/// The numbers of queries that are measured.
pub const SIZES: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// How many changes are recorded for each size.
pub const CHANGES: usize = 2_000;

/// A clause and the kind that it is of.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Its kind.
    pub kind: &'static str,
    /// Its JSON text.
    pub text: String,
}

impl Clause {
    /// Whether it asks for nothing but equality of one field with one of some values, as other engines can.
    #[must_use]
    pub fn is_equality(&self) -> bool {
        ["room", "owner", "objectId", "tags_in", "sku_in"].contains(&self.kind)
    }
}

/// As many distinct clauses as are asked for.
pub fn clauses(seed: u64, count: u32) -> impl Iterator<Item = Clause> {
    let mut maker = Maker::new(seed, count);
    let mut known = HashSet::new();
    let fresh = std::iter::repeat_with(move || maker.any());
    unselective()
        .chain(fresh)
        .filter(move |clause| known.insert(hash(&clause.text)))
        .take(count as usize)
}

/// Changes of objects that so many queries are about: of ten, seven updates, two creations and one deletion.
pub fn changes(seed: u64, queries: u32) -> impl Iterator<Item = Change> {
    changes_within(seed, Domain::of(queries))
}

pub(crate) fn changes_within(seed: u64, domain: Domain) -> impl Iterator<Item = Change> {
    let mut random = Random::new(seed, 0xabc ^ u64::from(domain.objects));
    std::iter::repeat_with(move || {
        let number = random.below(domain.objects);
        let item = Item::new(&mut random, &domain, number);
        change(&mut random, &domain, &item)
    })
}

pub(crate) fn change(random: &mut Random, domain: &Domain, item: &Item) -> Change {
    let what = random.unit();
    let updated = (what < 0.7).then(|| item.updated(random, domain));
    let (old, new) = match &updated {
        Some(updated) => (Some(item), Some(updated)),
        None if what < 0.9 => (None, Some(item)),
        None => (Some(item), None),
    };
    Change {
        old: old.map(Item::json),
        new: new.map(Item::json),
    }
}

/// Enough to tell clauses apart; two that share a hash cost one of them.
fn hash(clause: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    clause.hash(&mut hasher);
    hasher.finish()
}

/// What dashboards watch: each of these matches a large share of all objects.
fn unselective() -> impl Iterator<Item = Clause> {
    let clauses = [
        "{}".to_owned(),
        only("dueDate", only("$exists", true)),
        only("isPublic", true),
        only("status", text("open")),
        only("status", only("$ne", text("archived"))),
        only("meta.device.os", text("ios")),
    ];
    let kind = "unselective";
    clauses.into_iter().map(move |text| Clause { kind, text })
}

type Make = fn(&mut Maker) -> String;

/// Of 1,000 clauses, how many are of which kind.
const KINDS: [(u32, &str, Make); 19] = [
    (220, "room", Maker::room),
    (70, "room+status", Maker::room_and_status),
    (40, "room+date", Maker::room_and_date),
    (140, "owner", Maker::owner),
    (80, "assignee+ne", Maker::assignee_and_not_status),
    (20, "readBy", Maker::read_by),
    (60, "geo_box", Maker::within_box),
    (20, "geo_near", Maker::near),
    (80, "category+price", Maker::category_and_price),
    (80, "tags_in", Maker::any_tag),
    (20, "tags_all", Maker::all_tags),
    (50, "status+category+ranges", Maker::top_of_category),
    (30, "sku_in", Maker::any_sku),
    (40, "objectId", Maker::one_object),
    (6, "regex_prefix", Maker::title_prefix),
    (4, "regex_body_i", Maker::body_words),
    (20, "or_room_owner", Maker::room_or_owner),
    (10, "or_3", Maker::one_of_three),
    (10, "nested+owner", Maker::nested_and_owner),
];

/// Makes clauses for objects of a domain.
struct Maker {
    random: Random,
    domain: Domain,
    /// The share of the globe, in each direction, that a box covers: an object is in one or two boxes.
    side: f64,
    /// The width of a range of prices: with its category an object is in about two.
    price_width: f64,
    /// How far below the most views a threshold may lie.
    views: u32,
}

impl Maker {
    fn new(seed: u64, queries: u32) -> Self {
        let domain = Domain::of(queries);
        let count = f64::from(queries);
        let width = MAX_PRICE * 2.0 * f64::from(domain.categories) / (count * 0.08);
        Self {
            random: Random::new(seed, u64::from(queries) * 7),
            domain,
            side: (1.5 / (count * 0.08)).min(0.5).sqrt(),
            price_width: width.min(MAX_PRICE * 0.5),
            views: (40_000_000 / (queries / 20).max(400)).max(40),
        }
    }

    fn any(&mut self) -> Clause {
        let mut rest = self.random.below(1_000);
        for (share, kind, make) in KINDS {
            if rest < share {
                let text = make(self);
                return Clause { kind, text };
            }
            rest -= share;
        }
        unreachable!("the shares add up to 1,000")
    }

    fn a_room(&mut self) -> (&'static str, String) {
        ("room", room(&self.domain.room(&mut self.random)))
    }

    /// A pointer to a user in the field of this name.
    fn a_user(&mut self, field: &'static str) -> (&'static str, String) {
        (field, user(&self.domain.user(&mut self.random)))
    }

    fn a_status(&mut self) -> String {
        text(self.random.pick(&STATUS))
    }

    fn a_place(&mut self, margin: f64) -> (f64, f64) {
        let latitude = self.random.between(-MAX_LATITUDE, MAX_LATITUDE);
        let longitude = self.random.between(margin - 180.0, 180.0 - margin);
        (rounded(latitude, 5), rounded(longitude, 5))
    }

    fn room(&mut self) -> String {
        object([self.a_room()])
    }

    fn room_and_status(&mut self) -> String {
        let states = self.random.distinct(6, 2);
        let states = list(
            states
                .into_iter()
                .map(|number| text(STATUS[number as usize])),
        );
        object([self.a_room(), ("status", only("$in", states))])
    }

    fn room_and_date(&mut self) -> String {
        let after = date(&due(&mut self.random));
        object([self.a_room(), ("dueDate", only("$gt", after))])
    }

    fn owner(&mut self) -> String {
        object([self.a_user("owner")])
    }

    fn assignee_and_not_status(&mut self) -> String {
        let status = only("$ne", self.a_status());
        object([self.a_user("assignee"), ("status", status)])
    }

    fn read_by(&mut self) -> String {
        object([self.a_user("readBy"), ("isPublic", "true".to_owned())])
    }

    fn within_box(&mut self) -> String {
        let (latitude, longitude) = self.a_place(5.0);
        let (height, width) = (MAX_LATITUDE * self.side, 180.0 * self.side);
        let corner = |sign: f64| {
            let latitude = rounded(latitude + sign * height, 5);
            point(latitude, rounded(longitude + sign * width, 5))
        };
        let corners = list([corner(-1.0), corner(1.0)]);
        only("location", only("$within", only("$box", corners)))
    }

    fn near(&mut self) -> String {
        let (latitude, longitude) = self.a_place(0.0);
        let distance = rounded(2.0 * self.side, 6).min(1.0);
        let near = point(latitude, longitude);
        let members = [
            ("$nearSphere", near),
            ("$maxDistance", distance.to_string()),
        ];
        only("location", object(members))
    }

    fn category_and_price(&mut self) -> String {
        let low = rounded(self.random.between(0.0, MAX_PRICE - self.price_width), 2);
        let range = object([("$gte", low), ("$lt", rounded(low + self.price_width, 2))]);
        object([("category", self.a_category()), ("price", range)])
    }

    fn a_category(&mut self) -> String {
        text(self.domain.category(&mut self.random))
    }

    fn any_tag(&mut self) -> String {
        only("tags", only("$in", self.some_tags(3)))
    }

    fn all_tags(&mut self) -> String {
        only("tags", only("$all", self.some_tags(2)))
    }

    fn some_tags(&mut self, count: usize) -> String {
        let tags = self.domain.distinct_tags(&mut self.random, count);
        list(tags.into_iter().map(text))
    }

    fn top_of_category(&mut self) -> String {
        let views = 99_999 - self.random.below(self.views);
        let rating = rounded(self.random.between(0.0, 4.0), 2);
        object([
            ("status", self.a_status()),
            ("category", self.a_category()),
            ("isPublic", "true".to_owned()),
            ("views", only("$gt", views)),
            ("rating", only("$gte", rating)),
        ])
    }

    fn any_sku(&mut self) -> String {
        let numbers = self.random.distinct(self.domain.skus, 10);
        let names = numbers.into_iter().map(|number| text(sku(number)));
        only("sku", only("$in", list(names)))
    }

    fn one_object(&mut self) -> String {
        let number = self.random.below(self.domain.objects);
        only("objectId", text(object_id(number)))
    }

    fn two_words(&mut self) -> String {
        format!(
            "{} {}",
            any_word(&mut self.random),
            any_word(&mut self.random)
        )
    }

    fn title_prefix(&mut self) -> String {
        let pattern = format!(r"^\Q{}\E", self.two_words());
        only("title", only("$regex", text(pattern)))
    }

    fn body_words(&mut self) -> String {
        let members = [("$regex", text(self.two_words())), ("$options", text("i"))];
        only("body", object(members))
    }

    fn room_or_owner(&mut self) -> String {
        only("$or", list([self.room(), self.owner()]))
    }

    fn one_of_three(&mut self) -> String {
        let mine = object([self.a_user("assignee"), ("status", text("open"))]);
        let tagged = only("tags", text(self.domain.tag(&mut self.random)));
        let article = only("sku", text(self.domain.sku(&mut self.random)));
        only("$or", list([mine, tagged, article]))
    }

    fn nested_and_owner(&mut self) -> String {
        object([
            ("meta.device.os", text(self.random.pick(&SYSTEMS))),
            ("meta.source", text(self.random.pick(&SOURCES))),
            self.a_user("owner"),
        ])
    }
}
