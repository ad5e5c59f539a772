//! What a set answers, in a form that other engines can be compared in; and whether it is right.

use std::collections::HashMap;
use std::error::Error;

use livematch::{Event, Hit, SubscriptionId, classify};
use serde_json::{Value, json};

use crate::Fallible;
use crate::data::Sides;
use crate::subscriptions::Subscriptions;

/// The place of each query among the clauses.
pub(crate) fn places(ids: &[SubscriptionId]) -> HashMap<SubscriptionId, usize> {
    let places = ids.iter().enumerate();
    places.map(|(place, &id)| (id, place)).collect()
}

/// Hits as pairs of a query's place and an event, in order.
pub(crate) fn sorted(hits: &[Hit], places: &HashMap<SubscriptionId, usize>) -> Vec<(usize, Event)> {
    let mut pairs: Vec<_> = hits
        .iter()
        .map(|hit| (places[&hit.id], hit.event))
        .collect();
    pairs.sort_by_key(|&(place, _)| place);
    pairs
}

/// The hits of some changes as JSON: a list of `[place, event]` for each.
pub(crate) fn of(subscriptions: &mut Subscriptions, changes: &[Sides]) -> Value {
    let places = places(&subscriptions.ids);
    let answer = |sides: &Sides| {
        let pairs = sorted(subscriptions.ask_about(sides), &places);
        let pairs = pairs
            .into_iter()
            .map(|(place, event)| json!([place, event.as_str()]));
        pairs.collect::<Value>()
    };
    changes.iter().map(answer).collect()
}

/// Fails unless a set answers as its queries do one by one.
pub(crate) fn check(
    subscriptions: &mut Subscriptions,
    changes: &[Sides],
    clauses: impl Iterator<Item = String>,
) -> Fallible {
    let expected = one_by_one(subscriptions, changes, clauses)?;
    let places = places(&subscriptions.ids);
    for (sides, expected) in changes.iter().zip(expected) {
        let found = sorted(subscriptions.ask_about(sides), &places);
        if found != expected {
            return Err(format!("{} hits, expected {}", found.len(), expected.len()).into());
        }
    }
    Ok(())
}

type Answers = Vec<Vec<(usize, Event)>>;

fn one_by_one(
    subscriptions: &Subscriptions,
    changes: &[Sides],
    clauses: impl Iterator<Item = String>,
) -> Result<Answers, Box<dyn Error>> {
    let mut answers = vec![Vec::new(); changes.len()];
    for (place, clause) in clauses.enumerate() {
        let query = subscriptions.compile(&clause)?;
        for (sides, answers) in changes.iter().zip(&mut answers) {
            let event = classify(&query, sides.old_object(), sides.new_object());
            answers.extend(event.map(|event| (place, event)));
        }
    }
    Ok(answers)
}
