//! Who subscribes to what: classes, their queries, and the subscriptions of each query.

mod class;
mod client;
mod subscription;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use livematch::Query;

use self::class::{Class, Crowded};
pub(crate) use self::client::{Client, Delivery, Outbox};
pub(crate) use self::subscription::Subscription;
use crate::metrics::Metrics;
use crate::publication::Publication;

/// All subscriptions.
///
/// One lock is enough: changes are matched one after the other, which is what keeps them in order, and a
/// subscription holds it for some microseconds.
pub(crate) struct Registry {
    classes: Mutex<HashMap<Box<str>, Class>>,
    metrics: Arc<Metrics>,
}

impl Registry {
    pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
        let classes = Mutex::default();
        Self { classes, metrics }
    }

    /// Adds a subscription. Every change that is matched from now on reaches it.
    ///
    /// There may be so many in a class on which every change has to be tried.
    pub(crate) fn add(
        &self,
        subscription: &Arc<Subscription>,
        query: Query,
        max_scans: usize,
    ) -> Result<(), Crowded> {
        let mut classes = self.lock();
        let class = classes
            .entry(subscription.class_name.clone())
            .or_insert_with(Class::new);
        let before = class.distinct();
        let added = class.add(subscription, query, max_scans);
        if added.is_ok() {
            self.metrics.subscriptions.increment(1.0);
        }
        if class.distinct() > before {
            self.metrics.queries.increment(1.0);
        }
        if class.is_empty() {
            classes.remove(&subscription.class_name);
        }
        added
    }

    /// Removes a subscription. No change that is matched from now on reaches it.
    pub(crate) fn remove(&self, subscription: &Subscription) {
        let mut classes = self.lock();
        let Some(class) = classes.get_mut(&subscription.class_name) else {
            return;
        };
        let before = class.distinct();
        if class.remove(subscription) {
            self.metrics.subscriptions.decrement(1.0);
        }
        if class.distinct() < before {
            self.metrics.queries.decrement(1.0);
        }
        if class.is_empty() {
            classes.remove(&subscription.class_name);
        }
    }

    /// Matches a change, and puts it into the outbox of each client that it may concern.
    pub(crate) fn publish(&self, publication: &Arc<Publication>) {
        let mut classes = self.lock();
        if let Some(class) = classes.get_mut(publication.change().class_name()) {
            class.publish(publication, &self.metrics);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, Class>> {
        self.classes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
