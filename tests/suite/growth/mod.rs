//! Every public function either has its work in `benches/growth`, or stands here with the reason why it needs none.

mod functions;

use std::collections::{BTreeMap, BTreeSet};

use self::functions::{measured, public_functions};

/// What takes nothing that strangers may make large, by the reason. `Type::*` is all of a type that only a host gives values to.
const NOT_MEASURED: &[(&str, &[&str])] = &[
    (
        "a host's own numbers and options",
        &[
            "Budget::*",
            "ClassSchema::*",
            "FieldSet::all",
            "FieldType::*",
            "FindOptions::*",
            "Limits::*",
            "PatternCache::*",
            "PatternLimits::*",
            "Query::builder",
            "QueryBuilder::dialect",
            "QueryBuilder::limits",
            "QueryBuilder::new",
            "QueryBuilder::pattern_cache",
            "QuerySet::new",
            "QuerySet::with_seed",
        ],
    ),
    (
        "constants of the crate",
        &["Effect::*", "Level::*", "Surprise::*"],
    ),
    (
        "a few kinds, and their names",
        &[
            "ChangeErrorKind::*",
            "ChangeKind::*",
            "ErrorKind::*",
            "Event::*",
            "Held::*",
            "Outcome::*",
            "Side::*",
            "Verdict::*",
        ],
    ),
    (
        "tells what was found out, of which so much is kept and no more",
        &[
            "ChangeExplanation::*",
            "Compared::*",
            "Difference::*",
            "Explanation::*",
            "Found::*",
            "Tested::*",
        ],
    ),
    (
        "hands out what it holds",
        &[
            "Change::class_name",
            "Change::kind",
            "Change::new_object",
            "Change::old_object",
            "ChangeError::kind",
            "ChangeError::message",
            "ChangeError::pointer",
            "Comparison::at",
            "Comparison::new",
            "Comparison::served",
            "Comparison::shadow",
            "CompileError::kind",
            "CompileError::message",
            "CompileError::pointer",
            "FieldSet::is_all",
            "Filing::expected_share",
            "Filing::keys",
            "Filing::kind",
            "Filing::max_steps",
            "Fingerprint::as_str",
            "GeoPoint::latitude",
            "GeoPoint::longitude",
            "Object::is_empty",
            "Object::len",
            "Outline::is_get",
            "Outline::object_id",
            "Query::at",
            "Query::is_time_dependent",
            "QueryCopy::id",
            "QuerySet::contains",
            "QuerySet::distinct",
            "QuerySet::is_empty",
            "QuerySet::len",
            "Scratch::candidates",
            "SubscriptionId::from_bits",
            "SubscriptionId::serialize",
            "SubscriptionId::to_bits",
            "SubscriptionId::to_string",
            "View::as_bool",
            "View::as_f64",
            "View::as_str",
            "View::is_null",
            "Warning::code",
            "Warning::effect",
            "Warning::level",
            "Warning::message",
            "Warning::operator",
            "Warning::pointer",
            "Warning::surprise",
        ],
    ),
    (
        "moves tables whose sizes are powers of two or begin with room: two sizes of a set say little of how it grows",
        &["QuerySet::shrink_to_fit"],
    ),
    ("one look-up, as `Object::get`", &["Change::object_id"]),
    (
        "calls another with the default options",
        &["Query::compile", "Query::from_str"],
    ),
    ("calls another for each side", &["Query::explain_change"]),
    (
        "calls `QueryBuilder::compile_str` for both",
        &["Comparison::compile_str"],
    ),
    (
        "calls `QuerySet::insert` for each",
        &["QuerySet::extend", "QuerySet::from_iter"],
    ),
    (
        "for tests, and not part of the API",
        &["QuerySet::at_once", "QuerySet::validate"],
    ),
];

#[test]
fn every_public_function_is_measured_or_needs_not_be() {
    let public = public_functions();
    let measured = measured();
    let named: BTreeMap<&str, &str> = NOT_MEASURED
        .iter()
        .flat_map(|(why, names)| names.iter().map(move |name| (*name, *why)))
        .collect();
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for name in &public {
        let all_of_type = name.split_once("::").map(|(of, _)| format!("{of}::*"));
        let keys = [Some(name.clone()), all_of_type];
        let entry = keys
            .into_iter()
            .flatten()
            .find(|key| named.contains_key(&**key));
        match (measured.contains(name), &entry) {
            (false, None) => wrong.push(format!("{name} has no work in benches/growth")),
            (true, Some(entry)) => wrong.push(format!("{name} is measured, and listed as {entry}")),
            (true, None) | (false, Some(_)) => {}
        }
        used.extend(entry);
    }
    let stale = named.keys().filter(|name| !used.contains(**name));
    wrong.extend(stale.map(|name| format!("{name} is listed, and no public function")));
    // A line may name others than functions of ours, but nothing that looks like one of a public type.
    let types: BTreeSet<&str> = (public.iter())
        .filter_map(|name| Some(name.split_once("::")?.0))
        .collect();
    let is_ours = |name: &&String| {
        let of = name.split_once("::").map(|(of, _)| of);
        of.is_some_and(|of| types.contains(of)) && !public.contains(*name)
    };
    wrong.extend(
        measured
            .iter()
            .filter(is_ours)
            .map(|name| format!("{name} is measured, and no public function")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// That nothing is found would pass as nothing that is missing.
#[test]
fn functions_are_found_of_every_kind() {
    let public = public_functions();
    for name in [
        "query_hash",
        "Query::matches",
        "PatternLimits::new",
        "Watch::lets_through",
        "Polygon::try_from",
        "Object::deserialize",
        "Object::to_string",
        "Runner::outcome_metered",
    ] {
        assert!(public.contains(name), "{name} is not found");
    }
    // Neither private functions, nor those of private types, nor those of unit tests.
    for name in [
        "Query::plan",
        "QueryBuilder::build",
        "Meter::new",
        "there_and_back",
    ] {
        assert!(!public.contains(name), "{name} is not public");
    }
}
