//! An object of 24 fields, of every type that Parse has, and what an update does to it.

use serde::{Serialize, Serializer};

use crate::calendar::iso;
use crate::domain::{
    Domain, MAX_LATITUDE, MAX_LONGITUDE, MAX_PRICE, SOURCES, STATUS, SYSTEMS, due, image_name,
    moment, object_id, rounded, sentence,
};
use crate::random::Random;

/// An object; its fields stand in the order in which they are written.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    object_id: String,
    created_at: String,
    updated_at: String,
    room: Typed,
    owner: Typed,
    assignee: Typed,
    pub(crate) title: String,
    pub(crate) body: String,
    status: &'static str,
    category: String,
    price: f64,
    quantity: u32,
    rating: f64,
    views: u32,
    is_public: bool,
    sku: String,
    pub(crate) tags: Vec<String>,
    location: Typed,
    due_date: Typed,
    meta: Meta,
    image: Typed,
    read_by: [Typed; 2],
    history: [u32; 3],
    #[serde(rename = "ACL")]
    access: Access,
    /// When it was last saved, in milliseconds.
    #[serde(skip)]
    saved: i64,
}

/// What Parse writes as an object with a `__type`.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "__type", rename_all_fields = "camelCase")]
enum Typed {
    Pointer {
        class_name: &'static str,
        object_id: String,
    },
    GeoPoint {
        latitude: f64,
        longitude: f64,
    },
    Date {
        iso: String,
    },
    File {
        name: String,
        url: String,
    },
}

#[derive(Clone, Debug, Serialize)]
struct Meta {
    device: Device,
    source: &'static str,
    score: u32,
}

#[derive(Clone, Debug, Serialize)]
struct Device {
    os: &'static str,
    version: String,
}

/// Everybody may read, one user may write.
#[derive(Clone, Debug)]
struct Access {
    writer: String,
}

#[derive(Serialize)]
struct Rights {
    read: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    write: bool,
}

impl Serialize for Access {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            [("*", false), (&self.writer, true)]
                .map(|(who, write)| (who, Rights { read: true, write })),
        )
    }
}

impl Item {
    /// The object of a number, with fields that change from call to call.
    pub(crate) fn new(random: &mut Random, domain: &Domain, number: u32) -> Self {
        let created = moment(random, 90) + i64::from(random.below(1_000));
        let saved = created + i64::from(random.below(86_400)) * 1_000;
        let tags = 3 + random.below(3) as usize;
        Self {
            object_id: object_id(number),
            created_at: iso(created),
            updated_at: iso(saved),
            room: Typed::Pointer {
                class_name: "Room",
                object_id: domain.room(random),
            },
            owner: user(random, domain),
            assignee: user(random, domain),
            title: title(random),
            body: body(random),
            status: random.pick(&STATUS),
            category: domain.category(random),
            price: rounded(random.unit() * MAX_PRICE, 2),
            quantity: random.below(20),
            rating: rounded(random.unit() * 5.0, 2),
            views: random.below(100_000),
            is_public: random.chance(0.7),
            sku: domain.sku(random),
            tags: domain.distinct_tags(random, tags),
            location: location(
                random,
                (0.0, 0.0),
                (2.0 * MAX_LATITUDE, 2.0 * MAX_LONGITUDE),
            ),
            due_date: Typed::Date { iso: due(random) },
            meta: Meta::new(random),
            image: image(number),
            read_by: std::array::from_fn(|_| user(random, domain)),
            history: std::array::from_fn(|_| random.below(1_000)),
            access: Access {
                writer: domain.user(random),
            },
            saved,
        }
    }

    /// The object after an update of one to three of its fields.
    pub(crate) fn updated(&self, random: &mut Random, domain: &Domain) -> Self {
        let mut item = self.clone();
        item.saved += 60_000 + i64::from(random.below(3_600)) * 1_000;
        item.updated_at = iso(item.saved);
        let count = 1 + random.below(3) as usize;
        for which in random.distinct(10, count) {
            item.set(which, random, domain);
        }
        item
    }

    fn set(&mut self, which: u32, random: &mut Random, domain: &Domain) {
        match which {
            0 => self.status = random.pick(&STATUS),
            1 => {
                let price = self.price * random.between(0.8, 1.2);
                self.price = rounded(price.min(MAX_PRICE), 2);
            }
            2 => self.move_a_little(random),
            3 => self.views += 1 + random.below(5),
            4 => {
                self.tags.remove(0);
                self.tags.push(domain.tag(random));
            }
            5 => self.assignee = user(random, domain),
            6 => self.body = body(random),
            7 => self.quantity = random.below(20),
            8 => self.meta.score = random.below(1_000),
            _ => self.due_date = Typed::Date { iso: due(random) },
        }
    }

    fn move_a_little(&mut self, random: &mut Random) {
        if let Typed::GeoPoint {
            latitude,
            longitude,
        } = self.location
        {
            self.location = location(random, (latitude, longitude), (1.0, 1.0));
        }
    }

    /// Its JSON text.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("an item is JSON")
    }
}

impl Meta {
    fn new(random: &mut Random) -> Self {
        Self {
            device: Device {
                os: random.pick(&SYSTEMS),
                version: format!("{}.{}", random.below(18), random.below(9)),
            },
            source: random.pick(&SOURCES),
            score: random.below(1_000),
        }
    }
}

fn user(random: &mut Random, domain: &Domain) -> Typed {
    Typed::Pointer {
        class_name: "_User",
        object_id: domain.user(random),
    }
}

fn title(random: &mut Random) -> String {
    let words = 4 + random.below(3);
    sentence(random, words)
}

fn body(random: &mut Random) -> String {
    let words = 14 + random.below(10);
    sentence(random, words)
}

/// A point within an extent around another.
fn location(random: &mut Random, center: (f64, f64), extent: (f64, f64)) -> Typed {
    let coordinate = |random: &mut Random, center: f64, extent: f64, most: f64| {
        let coordinate = center + (random.unit() - 0.5) * extent;
        rounded(coordinate.clamp(-most, most), 5)
    };
    Typed::GeoPoint {
        latitude: coordinate(random, center.0, extent.0, MAX_LATITUDE),
        longitude: coordinate(random, center.1, extent.1, MAX_LONGITUDE),
    }
}

fn image(number: u32) -> Typed {
    let name = image_name(number);
    let url = format!("https://files.example.com/parse/files/app/{name}");
    Typed::File { name, url }
}
