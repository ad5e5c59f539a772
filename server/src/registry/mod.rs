//! Who subscribes to what: classes, their queries, and the subscriptions of each query.

mod beside;
mod class;
mod client;
mod credit;
mod desk;
mod event;
mod foreseen;
mod held;
mod loads;
mod outbox;
mod readers;
mod settle;
mod shadow;
mod subscription;
#[cfg(test)]
pub(crate) mod testing;
mod unsettled;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

pub(crate) use self::class::Class;
pub(crate) use self::client::Client;
pub(crate) use self::credit::Credit;
pub(crate) use self::desk::{Desk, Unrun};
pub(crate) use self::event::Event;
pub(crate) use self::outbox::{Item, Outbox, What};
pub(crate) use self::readers::{Readers, Sees};
pub(crate) use self::shadow::Told;
pub(crate) use self::subscription::Subscription;
pub(crate) use self::unsettled::Unsettled;
use crate::accounting::{Dues, Exhausted};
use crate::dialects::Queries;
use crate::metrics::Metrics;

/// All subscriptions.
///
/// Each class has a lock, which is held for reading while one change is matched, but for what takes long, and for writing
/// while one subscription comes or goes. What it takes to file a large query, or to take it out, is [due](Unsettled) after that, and is
/// done in pieces between which others have the class. The list of classes is never held while a class is waited for. Whoever waits for it waits on a thread of their own: no socket does.
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

    /// Adds a subscription, and says so before any change can be matched that reaches it. What is left to be done for it.
    pub(crate) fn add(
        &self,
        subscription: &Arc<Subscription>,
        queries: impl Into<Queries>,
        dues: Dues,
        say: impl FnOnce(),
    ) -> Result<Unsettled, Exhausted> {
        let (name, queries) = (&subscription.class_name, queries.into());
        let class = self.class(name);
        let foreseen = class.map_or_else(
            || Class::new().foresee(&queries),
            |class| class.read().foresee(&queries),
        );
        let added = self.with_class(name, |class| {
            let add = |class: &mut Class| class.add_foreseen(subscription, queries, dues, foreseen);
            let (added, due) = self.counted(name, class, add);
            added.map(|()| {
                self.metrics.subscriptions.increment(1.0);
                say();
                due
            })
        });
        if added.is_err() {
            self.forget_empty(name);
        }
        added
    }

    /// Files another query in the place of that of a subscription, for every change that is matched from now on. What is left to be
    /// done for that.
    pub(crate) fn refile(
        &self,
        subscription: &Arc<Subscription>,
        queries: impl Into<Queries>,
        dues: Dues,
    ) -> Result<Unsettled, Exhausted> {
        let name = &subscription.class_name;
        let Some(class) = self.class(name) else {
            return Ok(Unsettled::nothing(name));
        };
        let queries = queries.into();
        let foreseen = class.read().foresee(&queries);
        let refile =
            |class: &mut Class| class.refile_foreseen(subscription, queries, dues, foreseen);
        let (refiled, due) = self.counted(name, &mut class.write(), refile);
        refiled.map(|()| due)
    }

    /// Removes a subscription. No change that is matched from now on reaches it. What is left to be done for that.
    pub(crate) fn remove(&self, subscription: &Subscription) -> Unsettled {
        let name = &subscription.class_name;
        let Some(class) = self.class(name) else {
            return Unsettled::nothing(name);
        };
        let mut class = class.write();
        let remove = |class: &mut Class| class.remove(subscription);
        let (is_removed, due) = self.counted(name, &mut class, remove);
        if is_removed {
            self.metrics.subscriptions.decrement(1.0);
        }
        let is_empty = class.is_empty();
        drop(class);
        if is_empty {
            self.forget_empty(name);
        }
        due
    }

    /// Does something to a class, which is there from now on. It may take long: only those wait who want the same class.
    fn with_class<T>(&self, name: &str, work: impl FnOnce(&mut Class) -> T) -> T {
        loop {
            let class = self.class(name).unwrap_or_else(|| self.begin(name));
            let mut class = class.write();
            // It may have been forgotten while it was waited for.
            if !class.is_forgotten() {
                return work(&mut class);
            }
        }
    }

    /// A class of a name, whether it was there or not.
    fn begin(&self, name: &str) -> Arc<RwLock<Class>> {
        let mut classes = self.classes.write();
        let class = classes.entry(name.into());
        Arc::clone(class.or_insert_with(|| Arc::new(RwLock::new(Class::new()))))
    }

    /// Forgets a class that nobody subscribes to.
    fn forget_empty(&self, name: &str) {
        let Some(class) = self.class(name) else {
            return;
        };
        let mut class = class.write();
        if class.is_empty() && !class.is_forgotten() {
            class.forget();
            // Nobody waits for a class while they have the list of all, so that one may wait for the list here.
            self.classes.write().remove(name);
        }
    }

    /// Does something to a class, and counts how many different queries there are then. What is left to be done for it.
    fn counted<T>(
        &self,
        name: &str,
        class: &mut Class,
        work: impl FnOnce(&mut Class) -> T,
    ) -> (T, Unsettled) {
        let (before, owed) = (class.distinct(), class.owed());
        let done = work(class);
        match class.distinct().cmp(&before) {
            std::cmp::Ordering::Greater => self.metrics.queries.increment(1.0),
            std::cmp::Ordering::Less => self.metrics.queries.decrement(1.0),
            std::cmp::Ordering::Equal => {}
        }
        (done, Unsettled::between(owed, class.owed(), name))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    fn registry() -> Arc<Registry> {
        Arc::new(Registry::new(Arc::new(Metrics::unattached())))
    }

    #[test]
    fn who_wants_another_class_does_not_wait() {
        let registry = registry();
        let (begun, has_begun) = mpsc::channel();
        let (end, may_end) = mpsc::channel();
        let there = Arc::clone(&registry);
        let long = thread::spawn(move || {
            there.with_class("Long", |_| {
                begun.send(()).expect("somebody waits");
                may_end.recv().expect("somebody ends it");
            });
        });
        has_begun.recv().expect("it begins");
        let (done, is_done) = mpsc::channel();
        let there = Arc::clone(&registry);
        thread::spawn(move || {
            there.with_class("New", |_| ());
            there.forget_empty("New");
            done.send(there.class("Long").is_some())
        });
        let is_done = is_done.recv_timeout(Duration::from_secs(20));
        end.send(()).expect("it waits");
        assert_eq!(is_done, Ok(true));
        long.join().expect("it ends");
    }

    #[test]
    fn nobody_works_with_a_class_that_is_forgotten() {
        let registry = registry();
        let work = |_| {
            for _ in 0..2_000 {
                registry.with_class("Game", |class| assert!(!class.is_forgotten()));
                registry.forget_empty("Game");
            }
        };
        thread::scope(|threads| {
            (0..4).for_each(|n| drop(threads.spawn(move || work(n))));
        });
        assert!(registry.class("Game").is_none());
    }
}
