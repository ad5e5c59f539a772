//! How many different values each field has, and what they are called.

use crate::calendar::{START, iso};
use crate::json;
use crate::random::Random;

pub(crate) const STATUS: [&str; 6] = [
    "open",
    "pending",
    "in_progress",
    "review",
    "done",
    "archived",
];
pub(crate) const SYSTEMS: [&str; 5] = ["ios", "android", "web", "macos", "windows"];
pub(crate) const SOURCES: [&str; 3] = ["import", "mobile", "api"];
pub(crate) const MAX_PRICE: f64 = 10_000.0;
/// Points keep away from the poles, where boxes are odd.
pub(crate) const MAX_LATITUDE: f64 = 70.0;
pub(crate) const MAX_LONGITUDE: f64 = 180.0;

/// How many words titles and bodies are made of.
const VOCABULARY: u32 = 4_000;

/// The number of different values of the fields, which grows with the number of queries so that the number
/// of matches hardly does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Domain {
    pub(crate) rooms: u32,
    pub(crate) users: u32,
    pub(crate) tags: u32,
    pub(crate) skus: u32,
    pub(crate) categories: u32,
    pub(crate) objects: u32,
}

impl Domain {
    /// For a few queries that all find something among 100 objects.
    pub(crate) const SMALL: Self = Self {
        rooms: 4,
        users: 6,
        tags: 12,
        skus: 2_000,
        categories: 20,
        objects: 100,
    };

    /// For a number of queries on one class.
    pub(crate) fn of(queries: u32) -> Self {
        let percent = |share: u32| (queries * share).div_ceil(100);
        Self {
            rooms: percent(30).max(50),
            users: percent(25).max(50),
            tags: percent(48).max(60),
            skus: percent(10).max(2_000),
            categories: 40,
            objects: percent(20).max(500),
        }
    }

    pub(crate) fn room(&self, random: &mut Random) -> String {
        room_id(random.below(self.rooms))
    }

    pub(crate) fn user(&self, random: &mut Random) -> String {
        user_id(random.below(self.users))
    }

    pub(crate) fn tag(&self, random: &mut Random) -> String {
        tag(random.below(self.tags))
    }

    pub(crate) fn distinct_tags(&self, random: &mut Random, count: usize) -> Vec<String> {
        let numbers = random.distinct(self.tags, count);
        numbers.into_iter().map(tag).collect()
    }

    pub(crate) fn sku(&self, random: &mut Random) -> String {
        sku(random.below(self.skus))
    }

    pub(crate) fn category(&self, random: &mut Random) -> String {
        category(random.below(self.categories))
    }
}

pub(crate) fn room_id(number: u32) -> String {
    id(1, number)
}

pub(crate) fn user_id(number: u32) -> String {
    id(2, number)
}

pub(crate) fn object_id(number: u32) -> String {
    id(3, number)
}

pub(crate) fn image_name(number: u32) -> String {
    id(4, number) + "_photo.jpg"
}

pub(crate) fn tag(number: u32) -> String {
    format!("{}-{}", word(number), number % 10)
}

pub(crate) fn sku(number: u32) -> String {
    format!("SKU-{}", 100_000 + number)
}

pub(crate) fn category(number: u32) -> String {
    format!("cat-{}", word(number * 7))
}

pub(crate) fn room(id: &str) -> String {
    json::pointer("Room", id)
}

pub(crate) fn user(id: &str) -> String {
    json::pointer("_User", id)
}

/// A word of the vocabulary.
pub(crate) fn any_word(random: &mut Random) -> String {
    word(random.below(VOCABULARY))
}

/// Words of the vocabulary with blanks between them.
pub(crate) fn sentence(random: &mut Random, words: u32) -> String {
    let words: Vec<_> = (0..words).map(|_| any_word(random)).collect();
    words.join(" ")
}

/// A moment within a number of days.
pub(crate) fn moment(random: &mut Random, days: u32) -> i64 {
    START + i64::from(random.below(days * 86_400)) * 1_000
}

/// The text of a date on which something may be due.
pub(crate) fn due(random: &mut Random) -> String {
    iso(moment(random, 200))
}

/// Ten letters and digits, as Parse makes them; the last four tell the numbers of a kind apart.
fn id(kind: u64, number: u32) -> String {
    const DIGITS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut random = Random::new(kind, u64::from(number));
    let digit = |place: u32| char::from(DIGITS[(number / 62_u32.pow(place) % 62) as usize]);
    let mut id: String = (0..6).map(|_| char::from(random.pick(DIGITS))).collect();
    id.extend((0..4).map(digit));
    id
}

/// The pronounceable word of a number.
fn word(number: u32) -> String {
    const SYLLABLES: [&str; 20] = [
        "ka", "ro", "mi", "ten", "lo", "va", "shi", "dor", "pe", "lun", "gra", "bex", "tol", "ni",
        "quo", "zar", "fen", "hu", "wyn", "jet",
    ];
    let mut word = String::new();
    let mut rest = number + 20;
    while rest > 0 {
        word.push_str(SYLLABLES[(rest % 20) as usize]);
        rest /= 20;
    }
    word
}

/// A number rounded to a number of decimal places.
pub(crate) fn rounded(number: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (number * scale).round() / scale
}
