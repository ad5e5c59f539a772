//! What is seen of a change.

use serde_json::{Value, json};

use crate::access::testing::{Host, Parse, Told, Who};
use crate::registry::Sees;

fn pointer(user: &str) -> Value {
    json!({"__type": "Pointer", "className": "_User", "objectId": user})
}

/// A message: the object before and after, and the permissions of its class.
fn save(before: Option<Value>, after: Value, permissions: impl Into<Value>) -> Value {
    let object = |mut fields: Value| {
        fields["className"] = "Game".into();
        fields["objectId"] = "g".into();
        fields
    };
    let mut message =
        json!({"currentParseObject": object(after), "classLevelPermissions": permissions.into()});
    if let Some(before) = before {
        message["originalParseObject"] = object(before);
    }
    message
}

fn create(fields: Value, permissions: impl Into<Value>) -> Value {
    save(None, fields, permissions)
}

#[expect(clippy::unnecessary_wraps, reason = "sights are compared with it")]
fn told(event: &'static str, object: Value, original: Option<Value>) -> Option<Told> {
    Some(Told {
        event,
        object,
        original,
    })
}

async fn parse() -> Parse {
    let parse = Parse::start().await;
    parse.log_in(&["ann", "bob"]);
    parse.give("ann", &["writers"]);
    parse.give("role:writers", &["editors"]);
    parse
}

#[tokio::test]
async fn access_lists() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let nobody = Who::nobody();
    let (ann, bob) = (Who::user("ann"), Who::user("bob"));
    let cases = [
        (json!({"n": 1}), [true, true, true]),
        (json!({"n": 1, "ACL": null}), [false, false, false]),
        (
            json!({"n": 1, "ACL": {"*": {"read": true}}}),
            [true, true, true],
        ),
        (json!({"n": 1, "ACL": {}}), [false, false, false]),
        (
            json!({"n": 1, "ACL": {"*": {"write": true}}}),
            [false, false, false],
        ),
        (
            json!({"n": 1, "ACL": {"bob": {"read": true}}}),
            [false, false, true],
        ),
        (
            json!({"n": 1, "ACL": {"role:writers": {"read": true}}}),
            [false, true, false],
        ),
        (
            json!({"n": 1, "ACL": {"role:editors": {"read": true}}}),
            [false, true, false],
        ),
        (
            json!({"n": 1, "ACL": {"role:others": {"read": true}}}),
            [false, false, false],
        ),
    ];
    for (object, sees) in cases {
        let message = create(object, json!({}));
        for (who, sees) in [&nobody, &ann, &bob].into_iter().zip(sees) {
            assert_eq!(host.sees(who, &message).await.is_some(), sees, "{message}");
        }
        assert!(host.sees(&Who::master(), &message).await.is_some());
    }
}

#[tokio::test]
async fn nothing_is_asked_that_makes_no_difference() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let ann = Who::user("ann");
    let quiet = [
        create(json!({"n": 1}), json!({})),
        create(json!({"n": 1, "ACL": {"*": {"read": true}}}), json!({})),
        create(json!({"n": 1, "ACL": {}}), json!({})),
        create(json!({"n": 1}), json!({"find": {}})),
        create(json!({"n": 1}), json!({"find": {"role:writers": false}})),
        create(json!({"n": 1}), json!({"protectedFields": {"*": ["n"]}})),
        create(
            json!({"n": 1}),
            json!({"protectedFields": {"*": [], "ann": ["n"]}}),
        ),
    ];
    for message in quiet {
        host.sees(&ann, &message).await;
        assert_eq!(parse.asked(), Vec::<String>::new(), "{message}");
    }
    let of_users = [
        create(
            json!({"n": 1, "ACL": {"ann": {"read": true}, "role:writers": {"read": true}}}),
            json!({}),
        ),
        create(
            json!({"n": 1, "ACL": {"bob": {"read": true}, "role:writers": {"write": true}}}),
            json!({}),
        ),
        create(
            json!({"n": 1}),
            json!({"find": {"ann": true, "role:writers": true}}),
        ),
        create(
            json!({"n": 1}),
            json!({"find": {"requiresAuthentication": true}}),
        ),
        create(
            json!({"n": 1}),
            json!({"protectedFields": {"*": ["n"], "bob": []}}),
        ),
    ];
    for message in of_users {
        host.access.forget("ann");
        host.sees(&ann, &message).await;
        assert_eq!(parse.asked(), ["sessions"], "{message}");
        assert!(
            host.sees(&Who::nobody(), &message)
                .await
                .is_none_or(|told| told.event == "create")
        );
        assert_eq!(
            parse.asked(),
            Vec::<String>::new(),
            "nobody has a session: {message}"
        );
    }
    // Writers, editors, and nobody above them.
    host.sees(
        &ann,
        &create(json!({"ACL": {"role:x": {"read": true}}}), json!({})),
    )
    .await;
    assert_eq!(parse.asked(), ["roles", "roles", "roles"]);
    host.sees(
        &ann,
        &create(json!({"ACL": {"role:y": {"read": true}}}), json!({})),
    )
    .await;
    assert_eq!(parse.asked(), Vec::<String>::new(), "it is remembered");
    host.sees_of(
        &ann,
        r#"{"n": 2}"#,
        &create(json!({"n": 1, "ACL": {"zoe": {"read": true}}}), json!({})),
    )
    .await;
    assert_eq!(parse.asked(), Vec::<String>::new(), "it does not match");
}

#[tokio::test]
async fn an_access_list_names_the_event() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let ann = Who::user("ann");
    let of = |n: i32, reader: &str| json!({"n": n, "ACL": {reader: {"read": true}}});
    let message = |before, after| save(Some(before), after, json!({}));
    let n = |n: i32| json!({"n": n});

    let gained = message(of(1, "bob"), of(2, "ann"));
    assert_eq!(host.sees(&ann, &gained).await, told("enter", n(2), None));
    let lost = message(of(1, "ann"), of(2, "bob"));
    assert_eq!(
        host.sees(&ann, &lost).await,
        told("leave", n(1), Some(n(1)))
    );
    let kept = message(of(1, "ann"), of(2, "ann"));
    assert_eq!(
        host.sees(&ann, &kept).await,
        told("update", n(2), Some(n(1)))
    );
    let hidden = message(of(1, "bob"), of(2, "bob"));
    assert_eq!(host.sees(&ann, &hidden).await, None);

    // The other side does not match, and is told only to who may read it.
    let two = r#"{"n": 2}"#;
    assert_eq!(
        host.sees_of(&ann, two, &gained).await,
        told("enter", n(2), None)
    );
    assert_eq!(
        host.sees_of(&ann, two, &kept).await,
        told("enter", n(2), Some(n(1)))
    );
    let one = r#"{"n": 1}"#;
    assert_eq!(
        host.sees_of(&ann, one, &lost).await,
        told("leave", n(1), Some(n(1)))
    );
    assert_eq!(
        host.sees_of(&ann, one, &kept).await,
        told("leave", n(2), Some(n(1)))
    );

    let mut deleted = create(of(1, "ann"), json!({}));
    deleted["op"] = "delete".into();
    assert_eq!(host.sees(&ann, &deleted).await, told("delete", n(1), None));
    assert_eq!(host.sees(&Who::user("bob"), &deleted).await, None);
    assert_eq!(
        host.sees(&Who::master(), &deleted).await,
        told("delete", n(1), None)
    );
    assert_eq!(
        host.sees(&Who::master(), &lost).await,
        told("update", n(2), Some(n(1)))
    );
    assert_eq!(
        host.sees(&Who::master(), &create(of(1, "bob"), json!({})))
            .await,
        told("create", n(1), None)
    );
    assert_eq!(
        host.sees_of(&Who::master(), one, &lost).await,
        told("leave", n(2), Some(n(1)))
    );
}

#[tokio::test]
async fn permissions_of_the_class() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let whos = [Who::nobody(), Who::user("ann"), Who::user("bob")];
    let cases = [
        (json!({"find": {"*": true}}), [true, true, true]),
        (
            json!({"find": {}, "get": {"*": true}}),
            [false, false, false],
        ),
        (
            json!({"find": {"requiresAuthentication": true}}),
            [false, true, true],
        ),
        (json!({"find": {"bob": true}}), [false, false, true]),
        (
            json!({"find": {"role:writers": true}}),
            [false, true, false],
        ),
        (
            json!({"find": {"role:editors": true}}),
            [false, true, false],
        ),
        (
            json!({"find": {"pointerFields": ["owner"]}}),
            [false, false, true],
        ),
        (
            json!({"find": {"pointerFields": ["friends"]}}),
            [false, true, true],
        ),
        (
            json!({"find": {"pointerFields": ["owner"], "requiresAuthentication": true}}),
            [false, false, true],
        ),
        (
            json!({"find": {}, "readUserFields": ["owner"]}),
            [false, false, true],
        ),
        (
            json!({"find": {"pointerFields": ["owner"], "role:writers": true}}),
            [false, true, true],
        ),
        (
            json!({"find": {"pointerFields": ["missing", "n"]}}),
            [false, false, false],
        ),
        (json!(5), [false, false, false]),
        (json!({"find": "all"}), [false, false, false]),
        (json!(null), [true, true, true]),
    ];
    let object =
        json!({"n": 1, "owner": pointer("bob"), "friends": [pointer("ann"), pointer("bob")]});
    for (permissions, sees) in cases {
        let message = create(object.clone(), permissions);
        for (who, sees) in whos.iter().zip(sees) {
            assert_eq!(host.sees(who, &message).await.is_some(), sees, "{message}");
        }
        assert!(host.sees(&Who::master(), &message).await.is_some());
    }
    let get = create(object, json!({"find": {}, "get": {"*": true}}));
    let by_id = host.sees_of(&whos[0], r#"{"objectId": "g"}"#, &get).await;
    assert!(by_id.is_some(), "an id alone is read");
}

#[tokio::test]
async fn a_pointer_names_the_event_as_an_access_list_does() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let of = |n: i32, owner: &str| json!({"n": n, "owner": pointer(owner)});
    let permissions = json!({"find": {"pointerFields": ["owner"]}});
    let message = save(Some(of(1, "ann")), of(2, "bob"), permissions);
    let (old, new) = (of(1, "ann"), of(2, "bob"));
    let left = host.sees(&Who::user("ann"), &message).await;
    assert_eq!(left, told("leave", old.clone(), Some(old)));
    let entered = host.sees(&Who::user("bob"), &message).await;
    assert_eq!(entered, told("enter", new, None));
    assert_eq!(host.sees(&Who::nobody(), &message).await, None);
}

#[tokio::test]
async fn protected_fields() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let whos = [Who::nobody(), Who::user("ann"), Who::user("bob")];
    let cases: [(Value, [&[&str]; 3]); 9] = [
        (json!({"*": ["a"]}), [&["b"], &["b"], &["b"]]),
        (
            json!({"*": ["a", "b"], "authenticated": ["a"]}),
            [&[], &["b"], &["b"]],
        ),
        (
            json!({"*": ["a", "b"], "role:writers": ["a"]}),
            [&[], &["b"], &[]],
        ),
        (
            json!({"*": ["a", "b"], "role:editors": []}),
            [&[], &["a", "b"], &[]],
        ),
        (json!({"*": ["a", "b"], "bob": []}), [&[], &[], &["a", "b"]]),
        (
            json!({"role:writers": ["a"]}),
            [&["a", "b"], &["b"], &["a", "b"]],
        ),
        (
            json!({"authenticated": ["a"]}),
            [&["a", "b"], &["b"], &["b"]],
        ),
        (
            json!({"*": ["a", "b"], "userField:owner": ["a"]}),
            [&[], &[], &["b"]],
        ),
        (
            json!({"*": ["a"], "userField:friends": ["b"]}),
            [&["b"], &["a", "b"], &["b"]],
        ),
    ];
    for (tiers, seen) in cases {
        let object = json!({"a": 1, "b": 2, "owner": pointer("bob"), "friends": [pointer("ann")]});
        let message = create(object, json!({ "protectedFields": tiers }));
        for (who, seen) in whos.iter().zip(seen) {
            let told = host.sees(who, &message).await.expect("an event");
            let found: Vec<_> = ["a", "b"]
                .into_iter()
                .filter(|name| told.object.get(name).is_some())
                .collect();
            assert_eq!(found, seen, "{message}");
        }
        let told = host.sees(&Who::master(), &message).await.expect("an event");
        assert!(told.object.get("a").is_some() && told.object.get("b").is_some());
    }
}

#[tokio::test]
async fn each_side_is_cut_by_whom_it_points_to() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let of = |a: i32, owner: &str| json!({"a": a, "owner": pointer(owner)});
    let permissions = json!({"protectedFields": {"*": ["a"], "userField:owner": []}});
    let message = save(Some(of(1, "ann")), of(2, "bob"), permissions);
    let (old, new) = (
        json!({"owner": pointer("ann")}),
        json!({"owner": pointer("bob")}),
    );
    let ann = host.sees(&Who::user("ann"), &message).await;
    assert_eq!(ann, told("update", new.clone(), Some(of(1, "ann"))));
    let bob = host.sees(&Who::user("bob"), &message).await;
    assert_eq!(bob, told("update", of(2, "bob"), Some(old.clone())));
    let nobody = host.sees(&Who::nobody(), &message).await;
    assert_eq!(nobody, told("update", new, Some(old)));
}

#[tokio::test]
async fn what_asks_for_a_protected_field_is_not_answered() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let permissions =
        json!({"protectedFields": {"*": ["a"], "role:editors": [], "userField:owner": []}});
    let message = create(json!({"a": 1, "owner": pointer("bob")}), permissions);
    for clause in [
        r#"{"a": 1}"#,
        r#"{"a.b": null, "$or": [{"n": null}]}"#,
        r#"{"$or": [{"a": 1}]}"#,
    ] {
        assert_eq!(host.sees_of(&Who::nobody(), clause, &message).await, None);
        // That the object points to somebody shows when it is too late.
        assert_eq!(
            host.sees_of(&Who::user("bob"), clause, &message).await,
            None
        );
    }
    assert!(
        host.sees_of(&Who::user("ann"), r#"{"a": 1}"#, &message)
            .await
            .is_some()
    );
    assert!(
        host.sees_of(&Who::master(), r#"{"a": 1}"#, &message)
            .await
            .is_some()
    );
    assert!(
        host.sees_of(&Who::nobody(), r#"{"owner": {"$exists": true}}"#, &message)
            .await
            .is_some()
    );
}

#[tokio::test]
async fn users_see_all_of_themselves_unless_they_are_not_exempt() {
    let parse = parse().await;
    let message = json!({
        "currentParseObject": {"className": "_User", "objectId": "ann", "a": 1},
        "classLevelPermissions": {"protectedFields": {"*": ["a"]}},
    });
    let exempt = Host::master(&parse);
    let strict = Host::with(&[
        "--parse-url",
        &parse.url,
        "--master-key",
        "master",
        "--protected-fields-owner-exempt",
        "false",
    ]);
    let sees_a = async |host: &Host, who: &str, clause| {
        let told = host.sees_of(&Who::user(who), clause, &message).await;
        told.map(|told| told.object.get("a").is_some())
    };
    assert_eq!(sees_a(&exempt, "ann", "{}").await, Some(true));
    assert_eq!(sees_a(&exempt, "bob", "{}").await, Some(false));
    assert_eq!(sees_a(&strict, "ann", "{}").await, Some(false));
    // To ask for it one has to ask for oneself.
    let own = r#"{"objectId": "ann", "a": 1}"#;
    assert_eq!(sees_a(&exempt, "ann", own).await, Some(true));
    assert_eq!(sees_a(&exempt, "bob", own).await, None);
    assert_eq!(sees_a(&strict, "ann", own).await, None);
    assert_eq!(sees_a(&exempt, "ann", r#"{"a": 1}"#).await, None);
    // The same elsewhere is no more than an id.
    let game = json!({
        "currentParseObject": {"className": "Game", "objectId": "ann", "a": 1},
        "classLevelPermissions": {"protectedFields": {"*": ["a"], "bob": ["a"]}},
    });
    let told = exempt
        .sees(&Who::user("ann"), &game)
        .await
        .expect("an event");
    assert!(told.object.get("a").is_none());
    assert_eq!(exempt.sees_of(&Who::user("ann"), own, &game).await, None);
}

#[tokio::test]
async fn the_session_of_the_subscription_goes_before_that_of_the_client() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let private = create(json!({"n": 1, "ACL": {"ann": {"read": true}}}), json!({}));
    let role = create(
        json!({"n": 1, "ACL": {"role:writers": {"read": true}}}),
        json!({}),
    );
    let cases = [
        (Who::with("r:ann", None), true),
        (Who::with("r:ann", Some("")), true),
        (Who::with("r:bob", Some("r:ann")), true),
        (Who::with("", Some("r:ann")), true),
        (Who::with("r:ann", Some("r:bob")), false),
        (Who::with("r:ann", Some("r:nobody")), false),
        (Who::with("", Some("")), false),
        (Who::with("r:nobody", None), false),
    ];
    for (who, sees) in cases {
        for message in [&private, &role] {
            assert_eq!(host.sees(&who, message).await.is_some(), sees, "{message}");
        }
    }
}

#[tokio::test]
async fn an_empty_session_is_none() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let message = create(
        json!({"a": 1}),
        json!({"protectedFields": {"authenticated": ["a"]}}),
    );
    for who in [
        Who::nobody(),
        Who::with("", Some("")),
        Who::with("r:made up", None),
    ] {
        let told = host.sees(&who, &message).await.expect("an event");
        assert_eq!(told.object, json!({"a": 1}));
    }
    let closed = create(json!({}), json!({"find": {"requiresAuthentication": true}}));
    assert_eq!(host.sees(&Who::with("", Some("")), &closed).await, None);
}

#[tokio::test]
async fn without_a_parse_server_whoever_has_a_session_is_unknown() {
    let host = Host::with(&[]);
    let ann = Who::user("ann");
    let private = create(json!({"ACL": {"ann": {"read": true}}}), json!({}));
    assert_eq!(host.sees(&ann, &private).await, None);
    let users = create(json!({}), json!({"find": {"requiresAuthentication": true}}));
    assert_eq!(host.sees(&ann, &users).await, None);
    let tiers = json!({"protectedFields": {"authenticated": ["a"], "role:x": ["b"]}});
    let message = create(json!({"a": 1, "b": 2, "c": 3}), tiers);
    assert_eq!(
        host.sees(&ann, &message).await,
        told("create", json!({"c": 3}), None)
    );
    let anonymous = host.sees(&Who::nobody(), &message).await;
    assert_eq!(
        anonymous,
        told("create", json!({"a": 1, "b": 2, "c": 3}), None)
    );
}

#[tokio::test]
async fn without_the_master_key_roles_are_unknown() {
    let parse = parse().await;
    let host = Host::with(&["--parse-url", &parse.url]);
    let ann = Who::user("ann");
    let acl = create(json!({"ACL": {"role:writers": {"read": true}}}), json!({}));
    assert_eq!(host.sees(&ann, &acl).await, None);
    let own = create(json!({"n": 1, "ACL": {"ann": {"read": true}}}), json!({}));
    assert_eq!(
        host.sees(&ann, &own).await,
        told("create", json!({"n": 1}), None)
    );
    let class = create(json!({}), json!({"find": {"role:writers": true}}));
    assert_eq!(host.sees(&ann, &class).await, None);
    let tiers =
        json!({"protectedFields": {"*": ["a"], "authenticated": ["a"], "role:writers": []}});
    assert_eq!(
        host.sees(&ann, &create(json!({"a": 1, "b": 2}), tiers))
            .await,
        told("create", json!({"b": 2}), None)
    );
    let only = json!({"protectedFields": {"role:others": ["a"]}});
    assert_eq!(
        host.sees(&ann, &create(json!({"a": 1, "b": 2}), only))
            .await,
        told("create", json!({"b": 2}), None)
    );
}

#[tokio::test]
async fn a_watch_holds_back_what_touches_nothing_of_it() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let public = [json!({"a": 1, "b": 1}), json!({"a": 1, "b": 2})];
    let of_ann = public.clone().map(|mut object| {
        object["ACL"] = json!({"ann": {"read": true}});
        object
    });
    for (who, [old, new]) in [
        (Who::nobody(), public.clone()),
        (Who::master(), public),
        (Who::user("ann"), of_ann),
    ] {
        let message = save(Some(old), new, json!({}));
        for (field, is_touched) in [("a", false), ("b", true)] {
            let seen = host.sees_watching(&who, "{}", Some(field), &message).await;
            assert_eq!(seen.is_some(), is_touched, "{field}");
        }
    }
}

#[tokio::test]
async fn who_may_see_a_change_is_known_once_it_has_been_asked() {
    let parse = Parse::start().await;
    parse.log_in(&["ann", "bob"]);
    let host = Host::master(&parse);
    let of_ann = create(json!({"ACL": {"ann": {"read": true}}}), json!({}));
    let (ann, bob, nobody) = (Who::user("ann"), Who::user("bob"), Who::nobody());
    let known = |who: &Who| host.known(who, "{}", &of_ann);
    assert_eq!(
        [&ann, &bob, &nobody, &Who::master()].map(known),
        [Sees::InDoubt, Sees::InDoubt, Sees::Nothing, Sees::All]
    );
    assert!(parse.asked().is_empty());
    for (who, expected) in [(&ann, true), (&bob, false), (&nobody, false)] {
        assert_eq!(host.may_see_all(who, "{}", &of_ann).await, expected);
        assert_eq!(known(who), if expected { Sees::All } else { Sees::Nothing });
    }
}

#[tokio::test]
async fn what_is_hidden_from_somebody_is_not_to_be_asked_for() {
    let host = Host::with(&[]);
    let nobody = Who::nobody();
    for (clause, permissions, expected) in [
        ("{}", json!({}), true),
        (
            r#"{"pin": 1}"#,
            json!({"protectedFields": {"*": ["pin"]}}),
            false,
        ),
        (
            r#"{"pen": 1}"#,
            json!({"protectedFields": {"*": ["pin"]}}),
            true,
        ),
        ("{}", json!({"find": {}}), false),
        (r#"{"objectId": "g"}"#, json!({"find": {}}), true),
        (
            "{}",
            json!({"find": {"requiresAuthentication": true}}),
            false,
        ),
    ] {
        let message = create(json!({"pin": 1}), permissions);
        let sees = if expected { Sees::All } else { Sees::Nothing };
        assert_eq!(
            host.known(&nobody, clause, &message),
            sees,
            "{clause} {message}"
        );
        assert_eq!(host.may_see_all(&nobody, clause, &message).await, expected);
    }
}

#[tokio::test]
async fn one_side_is_not_all() {
    let host = Host::with(&[]);
    let (nobody, hidden) = (Who::nobody(), json!({"ACL": {}}));
    for (was, is) in [(hidden.clone(), json!({})), (json!({}), hidden.clone())] {
        let message = save(Some(was), is, json!({}));
        assert_eq!(host.known(&nobody, "{}", &message), Sees::InDoubt);
        assert!(!host.may_see_all(&nobody, "{}", &message).await);
    }
    let message = create(hidden, json!({}));
    assert_eq!(host.known(&nobody, "{}", &message), Sees::Nothing);
}
