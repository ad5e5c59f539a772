//! The matcher by itself, against triples whose answers are MongoDB 8.2's: a filter, documents, the ids that are found.

use std::collections::BTreeMap;

use super::bson::Bson;
use super::filter::{Level, Reader};
use super::test::Circumstances;
use super::toll::NoToll;
use crate::limits::Limits;
use crate::pattern::PatternCache;
use crate::value::{Datum, Fields, read_str};

const TRIPLES: &str = include_str!("../../../tests/data/find/mongo_ground.jsonl");

/// So many are left out at most: patterns that are not translated, stored patterns, and whole numbers that only 64 bits tell
/// apart, which as JSON have become equal.
const LEFT_OUT: usize = 40;

/// A value of the file, in which what JSON lacks is written as `{"$date": …}` and the like.
fn value_of(json: &Datum) -> Bson {
    match json {
        Datum::Bool(value) => Bson::Bool(*value),
        Datum::Number(number) => Bson::Number(*number),
        Datum::Text(text) => Bson::Text(text.clone()),
        Datum::Array(items) => Bson::List(items.iter().map(value_of).collect()),
        Datum::Object(fields) => special(fields).unwrap_or_else(|| {
            let members = fields.iter();
            let members = members.map(|(name, member)| (name.into(), value_of(member)));
            Bson::Object(members.collect())
        }),
        _ => Bson::Null,
    }
}

fn special(fields: &Fields) -> Option<Bson> {
    let (name, inner) = fields.iter().next().filter(|_| fields.len() == 1)?;
    let text = |key: &str| inner.as_fields()?.get(key)?.as_text();
    match (name, inner) {
        ("$date", Datum::Number(ms)) => Some(Bson::Date(*ms)),
        ("$binary", _) => Some(Bson::Binary {
            subtype: u8::from_str_radix(text("subType")?, 16).ok()?,
            base64: text("base64")?.into(),
        }),
        ("$regularExpression", _) => Some(Bson::regex(text("pattern")?, text("options")?)),
        _ => None,
    }
}

/// A member of a triple.
fn part(triple: &Datum, name: &str) -> Bson {
    let member = triple.as_fields().and_then(|fields| fields.get(name));
    value_of(member.expect("a member"))
}

/// The ids of the documents that a filter finds; nothing if it is refused.
fn found(filter: &Bson, documents: &Bson) -> Option<Vec<String>> {
    let (limits, patterns) = (Limits::new(), PatternCache::default());
    let reader = Reader::new(&limits, &patterns);
    let filter = reader.filter(filter, Level::Top).ok()?;
    let circumstances = Circumstances {
        now: f64::NAN,
        legacy_null: true,
        toll: &NoToll,
    };
    let documents = documents.as_list().expect("documents").iter();
    let found = documents
        .filter(|document| filter.holds(&mut |asked| asked.holds(*document, circumstances)));
    let mut ids: Vec<String> = found
        .map(|document| format!("{:?}", document.get("_id")))
        .collect();
    ids.sort();
    Some(ids)
}

/// The operators of a filter.
fn operators(filter: &Bson, names: &mut Vec<String>) {
    match filter {
        Bson::List(items) => items.iter().for_each(|item| operators(item, names)),
        Bson::Object(members) => {
            for (name, member) in members {
                if name.starts_with('$') {
                    names.push(name.to_string());
                }
                operators(member, names);
            }
        }
        _ => {}
    }
}

/// Whether a triple is about whole numbers that doubles do not tell apart.
fn is_blurred(line: &str) -> bool {
    let mut numbers = line.split(|c: char| !c.is_ascii_digit());
    numbers.any(|digits| {
        digits
            .parse()
            .is_ok_and(|number: u128| number >= 1 << f64::MANTISSA_DIGITS)
    })
}

/// Whether a pattern is stored, as nothing of Parse is: the matcher finds none.
fn holds_pattern(documents: &Bson) -> bool {
    match documents {
        Bson::Regex(_) => true,
        Bson::List(items) => items.iter().any(holds_pattern),
        Bson::Object(members) => members.iter().any(|(_, member)| holds_pattern(member)),
        _ => false,
    }
}

#[test]
fn the_matcher_answers_as_mongodb_does() {
    let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let (mut all, mut out) = (0, 0);
    for line in TRIPLES.lines() {
        let triple = read_str(line).expect("a triple");
        let [filter, documents] = ["filter", "docs"].map(|name| part(&triple, name));
        let expected = part(&triple, "expected");
        let expected = expected.as_list().expect("ids").iter();
        let mut expected: Vec<String> = expected.map(|id| format!("{:?}", Some(id))).collect();
        expected.sort();
        all += 1;
        let found = found(&filter, &documents);
        if found.as_ref() == Some(&expected) {
            continue;
        }
        if found.is_some() && !is_blurred(line) && !holds_pattern(&documents) {
            wrong.push(line.to_owned());
        }
        out += 1;
        let mut names = Vec::new();
        operators(&filter, &mut names);
        for name in names {
            *left_out.entry(name).or_default() += 1;
        }
    }
    let count = wrong.len();
    assert!(wrong.is_empty(), "{count} are wrong:\n{}", wrong.join("\n"));
    assert_eq!(all, 1_443);
    assert!(out <= LEFT_OUT, "{out} are left out: {left_out:?}");
}
