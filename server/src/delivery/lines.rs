//! Cases that wait to be worked off, in a line for each client.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use super::parked::Case;

/// So many cases of a client are worked off before it is another's turn.
const TURN: usize = 16;

/// Cases that wait to be worked off: those of a client in order, and the clients in turns.
#[derive(Default)]
pub(super) struct Lines {
    /// Of each client that is in `turns`; none is empty.
    of_clients: HashMap<usize, VecDeque<Case>>,
    /// Whose turn it is, and who is next.
    turns: VecDeque<usize>,
    /// How many cases of the first have been taken in this turn.
    taken: usize,
}

impl Lines {
    pub(super) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// Puts a case behind those of its client.
    pub(super) fn put(&mut self, case: Case) {
        match self.of_clients.entry(case.client()) {
            Entry::Occupied(mut line) => line.get_mut().push_back(case),
            Entry::Vacant(line) => {
                self.turns.push_back(case.client());
                line.insert(VecDeque::from([case]));
            }
        }
    }

    /// Puts cases of one client before those of it that wait.
    pub(super) fn put_first(&mut self, cases: impl DoubleEndedIterator<Item = Case>) {
        for case in cases.rev() {
            match self.of_clients.entry(case.client()) {
                Entry::Occupied(mut line) => line.get_mut().push_front(case),
                Entry::Vacant(line) => {
                    self.turns.push_back(case.client());
                    line.insert(VecDeque::from([case]));
                }
            }
        }
    }

    /// Takes out the case that is next.
    pub(super) fn take(&mut self) -> Option<Case> {
        let client = *self.turns.front()?;
        let line = self.of_clients.get_mut(&client)?;
        let case = line.pop_front();
        if line.is_empty() {
            self.of_clients.remove(&client);
            self.turns.pop_front();
            self.taken = 0;
            return case;
        }
        self.taken += 1;
        if self.taken == TURN {
            self.pass();
        }
        case
    }

    /// Makes it the turn of the client that is next.
    pub(super) fn pass(&mut self) {
        if !self.turns.is_empty() {
            self.turns.rotate_left(1);
        }
        self.taken = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Stage;
    use super::*;

    #[test]
    fn clients_have_turns_and_each_is_told_in_order() {
        let stage = Stage::new();
        let mut lines = Lines::default();
        for number in 0..40 {
            lines.put(stage.case(1, number));
        }
        lines.put(stage.case(2, 100));
        lines.put_first([stage.case(1, -2), stage.case(1, -1)].into_iter());
        lines.put_first([stage.case(3, 200)].into_iter());
        let taken: Vec<_> = std::iter::from_fn(|| lines.take())
            .map(|case| (case.client(), Stage::number(&case)))
            .collect();
        let of = |client| -> Vec<i64> {
            let all = taken.iter().filter(|(other, _)| *other == client);
            all.map(|(_, number)| *number).collect()
        };
        assert_eq!(of(1), (-2..40).collect::<Vec<_>>());
        let place = |client| taken.iter().position(|(other, _)| *other == client);
        assert_eq!((place(2), place(3)), (Some(TURN), Some(TURN + 1)));
        assert!(lines.is_empty());
    }
}
