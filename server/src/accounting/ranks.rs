//! Who holds most.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Account;

/// Who holds less is not ranked: nobody is ended for so little, and small accounts come and go without a lock.
const LEAST: usize = 16 << 10;

/// In how many ranks the accounts between one power of two and the next are told apart.
const FINENESS: usize = 8;

/// Accounts by what they hold, to an eighth, and those that have been told to go.
#[derive(Default)]
pub(super) struct Ranks {
    ranked: BTreeMap<(u32, u64), Arc<Account>>,
    leaving: Vec<Arc<Account>>,
}

/// The rank of an account that holds `held` bytes, which grows with them; 0 if it is not ranked.
pub(super) fn rank(held: usize) -> u32 {
    if held < LEAST {
        return 0;
    }
    let octave = held.ilog2();
    let eighth = held / ((1 << octave) / FINENESS) - FINENESS;
    octave * 8 + u32::try_from(eighth).unwrap_or_default()
}

impl Ranks {
    /// Moves an account to where it belongs by what it holds now.
    pub(super) fn place(&mut self, account: &Arc<Account>) {
        let (old, new) = account.change_rank();
        if old == new {
            return;
        }
        self.ranked.remove(&(old, account.id()));
        if new > 0 {
            self.ranked.insert((new, account.id()), Arc::clone(account));
        }
    }

    /// Who holds most of those who have not been told to go.
    pub(super) fn richest(&self) -> Option<&Arc<Account>> {
        let mut descending = self.ranked.values().rev();
        descending.find(|account| !account.is_ended())
    }

    /// Notes that an account has been told to go.
    pub(super) fn leave(&mut self, account: Arc<Account>) {
        self.leaving.push(account);
    }

    /// What will be free once everybody has gone who has been told to.
    pub(super) fn leaving(&mut self) -> usize {
        self.leaving.retain(|account| account.own() > 0);
        self.leaving.iter().map(|account| account.own()).sum()
    }

    #[cfg(test)]
    pub(super) fn ids(&self) -> Vec<u64> {
        self.ranked.keys().map(|(_, id)| *id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_grow_with_what_is_held() {
        assert_eq!((rank(0), rank(LEAST - 1)), (0, 0));
        let held: Vec<_> = (0..400_000).map(|n| LEAST + n * 97).collect();
        for pair in held.windows(2) {
            assert!(rank(pair[0]) <= rank(pair[1]), "{pair:?}");
        }
        for shift in 14..60 {
            let held = 1 << shift;
            assert!(rank(held - 1) < rank(held));
            assert!(rank(held) < rank(held + held / 8));
            assert_eq!(rank(held), rank(held + held / 8 - 1));
        }
    }
}
