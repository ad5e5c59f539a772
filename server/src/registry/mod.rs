//! Who subscribes to what: classes, their queries, and the subscriptions of each query.

mod class;
mod client;
mod credit;
mod desk;
mod event;
mod held;
mod outbox;
mod subscription;
#[cfg(test)]
pub(crate) mod testing;

use std::collections::HashMap;
use std::sync::Arc;

use livematch::Query;
use parking_lot::RwLock;

pub(crate) use self::class::Class;
pub(crate) use self::client::Client;
pub(crate) use self::credit::Credit;
pub(crate) use self::desk::{Desk, Unrun};
pub(crate) use self::event::Event;
pub(crate) use self::outbox::{Item, Outbox, What};
pub(crate) use self::subscription::Subscription;
use crate::accounting::Exhausted;
use crate::metrics::Metrics;

/// All subscriptions.
///
/// Each class has a lock, which is held for reading while one change is matched, but for what takes long, and for writing
/// while one subscription comes or goes. Whoever waits for it waits on a thread of their own: no socket does.
pub(crate) struct Registry {
    classes: RwLock<HashMap<Box<str>, Arc<RwLock<Class>>>>,
    metrics: Arc<Metrics>,
}

impl Registry {
    pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
        let classes = RwLock::default();
        Self { classes, metrics }
    }

    /// The subscriptions of a class, if there are any.
    pub(crate) fn class(&self, name: &str) -> Option<Arc<RwLock<Class>>> {
        self.classes.read().get(name).cloned()
    }

    /// Adds a subscription, whose query may take so many steps beyond what is ordinary, and says so before any change can be matched that reaches it.
    pub(crate) fn add(
        &self,
        subscription: &Arc<Subscription>,
        query: Query,
        steps: usize,
        say: impl FnOnce(),
    ) -> Result<(), Exhausted> {
        let name = &subscription.class_name;
        let added = self.with_class(name, |class| {
            let before = class.distinct();
            let added = class.add(subscription, query, steps);
            self.count(class.distinct(), before);
            added.map(|()| {
                self.metrics.subscriptions.increment(1.0);
                say();
            })
        });
        if added.is_err() {
            self.forget_empty(name);
        }
        added
    }

    /// Removes a subscription. No change that is matched from now on reaches it.
    pub(crate) fn remove(&self, subscription: &Subscription) {
        let Some(class) = self.class(&subscription.class_name) else {
            return;
        };
        let mut class = class.write();
        let before = class.distinct();
        if class.remove(subscription) {
            self.metrics.subscriptions.decrement(1.0);
        }
        self.count(class.distinct(), before);
        let is_empty = class.is_empty();
        drop(class);
        if is_empty {
            self.forget_empty(&subscription.class_name);
        }
    }

    /// Does something to a class, which is there from now on.
    fn with_class<T>(&self, name: &str, work: impl FnOnce(&mut Class) -> T) -> T {
        loop {
            // Held meanwhile, so that it is not forgotten for being empty.
            let classes = self.classes.read();
            if let Some(class) = classes.get(name) {
                return work(&mut class.write());
            }
            drop(classes);
            let mut classes = self.classes.write();
            classes
                .entry(name.into())
                .or_insert_with(|| Arc::new(RwLock::new(Class::new())));
        }
    }

    fn forget_empty(&self, name: &str) {
        let mut classes = self.classes.write();
        if classes
            .get(name)
            .is_some_and(|class| class.read().is_empty())
        {
            classes.remove(name);
        }
    }

    fn count(&self, distinct: usize, before: usize) {
        match distinct.cmp(&before) {
            std::cmp::Ordering::Greater => self.metrics.queries.increment(1.0),
            std::cmp::Ordering::Less => self.metrics.queries.decrement(1.0),
            std::cmp::Ordering::Equal => {}
        }
    }
}
