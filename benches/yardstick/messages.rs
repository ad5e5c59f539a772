//! W3: from the bytes of a message to the answer of one query, and to the hits of many.

use std::hint::black_box;
use std::path::Path;

use livematch::{Change, ChangeKind, Query, classify};
use serde_json::Value;

use crate::clock::fastest;
use crate::data;
use crate::subscriptions::Subscriptions;
use crate::{Fallible, report};

/// How many queries the set holds.
const QUERIES: u32 = 100_000;

/// The query of W1 that one message is classified with.
const QUERY: &str = "mixed_6";

pub(crate) fn measure(folder: &Path) -> Fallible {
    let messages = data::lines(&folder.join("messages.jsonl"))?;
    one_query(folder, &messages)?;
    many_queries(folder, &messages)?;
    time("value", &messages, |bytes| {
        black_box(serde_json::from_slice::<Value>(bytes)).is_ok()
    });
    Ok(())
}

fn one_query(folder: &Path, messages: &[String]) -> Fallible {
    let (queries, _) = data::single(folder)?;
    let named = queries.iter().find(|(name, _)| name == QUERY);
    let query: Query = named.ok_or("no such query")?.1.parse()?;
    let keep = query.fields();
    time("one_query", messages, |bytes| {
        let change = Change::from_slice(ChangeKind::Save, bytes, &keep);
        change.is_ok_and(|change| {
            classify(&query, change.old_object(), change.new_object()).is_some()
        })
    });
    Ok(())
}

fn many_queries(folder: &Path, messages: &[String]) -> Fallible {
    let mut subscriptions = Subscriptions::with_capacity(QUERIES);
    data::each_line(&data::file(folder, QUERIES, "clauses"), |clause| {
        let query = subscriptions.compile(clause)?;
        subscriptions.insert(query);
        Ok(())
    })?;
    let keep = subscriptions.set.fields().clone();
    time("set", messages, |bytes| {
        let change = Change::from_slice(ChangeKind::Save, bytes, &keep);
        change.is_ok_and(|change| {
            let hits = subscriptions.ask(change.old_object(), change.new_object());
            !hits.is_empty()
        })
    });
    Ok(())
}

/// The time for one message.
fn time(what: &str, messages: &[String], mut work: impl FnMut(&[u8]) -> bool) {
    let all = fastest(|| {
        for message in messages {
            black_box(work(message.as_bytes()));
        }
    });
    let count = f64::from(u32::try_from(messages.len()).unwrap_or(u32::MAX));
    report::value(&format!("livematch/messages/{what}"), all / count);
}
