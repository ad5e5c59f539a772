//! Dates, distances and numbers to the last bit, asked through queries.

use livematch::{Object, Query};
use serde_json::{Value, json};

use super::lines::{check_all, data, read};

fn matches(clause: &Value, object: &Value) -> bool {
    let query = Query::compile(clause).expect("a clause");
    let object: Object = object.to_string().parse().expect("an object");
    query.matches(&object)
}

fn double(bits: &Value) -> f64 {
    if bits.is_null() {
        return f64::NAN;
    }
    f64::from_bits(u64::from_str_radix(bits.as_str().expect("bits"), 16).expect("hexadecimal"))
}

#[test]
fn dates_are_read_as_v8_reads_them() {
    check_all(&read(&data("dates.jsonl")), 300, |line| {
        let object = json!({"d": {"__type": "Date", "iso": line.value("iso")}});
        let expected = line.value("expect")["ms"].clone();
        let agrees = match expected.as_f64() {
            // The text of a number is no date here, so the time is compared with a number.
            Some(ms) => {
                matches(
                    &json!({"d": {"$gte": ms, "$lte": ms, "$exists": true}}),
                    &object,
                ) && !is_invalid(&object)
            }
            None => is_invalid(&object),
        };
        if agrees {
            Ok(())
        } else {
            Err(format!("{} should be {expected}", line.value("iso")))
        }
    });
}

/// An invalid date has no order, so that it is both before and after any other.
fn is_invalid(object: &Value) -> bool {
    matches(&json!({"d": {"$gt": 0, "$lt": 0}}), object)
}

#[test]
fn distances_are_those_of_the_sdk() {
    check_all(&read(&data("geo.jsonl")), 500, |line| {
        let point =
            |pair: &Value| json!({"__type": "GeoPoint", "latitude": pair[0], "longitude": pair[1]});
        let distance = double(&line.value("expect")["bits"]);
        let near = |limit: f64| {
            let clause =
                json!({"g": {"$nearSphere": point(&line.value("p")), "$maxDistance": limit}});
            matches(&clause, &json!({"g": point(&line.value("q"))}))
        };
        // A limit of zero means none, so the smallest double stands for it.
        let at_least = if distance > 0.0 {
            !near(distance.next_down().max(f64::from_bits(1)))
        } else {
            true
        };
        let at_most = near(distance.max(f64::from_bits(1)));
        if at_least && at_most {
            Ok(())
        } else {
            Err(format!("not {distance}"))
        }
    });
}

#[test]
fn numbers_are_printed_and_read_as_javascript_does() {
    check_all(&read(&data("numbers.jsonl")), 300, |line| {
        let agrees = match line.raw("bits") {
            Some(_) => is_printed(
                double(&line.value("bits")),
                line.value("expect")["text"].as_str().ok_or("no text")?,
            ),
            None => is_read(&line.text("text"), double(&line.value("expect")["bits"])),
        };
        if agrees { Ok(()) } else { Err("not so".into()) }
    });
}

/// Whether the text of a number is this one.
fn is_printed(number: f64, text: &str) -> bool {
    // JSON has no form for infinity; it is reached through the text of another number below.
    if !number.is_finite() {
        return true;
    }
    let pattern = format!("^\\Q{text}\\E$");
    let query = Query::compile(&json!({"n": {"$regex": pattern}})).expect("a clause");
    query.matches(&json!({"n": number}))
}

/// Whether a text compares as this number: neither below nor above it, and not above everything.
fn is_read(text: &str, number: f64) -> bool {
    let object = json!({"t": text});
    if number.is_nan() {
        return matches(&json!({"t": {"$gt": 1, "$lt": -1}}), &object);
    }
    if number.is_infinite() {
        let bound = f64::MAX.copysign(number);
        let beyond = if number > 0.0 {
            json!({"t": {"$gt": bound}})
        } else {
            json!({"t": {"$lt": bound}})
        };
        let ordered = if number > 0.0 {
            json!({"t": {"$lt": bound}})
        } else {
            json!({"t": {"$gt": bound}})
        };
        return matches(&beyond, &object) && !matches(&ordered, &object);
    }
    matches(&json!({"t": {"$gte": number, "$lte": number}}), &object)
        && !matches(&json!({"t": {"$gt": number}}), &object)
}
