//! W3: messages as Parse Server publishes them to Redis when an object was updated.

use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::Domain;
use crate::item::Item;
use crate::random::Random;

/// How many messages are measured.
pub const COUNT: usize = 300;

/// The class of the objects.
pub const CLASS: &str = "Item";

/// The messages of a seed, 3 kB each, about objects that 100,000 queries of [`many`](crate::many) can be about.
pub fn messages(seed: u64) -> impl Iterator<Item = String> {
    let mut random = Random::new(seed, 0x33);
    let domain = Domain::of(100_000);
    (0..).take(COUNT).map(move |number| {
        let old = Item::new(&mut random, &domain, number);
        message(&old, &old.updated(&mut random, &domain))
    })
}

fn message(old: &Item, new: &Item) -> String {
    let message = Message {
        current_parse_object: Published::new(new),
        original_parse_object: Published::new(old),
        class_level_permissions: permissions(),
    };
    serde_json::to_string(&message).expect("a message is JSON")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    current_parse_object: Published<'a>,
    original_parse_object: Published<'a>,
    class_level_permissions: Value,
}

#[derive(Serialize)]
struct Published<'a> {
    #[serde(flatten)]
    item: &'a Item,
    #[serde(rename = "__type")]
    kind: &'static str,
    #[serde(rename = "className")]
    class_name: &'static str,
}

impl<'a> Published<'a> {
    fn new(item: &'a Item) -> Self {
        Self {
            item,
            kind: "Object",
            class_name: CLASS,
        }
    }
}

fn permissions() -> Value {
    let anybody = json!({"*": true});
    let users = json!({"requiresAuthentication": true});
    json!({
        "find": anybody, "get": anybody, "count": anybody,
        "create": users, "update": users, "delete": users,
        "addField": {}, "protectedFields": {"*": []},
    })
}
