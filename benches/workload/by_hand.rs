//! What somebody would write by hand in place of a query of W1: a closure on a `serde_json::Value`.
//!
//! They are as fast as is reasonable, and only right for objects that look like those of W1.

use regex::{Regex, RegexBuilder};
use serde_json::Value;

/// Whether an object is what a query asks for.
pub type Closure = Box<dyn Fn(&Value) -> bool>;

/// The closure for a clause of W1 by the name of its query, if somebody wrote one.
///
/// # Panics
///
/// If the clause is not one of W1.
#[must_use]
pub fn closure(name: &str, clause: &str) -> Option<Closure> {
    let clause: Value = serde_json::from_str(clause).expect("a clause is JSON");
    match name {
        "eq_string" => Some(equal_text(&clause)),
        "range_number" => Some(range(&clause)),
        "regex_unanch_i" => Some(word(&clause)),
        "geo_near" => Some(near(&clause)),
        "geo_box" => Some(within_box(&clause)),
        "array_contains" => Some(contains(&clause)),
        "mixed_6" => Some(mixed(&clause)),
        _ => None,
    }
}

fn equal_text(clause: &Value) -> Closure {
    let wanted = text(&clause["status"]);
    Box::new(move |object| object["status"].as_str() == Some(&*wanted))
}

fn range(clause: &Value) -> Closure {
    let (low, high) = bounds(&clause["price"]);
    Box::new(move |object| {
        let price = object["price"].as_f64();
        price.is_some_and(|price| price >= low && price < high)
    })
}

fn word(clause: &Value) -> Closure {
    let regex: Regex = RegexBuilder::new(&text(&clause["body"]["$regex"]))
        .case_insensitive(true)
        .unicode(false)
        .build()
        .expect("a pattern");
    Box::new(move |object| {
        object["body"]
            .as_str()
            .is_some_and(|body| regex.is_match(body))
    })
}

fn near(clause: &Value) -> Closure {
    let center = coordinates(&clause["location"]["$nearSphere"]);
    let most = number(&clause["location"]["$maxDistance"]);
    Box::new(move |object| radians(center, coordinates(&object["location"])) <= most)
}

fn within_box(clause: &Value) -> Closure {
    let corners = &clause["location"]["$within"]["$box"];
    let (south, west) = coordinates(&corners[0]);
    let (north, east) = coordinates(&corners[1]);
    Box::new(move |object| {
        let (latitude, longitude) = coordinates(&object["location"]);
        latitude > south && latitude < north && longitude > west && longitude < east
    })
}

fn contains(clause: &Value) -> Closure {
    let wanted = text(&clause["tags"]);
    Box::new(move |object| {
        let tags = object["tags"].as_array();
        tags.is_some_and(|tags| tags.iter().any(|tag| tag.as_str() == Some(&*wanted)))
    })
}

fn mixed(clause: &Value) -> Closure {
    let room = text(&clause["room"]["objectId"]);
    let states = clause["status"]["$in"].as_array();
    let states: Vec<_> = states.into_iter().flatten().map(text).collect();
    let (low, high) = bounds(&clause["price"]);
    let system = text(&clause["meta.device.os"]["$ne"]);
    let after = text(&clause["dueDate"]["$gt"]["iso"]);
    Box::new(move |object| {
        let is_status = |status: &str| states.iter().any(|wanted| &**wanted == status);
        object["room"]["objectId"].as_str() == Some(&*room)
            && object["status"].as_str().is_some_and(is_status)
            && (low..high).contains(&number(&object["price"]))
            && object["isPublic"] == Value::Bool(true)
            && object["meta"]["device"]["os"].as_str() != Some(&*system)
            && object["dueDate"]["iso"].as_str() > Some(&*after)
    })
}

fn text(value: &Value) -> Box<str> {
    value.as_str().unwrap_or_default().into()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn bounds(constraint: &Value) -> (f64, f64) {
    (number(&constraint["$gte"]), number(&constraint["$lt"]))
}

/// Latitude and longitude in degrees.
fn coordinates(point: &Value) -> (f64, f64) {
    (number(&point["latitude"]), number(&point["longitude"]))
}

/// The angle between two points of the globe.
fn radians(a: (f64, f64), b: (f64, f64)) -> f64 {
    let half_sine = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin();
    let (across, along) = (half_sine(a.0, b.0), half_sine(a.1, b.1));
    let scale = a.0.to_radians().cos() * b.0.to_radians().cos();
    let square = across * across + scale * along * along;
    2.0 * square.min(1.0).sqrt().asin()
}
