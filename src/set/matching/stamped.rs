//! A table that is emptied at once.

/// Values by number that are forgotten all at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Stamped<T> {
    /// With the round in which the value was set.
    values: Vec<(u32, T)>,
    round: u32,
}

impl<T: Copy + Default> Stamped<T> {
    pub(super) fn reset(&mut self, bound: usize) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.values.clear();
            self.round = 1;
        }
        if self.values.len() < bound {
            self.values.resize(bound, (0, T::default()));
        }
    }

    /// Sets the value at a number below the bound.
    #[inline]
    pub(super) fn set(&mut self, at: u32, value: T) {
        if let Some(place) = self.values.get_mut(at as usize) {
            *place = (self.round, value);
        }
    }

    #[inline]
    pub(super) fn get(&self, at: u32) -> Option<T> {
        let (round, value) = self.values.get(at as usize)?;
        (*round == self.round).then_some(*value)
    }
}
