//! Cases without a server.

use std::sync::Arc;
use std::time::Instant;

use livematch::{Change, ChangeKind, Query};

use super::parked::{Case, Hit};
use crate::accounting::{Ledger, Term};
use crate::publication::Publication;
use crate::registry::testing;

/// Where changes come from.
pub(super) struct Stage {
    ledger: Arc<Ledger>,
    query: Query,
    /// What each change is charged for.
    bytes: usize,
}

impl Stage {
    pub(super) fn new() -> Self {
        Self::of_bytes(0)
    }

    pub(super) fn of_bytes(bytes: usize) -> Self {
        Self {
            ledger: Ledger::new(1 << 30, 1 << 30),
            query: "{}".parse().expect("a clause"),
            bytes,
        }
    }

    /// A creation of the object with a number, which may concern a client.
    pub(super) fn case(&self, client: usize, number: i64) -> Case {
        self.case_of(client, number, false)
    }

    /// The same, of a change that concerns more than can be told of it at once.
    pub(super) fn case_beyond(&self, client: usize, number: i64) -> Case {
        self.case_of(client, number, true)
    }

    fn case_of(&self, client: usize, number: i64, is_beyond: bool) -> Case {
        let message = format!(
            r#"{{"currentParseObject": {{"className": "A", "objectId": "o{number}", "n": {number}}}}}"#
        );
        let change = Change::from_json(ChangeKind::Save, &message).expect("a change");
        let outcome = self.query.outcome(change.old_object(), change.new_object());
        let paid = self.ledger.charge_anyway(Term::Changes, self.bytes);
        let publication = Publication::new(change, Instant::now(), &self.ledger, paid);
        let subscription = testing::subscription(&testing::client(client), &self.query);
        let hit = Hit {
            subscription,
            outcome: Some(outcome),
            is_beyond,
        };
        Case::new(&Arc::new(publication), hit)
    }

    /// The number of the object of a case.
    pub(super) fn number(case: &Case) -> i64 {
        let id = case.publication.object_id().unwrap_or_default();
        id.trim_start_matches('o').parse().expect("a number")
    }
}
