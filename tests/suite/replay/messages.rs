//! Published messages: what the matcher sees of them, which are lost, and what passes a watch.

use std::collections::BTreeMap;

use livematch::{Change, ChangeErrorKind, ChangeKind, Object, Query, Watch};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::lines::{Line, check_all, data, read};

#[test]
fn messages_are_read_as_the_server_reads_them() {
    check_all(&read(&data("messages.jsonl")), 500, |line| {
        let kind: ChangeKind = line.text("op").parse().map_err(|_| "an unknown channel")?;
        let change = Change::from_json(kind, line.raw("message").ok_or("no message")?);
        let expected = line.value("expect");
        match change {
            Err(_) if expected["lost"] == true => Ok(()),
            // Nobody can have subscribed to a class that is no text, so nothing is sent either way.
            Err(error)
                if error.kind() == ChangeErrorKind::NoClass
                    && expected == json!({"events": []}) =>
            {
                Ok(())
            }
            Err(error) => Err(format!("lost: {error}")),
            Ok(_) if expected["lost"] == true => Err("not lost".to_owned()),
            Ok(change) => {
                check_objects(line, &change).and_then(|()| check_events(line, &change, &expected))
            }
        }
    });
}

/// The objects are compared as text: the order of keys is part of what the matcher sees.
fn check_objects(line: &Line, change: &Change) -> Result<(), String> {
    let objects: BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(line.raw("objects").ok_or("no objects")?)
            .map_err(|error| error.to_string())?;
    let normal = |side: &str| -> Option<String> {
        let object: Option<Object> =
            serde_json::from_str(objects[side].get()).expect("an object or null");
        object.map(|object| without_secrets(&object.to_string()))
    };
    for (side, object) in [("old", change.old_object()), ("new", change.new_object())] {
        let object = object.map(ToString::to_string);
        if object != normal(side) {
            return Err(format!(
                "{side} is {object:?} instead of {:?}",
                normal(side)
            ));
        }
    }
    Ok(())
}

/// The text of an object without what never comes out of a [`Change`]; the server's matcher does see it.
fn without_secrets(text: &str) -> String {
    let is_person =
        text.contains(r#""className":"_User""#) || text.contains(r#""className":"_Session""#);
    let names = if is_person {
        &["sessionToken", "authData", "password"][..]
    } else {
        &[]
    };
    names
        .iter()
        .fold(text.to_owned(), |text, name| without_member(&text, name))
}

fn without_member(text: &str, name: &str) -> String {
    let Some((before, rest)) = text.split_once(&format!("\"{name}\":")) else {
        return text.to_owned();
    };
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
    values.next().expect("a value").expect("a value");
    let rest = &rest[values.byte_offset()..];
    format!("{before}{}", rest.strip_prefix(',').unwrap_or(rest))
}

fn check_events(line: &Line, change: &Change, expected: &Value) -> Result<(), String> {
    let queries = queries_of(line);
    let of_secrets: Vec<Value> = queries
        .iter()
        .filter(|query| asks_for_secrets(query))
        .map(id_of)
        .collect();
    let events = events_of(change, &queries);
    let listed = |events: &Value| -> Vec<Value> {
        let events = events.as_array().cloned().unwrap_or_default();
        events
            .into_iter()
            .filter(|event| !of_secrets.contains(&event["id"]))
            .collect()
    };
    let (events, expected) = (listed(&events), listed(&expected["events"]));
    if events == expected {
        Ok(())
    } else {
        Err(format!("{events:?} instead of {expected:?}"))
    }
}

/// Queries on what never comes out of a [`Change`] match there and cannot match here; the ledger says so.
fn asks_for_secrets(query: &Subscription) -> bool {
    ["sessionToken", "authData", "password"]
        .iter()
        .any(|name| query["where"].get().contains(name))
}

type Subscription = BTreeMap<String, Box<RawValue>>;

pub(super) fn queries_of(line: &Line) -> Vec<Subscription> {
    serde_json::from_str(line.raw("queries").expect("queries")).expect("a list of queries")
}

fn id_of(query: &Subscription) -> Value {
    serde_json::from_str(query["id"].get()).expect("an id")
}

/// The events of a change for the queries of its class.
pub(super) fn events_of(change: &Change, queries: &[Subscription]) -> Value {
    let of_class = queries.iter().filter(|query| {
        serde_json::from_str::<String>(query["className"].get()).expect("a name")
            == change.class_name()
    });
    let events = of_class.filter_map(|query| {
        let compiled: Query = query["where"].get().parse().expect("a clause");
        let event = compiled
            .outcome(change.old_object(), change.new_object())
            .event()?;
        Some(json!({"id": id_of(query), "event": event.as_str()}))
    });
    events.collect()
}

#[test]
fn a_watch_lets_through_what_the_server_lets_through() {
    check_all(&read(&data("watch.jsonl")), 60, |line| {
        let fields: Vec<String> =
            serde_json::from_value(line.value("watch")).map_err(|error| error.to_string())?;
        let watch = Watch::new(fields);
        let message = json_message(line)?;
        let change =
            Change::from_json(ChangeKind::Save, &message).map_err(|error| error.to_string())?;
        let new = change.new_object().ok_or("no new object")?;
        let passes = watch.touched(change.old_object(), new);
        if line.value("expect")["passes"] == passes {
            Ok(())
        } else {
            Err(format!("{passes}"))
        }
    });
}

fn json_message(line: &Line) -> Result<String, String> {
    let new = line.raw("new").ok_or("no new object")?;
    Ok(match line.raw("old").filter(|old| *old != "null") {
        Some(old) => format!(r#"{{"currentParseObject":{new},"originalParseObject":{old}}}"#),
        None => format!(r#"{{"currentParseObject":{new}}}"#),
    })
}

/// Nothing secret of a user or a session comes out of a message, whatever is in it.
#[test]
fn secrets_stay_inside() {
    for class in ["_User", "_Session"] {
        let object = format!(
            r#"{{"className":"{class}","__type":"Object","objectId":"x","sessionToken":"r:secret","_hashed_password":"secret",
                "authData":{{"facebook":{{"id":"secret"}}}},"_email_verify_token":"secret","_perishable_token":"secret",
                "password":"secret","nested":{{"sessionToken":"r:secret"}},"name":"kept"}}"#
        );
        let message =
            format!(r#"{{"currentParseObject":{object},"originalParseObject":{object}}}"#);
        let change = Change::from_json(ChangeKind::Save, &message).expect("a message");
        for side in [change.old_object(), change.new_object()]
            .into_iter()
            .flatten()
        {
            let text = side.to_string();
            assert!(text.contains("kept"), "{text}");
            for name in [
                "sessionToken",
                "_hashed_password",
                "_email_verify_token",
                "_perishable_token",
                "password",
            ] {
                assert!(side.get(name).is_none(), "{name} in {text}");
            }
        }
    }
}
