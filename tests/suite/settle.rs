//! Large queries come and go in pieces: nothing is told wrong meanwhile, and what is put off has an end.

use livematch::{Budget, Dialect, FindOptions, Query, QuerySet, Scratch, SubscriptionId};
use serde_json::{Value, json};

/// A clause that asks for so many members, the first of them by this number.
fn members(from: usize, count: usize) -> Query {
    let members: Vec<String> = (from..from + count).map(|n| format!("m{n}")).collect();
    let clause = json!({"owner": {"$in": members}}).to_string();
    clause.parse().expect("a clause")
}

fn owner(n: usize) -> Value {
    json!({"owner": format!("m{n}")})
}

/// Who hears of an object, and how many queries were run for it.
fn told(set: &QuerySet, object: &Value) -> (Vec<SubscriptionId>, usize) {
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    set.classify_into(None, Some(object), &mut scratch, &mut hits);
    let mut ids: Vec<SubscriptionId> = hits.iter().map(|hit| hit.id).collect();
    ids.sort_unstable();
    (ids, scratch.candidates())
}

const MANY: usize = 5_000;

#[test]
fn a_large_query_is_run_for_every_change_until_it_is_filed() {
    let mut set = QuerySet::with_seed(1);
    let id = set.insert(members(0, MANY));
    assert_eq!(set.owed(), MANY + 1, "and one key for what is no text");
    for left in [4_000, 1_000, 1] {
        assert!(!set.settle(set.owed() - left));
        assert_eq!(set.owed(), left);
        assert_eq!(set.validate(), Ok(()));
        assert_eq!(told(&set, &owner(MANY - 1)), (vec![id], 1));
        assert_eq!(told(&set, &owner(MANY)), (vec![], 1));
    }
    assert!(set.settle(1));
    assert_eq!(told(&set, &owner(MANY - 1)), (vec![id], 1));
    assert_eq!(told(&set, &owner(MANY)), (vec![], 0));
    assert!(set.settle(0), "nothing is left");
}

#[test]
fn equal_large_queries_of_find_are_one() {
    let queries = Query::builder().dialect(Dialect::Find(FindOptions::new()));
    let query = |members: &mut dyn Iterator<Item = usize>| {
        let members: Vec<String> = members.map(|n| format!("m{n}")).collect();
        let clause = json!({"owner": {"$in": members}}).to_string();
        queries.compile_str(&clause).expect("a clause")
    };
    let mut set = QuerySet::with_seed(1);
    let first = set.insert(query(&mut (0..MANY)));
    let equal = set.insert(query(&mut (0..MANY).rev()));
    let other = set.insert(query(&mut (1..=MANY)));
    assert_eq!((set.equal(first), set.distinct()), (&[first, equal][..], 2));
    assert_eq!(set.validate(), Ok(()));
    set.settle(usize::MAX);
    assert_eq!(told(&set, &owner(0)).0, [first, equal]);
    for id in [first, equal, other] {
        assert!(set.remove(id));
        assert_eq!(set.validate(), Ok(()));
    }
    assert_eq!(set.distinct(), 0);
}

#[test]
fn a_large_query_that_goes_is_told_nothing_from_then_on() {
    let mut set = QuerySet::with_seed(1);
    let empty = set.memory_usage();
    for filed in [0, 1, 3_000, usize::MAX] {
        let id = set.insert(members(0, MANY));
        set.settle(filed);
        let owed = set.owed();
        assert!(set.remove(id) && !set.remove(id));
        assert_eq!((set.len(), set.distinct()), (0, 0));
        assert!(set.equal(id).is_empty() && set.copy_of(id).is_none());
        assert!(told(&set, &owner(7)).0.is_empty());
        assert!(
            filed > 1 || set.owed() < owed,
            "it need not be filed any more"
        );
        while !set.settle(700) {
            assert!(told(&set, &owner(7)).0.is_empty());
            assert_eq!(set.validate(), Ok(()));
        }
        let left = set.memory_usage();
        assert!(left <= empty + 1_024, "{left} bytes where {empty} were");
        assert_eq!(
            format!("{:?}", set.fields()),
            format!("{:?}", QuerySet::new().fields())
        );
    }
}

#[test]
fn an_equal_query_shares_what_is_half_filed_and_none_of_what_goes() {
    let mut set = QuerySet::with_seed(1);
    let first = set.insert(members(0, MANY));
    set.settle(1_000);
    let owed = set.owed();
    let second = set.insert(members(0, MANY));
    assert_eq!((set.distinct(), set.owed()), (1, owed));
    assert_eq!(set.equal(first), [first, second]);
    assert!(set.remove(first));
    assert_eq!((set.distinct(), set.owed()), (1, owed));
    assert_eq!(told(&set, &owner(0)).0, [second]);
    assert!(set.remove(second));
    // The third is another query, whose number is not that of the one that is still to be taken out.
    let third = set.insert(members(0, MANY));
    let small: Vec<SubscriptionId> = (0..50).map(|n| set.insert(members(n, 1))).collect();
    for steps in [1, 900, 3_000, usize::MAX] {
        set.settle(steps);
        assert_eq!(set.validate(), Ok(()));
        assert_eq!(told(&set, &owner(7)).0, [third, small[7]]);
    }
    assert!(small.iter().all(|id| set.remove(*id)));
    assert_eq!(told(&set, &owner(7)), (vec![third], 1));
}

/// In whichever order members stand, and however often.
#[test]
fn lists_of_the_same_members_are_the_same() {
    let clause = |operator: &str, members: &[String]| -> Query {
        let clause = format!(r#"{{"a":{{"{operator}":[{}]}}}}"#, members.join(","));
        clause.parse().expect("a clause")
    };
    let pointer = |n: usize| format!(r#"{{"__type":"Pointer","className":"A","objectId":"p{n}"}}"#);
    let mut all: Vec<String> = (0..40).map(|n| format!(r#""t{n}""#)).collect();
    all.extend((0..40).map(|n| n.to_string()));
    let plain = all.clone();
    all.extend((0..20).map(pointer).chain(["true".into(), "false".into()]));
    for (operator, all) in [
        ("$in", &all),
        ("$nin", &all),
        ("$containedBy", &all),
        ("$all", &plain),
    ] {
        let mut set = QuerySet::with_seed(2);
        let first = set.insert(clause(operator, all));
        let mut turned = all.clone();
        turned.rotate_left(33);
        turned.extend(all[5..9].to_vec());
        let second = set.insert(clause(operator, &turned));
        assert_eq!(set.equal(first), [first, second], "{operator}");
        // One member more, less, or another one.
        for at in 0..all.len() {
            let (mut less, mut other) = (all.clone(), all.clone());
            less.remove(at);
            other[at] = r#""another""#.into();
            for other in [less, other] {
                let id = set.insert(clause(operator, &other));
                assert_eq!(set.equal(id), [id], "{operator} {at}");
            }
        }
        assert_eq!(set.validate(), Ok(()));
    }
}

/// The same lists under operators that have changed places, which their texts do not tell.
#[test]
fn lists_that_change_places_are_told_apart() {
    let list = |from: usize| {
        (from..from + 20)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    let clause = |a: usize, b: usize, is_turned: bool| -> Query {
        let (first, second) = (
            format!(r#""$in":[{}]"#, list(a)),
            format!(r#""$nin":[{}]"#, list(b)),
        );
        let both = if is_turned {
            [second, first]
        } else {
            [first, second]
        };
        format!(r#"{{"a":{{{}}}}}"#, both.join(","))
            .parse()
            .expect("a clause")
    };
    let mut set = QuerySet::with_seed(3);
    let first = set.insert(clause(0, 100, false));
    let turned = set.insert(clause(0, 100, true));
    assert_eq!(set.equal(first), [first, turned]);
    let other = set.insert(clause(100, 0, false));
    assert_eq!(set.equal(other), [other]);
}

/// A host that never has the set settle: what is put off is bounded, and everything is told.
#[test]
fn what_is_put_off_has_an_end() {
    const LARGE: usize = 20_000;
    const BOUND: usize = 1 << 20;
    let mut set = QuerySet::with_seed(4);
    let queries = 60;
    let ids: Vec<SubscriptionId> = (0..queries)
        .map(|n| {
            let id = set.insert(members(n, LARGE));
            assert!(set.owed() <= BOUND);
            id
        })
        .collect();
    let (heard, run) = told(&set, &owner(59));
    assert_eq!(heard, ids);
    assert!(run <= queries);
    let most = set.memory_usage();
    for (n, id) in ids.into_iter().enumerate() {
        assert!(set.remove(id));
        set.insert(members(n, 1));
        assert!(set.owed() <= BOUND);
    }
    assert!(set.memory_usage() <= most);
    assert_eq!(told(&set, &owner(59)).0.len(), 1);
    set.settle(usize::MAX);
    assert_eq!(set.validate(), Ok(()));
}

#[test]
fn a_query_that_is_not_filed_yet_is_metered_and_named() {
    let mut set = QuerySet::with_seed(5);
    let id = set.insert(members(0, MANY));
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let new = owner(7);
    let mut budget = Budget::new(1 << 20).note_from(0);
    set.classify_metered(None, Some(&new), &mut scratch, &mut hits, &mut budget);
    assert_eq!(
        (hits.len(), budget.unrun().len(), budget.costs()[0].id),
        (1, 0, id)
    );
    budget.renew(0);
    hits.clear();
    set.classify_metered(None, Some(&new), &mut scratch, &mut hits, &mut budget);
    assert_eq!((hits.len(), budget.unrun()), (0, &[id][..]));
    // A copy that is made in the middle goes on by itself.
    let mut copy = set.clone();
    assert!(copy.settle(usize::MAX) && set.owed() > 0);
    assert_eq!(
        (told(&copy, &new), copy.validate()),
        ((vec![id], 1), Ok(()))
    );
}
