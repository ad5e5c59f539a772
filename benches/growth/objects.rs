//! One object of a size.

use std::fmt::Write;
use std::hint::black_box;

use livematch::{
    Change, ChangeKind, Document, Event, FieldSet, Hit, Object, Query, QuerySet, Scratch, Watch,
};
use livematch_workload::SEED;

use crate::{CONSTANT, LINEAR, count, may_be_asked_for};

/// The members of an object by their size.
type Members = fn(usize) -> String;

/// What somebody may save, with the smaller size.
const SHAPES: &[(&str, usize, Members)] = &[
    ("fields", 1_000, |n| {
        members(n, |i| format!(r#""f{i}":{i}"#))
    }),
    ("fields of short texts", 1_000, |n| {
        members(n, |i| format!(r#""f{i}":"v{i}""#))
    }),
    ("fields that are none to the SDK", 1_000, |n| {
        members(n, |i| format!(r#""_f{i}":{i}"#))
    }),
    ("one field again and again", 1_000, |n| {
        members(n, |i| format!(r#""f":{i}"#))
    }),
    ("index keys, the last first", 1_000, |n| {
        members(n, |i| format!(r#""{}":1"#, n - i))
    }),
    ("an object of fields", 1_000, |n| {
        format!(r#""f":{{{}}}"#, members(n, |i| format!(r#""k{i}":{i}"#)))
    }),
    ("a list of numbers", 3_000, |n| {
        format!(r#""f":[{}]"#, members(n, |i| i.to_string()))
    }),
    ("a list of texts", 3_000, |n| {
        format!(r#""f":[{}]"#, members(n, |i| format!(r#""v{i}""#)))
    }),
    ("a list of objects", 1_000, |n| {
        format!(r#""f":[{}]"#, members(n, |_| "{}".into()))
    }),
    ("a list of pointers", 1_000, |n| {
        let pointer = |i| format!(r#"{{"__type":"Pointer","className":"C","objectId":"id{i}"}}"#);
        format!(r#""f":[{}]"#, members(n, pointer))
    }),
    ("pointers", 1_000, |n| {
        members(n, |i| {
            format!(r#""f{i}":{{"__type":"Pointer","className":"C","objectId":"id{i}"}}"#)
        })
    }),
    ("dates", 1_000, |n| {
        members(n, |i| {
            format!(r#""f{i}":{{"__type":"Date","iso":"2024-01-01T00:00:00.000Z"}}"#)
        })
    }),
    ("a date of many digits", 3_000, |n| {
        format!(r#""createdAt":"2024-01-01T00:00:00.{}Z""#, "0".repeat(n))
    }),
    ("an access list", 1_000, |n| {
        format!(
            r#""ACL":{{{}}}"#,
            members(n, |i| format!(r#""u{i}":{{"read":true}}"#))
        )
    }),
    ("a long text", 31_000, |n| {
        format!(r#""f":"{}""#, "x".repeat(n))
    }),
    ("a long text of escapes", 3_000, |n| {
        format!(r#""f":"{}""#, r"\u00e9\n".repeat(n))
    }),
    ("a polygon", 1_000, |n| {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let vertex = |i: usize| format!("[{0},{0}]", i as f64 / 1e4);
        format!(
            r#""f":{{"__type":"Polygon","coordinates":[{}]}}"#,
            members(n, vertex)
        )
    }),
];

fn members(n: usize, member: impl Fn(usize) -> String) -> String {
    let mut all = String::new();
    for i in 0..n {
        let comma = if i == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(all, "{comma}{}", member(i));
    }
    all
}

pub(crate) fn all() {
    for (shape, size, members) in SHAPES {
        for size in [*size, 2 * size] {
            if may_be_asked_for(&format!("object: {shape}")) {
                one(shape, size, &members(size));
            }
        }
    }
    for size in [2_000, 4_000] {
        if may_be_asked_for("fields: ") {
            field_sets(size);
        }
    }
}

fn one(shape: &str, size: usize, members: &str) {
    let count = |what: &str, work: &mut dyn FnMut()| {
        count(&format!("object: {shape}: {what}"), LINEAR, work);
    };
    let json = format!("{{{members}}}");
    let all = FieldSet::all();
    let some = FieldSet::new((0..size).map(|i| format!("f{i}")));
    let read = |keep: &FieldSet| Object::from_slice(json.as_bytes(), keep).expect("an object");
    count("Object::from_slice", &mut || drop(black_box(read(&all))));
    count("Object::from_slice of some fields", &mut || {
        drop(black_box(read(&some)));
    });
    count("Object::from_str", &mut || {
        drop(black_box(json.parse::<Object>()));
    });
    count("Object::deserialize", &mut || {
        drop(black_box(serde_json::from_str::<Object>(&json)));
    });
    let object = read(&all);
    count("Object::keys", &mut || {
        black_box(object.keys().count());
    });
    let keys: Vec<&str> = object.keys().take(100).collect();
    crate::count(
        &format!("object: {shape}: Object::get of some keys"),
        CONSTANT,
        || {
            black_box(keys.iter().filter_map(|key| object.get(key)).count());
        },
    );
    count("Object::serialize", &mut || {
        drop(black_box(serde_json::to_string(&object)));
    });
    count("Object::to_string", &mut || {
        drop(black_box(object.to_string()));
    });
    reading(shape, &object);

    let object_with =
        |score| format!(r#"{{"className":"C","objectId":"o","score":{score},{members}}}"#);
    let message = format!(
        r#"{{"currentParseObject":{},"originalParseObject":{},"classLevelPermissions":{{{members}}}}}"#,
        object_with(1),
        object_with(2)
    );
    count("Change::from_json", &mut || {
        drop(black_box(Change::from_json(ChangeKind::Save, &message)));
    });
    count("Change::from_slice of some fields", &mut || {
        drop(black_box(Change::from_slice(
            ChangeKind::Save,
            message.as_bytes(),
            &some,
        )));
    });
    count("Change::from_slice_by_class", &mut || {
        let message = message.as_bytes();
        let change = Change::from_slice_by_class(ChangeKind::Save, message, |_| some.clone());
        drop(black_box(change));
    });
    let change = Change::from_json(ChangeKind::Save, &message).expect("a message");
    of_a_change(shape, &change);
    let sides = (change.old_object(), change.new_object().expect("an object"));
    watching(shape, size, sides);
    matching(shape, sides);
}

/// What a host reads of an object, and of all that is in it.
fn reading(shape: &str, object: &Object) {
    let count = |what: &str, work: &mut dyn FnMut()| {
        count(&format!("object: {shape}: {what}"), LINEAR, work);
    };
    let value = serde_json::to_value(object).expect("an object");
    for (kind, view) in [("", object.view()), (" of a Value", value.view())] {
        count(&format!("View::members and View::items{kind}"), &mut || {
            for (_, member) in view.members().into_iter().flatten() {
                black_box(member.members().map(Iterator::count));
                black_box(member.items().map(Iterator::count));
            }
        });
        count(
            &format!("View::get{kind} of what is not there"),
            &mut || {
                black_box(view.get("x"));
            },
        );
        count(&format!("View::to_string{kind}"), &mut || {
            drop(black_box(view.to_string()));
        });
        count(&format!("View::serialize{kind}"), &mut || {
            drop(black_box(serde_json::to_string(&view)));
        });
    }
}

/// What a host asks of a change.
fn of_a_change(shape: &str, change: &Change) {
    let count = |what: &str, work: &mut dyn FnMut()| {
        count(&format!("object: {shape}: {what}"), LINEAR, work);
    };
    count("Change::class_level_permissions_json", &mut || {
        black_box(change.class_level_permissions_json());
    });
    count("Change::class_level_permissions", &mut || {
        black_box(change.class_level_permissions());
    });
    #[cfg(feature = "chrono")]
    count("Change::created_at and Change::updated_at", &mut || {
        black_box((change.created_at(), change.updated_at()));
    });
}

/// Who watches as many fields as there are.
fn watching(shape: &str, size: usize, sides: (Option<&Object>, &Object)) {
    let count = |what: &str, work: &mut dyn FnMut()| {
        count(&format!("object: {shape}: {what}"), LINEAR, work);
    };
    let names: Vec<String> = (0..size).map(|i| format!("f{i}")).collect();
    count("Watch::new", &mut || drop(black_box(Watch::new(&names))));
    count("Watch::from_iter", &mut || {
        drop(black_box(names.iter().collect::<Watch>()));
    });
    let watch = Watch::new(&names);
    count("Watch::fields", &mut || {
        black_box(watch.fields().count());
    });
    count("Watch::untouchable", &mut || {
        black_box(watch.untouchable().count());
    });
    count("Watch::touched", &mut || {
        black_box(watch.touched(sides.0, sides.1));
    });
    let again = Watch::new((0..size).map(|_| "f"));
    count("Watch::touched of one field again and again", &mut || {
        black_box(again.touched(sides.0, sides.1));
    });
    count("Watch::lets_through", &mut || {
        black_box(watch.lets_through(Event::Update, sides.0, Some(sides.1)));
    });
}

/// A change whose sides have a size, against a few queries that look at it.
fn matching(shape: &str, (old, new): (Option<&Object>, &Object)) {
    let count = |what: &str, work: &mut dyn FnMut()| {
        count(&format!("object: {shape}: {what}"), LINEAR, work);
    };
    let clauses = [
        r#"{"f":"v1"}"#,
        r#"{"f":{"$in":["v0","v1"]}}"#,
        r#"{"f":{"$nin":["x"]}}"#,
        r#"{"f":{"$all":["v1","v2"]}}"#,
        r#"{"f":{"$gt":5}}"#,
        r#"{"f":{"$regex":"x*y"}}"#,
        r#"{"f":{"$regex":"é.z","$options":"i"}}"#,
        r#"{"f.k5":{"$exists":true}}"#,
        r#"{"f5":{"$ne":1},"f":{"$eq":{"a":1}}}"#,
    ];
    let queries: Vec<Query> = clauses.map(|clause| clause.parse().expect(clause)).into();
    let value = |object: &Object| serde_json::to_value(object).expect("an object");
    let values = (old.map(value), value(new));
    count("Query::outcome of a Value", &mut || {
        for query in &queries {
            black_box(query.outcome(values.0.as_ref(), Some(&values.1)));
        }
    });
    for (query, clause) in queries.iter().zip(clauses) {
        count(&format!("classify {clause}"), &mut || {
            black_box(livematch::classify(query, old, Some(new)));
        });
    }
    let mut set = QuerySet::with_seed(SEED);
    for query in queries {
        set.insert(query);
    }
    count("QuerySet::classify", &mut || {
        black_box(set.classify(old, Some(new)));
    });
    count("QuerySet::classify of a Value", &mut || {
        black_box(set.classify(values.0.as_ref(), Some(&values.1)));
    });
    let (mut scratch, mut hits): (_, Vec<Hit>) = (Scratch::default(), Vec::new());
    count("QuerySet::classify_into", &mut || {
        set.classify_into(old, Some(new), &mut scratch, &mut hits);
    });
}

fn field_sets(size: usize) {
    let count = |what: &str, work: &mut dyn FnMut()| {
        count(&format!("fields: {what}"), LINEAR, work);
    };
    let names: Vec<String> = (0..size).map(|i| format!("f{i}")).collect();
    let others: Vec<String> = (0..size).map(|i| format!("g{i}")).collect();
    let [set, other] = [&names, &others].map(FieldSet::new);
    count("FieldSet::new", &mut || {
        drop(black_box(FieldSet::new(&names)));
    });
    count("FieldSet::new of one name", &mut || {
        drop(black_box(FieldSet::new(names.iter().map(|_| "f"))));
    });
    count("FieldSet::from_iter", &mut || {
        drop(black_box(names.iter().collect::<FieldSet>()));
    });
    count("FieldSet::extend", &mut || {
        let mut both = set.clone();
        both.extend(&others);
        drop(black_box(both));
    });
    count("FieldSet::union", &mut || {
        drop(black_box(set.union(&other)));
    });
    count("FieldSet::is_superset", &mut || {
        black_box(set.is_superset(&FieldSet::new(&names)));
    });
    count("FieldSet::contains", &mut || {
        black_box(names.iter().filter(|name| set.contains(name)).count());
    });
    count("FieldSet::names", &mut || {
        black_box(set.names().map(Iterator::count));
    });
}
