//! Classes that clients subscribe to and of which nothing is published.
//!
//! Parse Server publishes the classes that its option `liveQuery.classNames` lists, and keeps silent about others. It has no way to ask
//! for the list, and to look for saves that were not published would mean to sort whole collections; so what is said is that nothing came.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use metrics::{Gauge, describe_gauge, gauge};
use tracing::info;

/// How many silent classes are known. Clients may subscribe to any name they think of.
const MOST_SILENT: usize = 64;

/// How many published classes are known. An app has fewer.
const MOST_HEARD: usize = 10_000;

/// How long nothing must have been published until that is said.
const SILENCE: Duration = Duration::from_secs(6);

/// After how long a silent class is forgotten, so that others may be known.
const LONGEST: Duration = Duration::from_secs(600);

/// What is known of classes.
pub(crate) struct Classes {
    /// Of which something has been published.
    heard: RwLock<HashSet<Box<str>>>,
    /// That clients subscribe to, and of which nothing has.
    silent: Mutex<HashMap<Box<str>, Silent>>,
    count: Gauge,
}

/// A class of which nothing has been published since a client subscribed to it.
struct Silent {
    since: Instant,
    /// Whether that has been said.
    is_told: bool,
}

impl Classes {
    pub(crate) fn new() -> Self {
        describe_gauge!(
            "livematch_silent_classes",
            "Classes that clients subscribe to and of which nothing has been published."
        );
        Self {
            heard: RwLock::default(),
            silent: Mutex::default(),
            count: gauge!("livematch_silent_classes"),
        }
    }

    /// Notes that a client has subscribed to a class.
    pub(crate) fn subscribed(&self, class_name: &str) {
        if self.is_heard(class_name) {
            return;
        }
        let mut silent = self.lock();
        if silent.len() < MOST_SILENT && !silent.contains_key(class_name) {
            let class = Silent {
                since: Instant::now(),
                is_told: false,
            };
            silent.insert(class_name.into(), class);
        }
    }

    /// Notes that something of a class has been published.
    pub(crate) fn heard(&self, class_name: &str) {
        if self.is_heard(class_name) {
            return;
        }
        let mut heard = self.heard.write().unwrap_or_else(PoisonError::into_inner);
        if heard.len() < MOST_HEARD {
            heard.insert(class_name.into());
        }
        drop(heard);
        self.lock().remove(class_name);
    }

    fn is_heard(&self, class_name: &str) -> bool {
        let heard = self.heard.read().unwrap_or_else(PoisonError::into_inner);
        heard.contains(class_name)
    }

    /// Says of which classes nothing has been published for a while, once of each.
    pub(super) fn tell_silent(&self) {
        let mut silent = self.lock();
        silent.retain(|_, class| class.since.elapsed() < LONGEST);
        for (class_name, class) in silent.iter_mut() {
            if !class.is_told && class.since.elapsed() >= SILENCE {
                class.is_told = true;
                info!(
                    class = %class_name,
                    "clients subscribe to a class of which nothing has been published yet; if objects of it are saved, \
                     liveQuery.classNames of Parse Server does not list it, or --app-id and --redis-url are not those of Parse Server"
                );
            }
        }
        let told = silent.values().filter(|class| class.is_told).count();
        self.count
            .set(f64::from(u32::try_from(told).unwrap_or(u32::MAX)));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Box<str>, Silent>> {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_is_not_silent() {
        let classes = Classes::new();
        classes.subscribed("Game");
        classes.subscribed("Room");
        classes.heard("Game");
        classes.subscribed("Game");
        assert_eq!(
            classes
                .lock()
                .keys()
                .map(|name| &**name)
                .collect::<Vec<_>>(),
            ["Room"]
        );
        for n in 0..10 * MOST_SILENT {
            classes.subscribed(&n.to_string());
        }
        assert_eq!(classes.lock().len(), MOST_SILENT);
    }
}
