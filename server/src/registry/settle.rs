//! What large queries leave to be done is done in pieces.

use parking_lot::RwLockWriteGuard;

use super::Registry;
use super::unsettled::Unsettled;

/// So many steps are done while a class is held: some tenths of a millisecond.
const PIECE: usize = 1_024;

/// Whoever adds or removes a large query waits while more steps are left to be done for its class: a set does at once what is
/// beyond a million.
const ROOM: usize = 1 << 18;

impl Registry {
    /// Does one piece of what is due, while the class is held; what is left of it.
    pub(crate) fn settle(&self, due: Unsettled) -> Unsettled {
        let paid = self.settle_some(&due.class_name, due.steps);
        // Others may have done it.
        let left = if paid == 0 {
            0
        } else {
            due.steps.saturating_sub(paid)
        };
        Unsettled { steps: left, ..due }
    }

    /// Whether there is room for a large query to come to a class or to leave it. If there is none, one piece of what others
    /// have left to be done is.
    pub(crate) fn has_room(&self, class_name: &str) -> bool {
        let owed = self
            .class(class_name)
            .map_or(0, |class| class.read().owed());
        owed <= ROOM || self.settle_some(class_name, owed - ROOM) == 0
    }

    fn settle_some(&self, class_name: &str, steps: usize) -> usize {
        let Some(class) = self.class(class_name) else {
            return 0;
        };
        let mut class = class.write();
        let paid = class.settle(steps.min(PIECE));
        // To those who wait for the class, and not to the next piece.
        RwLockWriteGuard::unlock_fair(class);
        self.metrics.filing_steps.increment(paid as u64);
        paid
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use livematch::Query;

    use super::*;
    use crate::accounting::Dues;
    use crate::metrics::Metrics;
    use crate::registry::testing;

    fn query(from: usize, members: usize) -> Query {
        let members: Vec<usize> = (from..from + members).collect();
        let clause = format!(r#"{{"n": {{"$in": {members:?}}}}}"#);
        clause.parse().expect("a clause")
    }

    fn settle_all(registry: &Registry, mut due: Unsettled) -> usize {
        let mut pieces = 0;
        while !due.is_nothing() {
            due = registry.settle(due);
            pieces += 1;
        }
        pieces
    }

    #[test]
    fn a_large_query_comes_and_goes_in_pieces() {
        const MEMBERS: usize = 10 * PIECE;
        let registry = Registry::new(Arc::new(Metrics::unattached()));
        let client = testing::client(0);
        let subscribe = |query: Query| {
            let subscription = testing::subscription(&client, &query);
            let due = registry.add(&subscription, query, Dues::default(), || ());
            (subscription, due.expect("there is room"))
        };
        let (_stays, due) = subscribe(query(0, 3));
        assert!(due.is_nothing());
        let (goes, due) = subscribe(query(0, MEMBERS));
        assert_eq!(due.steps, MEMBERS + 1);
        assert_eq!(settle_all(&registry, due), 11);
        let due = registry.remove(&goes);
        assert!(due.steps > MEMBERS);
        assert_eq!(settle_all(&registry, due), 11);
        // Each does its own, in whichever order.
        let (_, first) = subscribe(query(1, MEMBERS));
        let (_, second) = subscribe(query(2, MEMBERS));
        assert_eq!(settle_all(&registry, second), 11);
        assert_eq!(settle_all(&registry, first), 11);
        assert!(
            registry
                .class("A")
                .is_some_and(|class| class.read().owed() == 0)
        );
    }

    #[test]
    fn who_comes_waits_for_room() {
        const MEMBERS: usize = ROOM / 8;
        let registry = Registry::new(Arc::new(Metrics::unattached()));
        let client = testing::client(0);
        let mut due = Vec::new();
        for n in 0..8 {
            assert!(registry.has_room("A"), "{n}");
            let query = query(n, MEMBERS);
            let subscription = testing::subscription(&client, &query);
            let added = registry.add(&subscription, query, Dues::default(), || ());
            due.push(added.expect("there is room"));
        }
        // One piece is more than what is beyond it.
        assert!(!registry.has_room("A"));
        assert!(registry.has_room("A"));
        for due in due {
            settle_all(&registry, due);
        }
        assert!(
            registry
                .class("A")
                .is_some_and(|class| class.read().owed() == 0)
        );
        assert!(registry.has_room("B"), "which nobody asks for");
    }
}
