//! How much a client may have asked of Parse Server in vain.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many questions a client may cause whose answer is that there is no such session or class.
const QUESTIONS: u32 = 10;

/// After how long it may cause one more.
const REGAINED: Duration = Duration::from_secs(10);

/// What a client may still cause to be asked.
///
/// Every question takes from it, and gets back what it took unless it was in vain. Who has sessions never runs out of it;
/// who makes tokens up soon does.
#[derive(Debug)]
pub(crate) struct Credit(Mutex<Account>);

#[derive(Debug)]
struct Account {
    left: u32,
    /// When it last gained something, or was full.
    since: Instant,
}

/// What a question has taken.
#[derive(Debug)]
pub(crate) struct Taken<'a>(&'a Credit);

impl Default for Credit {
    fn default() -> Self {
        Self(Mutex::new(Account {
            left: QUESTIONS,
            since: Instant::now(),
        }))
    }
}

impl Credit {
    /// Takes what a question costs, if there is enough.
    pub(crate) fn take(&self) -> Option<Taken<'_>> {
        let mut account = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        account.gain();
        account.left = account.left.checked_sub(1)?;
        Some(Taken(self))
    }
}

impl Account {
    fn gain(&mut self) {
        let now = Instant::now();
        while self.left < QUESTIONS && now.duration_since(self.since) >= REGAINED {
            self.left += 1;
            self.since += REGAINED;
        }
        if self.left == QUESTIONS {
            self.since = now;
        }
    }
}

impl Taken<'_> {
    /// Gives back what was taken: the question was not in vain.
    pub(crate) fn give_back(self) {
        let mut account = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        account.left = QUESTIONS.min(account.left + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take_all(credit: &Credit) -> u32 {
        let mut taken = 0;
        while credit.take().is_some() {
            taken += 1;
        }
        taken
    }

    #[tokio::test(start_paused = true)]
    async fn questions_in_vain_use_it_up() {
        let credit = Credit::default();
        assert_eq!(take_all(&credit), QUESTIONS);
        tokio::time::advance(REGAINED / 2).await;
        assert_eq!(take_all(&credit), 0);
        tokio::time::advance(REGAINED / 2).await;
        assert_eq!(take_all(&credit), 1);
        tokio::time::advance(REGAINED * 3).await;
        assert_eq!(take_all(&credit), 3);
        tokio::time::advance(REGAINED * 1_000).await;
        assert_eq!(take_all(&credit), QUESTIONS);
    }

    #[tokio::test(start_paused = true)]
    async fn time_counts_from_when_something_was_taken() {
        let credit = Credit::default();
        tokio::time::advance(REGAINED * 5).await;
        assert_eq!(take_all(&credit), QUESTIONS);
        assert_eq!(take_all(&credit), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn questions_that_are_answered_cost_nothing() {
        let credit = Credit::default();
        for _ in 0..QUESTIONS * 2 {
            credit.take().expect("credit").give_back();
        }
        assert_eq!(take_all(&credit), QUESTIONS);
        let credit = Credit::default();
        let taken = credit.take().expect("credit");
        tokio::time::advance(REGAINED * 2).await;
        let _ = credit.take();
        taken.give_back();
        assert_eq!(
            take_all(&credit),
            QUESTIONS,
            "never more than in the beginning"
        );
    }
}
