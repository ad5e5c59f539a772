//! Who pays while something is run.

use std::convert::Infallible;

/// There was not enough left to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent;

/// Pays for steps, or lets them pass.
pub(crate) trait Spend {
    /// How something ends that is not paid for.
    type Spent;

    /// Whether somebody counts.
    const COUNTS: bool = true;

    /// Pays for steps.
    ///
    /// # Errors
    ///
    /// Fails if there is not as much left; then nothing is.
    fn spend(&mut self, steps: u64) -> Result<(), Self::Spent>;

    /// As [`spend`](Self::spend), for what must be measured: it is given how much is [left](Self::left), and not measured
    /// where nobody counts.
    fn spend_for(&mut self, steps: impl FnOnce(u64) -> u64) -> Result<(), Self::Spent>;

    /// Notes steps that are to be paid with the next ones.
    fn owe(&mut self, steps: u64);

    /// How many steps can be paid, so that what would take more need not be measured to its end.
    fn left(&self) -> u64;
}

/// Nobody counts.
pub(crate) struct Free;

impl Spend for Free {
    type Spent = Infallible;

    const COUNTS: bool = false;

    #[inline]
    fn spend(&mut self, _: u64) -> Result<(), Infallible> {
        Ok(())
    }

    #[inline]
    fn spend_for(&mut self, _: impl FnOnce(u64) -> u64) -> Result<(), Infallible> {
        Ok(())
    }

    #[inline]
    fn owe(&mut self, _: u64) {}

    #[inline]
    fn left(&self) -> u64 {
        u64::MAX
    }
}

/// How much may still be spent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    left: u64,
    /// To be paid with the next steps.
    owed: u64,
}

impl Meter {
    pub(crate) const fn new(left: u64) -> Self {
        Self { left, owed: 0 }
    }
}

impl Spend for Meter {
    type Spent = Spent;

    #[inline]
    fn spend(&mut self, steps: u64) -> Result<(), Spent> {
        let steps = steps.saturating_add(std::mem::take(&mut self.owed));
        let left = self.left.checked_sub(steps);
        self.left = left.unwrap_or(0);
        left.map(drop).ok_or(Spent)
    }

    #[inline]
    fn spend_for(&mut self, steps: impl FnOnce(u64) -> u64) -> Result<(), Spent> {
        self.spend(steps(self.left()))
    }

    #[inline]
    fn owe(&mut self, steps: u64) {
        self.owed = self.owed.saturating_add(steps);
    }

    #[inline]
    fn left(&self) -> u64 {
        self.left.saturating_sub(self.owed)
    }
}
