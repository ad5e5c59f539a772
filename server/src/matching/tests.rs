//! Changes of several classes, one of which is held.

use std::time::{Duration, Instant};

use clap::Parser;
use livematch::{ChangeKind, Query};

use super::*;
use crate::accounting::{Dues, StepLimits};
use crate::dialects::Dialects;
use crate::options::Options;
use crate::registry::{Subscription, What, testing};
use crate::turns::Turns;

/// The ids of the objects that a client has been told of, once there are so many.
async fn told(subscription: &Subscription, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let began = Instant::now();
    while ids.len() < count && began.elapsed() < Duration::from_secs(20) {
        match subscription.client.outbox.take().map(|item| item.what) {
            Some(What::Event(event, _)) => {
                let mut text = String::new();
                event.object.write(&mut text);
                let object: serde_json::Value = serde_json::from_str(&text).expect("JSON");
                ids.push(object["objectId"].as_str().unwrap_or_default().to_owned());
            }
            Some(_) => {}
            None => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
    ids
}

/// A registry, and where its changes are put.
fn matching() -> (Arc<Registry>, Changes) {
    let options = Options::parse_from(["livematch-server", "--app-id", "app"]);
    let metrics = Arc::new(Metrics::unattached());
    let ledger = Ledger::new(1 << 30, 1 << 30);
    let access = Arc::new(Access::new(&options, &ledger, &metrics).expect("access"));
    let steps = Arc::new(Steps::new(StepLimits::none()));
    let registry = Arc::new(Registry::new(Arc::clone(&metrics)));
    let delivery = Delivery::start(1, &access, &ledger, &steps, &metrics);
    let there = Arc::clone(&registry);
    let dialects = Arc::new(Dialects::new(options.dialect, Query::builder()));
    let turns = Turns::reading(1).expect("threads");
    let differences = Differences::new(&dialects, &turns);
    let changes = start(there, delivery, access, steps, differences, ledger, metrics);
    (registry, changes.expect("a thread"))
}

/// A client that subscribes to everything of a class.
fn subscribe(registry: &Registry, number: usize, class: &str) -> Arc<Subscription> {
    let query: Query = "{}".parse().expect("a clause");
    let subscription = testing::subscription_to(class, &testing::client(number), &query);
    let added = registry.add(&subscription, query, Dues::default(), || ());
    added.expect("there is room");
    subscription
}

fn read(changes: &Changes, class: &str, id: usize) -> Read {
    let message =
        format!(r#"{{"currentParseObject": {{"className": "{class}", "objectId": "{id}"}}}}"#);
    let change = changes.read(ChangeKind::Save, message.as_bytes());
    change.expect("a change")
}

async fn put(changes: &Changes, change: Read) {
    let put = changes.put(change, 0, Instant::now()).await;
    put.expect("a thread");
}

#[tokio::test]
async fn who_wants_another_class_does_not_wait_for_one_that_is_held() {
    let (registry, changes) = matching();
    let held = subscribe(&registry, 1, "Held");
    let free = subscribe(&registry, 2, "Free");
    let create = async |class: &str, id| put(&changes, read(&changes, class, id)).await;
    let class = registry.class("Held").expect("a class");
    let (holds, is_held) = mpsc::unbounded_channel();
    let (end, may_end) = std::sync::mpsc::channel();
    let holder = thread::spawn(move || {
        let _guard = class.write();
        holds.send(()).expect("somebody waits");
        may_end.recv().expect("somebody ends it");
    });
    { is_held }.recv().await.expect("it begins");
    for id in 0..3 {
        create("Held", id).await;
        create("Free", id).await;
    }
    assert_eq!(told(&free, 3).await, ["0", "1", "2"]);
    assert!(held.client.outbox.take().is_none());
    end.send(()).expect("it waits");
    holder.join().expect("it ends");
    create("Held", 3).await;
    assert_eq!(told(&held, 4).await, ["0", "1", "2", "3"]);
}

#[tokio::test]
async fn what_came_before_the_first_subscription_of_its_class_is_not_told() {
    let (registry, changes) = matching();
    let early = read(&changes, "Game", 1);
    let object = early.change.new_object().expect("was saved");
    assert_eq!(object.keys().collect::<Vec<_>>(), ["className", "objectId"]);
    let subscription = subscribe(&registry, 1, "Game");
    put(&changes, early).await;
    put(&changes, read(&changes, "Game", 2)).await;
    assert_eq!(told(&subscription, 1).await, ["2"]);
    assert!(subscription.client.outbox.take().is_none());
}
