//! A table that is emptied at once.

/// Values by number that are forgotten all at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Stamped<T> {
    /// With the round in which the value was set.
    values: Vec<(u32, T)>,
    round: u32,
}

impl<T: Copy + Default> Stamped<T> {
    pub(super) fn forget(&mut self, bound: usize) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.values.clear();
            self.round = 1;
        }
        if self.values.len() < bound {
            self.values.resize(bound, (0, T::default()));
        }
    }

    pub(super) fn get(&self, at: u32) -> Option<T> {
        let (round, value) = self.values.get(at as usize)?;
        (*round == self.round).then_some(*value)
    }

    /// The value at a number, set to `first` if there is none.
    pub(super) fn entry(&mut self, at: u32, first: T) -> &mut T {
        let at = at as usize;
        if self.values.len() <= at {
            self.values.resize(at + 1, (0, T::default()));
        }
        let (round, value) = &mut self.values[at];
        if *round != self.round {
            *round = self.round;
            *value = first;
        }
        value
    }
}
