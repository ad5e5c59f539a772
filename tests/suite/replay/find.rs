//! What `find()` answers to every directed case, as the second judge has recorded it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use livematch::{
    Budget, ClassSchema, Comparison, CompileError, Dialect, Difference, ErrorKind, FieldSet,
    FieldType, FindOptions, Fingerprint, Level, Object, Query, QueryBuilder, QuerySet, Scratch,
    SubscriptionId, Surprise, Tested, Verdict,
};
use serde_json::Value;

use super::explained;
use super::lines::{Line, answer, check_all, data, read, read_all};
use crate::reference::{self, Answer};

/// Fewer cases than this would mean that files are missing.
const LEAST: usize = 11_700;

fn cases() -> Vec<Line> {
    read_all("find/cases")
}

fn builder(line: &Line) -> QueryBuilder {
    let mut options = FindOptions::new();
    if let Value::Object(fields) = line.value("schema") {
        let schema = fields
            .iter()
            .fold(ClassSchema::new(), |schema, (name, field)| {
                let part = |key: &str| field.get(key).and_then(Value::as_str);
                let holds =
                    FieldType::from_name(part("type").expect("a type"), part("targetClass"));
                schema.field(name, holds.expect("a known type"))
            });
        options = options.schema(schema);
    }
    if line.value("legacyDottedNull") == Value::Bool(false) {
        options = options.legacy_dotted_null(false);
    }
    Query::builder().dialect(Dialect::Find(options))
}

/// The query of a line, asked at its moment.
fn query(line: &Line) -> Result<Query, CompileError> {
    let query = builder(line).compile_str(line.raw("where").expect("a clause"))?;
    let Value::String(now) = line.value("now") else {
        return Ok(query);
    };
    let now: chrono::DateTime<chrono::Utc> = now.parse().expect("a moment");
    let span = Duration::from_millis(now.timestamp_millis().unsigned_abs());
    Ok(query.at(SystemTime::UNIX_EPOCH + span))
}

#[test]
fn answers_are_those_of_the_second_judge() {
    check_all(&cases(), LEAST, check);
}

fn check(line: &Line) -> Result<(), String> {
    let expected = line.value("expect");
    let query = match query(line) {
        Ok(query) => query,
        Err(error) => return check_refusal(&error, &expected["error"]),
    };
    let answer = answer(line.outcome(&query));
    if answer == expected {
        Ok(())
    } else {
        Err(format!(
            "{answer} instead of {expected}: {}",
            line.raw("where").expect("a clause")
        ))
    }
}

/// What the naive reference is asked, and how much of it it cannot say.
#[derive(Default)]
struct Compared {
    answers: Cell<usize>,
    unknown: Cell<usize>,
    /// Lines that depend on more than the clause and the object.
    left_out: Cell<usize>,
}

impl Compared {
    fn compare(&self, clause: &str, object: &str, expected: &Value) -> Result<(), String> {
        self.answers.set(self.answers.get() + 1);
        let said = match reference::find::verdict(clause, object) {
            Some(Answer::Match) => Value::Bool(true),
            Some(Answer::NoMatch) => Value::Bool(false),
            Some(Answer::Fault) => Value::from("fault"),
            None => {
                self.unknown.set(self.unknown.get() + 1);
                return Ok(());
            }
        };
        if said == *expected {
            return Ok(());
        }
        Err(format!(
            "{said} instead of {expected}: {clause} on {object}"
        ))
    }

    fn check(&self, line: &Line) -> Result<(), String> {
        let (clause, expected) = (line.raw("where").expect("a clause"), line.value("expect"));
        if ["schema", "legacyDottedNull", "now"]
            .into_iter()
            .any(|name| line.raw(name).is_some())
        {
            self.left_out.set(self.left_out.get() + 1);
            return Ok(());
        }
        if expected["error"] != Value::Null {
            return self.compare(clause, "{}", &Value::from("fault"));
        }
        for side in ["old", "new"] {
            match line.raw(side) {
                None | Some("null") => {}
                Some(object) => self.compare(clause, object, &expected[side])?,
            }
        }
        Ok(())
    }
}

/// So that where the library is held against the reference alone, it is held against the judge.
#[test]
fn the_naive_reference_answers_as_the_second_judge() {
    let compared = Compared::default();
    check_all(&cases(), LEAST, |line| compared.check(line));
    let (answers, unknown) = (compared.answers.get(), compared.unknown.get());
    let left_out = compared.left_out.get();
    assert!(
        answers > 10_000 && 100 * unknown < 30 * answers && 5 * left_out < cases().len(),
        "{unknown} of {answers} unknown, {left_out} lines left out"
    );
}

/// A clause that is refused is refused by `find()` too, or has a pattern that is not translated.
fn check_refusal(error: &CompileError, expected: &Value) -> Result<(), String> {
    let is_alike = match expected {
        Value::String(reason) if reason == "sub-query" => error.kind() == ErrorKind::SubQuery,
        Value::String(reason) if reason == "text" => error.kind() == ErrorKind::FullText,
        Value::Null => error.kind() == ErrorKind::UnsupportedRegex,
        _ => error.kind() != ErrorKind::SubQuery && error.kind() != ErrorKind::FullText,
    };
    if is_alike {
        Ok(())
    } else {
        Err(format!("{}: {error}, instead of {expected}", error.kind()))
    }
}

#[test]
fn explanations_give_the_verdict() {
    explained::check(&cases(), LEAST, |line| query(line).ok());
}

#[test]
fn verdicts_are_owed_to_what_is_said_to_decide() {
    // A clause that is compiled anew is told no moment.
    explained::check_some_edited(cases(), LEAST, |line| {
        line.raw("now").is_none().then(|| builder(line))
    });
}

/// What no clause can know: what becomes of a value that no column of its kind holds, or of a column that only the schema tells of.
fn is_unforeseen(line: &Line, difference: &Difference) -> bool {
    let clause = line.raw("where").expect("a clause");
    let found = difference.served().decisive().find_map(Tested::found);
    let found = found.map(ToString::to_string).unwrap_or_default();
    let is_given = |name| line.raw(name).is_some();
    // Options of find() that LiveQuery has nothing like.
    is_given("schema") || is_given("legacyDottedNull")
        // find() refuses the clause for a class that holds such a value.
        || difference.shadow().verdict() == Verdict::Fault
        // Two numbers for a place, the text of a pointer for a pointer, an empty object for a date, a list within a list.
        || clause.contains("$nearSphere") && !found.starts_with("{\"__type")
        || clause.contains("Pointer") && found.starts_with("\"Team$")
        || clause.contains("Date") && found == "{}"
        || found.contains("[[") || found.contains(",[")
        // A text that LiveQuery takes for an id in a list of pointers.
        || clause.contains("in\":[\"t1\"]") && found.starts_with('[') && found.contains("Pointer")
}

/// Where the dialects differ, a warning or a hint of one of them says why.
#[test]
fn where_the_dialects_part_a_surprise_is_told() {
    let (told, unforeseen) = (Cell::new(0), Cell::new(0));
    check_all(&cases(), LEAST, |line| {
        let (Ok(live), Ok(find)) = (line.query(), query(line)) else {
            return Ok(());
        };
        let [old, new] = ["old", "new"].map(|name| line.object(name));
        let compared = Comparison::new(live, find).compare(old.as_ref(), new.as_ref());
        for difference in compared.differences() {
            if difference.surprises().next().is_some() {
                told.set(told.get() + 1);
            } else if is_unforeseen(line, difference) {
                unforeseen.set(unforeseen.get() + 1);
            } else {
                let clause = line.raw("where").expect("a clause");
                return Err(format!("{clause}: {difference}"));
            }
        }
        Ok(())
    });
    let (told, unforeseen) = (told.get(), unforeseen.get());
    assert!(
        told > 2_000 && 20 * unforeseen < told,
        "{told} told, {unforeseen} not"
    );
}

/// The queries of all cases, with their lines.
fn queries(cases: &[Line]) -> Vec<(&Line, Query)> {
    let compiled = cases.iter().map(|line| (line, query(line)));
    compiled
        .filter_map(|(line, query)| Some((line, query.ok()?)))
        .collect()
}

/// A set that holds both dialects answers as each of its queries does, metered or not.
#[test]
fn a_set_answers_as_its_queries() {
    const EVERY: usize = 7;
    const SETS: usize = 400;
    let cases: Vec<Line> = cases().into_iter().step_by(EVERY).collect();
    for some in queries(&cases).chunks(SETS) {
        let mut set = QuerySet::with_seed(7);
        let live = |line: &Line| line.query().ok();
        let of_find = some.iter().map(|(_, query)| query.clone());
        let of_live = some.iter().filter_map(|(line, _)| live(line));
        let held: Vec<(SubscriptionId, Query)> = of_find
            .chain(of_live)
            .map(|query| (set.insert(query.clone()), query))
            .collect();
        set.validate().expect("a whole set");
        for (line, _) in some.iter().step_by(EVERY) {
            check_change(&set, &held, line);
        }
        for (id, _) in held {
            assert!(set.remove(id));
        }
        assert!(set.is_empty() && *set.fields() == FieldSet::new([""; 0]));
        set.validate().expect("an empty set");
    }
}

fn check_change(set: &QuerySet, held: &[(SubscriptionId, Query)], line: &Line) {
    let [old, new] = ["old", "new"].map(|name| line.object(name));
    let (old, new) = (old.as_ref(), new.as_ref());
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let mut budget = Budget::new(u64::MAX);
    set.classify_metered(old, new, &mut scratch, &mut hits, &mut budget);
    let mut unmetered = set.classify(old, new);
    hits.sort_by_key(|hit| hit.id);
    unmetered.sort_by_key(|hit| hit.id);
    assert_eq!(hits, unmetered, "{}", line.id());
    for (id, query) in held {
        let outcome = query.outcome(old, new);
        let hit = hits.iter().find(|hit| hit.id == *id);
        let event = hit.map(|hit| hit.event);
        assert_eq!(event, outcome.event(), "{}: {query:?}", line.id());
        let copy = set.copy_of(*id).expect("it is in the set");
        let mut enough = Budget::new(u64::MAX);
        assert_eq!(copy.outcome_metered(old, new, &mut enough), Some(outcome));
    }
}

/// No query takes more steps than it says, and one that has none is named.
#[test]
fn steps_are_bounded() {
    let cases = cases();
    for (line, query) in queries(&cases).into_iter().step_by(3) {
        let Some(new) = line.object("new") else {
            continue;
        };
        let mut set = QuerySet::with_seed(7);
        let id = set.insert(query.clone());
        let copy = set.copy_of(id).expect("it is in the set");
        let mut budget = Budget::new(u64::MAX);
        let paid = copy.outcome_metered(None, Some(&new), &mut budget);
        assert_eq!(paid, Some(query.outcome(None, Some(&new))), "{}", line.id());
        let most = query.max_steps(new.to_string().len());
        assert!(
            budget.spent() <= most,
            "{}: {} {most}",
            line.id(),
            budget.spent()
        );
        let mut budget = Budget::new(0);
        assert_eq!(copy.outcome_metered(None, Some(&new), &mut budget), None);
        assert_eq!(budget.unrun(), [id]);
    }
}

/// A value is matched like the text it was read from, as far as the order of keys says nothing.
#[test]
fn values_are_matched_like_objects() {
    let cases = cases();
    for (line, query) in queries(&cases) {
        // MongoDB compares objects in the order of their members.
        let sorted = |name| {
            line.raw(name)
                .is_none_or(|raw| *raw == *line.value(name).to_string())
        };
        if !sorted("old") || !sorted("new") {
            continue;
        }
        let [old, new] =
            ["old", "new"].map(|name| Some(line.value(name)).filter(|side| !side.is_null()));
        let by_value = query.outcome(old.as_ref(), new.as_ref());
        assert_eq!(by_value, line.outcome(&query), "{}", line.id());
    }
}

/// Queries of one fingerprint give one answer, and the dialects share none.
#[test]
fn fingerprints_tell_answers_apart() {
    let cases = cases();
    let mut known: BTreeMap<Fingerprint, (String, Query)> = BTreeMap::new();
    for (line, query) in queries(&cases) {
        let fingerprint = query.fingerprint();
        let again = builder(line)
            .compile_str(query.clause_text())
            .expect("what compiled once");
        assert_eq!(again.fingerprint(), fingerprint, "{}", line.id());
        if let Ok(live) = line.query() {
            assert_ne!(live.fingerprint(), fingerprint, "{}", line.id());
        }
        if query.is_time_dependent() {
            continue;
        }
        let (id, other) = known
            .entry(fingerprint)
            .or_insert_with(|| (line.id(), query.clone()));
        assert_eq!(
            line.outcome(other),
            line.outcome(&query),
            "{} {id}",
            line.id()
        );
    }
}

/// What is agreed to differ does.
#[test]
fn the_ledger_is_current() {
    for line in read(&data("find/ledger.jsonl")) {
        let refusal = query(&line).err().map(|error| error.kind().as_str().into());
        assert_eq!(
            refusal,
            Some(line.value("ours")["error"].clone()),
            "{}",
            line.id()
        );
        assert!(line.value("theirs").get("error").is_none(), "{}", line.id());
    }
}

#[test]
fn traps_do_what_they_say() {
    let find = |strict| Dialect::Find(FindOptions::new().strict(strict));
    for trap in Surprise::in_find() {
        let query = Query::builder()
            .dialect(find(false))
            .compile_str(trap.example());
        let query = query.expect("a clause that is taken");
        let warnings = query.warnings();
        assert!(
            warnings.iter().any(|warning| warning.surprise() == *trap),
            "{}",
            trap.code()
        );
        for (object, verdict) in trap.objects() {
            let object: Object = object.parse().expect("an object");
            assert_eq!(
                query.verdict(&object),
                *verdict,
                "{}: {object}",
                trap.code()
            );
        }
        let strict = Query::builder()
            .dialect(find(true))
            .compile_str(trap.example());
        let refusal = strict.err().map(|error| error.kind());
        let is_refused = trap.level() > Level::Hint;
        assert_eq!(
            refusal,
            is_refused.then_some(ErrorKind::Warning),
            "{}",
            trap.code()
        );
    }
}
