//! What Parse Server has answered, remembered for a while, and accounted for.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::future::Cache;

use crate::accounting::{Charge, Ledger, Term, text_bytes};

/// How long it is remembered that Parse Server did not answer a question.
const UNANSWERED: Duration = Duration::from_secs(1);

/// How long it is remembered that a session is not valid, or that there is no such class, if that is longer than what
/// is believed otherwise. A token does not become valid later on; a class may, and its permissions come with each change.
const IN_VAIN: Duration = Duration::from_secs(60);

/// So many kinds of answers are remembered, each in a part of the room.
const KINDS: usize = 4;

/// What an answer takes besides its key and what was said.
const ENTRY: usize = 256;

/// What Parse Server said, or that it did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known<T> {
    /// Its answer.
    Known(T),
    /// There was none; the worst has to be assumed.
    Unknown,
}

impl<T> Known<T> {
    /// The same of what has been answered.
    pub(super) fn map<U>(self, f: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Self::Known(answer) => Known::Known(f(answer)),
            Self::Unknown => Known::Unknown,
        }
    }
}

/// What is remembered.
pub(super) trait Remembered {
    /// Whether it says that there is no such thing.
    fn is_in_vain(&self) -> bool;

    /// How long it can be true.
    fn lasts(&self) -> Option<Duration> {
        None
    }

    /// What it takes on the heap.
    fn bytes(&self) -> usize;
}

/// By what it is remembered.
pub(super) trait Key: Hash + Eq + Send + Sync + 'static {
    fn text(&self) -> &str;
}

impl Key for String {
    fn text(&self) -> &str {
        self
    }
}

impl Key for Arc<str> {
    fn text(&self) -> &str {
        self
    }
}

/// Answers of one kind, up to a number and to a number of bytes.
pub(super) struct Answers<K, T> {
    kept: Cache<K, Kept<T>>,
    ledger: Arc<Ledger>,
}

/// An answer, and the charge for it.
#[derive(Clone)]
struct Kept<T> {
    known: Known<T>,
    charge: Arc<Charge>,
}

impl<K: Key, T: Remembered + Clone + Send + Sync + 'static> Answers<K, T> {
    /// Room for so many, each of which is believed for so long.
    pub(super) fn new(entries: u64, believed: Duration, ledger: &Arc<Ledger>) -> Self {
        let room = (ledger.most_answers() / KINDS) as u64;
        // Each takes so much at least that there are no more than that.
        let least = u32::try_from(room / entries.max(1)).unwrap_or(u32::MAX);
        let weight = move |_: &K, kept: &Kept<T>| {
            let bytes = u32::try_from(kept.charge.bytes()).unwrap_or(u32::MAX);
            bytes.max(least)
        };
        let kept = Cache::builder()
            .max_capacity(room)
            .weigher(weight)
            .expire_after(Lifetime(believed))
            .support_invalidation_closures()
            .build();
        let ledger = Arc::clone(ledger);
        Self { kept, ledger }
    }

    /// What is remembered.
    pub(super) async fn get<Q>(&self, key: &Q) -> Option<Known<T>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.kept.get(key).await.map(|kept| kept.known)
    }

    /// Remembers something.
    pub(super) async fn insert(&self, key: K, known: Known<T>) {
        let kept = self.keep(key.text(), known);
        self.kept.insert(key, kept).await;
    }

    /// The answer that whoever asks first gets for all who ask for the same, and that is remembered.
    pub(super) async fn get_or_ask<Q>(
        &self,
        key: &Q,
        ask: impl Future<Output = Option<Known<T>>>,
    ) -> Option<Known<T>>
    where
        K: Borrow<Q>,
        Q: ToOwned<Owned = K> + Hash + Eq + AsRef<str> + ?Sized,
    {
        let ask = async { ask.await.map(|known| self.keep(key.as_ref(), known)) };
        let kept = self.kept.optionally_get_with_by_ref(key, ask).await;
        kept.map(|kept| kept.known)
    }

    fn keep(&self, key: &str, known: Known<T>) -> Kept<T> {
        let said = match &known {
            Known::Known(answer) => answer.bytes(),
            Known::Unknown => 0,
        };
        let bytes = ENTRY + text_bytes(key) + said;
        // There is always room: the cache makes it, by forgetting what has been asked for least.
        let charge = self.ledger.charge_anyway(Term::Answers, bytes);
        let charge = Arc::new(charge);
        Kept { known, charge }
    }

    pub(super) fn forget_all(&self) {
        self.kept.invalidate_all();
    }

    /// Forgets some answers.
    pub(super) fn forget_if(&self, is_one: impl Fn(&Known<T>) -> bool + Send + Sync + 'static) {
        let is_one = move |_: &K, kept: &Kept<T>| is_one(&kept.known);
        if self.kept.invalidate_entries_if(is_one).is_err() {
            self.forget_all();
        }
    }
}

/// How long an answer is believed.
struct Lifetime(Duration);

impl<K, T: Remembered> Expiry<K, Kept<T>> for Lifetime {
    fn expire_after_create(&self, _: &K, kept: &Kept<T>, _: Instant) -> Option<Duration> {
        Some(match &kept.known {
            Known::Known(answer) if answer.is_in_vain() => self.0.max(IN_VAIN),
            Known::Known(answer) => self.0.min(answer.lasts().unwrap_or(self.0)),
            Known::Unknown => self.0.min(UNANSWERED),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Remembered for String {
        fn is_in_vain(&self) -> bool {
            false
        }

        fn bytes(&self) -> usize {
            text_bytes(self)
        }
    }

    const MEMORY: usize = 8 << 20;

    async fn fill(answers: &Answers<String, String>, bytes: usize) -> u64 {
        for n in 0..5_000 {
            let known = Known::Known("x".repeat(bytes));
            answers.insert(n.to_string(), known).await;
        }
        answers.kept.run_pending_tasks().await;
        answers.kept.entry_count()
    }

    /// Waits until no more is held: what has been forgotten takes its memory until nobody can be reading it.
    async fn settle(answers: &Answers<String, String>, ledger: &Ledger, most: usize) {
        for _ in 0..100_000 {
            if ledger.held(Term::Answers) <= most {
                return;
            }
            let _ = answers.get("none").await;
            answers.kept.run_pending_tasks().await;
        }
        assert_eq!(ledger.held(Term::Answers), most, "at most");
    }

    #[tokio::test]
    async fn they_are_bounded_in_number_and_in_bytes_and_accounted_for() {
        let ledger = Ledger::new(MEMORY, MEMORY);
        let most = ledger.most_answers() / KINDS;
        let answers = Answers::new(100, Duration::from_secs(60), &ledger);
        assert_eq!(fill(&answers, 10).await, 100);
        let large = fill(&answers, 10_000).await;
        assert!((1..=most as u64 / 10_000).contains(&large), "{large}");
        assert!(ledger.held(Term::Answers) > 10_000);
        settle(&answers, &ledger, most).await;
        // What is larger than all there is is not remembered.
        let larger = Known::Known("x".repeat(most));
        answers.insert("larger".into(), larger).await;
        answers.kept.run_pending_tasks().await;
        assert!(answers.get("larger").await.is_none());
        answers.forget_all();
        settle(&answers, &ledger, 0).await;
    }
}
