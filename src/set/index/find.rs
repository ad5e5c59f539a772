//! What queries of the `find` dialect ask, as filing sees it.
//!
//! The tree of a query becomes forks, as the steps of the other dialect are: where to go on if a test holds, and where if it
//! does not. A test that holds says what keys there are; one that does not hold says nothing. So it does no harm that the
//! column decides which of two tests is asked: what either says is said together.

use smallvec::SmallVec;

use super::access::Access;
use super::cover::{Choice, Chooser};
use super::stored::together;
use crate::find::Plan;
use crate::find::asked::Asked;
use crate::find::mongo::bson::Bson;
use crate::find::mongo::node::Node;
use crate::find::mongo::test::{One, Test};
use crate::plan::code::{Fork, Next, Target};

/// A query of the dialect, whose leaves know the numbers of their paths.
#[derive(Clone, Copy)]
pub(crate) struct Question<'q> {
    pub(crate) plan: &'q Plan,
    /// The moment at which it is asked.
    pub(crate) now: Option<f64>,
}

/// The tests of a query in the order in which they are run, and what each says.
pub(crate) struct Forks {
    pub(crate) code: Vec<Ahead>,
    pub(crate) each: Vec<Choice>,
    pub(crate) entry: Target,
}

/// Where to go on behind a test.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ahead {
    then: Target,
    otherwise: Target,
}

impl Fork for Ahead {
    fn then(&self) -> Target {
        self.then
    }

    fn otherwise(&self) -> Target {
        self.otherwise
    }
}

impl Question<'_> {
    /// Its tests. Those say nothing whose path, and how many values they name, `tells` does not take. Nothing if there are
    /// more than can be told apart.
    pub(crate) fn forks(
        self,
        chooser: &Chooser<'_>,
        tells: &dyn Fn(u32, usize) -> bool,
    ) -> Option<Forks> {
        let mut tests = 0;
        self.plan.root.each_leaf(&mut |asked: &Asked| {
            tests += asked.tests().map(tests_of).sum::<usize>();
        });
        if tests >= Target::MAX_STEPS {
            return None;
        }
        let mut builder = Builder {
            chooser,
            tells,
            now: self.now,
            left: tests,
            reversed: Vec::with_capacity(tests),
        };
        let entry = builder.node(&self.plan.root, Target::ACCEPT, Target::REJECT);
        Some(builder.forks(entry))
    }
}

/// How many forks a test becomes at most.
fn tests_of(test: &Test) -> usize {
    match test {
        Test::All(tests) => tests.iter().map(tests_of).sum(),
        Test::Not(test) => tests_of(test),
        Test::Never | Test::Some(_) | Test::Element(_) | Test::Size(_) => 1,
    }
}

/// Makes forks of a tree, from the last one to the first: where to go on is known then.
struct Builder<'b> {
    chooser: &'b Chooser<'b>,
    tells: &'b dyn Fn(u32, usize) -> bool,
    now: Option<f64>,
    /// The position behind the fork that is made next.
    left: usize,
    reversed: Vec<(Ahead, Choice)>,
}

impl Builder<'_> {
    /// The forks of a node; where it begins.
    fn node(&mut self, node: &Node<Asked>, then: Target, otherwise: Target) -> Target {
        match node {
            Node::All(nodes) => {
                let nodes = nodes.iter().rev();
                nodes.fold(then, |next, node| self.node(node, next, otherwise))
            }
            Node::Any(nodes) => {
                let nodes = nodes.iter().rev();
                nodes.fold(otherwise, |next, node| self.node(node, then, next))
            }
            Node::None(nodes) => {
                let nodes = nodes.iter().rev();
                nodes.fold(then, |next, node| self.node(node, otherwise, next))
            }
            Node::Leaf(asked) => {
                let either: SmallVec<[&Test; 2]> = asked.tests().collect();
                self.tests(asked.number, &either, Ahead { then, otherwise })
            }
        }
    }

    /// The forks of the tests of a path, of which the column decides which one is asked.
    fn tests(&mut self, path: u32, either: &[&Test], ahead: Ahead) -> Target {
        if let Some(access) = self.access(path, either) {
            return self.fork(path, access, either, ahead);
        }
        if let Some(rows) = rows(either) {
            let rows = rows.iter().rev();
            return rows.fold(ahead.then, |then, row| {
                self.tests(path, row, Ahead { then, ..ahead })
            });
        }
        if let Some(inner) = negated(either) {
            let turned = Ahead {
                then: ahead.otherwise,
                otherwise: ahead.then,
            };
            return self.tests(path, &inner, turned);
        }
        let tests = either.iter().rev();
        tests.fold(ahead.otherwise, |otherwise, test| {
            self.tests(path, &[test], Ahead { otherwise, ..ahead })
        })
    }

    /// What values have for which one of some tests holds; nothing if that is not said in one.
    fn access(&self, path: u32, either: &[&Test]) -> Option<Access> {
        let named = either.iter().map(|test| named(test)).max();
        let is_told = (self.tells)(path, named.unwrap_or_default());
        let maker = self.chooser.maker(path);
        let mut accesses = either.iter().map(|test| {
            let access = maker.of_test(test, self.now)?;
            Some(if is_told { access } else { Access::Any })
        });
        let first = accesses.next()??;
        accesses.try_fold(first, |both, access| together(both, access?))
    }

    /// One more fork. Ranges that stand in a row are one.
    fn fork(&mut self, path: u32, access: Access, either: &[&Test], ahead: Ahead) -> Target {
        let is_for_few = || either.iter().all(|test| asks_for_bool(test));
        let access = match (access, self.reversed.last()) {
            (Access::Range(bounds), Some((next, choice)))
                if ahead.then == Target::step(self.left)
                    && next.otherwise == ahead.otherwise
                    && choice.path == path =>
            {
                match choice.access {
                    Access::Range(others) => Access::Range(bounds.and(others)),
                    _ => Access::Range(bounds),
                }
            }
            (access, _) => access,
        };
        let choice = self.chooser.weighed(path, access, is_for_few);
        self.reversed.push((ahead, choice));
        self.left -= 1;
        Target::step(self.left)
    }

    /// All of them, the first one at the beginning.
    fn forks(self, entry: Target) -> Forks {
        let moved = |target: Target| match target.next() {
            Next::Step(position) => Target::step(position - self.left),
            Next::Done(_) => target,
        };
        let (code, each) = (self.reversed.into_iter().rev())
            .map(|(ahead, choice)| {
                let ahead = Ahead {
                    then: moved(ahead.then),
                    otherwise: moved(ahead.otherwise),
                };
                (ahead, choice)
            })
            .unzip();
        Forks {
            code,
            each,
            entry: moved(entry),
        }
    }
}

/// The parts of tests that each have as many, those side by side together.
fn rows<'t>(either: &[&'t Test]) -> Option<Vec<SmallVec<[&'t Test; 2]>>> {
    let parts = either.iter().map(|test| match test {
        Test::All(tests) => Some(&**tests),
        Test::Not(_) | Test::Never | Test::Some(_) | Test::Element(_) | Test::Size(_) => None,
    });
    let parts: SmallVec<[&[Test]; 2]> = parts.collect::<Option<_>>()?;
    let count = parts.first()?.len();
    let is_alike = parts.iter().all(|tests| tests.len() == count);
    let row = |at: usize| parts.iter().map(|tests| &tests[at]).collect();
    is_alike.then(|| (0..count).map(row).collect())
}

/// What must not hold, if nothing else is asked.
fn negated<'t>(either: &[&'t Test]) -> Option<SmallVec<[&'t Test; 2]>> {
    let inner = either.iter().map(|test| match test {
        Test::Not(test) => Some(&**test),
        Test::All(_) | Test::Never | Test::Some(_) | Test::Element(_) | Test::Size(_) => None,
    });
    inner.collect()
}

/// How many values a test names.
fn named(test: &Test) -> usize {
    match test {
        Test::Some(One::Among(among)) => among.len(),
        Test::All(_)
        | Test::Not(_)
        | Test::Never
        | Test::Some(_)
        | Test::Element(_)
        | Test::Size(_) => 1,
    }
}

/// Whether a test asks for one of two values: that tells half of the objects apart at best.
fn asks_for_bool(test: &Test) -> bool {
    matches!(test, Test::Some(One::Equals(Bson::Bool(_))))
}
