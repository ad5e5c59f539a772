//! Who may subscribe.

use serde_json::json;

use crate::access::testing::{Host, Instead, Parse, Who};
use crate::protocol::{Connect, Sdk};

const DENIED: Result<Option<String>, i32> = Err(119);
const NEEDS_USER: Result<Option<String>, i32> = Err(101);
const ADMITTED: Result<Option<String>, i32> = Ok(None);

async fn parse() -> Parse {
    let parse = Parse::start().await;
    parse.log_in(&["ann", "bob"]);
    parse.give("ann", &["writers"]);
    let classes = [
        ("Open", json!({"find": {"*": true}, "get": {"*": true}})),
        ("Closed", json!({"find": {}, "get": {}})),
        ("Users", json!({"find": {"requiresAuthentication": true}})),
        ("Bobs", json!({"find": {"bob": true}})),
        ("Writers", json!({"find": {"role:writers": true}})),
        ("Pointed", json!({"find": {"pointerFields": ["owner"]}})),
        ("PointedGet", json!({"get": {"pointerFields": ["owner"]}})),
        ("Get", json!({"find": {}, "get": {"*": true}})),
        ("Find", json!({"find": {"*": true}, "get": {}})),
        ("Odd", json!({"find": 5})),
        (
            "Hidden",
            json!({"protectedFields": {"*": ["a"], "bob": [], "role:writers": []}}),
        ),
        ("_User", json!({"protectedFields": {"*": ["a"]}})),
        ("_Session", json!({"find": {"*": true}, "get": {}})),
    ];
    parse.known().classes = classes
        .map(|(name, permissions)| (name.to_owned(), permissions))
        .into();
    parse
}

#[test]
fn the_keys_are_those_of_the_options() {
    let pairs = r#"{"javascriptKey": "js"}"#;
    let host = Host::with(&["--key-pairs", pairs, "--master-key", "m"]);
    for (name, key, may, is_master) in [
        ("javascriptKey", "js", true, false),
        ("javascriptKey", "m", false, false),
        ("masterKey", "m", true, true),
    ] {
        let connect = Connect {
            keys: [(name, key.to_owned())].into(),
            session_token: None,
            installation_id: None,
            sdk: Sdk::Other,
        };
        let keys = host.access.keys();
        assert_eq!(keys.admit(&connect), may, "{name} {key}");
        assert_eq!(keys.is_master(&connect), is_master, "{name} {key}");
    }
}

#[tokio::test]
async fn permissions_of_the_class() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let whos = [Who::nobody(), Who::user("ann"), Who::user("bob")];
    let by_id = r#"{"objectId": "g"}"#;
    let cases = [
        ("Open", "{}", [ADMITTED, ADMITTED, ADMITTED]),
        ("Closed", "{}", [DENIED, DENIED, DENIED]),
        ("Users", "{}", [NEEDS_USER, ADMITTED, ADMITTED]),
        ("Bobs", "{}", [DENIED, DENIED, ADMITTED]),
        ("Writers", "{}", [DENIED, ADMITTED, DENIED]),
        ("Pointed", "{}", [ADMITTED, ADMITTED, ADMITTED]),
        ("PointedGet", by_id, [NEEDS_USER, ADMITTED, ADMITTED]),
        ("Get", "{}", [DENIED, DENIED, DENIED]),
        ("Get", by_id, [ADMITTED, ADMITTED, ADMITTED]),
        ("Find", by_id, [DENIED, DENIED, DENIED]),
        ("Find", "{}", [ADMITTED, ADMITTED, ADMITTED]),
        ("Odd", "{}", [DENIED, DENIED, DENIED]),
        ("Missing", "{}", [ADMITTED, ADMITTED, ADMITTED]),
        ("Hidden", "{}", [ADMITTED, ADMITTED, ADMITTED]),
        ("Hidden", r#"{"a.b": 1}"#, [DENIED, ADMITTED, ADMITTED]),
        ("Hidden", r#"{"b": 1}"#, [ADMITTED, ADMITTED, ADMITTED]),
        (
            "_User",
            r#"{"objectId": "bob", "a": 1}"#,
            [DENIED, DENIED, ADMITTED],
        ),
        ("_User", r#"{"a": 1}"#, [DENIED, DENIED, DENIED]),
    ];
    for (class, clause, admitted) in cases {
        for (who, admitted) in whos.iter().zip(admitted) {
            assert_eq!(
                host.admit(who, class, clause).await,
                admitted,
                "{class} {clause}"
            );
        }
        assert_eq!(host.admit(&Who::master(), class, clause).await, ADMITTED);
    }
}

#[tokio::test]
async fn sessions_are_ones_own() {
    let parse = parse().await;
    let host = Host::master(&parse);
    let admit = async |who: &Who| host.admit(who, "_Session", r#"{"objectId": "s"}"#).await;
    assert_eq!(admit(&Who::user("ann")).await, Ok(Some("ann".to_owned())));
    assert_eq!(
        admit(&Who::with("r:bob", None)).await,
        Ok(Some("bob".to_owned()))
    );
    assert_eq!(admit(&Who::nobody()).await, Err(209));
    assert_eq!(admit(&Who::with("r:ann", Some("r:zoe"))).await, Err(209));
    assert_eq!(admit(&Who::master()).await, ADMITTED);
    parse.known().instead = Some(Instead::Page(500, json!({"code": 1})));
    host.access.forget("ann");
    assert_eq!(admit(&Who::user("ann")).await, Err(100));
}

#[tokio::test]
async fn classes_that_are_not_for_clients() {
    let parse = parse().await;
    for host in [Host::master(&parse), Host::with(&[])] {
        let admit = async |who: Who, class, clause| host.admit(&who, class, clause).await;
        let by_id = r#"{"objectId": "i"}"#;
        assert_eq!(admit(Who::nobody(), "_Installation", "{}").await, DENIED);
        assert_eq!(admit(Who::nobody(), "_Installation", by_id).await, ADMITTED);
        assert_eq!(admit(Who::user("ann"), "_PushStatus", by_id).await, DENIED);
        assert_eq!(admit(Who::master(), "_PushStatus", by_id).await, ADMITTED);
    }
    assert_eq!(
        Host::with(&[])
            .admit(&Who::nobody(), "_Session", "{}")
            .await,
        Err(209)
    );
    assert_eq!(
        Host::with(&[])
            .admit(&Who::user("ann"), "_Session", "{}")
            .await,
        Err(209)
    );
}

#[tokio::test]
async fn what_cannot_be_found_out_is_weighed_later() {
    let parse = parse().await;
    let host = Host::master(&parse);
    // The classes are known, and nothing else.
    for class in ["Users", "Hidden"] {
        assert!(host.admit(&Who::user("bob"), class, "{}").await.is_ok());
    }
    host.access.forget("bob");
    parse.known().instead = Some(Instead::Page(502, json!("bad gateway")));
    let bob = Who::user("bob");
    assert_eq!(host.admit(&bob, "Users", "{}").await, ADMITTED);
    assert_eq!(host.admit(&bob, "Hidden", r#"{"a": 1}"#).await, ADMITTED);
    assert_eq!(host.admit(&bob, "Closed", "{}").await, ADMITTED);
    assert_eq!(host.admit(&Who::nobody(), "Users", "{}").await, NEEDS_USER);
    assert_eq!(
        host.admit(&Who::nobody(), "Hidden", r#"{"a": 1}"#).await,
        DENIED
    );
}

#[tokio::test]
async fn without_the_master_key_permissions_come_with_each_change() {
    let parse = parse().await;
    let host = Host::with(&["--parse-url", &parse.url]);
    assert_eq!(host.admit(&Who::nobody(), "Closed", "{}").await, ADMITTED);
    assert_eq!(parse.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_name_that_no_class_has_is_not_asked_for() {
    let parse = parse().await;
    let host = Host::master(&parse);
    for name in ["../users", "a b", "", "Ä"] {
        assert_eq!(
            host.admit(&Who::nobody(), name, "{}").await,
            ADMITTED,
            "{name}"
        );
    }
    assert_eq!(parse.asked(), Vec::<String>::new());
    let longest = "x".repeat(256);
    assert_eq!(host.admit(&Who::nobody(), &longest, "{}").await, ADMITTED);
    assert_eq!(parse.asked().len(), 1);
}
