//! How large a clause may be by default, and what a small text cannot make large.

use livematch::{ErrorKind, Limits, Object, PatternLimits, Query, QuerySet, Verdict, query_hash};

fn list(item: impl Fn(usize) -> String, count: usize) -> String {
    let items: Vec<String> = (0..count).map(item).collect();
    format!("[{}]", items.join(","))
}

fn refused(clause: &str) -> (ErrorKind, String) {
    let error = clause
        .parse::<Query>()
        .expect_err(&clause[..clause.len().min(80)]);
    let pointer: String = error.pointer().chars().take(20).collect();
    (error.kind(), pointer)
}

#[test]
fn a_list_may_have_a_hundred_thousand_members() {
    let members = Limits::DEFAULT_LIST_MEMBERS;
    assert_eq!(members, 100_000);
    let ids = list(|i| format!(r#""i{i:08}""#), members);
    let array: Object = format!(r#"{{"f":{ids}}}"#).parse().expect("an object");
    let one: Object = r#"{"f":"i00099999"}"#.parse().expect("an object");
    for (operator, on_one, on_array) in [
        ("$in", Verdict::Match, Verdict::Match),
        ("$nin", Verdict::NoMatch, Verdict::NoMatch),
        ("$all", Verdict::NoMatch, Verdict::Match),
        ("$containedBy", Verdict::NoMatch, Verdict::Match),
        ("$eq", Verdict::NoMatch, Verdict::Match),
    ] {
        let clause = format!(r#"{{"f":{{"{operator}":{ids}}}}}"#);
        let query: Query = clause.parse().expect(operator);
        assert_eq!(query.verdict(&one), on_one, "{operator}");
        assert_eq!(query.verdict(&array), on_array, "{operator}");
        assert_eq!(query.paths(), ["f"]);
        assert!(
            query.memory_usage() < 10 * clause.len(),
            "{}",
            query.memory_usage()
        );
        let mut set = QuerySet::with_seed(1);
        let id = set.insert(query);
        assert_eq!(
            set.classify(None, Some(&array)).len(),
            usize::from(on_array == Verdict::Match)
        );
        assert!(set.remove(id));
    }
    let more = list(|i| i.to_string(), members + 1);
    let refused = refused(&format!(r#"{{"f":{{"$in":{more}}}}}"#));
    assert_eq!(refused, (ErrorKind::Limit, "/f/$in".to_owned()));
}

#[test]
fn a_clause_may_have_two_mebibytes() {
    assert_eq!(Limits::DEFAULT_TEXT_BYTES, 2 << 20);
    let clause = |bytes: usize| format!(r#"{{"f":"{}"}}"#, "x".repeat(bytes - 8));
    let query: Query = clause(2 << 20).parse().expect("a query");
    assert!(query.fingerprint().as_str().len() > 2_000_000);
    assert!(query_hash("C", &clause(2 << 20)).is_ok());
    assert_eq!(
        refused(&clause((2 << 20) + 1)),
        (ErrorKind::Limit, String::new())
    );
}

/// What is allowed of each kind is a query, and one more of it is refused where it stands.
#[test]
fn each_limit_is_the_one_that_the_readme_names() {
    let nested = |around: [&str; 2], inside: &str, times: usize| {
        let [before, after] = around.map(|part| part.repeat(times));
        format!("{before}{inside}{after}")
    };
    let groups = |levels| nested([r#"{"$or":["#, "]}"], r#"{"a":1}"#, levels);
    // A plain value is at the first level.
    let operand = |levels| {
        format!(
            r#"{{"a":{{"$eq":{}}}}}"#,
            nested(["[", "]"], "1", levels - 1)
        )
    };
    let path = |names: usize| format!(r#"{{"{}":1}}"#, vec!["a"; names].join("."));
    let constraints = |count: usize| {
        let fields: Vec<_> = (0..count).map(|i| format!(r#""a{i}":1"#)).collect();
        format!("{{{}}}", fields.join(","))
    };
    let vertex = |i| {
        format!(
            r#"{{"__type":"GeoPoint","latitude":{},"longitude":{}}}"#,
            i % 80,
            i % 7
        )
    };
    let polygon = |vertices| {
        let vertices = list(vertex, vertices);
        format!(r#"{{"a":{{"$geoWithin":{{"$polygon":{vertices}}}}}}}"#)
    };
    let clauses: [(&dyn Fn(usize) -> String, usize); 5] = [
        (&groups, 32),
        (&operand, 100),
        (&path, 64),
        (&constraints, 4_096),
        (&polygon, 1_000),
    ];
    for (clause, most) in clauses {
        let allowed = clause(most).parse::<Query>();
        assert!(allowed.is_ok(), "{most}: {allowed:?}");
        assert_eq!(refused(&clause(most + 1)).0, ErrorKind::Limit, "{most}");
    }
}

/// Each branch below a long path is as long as the path when it is compiled.
#[test]
fn short_branches_below_a_long_path_are_not_multiplied() {
    let path = "p".repeat(1_000_000);
    let below = |branch: &str, count: usize| {
        format!(r#"{{"{path}.$or":{}}}"#, list(|_| branch.to_owned(), count))
    };
    let query: Query = below(r#"{"a":1}"#, 1).parse().expect("a query");
    assert_eq!(query.paths().len(), 2);
    for branch in [
        r#"{"a":1}"#,
        "{}",
        "null",
        "5",
        r#"["a"]"#,
        r#"{"$and":[{}]}"#,
    ] {
        let (kind, _) = refused(&below(branch, 1_000));
        assert_eq!(kind, ErrorKind::Limit, "{branch}");
    }
}

#[test]
fn a_text_in_the_place_of_a_list_is_one() {
    let text = "x".repeat(1_000_000);
    let branch = format!(r#"{{"a.$or":["{text}"]}}"#);
    assert_eq!(refused(&branch).0, ErrorKind::Limit);
    let all = format!(r#"{{"a":{{"$all":"{text}"}}}}"#);
    assert_eq!(refused(&all), (ErrorKind::Limit, "/a/$all".to_owned()));
    let short: Query = r#"{"a":{"$all":"ab"}}"#.parse().expect("a query");
    assert!(short.matches(&serde_json::json!({"a": "cab"})));
}

#[test]
fn what_ran_out_of_its_steps_is_counted() {
    let limits = Limits::new().with_patterns(PatternLimits::new().with_steps(100));
    let query = |clause: &str| {
        let builder = Query::builder().limits(limits);
        builder.compile_str(clause).expect("a query")
    };
    let dear: Object = format!(r#"{{"s":"{}cb"}}"#, "a".repeat(30))
        .parse()
        .expect("an object");
    for (clause, each) in [
        (r#"{"s":{"$regex":"^(a+)+\\1b"},"t":{"$exists":false}}"#, 1),
        (r#"{"s":{"$regex":"^a"},"t":{"$exists":false}}"#, 0),
        (r#"{"s":{"$exists":true}}"#, 0),
    ] {
        let query = query(clause);
        assert_eq!(query.over_budget(), 0, "{clause}");
        for times in 1..3 {
            let _ = query.verdict(&dear);
            assert_eq!(query.over_budget(), times * each, "{clause}");
        }
    }
}
