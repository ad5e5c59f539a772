//! Changes that wait for their class, in a line for each.

use std::collections::VecDeque;

/// Changes that wait for their class: those of a class in order, and classes by who began to wait first.
pub(super) struct Lines<T>(VecDeque<Line<T>>);

/// None is empty.
struct Line<T> {
    class: Box<str>,
    changes: VecDeque<T>,
}

impl<T> Default for Lines<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> Lines<T> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether changes of a class wait.
    pub(super) fn have(&self, class: &str) -> bool {
        self.0.iter().any(|line| *line.class == *class)
    }

    /// Puts a change behind those of its class.
    pub(super) fn put(&mut self, class: &str, change: T) {
        if let Some(line) = self.0.iter_mut().find(|line| *line.class == *class) {
            return line.changes.push_back(change);
        }
        self.0.push_back(Line {
            class: class.into(),
            changes: VecDeque::from([change]),
        });
    }

    /// Works changes off, of each class until one is not to be done yet. It is said whether a class has waited longest.
    pub(super) fn work_off(&mut self, mut is_done: impl FnMut(&T, bool) -> bool) {
        let mut is_first = true;
        self.0.retain_mut(|line| {
            let changes = &mut line.changes;
            while changes
                .front()
                .is_some_and(|change| is_done(change, is_first))
            {
                changes.pop_front();
            }
            is_first = is_first && changes.is_empty();
            !changes.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_is_held_keeps_its_order_and_others_go_on() {
        let mut lines = Lines::default();
        for number in 0..9 {
            lines.put(["a", "b", "c"][number % 3], number);
        }
        let mut done = Vec::new();
        lines.work_off(|number, is_first| {
            assert_eq!(is_first, number % 3 == 0);
            let is_done = number % 3 == 1 || *number == 2;
            done.extend(is_done.then_some(*number));
            is_done
        });
        assert_eq!(done, [1, 4, 7, 2]);
        assert_eq!(
            ["a", "b", "c"].map(|class| lines.have(class)),
            [true, false, true]
        );
        lines.work_off(|number, is_first| {
            assert!(is_first);
            done.push(*number);
            true
        });
        assert_eq!(done[4..], [0, 3, 6, 5, 8]);
        assert!(lines.is_empty());
    }
}
