//! What Parse Server is asked, how often, and what comes of it if it does not answer.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::access::testing::{Host, Instead, Parse, SOON, Who};

fn private(reader: &str) -> Value {
    let acl = json!({reader: {"read": true}});
    json!({"currentParseObject": {"className": "Game", "objectId": "g", "ACL": acl}})
}

async fn sees(host: &Host, who: &Who, reader: &str) -> bool {
    host.sees(who, &private(reader)).await.is_some()
}

fn unasked(host: &Host, reason: &str) -> u64 {
    host.metrics.value("livematch_parse_unasked_total", reason)
}

#[tokio::test]
async fn sessions_are_looked_up_as_master() {
    let parse = Parse::start().await;
    parse.log_in(&["ann"]);
    let host = Host::with(&[
        "--parse-url",
        &parse.url,
        "--master-key",
        "master",
        "--rest-key",
        "rest",
        "--key-pairs",
        r#"{"javascriptKey": "js"}"#,
    ]);
    assert!(sees(&host, &Who::user("ann"), "ann").await);
    let known = parse.known();
    let asked = known.asked.first().expect("a question");
    assert_eq!(asked.path, "sessions");
    assert_eq!(asked.headers["x-parse-master-key"], "master");
    assert_eq!(asked.headers["x-parse-application-id"], "app");
    assert!(asked.headers.get("x-parse-session-token").is_none());
    assert_eq!(asked.body["where"], json!({"sessionToken": "r:ann"}));
    assert_eq!(asked.body["include"], "user");
}

#[tokio::test]
async fn without_the_master_key_users_are_asked_for_with_the_keys_of_clients() {
    let parse = Parse::start().await;
    parse.log_in(&["ann"]);
    let host = Host::with(&[
        "--parse-url",
        &parse.url,
        "--rest-key",
        "rest",
        "--key-pairs",
        r#"{"javascriptKey": "js"}"#,
    ]);
    assert!(sees(&host, &Who::user("ann"), "ann").await);
    assert!(!sees(&host, &Who::user("zoe"), "zoe").await);
    let known = parse.known();
    let asked = known.asked.first().expect("a question");
    assert_eq!(asked.path, "users/me");
    assert_eq!(asked.headers["x-parse-session-token"], "r:ann");
    assert_eq!(asked.headers["x-parse-rest-api-key"], "rest");
    assert_eq!(asked.headers["x-parse-javascript-key"], "js");
    assert!(asked.headers.get("x-parse-master-key").is_none());
}

#[tokio::test]
async fn an_error_is_no_answer_of_a_session() {
    let parse = Parse::start().await;
    let host = Host::with(&["--parse-url", &parse.url]);
    let client = Who::nobody().client();
    assert_eq!(host.user("r:made-up", &client).await, Some(None));
    parse.known().instead = Some(Instead::Page(403, json!({"code": 119})));
    assert_eq!(host.user("r:other", &client).await, None);
}

#[tokio::test]
async fn sessions_that_have_ended() {
    let parse = Parse::start().await;
    let later = "2999-01-01T00:00:00.000Z";
    let sessions = [
        ("r:past", "ann", Some("2020-01-01T00:00:00.000Z")),
        ("r:later", "ann", Some(later)),
        ("r:never", "ann", None),
        ("r:deleted", "", None),
        ("r:odd", "role:editors", None),
        ("r:all", "*", None),
    ];
    let session = |(token, user, ends): (&str, &str, Option<&str>)| {
        (token.to_owned(), (user.to_owned(), ends.map(str::to_owned)))
    };
    parse.known().sessions = sessions.map(session).into();
    let host = Host::master(&parse);
    for (token, is_valid) in [
        ("r:past", false),
        ("r:later", true),
        ("r:never", true),
        ("r:deleted", false),
    ] {
        assert_eq!(
            sees(&host, &Who::with(token, None), "ann").await,
            is_valid,
            "{token}"
        );
    }
    assert!(!sees(&host, &Who::with("r:odd", None), "role:editors").await);
    let users = json!({
        "currentParseObject": {"className": "Game"},
        "classLevelPermissions": {"find": {"requiresAuthentication": true}},
    });
    for token in ["r:odd", "r:all", "r:deleted", "r:past"] {
        assert!(
            host.sees(&Who::with(token, None), &users).await.is_none(),
            "{token}"
        );
    }
}

#[tokio::test]
async fn a_session_is_not_believed_for_longer_than_it_lasts() {
    let parse = Parse::start().await;
    let ends = chrono::Utc::now() + chrono::TimeDelta::milliseconds(2_500);
    let ends = ends.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    parse.known().sessions = [("r:ann".to_owned(), ("ann".to_owned(), Some(ends)))].into();
    let host = Host::with(&[
        "--parse-url",
        &parse.url,
        "--master-key",
        "m",
        "--cache-seconds",
        "60",
    ]);
    assert!(sees(&host, &Who::user("ann"), "ann").await);
    let has_ended = async {
        while sees(&host, &Who::user("ann"), "ann").await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(SOON * 5, has_ended).await.expect("it ends");
}

#[tokio::test]
async fn a_token_that_can_be_none_is_not_asked_for() {
    let parse = Parse::start().await;
    let host = Host::master(&parse);
    let long = "x".repeat(513);
    for token in ["r:a b", "r:\u{0}", "r:ä", &long] {
        assert!(!sees(&host, &Who::with(token, None), "ann").await);
    }
    assert_eq!(parse.asked(), Vec::<String>::new());
    assert!(!sees(&host, &Who::with(&long[1..], None), "ann").await);
    assert_eq!(parse.asked().len(), 1);
}

#[tokio::test]
async fn who_makes_tokens_up_is_heard_no_more() {
    let parse = Parse::start().await;
    parse.log_in(&["ann"]);
    let host = Host::master(&parse);
    let liar = Who::nobody().client();
    for n in 0..200 {
        let answer = host.user(&format!("r:made-up-{n}"), &liar).await;
        assert_eq!(answer.is_none(), n >= 10, "{n}");
    }
    assert_eq!(parse.asked().len(), 10);
    assert_eq!(unasked(&host, "client"), 190);
    assert_eq!(
        host.user("r:made-up-3", &liar).await,
        Some(None),
        "it is remembered"
    );
    assert_eq!(parse.asked().len(), 0);
    // Others are asked for, and cost nothing as long as there is something in it.
    let honest = Who::nobody().client();
    for n in 0..30 {
        parse.log_in(&[&format!("u{n}")]);
        let user = host.user(&format!("r:u{n}"), &honest).await;
        assert_eq!(user, Some(Some(format!("u{n}"))));
    }
}

#[tokio::test]
async fn who_makes_classes_up_is_heard_no_more() {
    let parse = Parse::start().await;
    let host = Host::master(&parse);
    let liar = Who::nobody().client();
    for n in 0..20 {
        host.asks_for_class(&format!("Made{n}"), &liar).await;
    }
    assert_eq!(parse.asked().len(), 10);
    host.asks_for_class("Made3", &liar).await;
    assert_eq!(parse.asked().len(), 0, "it is remembered");
    // Classes that there are cost nothing.
    let honest = Who::nobody().client();
    for n in 0..30 {
        let class = format!("Class{n}");
        parse.known().classes.insert(class.clone(), json!({}));
        host.asks_for_class(&class, &honest).await;
    }
    assert_eq!(parse.asked().len(), 30);
}

#[tokio::test]
async fn what_is_believed_and_for_how_long() {
    let parse = Parse::start().await;
    parse.log_in(&["ann"]);
    parse.give("ann", &["writers"]);
    let host = Host::with(&[
        "--parse-url",
        &parse.url,
        "--master-key",
        "m",
        "--cache-seconds",
        "0.2",
    ]);
    let (ann, zoe) = (Who::user("ann"), Who::user("zoe"));
    for _ in 0..3 {
        assert!(sees(&host, &ann, "ann").await);
        assert!(!sees(&host, &zoe, "zoe").await);
    }
    assert_eq!(parse.asked(), ["sessions", "sessions"]);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(sees(&host, &ann, "ann").await);
    assert!(!sees(&host, &zoe, "zoe").await);
    assert_eq!(parse.asked(), ["sessions"], "what is not valid stays so");
    assert!(sees(&host, &ann, "role:writers").await);
    parse.give("ann", &[]);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!sees(&host, &ann, "role:writers").await);
    parse.give("ann", &["writers"]);
    parse.asked();
    // What changes is forgotten when Parse Server says so.
    let host = Host::with(&[
        "--parse-url",
        &parse.url,
        "--master-key",
        "m",
        "--cache-seconds",
        "60",
    ]);
    assert!(sees(&host, &ann, "role:writers").await);
    parse.give("ann", &[]);
    assert!(sees(&host, &ann, "role:writers").await);
    host.access.forget("somebody");
    assert!(!sees(&host, &ann, "role:writers").await);
    parse.asked();
    parse.known().sessions.clear();
    host.access.forget("somebody");
    assert!(sees(&host, &ann, "ann").await);
    host.access.forget("ann");
    assert!(!sees(&host, &ann, "ann").await);
}

#[tokio::test]
async fn all_who_wait_for_an_answer_get_the_same() {
    let parse = Parse::start().await;
    parse.log_in(&["ann"]);
    let host = Host::master(&parse);
    let ann = Who::user("ann");
    let seen = join_all((0..50).map(|_| sees(&host, &ann, "ann"))).await;
    assert!(seen.into_iter().all(|sees| sees));
    assert_eq!(parse.asked(), ["sessions"]);
}

#[tokio::test]
async fn roles_page_by_page() {
    let parse = Parse::start().await;
    parse.log_in(&["ann"]);
    let names: Vec<_> = (0..250).map(|n| format!("r{n:03}")).collect();
    parse.give("ann", &names.iter().map(String::as_str).collect::<Vec<_>>());
    parse.known().max_limit = Some(100);
    let host = Host::master(&parse);
    for role in ["role:r000", "role:r099", "role:r100", "role:r249"] {
        assert!(sees(&host, &Who::user("ann"), role).await, "{role}");
    }
    // Three pages of hers, and nothing above them.
    assert_eq!(
        parse.asked(),
        ["sessions", "roles", "roles", "roles", "roles"]
    );
}

#[tokio::test]
async fn roles_in_a_circle() {
    let parse = Parse::start().await;
    parse.log_in(&["ann"]);
    parse.give("ann", &["a", "b"]);
    parse.give("role:a", &["b", "c"]);
    parse.give("role:b", &["a"]);
    parse.give("role:c", &["d"]);
    parse.give("role:d", &["a"]);
    let host = Host::master(&parse);
    for role in ["role:a", "role:b", "role:c", "role:d"] {
        assert!(sees(&host, &Who::user("ann"), role).await, "{role}");
    }
    assert_eq!(
        parse.asked(),
        ["sessions", "roles", "roles", "roles", "roles"]
    );
}

#[tokio::test]
async fn half_of_the_roles_are_none() {
    let parse = Parse::start().await;
    parse.log_in(&["ann"]);
    parse.give("ann", &["a", "b"]);
    parse.known().max_limit = Some(0);
    let host = Host::master(&parse);
    assert!(!sees(&host, &Who::user("ann"), "role:a").await);
    assert_eq!(host.metrics.value("livematch_parse_failures_total", ""), 1);
    assert!(sees(&host, &Who::user("ann"), "ann").await);

    let many: Vec<_> = (0..10_001).map(|n| format!("r{n:05}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    for (number, sees_them) in [(10_000, true), (10_001, false)] {
        parse.known().max_limit = Some(4_000);
        parse.give("ann", &many[..number]);
        host.access.forget("ann");
        let host = Host::master(&parse);
        assert_eq!(
            sees(&host, &Who::user("ann"), "role:r00000").await,
            sees_them,
            "{number}"
        );
    }
}

#[tokio::test]
async fn answers_that_are_none() {
    let pages = [
        (500, json!({"code": 1, "error": "Internal server error"})),
        (403, json!({"error": "unauthorized"})),
        (400, json!({"code": 119, "error": "Permission denied"})),
        (200, json!("Welcome")),
        (200, json!({})),
        (200, json!({"results": [{"user": {"objectId": 5}}]})),
        (
            200,
            json!({"results": [{"user": {"objectId": "ann"}, "expiresAt": {"iso": "soon"}}]}),
        ),
        (302, json!({})),
    ];
    for (status, page) in pages {
        let parse = Parse::start().await;
        let host = Host::master(&parse);
        parse.known().instead = Some(Instead::Page(status, page.clone()));
        assert!(!sees(&host, &Who::user("ann"), "ann").await, "{page}");
        assert_eq!(host.metrics.value("livematch_parse_requests_total", ""), 1);
        assert_eq!(
            host.metrics.value("livematch_parse_failures_total", ""),
            1,
            "{page}"
        );
        // A class of which nothing is known is not known to be open.
        host.asks_for_class("Game", &Who::nobody().client()).await;
        assert_eq!(
            host.metrics.value("livematch_parse_failures_total", ""),
            2,
            "{page}"
        );
        // It is believed for a moment, so that not everybody asks the same once more.
        assert!(!sees(&host, &Who::user("ann"), "ann").await);
        assert_eq!(host.metrics.value("livematch_parse_requests_total", ""), 2);
        // Whoever asked is not to blame.
        assert_eq!(unasked(&host, "client"), 0);
    }
}

#[tokio::test]
async fn nobody_is_to_blame_for_what_is_not_answered() {
    let parse = Parse::start().await;
    let host = Host::master(&parse);
    let client = Who::nobody().client();
    parse.known().instead = Some(Instead::Page(400, json!({"code": 119})));
    for n in 0..30 {
        assert_eq!(host.user(&format!("r:{n}"), &client).await, None);
    }
    assert_eq!(parse.asked().len(), 30);
    assert_eq!(unasked(&host, ""), 0);
}

#[tokio::test]
async fn a_parse_server_that_hangs_is_left_alone() {
    let parse = Parse::start().await;
    parse.log_in(&["ann", "bob"]);
    let host = Host::with(&[
        "--parse-url",
        &parse.url,
        "--master-key",
        "m",
        "--parse-timeout",
        "0.2",
        "--parse-failures",
        "3",
        "--parse-pause",
        "0.5",
        "--cache-seconds",
        "0.01",
    ]);
    parse.known().instead = Some(Instead::Silence);
    let tokens: Vec<_> = (0..3).map(|n| format!("r:{n}")).collect();
    let client = Who::nobody().client();
    let answers = join_all(tokens.iter().map(|token| host.user(token, &client))).await;
    assert_eq!(answers, [None, None, None]);
    assert_eq!(parse.asked().len(), 3);
    assert_eq!(host.metrics.value("livematch_parse_circuit_open", ""), 1);

    // Nobody waits, and nothing is asked. What does not depend on it is told.
    assert!(!sees(&host, &Who::user("ann"), "ann").await);
    assert!(sees(&host, &Who::user("ann"), "*").await);
    assert_eq!(parse.asked().len(), 0);
    assert_eq!(unasked(&host, "circuit"), 1);

    parse.known().instead = None;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(sees(&host, &Who::user("bob"), "bob").await);
    assert_eq!(host.metrics.value("livematch_parse_circuit_open", ""), 0);
    assert!(
        sees(&host, &Who::user("ann"), "ann").await,
        "nothing was remembered of when it was not asked"
    );
}

#[tokio::test]
async fn errors_of_the_question_do_not_open_the_circuit() {
    let parse = Parse::start().await;
    let host = Host::with(&[
        "--parse-url",
        &parse.url,
        "--master-key",
        "m",
        "--parse-failures",
        "2",
    ]);
    let client = Who::nobody().client();
    for page in [json!({"code": 119}), json!("no error")] {
        parse.known().instead = Some(Instead::Page(400, page));
        for n in 0..5 {
            host.user(&format!("r:{n}"), &client).await;
        }
    }
    assert_eq!(host.metrics.value("livematch_parse_circuit_open", ""), 0);
    for (n, page) in [json!({"code": 1}), json!("bad gateway")]
        .into_iter()
        .enumerate()
    {
        parse.known().instead = Some(Instead::Page(502, page));
        host.user(&format!("r:x{n}"), &client).await;
    }
    assert_eq!(host.metrics.value("livematch_parse_circuit_open", ""), 1);
}

#[tokio::test]
async fn what_classes_hold_is_no_question_of_clients() {
    let parse = Parse::start().await;
    parse.log_in(&["ann"]);
    let host = Host::with(&[
        "--parse-url",
        &parse.url,
        "--master-key",
        "m",
        "--parse-failures",
        "2",
    ]);
    let open = || host.metrics.value("livematch_parse_circuit_open", "");
    let client = Who::nobody().client();
    parse.known().instead = Some(Instead::Page(502, json!("bad gateway")));
    for _ in 0..5 {
        assert!(host.access.schemas().await.is_none());
    }
    assert_eq!((parse.asked().len(), open()), (5, 0));
    // Nor does an answer to it say that those of clients are answered.
    assert_eq!(host.user("r:one", &client).await, None);
    parse.known().instead = Some(Instead::Page(200, json!({"results": []})));
    assert!(host.access.schemas().await.is_some());
    parse.known().instead = Some(Instead::Page(502, json!("bad gateway")));
    assert_eq!(host.user("r:two", &client).await, None);
    assert_eq!(open(), 1);
    // And it is left alone as by clients.
    let asked = parse.asked().len();
    assert!(host.access.schemas().await.is_none());
    assert_eq!((asked, parse.asked().len()), (3, 0));
}
