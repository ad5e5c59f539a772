//! Cases that wait to be worked off, in a line for each client.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use super::parked::Case;

/// So many cases of a client are worked off before it is another's turn.
const TURN: usize = 16;

/// Cases that wait to be worked off: those of a client in order, and the clients in turns.
///
/// Where a change concerns a crowd most of it stands in a ring of its own. The first of either ring is next by turns, so that
/// others wait for one of the crowd at a time, and the crowd for one of the others.
#[derive(Default)]
pub(super) struct Lines {
    /// Of each client that is in one of the rings; none is empty.
    of_clients: HashMap<usize, VecDeque<Case>>,
    usual: Ring,
    crowd: Ring,
    is_crowd_next: bool,
}

/// Clients, of whom each has a turn and stands behind the others then.
#[derive(Default)]
struct Ring {
    /// Whose turn it is, and who is next.
    clients: VecDeque<usize>,
    /// How many cases of the first have been taken in this turn.
    taken: usize,
}

impl Ring {
    /// Makes it the turn of the client that is next.
    fn pass(&mut self) {
        if !self.clients.is_empty() {
            self.clients.rotate_left(1);
        }
        self.taken = 0;
    }

    /// Notes that a case of the first has been taken, and whether that was its last one.
    fn take(&mut self, is_last: bool) {
        if is_last {
            self.clients.pop_front();
            self.taken = 0;
            return;
        }
        self.taken += 1;
        if self.taken == TURN {
            self.pass();
        }
    }
}

impl Lines {
    pub(super) fn is_empty(&self) -> bool {
        self.of_clients.is_empty()
    }

    /// Puts a case behind those of its client, whichever ring that stands in.
    pub(super) fn put(&mut self, case: Case) {
        match self.of_clients.entry(case.client()) {
            Entry::Occupied(mut line) => line.get_mut().push_back(case),
            Entry::Vacant(line) => {
                let ring = if case.is_beyond {
                    &mut self.crowd
                } else {
                    &mut self.usual
                };
                ring.clients.push_back(case.client());
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
                    self.usual.clients.push_back(case.client());
                    line.insert(VecDeque::from([case]));
                }
            }
        }
    }

    /// Takes out the case that is next.
    pub(super) fn take(&mut self) -> Option<Case> {
        let [next, other] = if self.is_crowd_next {
            [&mut self.crowd, &mut self.usual]
        } else {
            [&mut self.usual, &mut self.crowd]
        };
        self.is_crowd_next = !self.is_crowd_next;
        let ring = if next.clients.is_empty() { other } else { next };
        let client = *ring.clients.front()?;
        let line = self.of_clients.get_mut(&client)?;
        let case = line.pop_front();
        let is_last = line.is_empty();
        ring.take(is_last);
        if is_last {
            self.of_clients.remove(&client);
        }
        case
    }

    /// Makes it the turn of the clients that are next.
    pub(super) fn pass(&mut self) {
        self.usual.pass();
        self.crowd.pass();
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

    #[test]
    fn nobody_waits_for_a_crowd_and_who_is_of_it_is_told_in_order() {
        const CROWD: usize = 1_000;
        let stage = Stage::new();
        let mut lines = Lines::default();
        for client in 1..=CROWD {
            lines.put(stage.case_beyond(client, 0));
        }
        assert_eq!(lines.take().map(|case| case.client()), Some(1));
        // Later changes: of some whom the crowd is before, and of others whom it is not.
        for client in [CROWD, CROWD - 1, CROWD + 1, CROWD + 2, CROWD + 1] {
            lines.put(stage.case(client, 1));
        }
        let taken: Vec<_> = std::iter::from_fn(|| lines.take())
            .map(|case| (case.client(), Stage::number(&case)))
            .collect();
        assert_eq!(taken.len(), CROWD - 1 + 5);
        let place = |who| taken.iter().position(|one| *one == who);
        let others = [CROWD + 1, CROWD + 2].map(|client| place((client, 1)));
        assert!(
            others
                .iter()
                .all(|place| place.is_some_and(|place| place < 6))
        );
        for client in [CROWD - 1, CROWD] {
            assert!(place((client, 0)) < place((client, 1)));
        }
        assert!(lines.is_empty());
    }
}
