//! A compiled clause.

use std::hint::black_box;

use serde_json::Value;

use super::asked::Asked;
use super::mongo::node::Node;
use super::mongo::test::{Circumstances, Test};
use super::mongo::toll::{NoToll, Purse, Toll};
use crate::steps::{Free, Spend};
use crate::value::val::Members;
use crate::value::{Answer, Datum, Fault, Member, Val};

/// A compiled clause.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) root: Node<Asked>,
    /// What is not asked, and may be refused.
    pub(super) forgotten: Box<[Node<Asked>]>,
    /// How many leaves there are, those that are not asked among them.
    pub(super) leaves: usize,
    pub(super) form: Form,
    /// Whether some object may show a column for which a constraint is refused.
    pub(super) may_be_refused: bool,
    /// Whether the answer depends on the moment at which it is given.
    pub(crate) is_time_dependent: bool,
    pub(super) legacy_null: bool,
    /// What tells it from others, if it takes long to be made: a set must not be held for that.
    pub(super) text: Option<Box<str>>,
}

/// How leaves stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// There is one group, of leaves, and nothing else.
    Flat,
    /// In any other way.
    Nested,
}

impl Plan {
    /// Whether an object matches at a moment, which only what is time-dependent needs.
    ///
    /// It faults where `find()` refuses the clause for a class that holds such an object, where the moment is not given, and
    /// where the object was read without a field that is asked for.
    pub(crate) fn answer(&self, object: Val<'_>, now: Option<f64>) -> Answer {
        let Ok(answer) = self.answer_within(object, now, &mut Free);
        answer
    }

    /// As [`answer`](Self::answer), as far as `payer` pays for it.
    #[inline]
    pub(crate) fn answer_within<S: Spend>(
        &self,
        object: Val<'_>,
        now: Option<f64>,
        payer: &mut S,
    ) -> Result<Answer, S::Spent> {
        match object {
            Val::Object(members) if self.knows_all(members) => {
                self.answer_whole(members, now, payer)
            }
            _ => Ok(Err(Fault)),
        }
    }

    /// The same, for an object that was read with all fields that are asked for.
    #[inline]
    pub(crate) fn answer_whole<S: Spend>(
        &self,
        object: Members<'_>,
        now: Option<f64>,
        payer: &mut S,
    ) -> Result<Answer, S::Spent> {
        if !S::COUNTS {
            return Ok(self.answer_for(object, now, &NoToll));
        }
        let given = payer.left();
        let purse = Purse::new(given);
        let answer = self.answer_for(object, now, &purse);
        // What is not paid for takes more than there is.
        let left = purse.left();
        payer.spend(left.map_or(given.saturating_add(1), |left| given - left))?;
        Ok(answer)
    }

    fn answer_for<T: Toll>(&self, object: Members<'_>, now: Option<f64>, toll: &T) -> Answer {
        let circumstances = self.circumstances(now, toll)?;
        match object {
            Members::Fields(fields) => {
                self.answer_members::<Datum, T>(fields, object, circumstances)
            }
            Members::Map(map) => self.answer_members::<Value, T>(map, object, circumstances),
            Members::Empty => self.answer_of(
                |asked| asked.holds(&asked.see(object), circumstances),
                |asked| asked.is_refused(&asked.see(object)),
            ),
        }
    }

    /// The answer, with a look at the members themselves before a view is made of them.
    fn answer_members<M: Member, T: Toll>(
        &self,
        object: &M::Members,
        view: Members<'_>,
        circumstances: Circumstances<'_, T>,
    ) -> Answer {
        let by_rule = |asked: &Asked| asked.holds(&asked.see(view), circumstances);
        // Many queries have one constraint.
        if let Node::Leaf(only) = &self.root
            && self.leaves == 1
        {
            let usual = only.usual_answer::<M, T>(object, circumstances);
            return usual.map_or_else(|| by_rule(only).ok_or(Fault), Ok);
        }
        let holds = |asked: &Asked| {
            let usual = asked.usual_answer::<M, T>(object, circumstances);
            usual.map_or_else(|| by_rule(asked), Some)
        };
        let refuses = |asked: &Asked| match asked.usual_column::<M>(object) {
            Some(column) => asked.refuses(column),
            None => asked.is_refused(&asked.see(view)),
        };
        match &self.root {
            Node::All(nodes) if self.form == Form::Flat => {
                self.answer_flat(nodes, false, holds, refuses)
            }
            Node::Any(nodes) if self.form == Form::Flat => {
                self.answer_flat(nodes, true, holds, refuses)
            }
            _ => self.answer_of(holds, refuses),
        }
    }

    /// As [`answer_of`](Self::answer_of), for leaves that are asked one after the other until one answers `end`.
    #[inline]
    fn answer_flat(
        &self,
        nodes: &[Node<Asked>],
        end: bool,
        holds: impl Fn(&Asked) -> Option<bool>,
        refuses: impl Fn(&Asked) -> bool,
    ) -> Answer {
        let mut leaves = nodes.iter().filter_map(Node::as_leaf);
        let is_ended = loop {
            match leaves.next() {
                Some(asked) if holds(asked).ok_or(Fault)? == end => break true,
                Some(_) => {}
                None => break false,
            }
        };
        if self.may_be_refused && is_ended {
            let mut others = leaves.filter(|asked| asked.may_be_refused());
            if others.any(refuses) {
                return Err(Fault);
            }
        }
        Ok(is_ended == end)
    }

    /// A fault if the moment is needed and not given.
    #[inline]
    pub(super) fn circumstances<'t, T>(
        &self,
        now: Option<f64>,
        toll: &'t T,
    ) -> Result<Circumstances<'t, T>, Fault> {
        if self.is_time_dependent && now.is_none() {
            return Err(Fault);
        }
        Ok(Circumstances {
            now: now.unwrap_or(f64::NAN),
            legacy_null: self.legacy_null,
            toll,
        })
    }

    /// Reads from memory what is asked first, for whoever is about to ask it.
    #[inline]
    pub(crate) fn prefetch(&self) {
        black_box(self.root.first_leaf().map(|asked| asked.number));
    }

    /// Reads its operand, once [that](Self::prefetch) was read.
    #[inline]
    pub(crate) fn prefetch_operand(&self) {
        if let Some(asked) = self.root.first_leaf() {
            asked.prefetch_operand();
        }
    }

    /// The answer, given whether a leaf holds, or nothing if it is refused; and whether one is that was not met.
    #[inline]
    pub(super) fn answer_of(
        &self,
        mut holds: impl FnMut(&Asked) -> Option<bool>,
        refuses: impl Fn(&Asked) -> bool,
    ) -> Answer {
        let (mut is_refused, mut met) = (false, 0);
        let answer = self.root.holds(&mut |asked| {
            met += 1;
            let holds = holds(asked);
            is_refused |= holds.is_none();
            holds.unwrap_or_default()
        });
        if self.may_be_refused && met < self.leaves {
            self.each_leaf(&mut |asked| is_refused |= asked.may_be_refused() && refuses(asked));
        }
        if is_refused { Err(Fault) } else { Ok(answer) }
    }

    /// Whether the clause is refused for a class that holds such an object.
    pub(super) fn is_refused(&self, object: Members<'_>) -> bool {
        let mut is_refused = false;
        self.each_leaf(&mut |asked| is_refused |= asked.is_refused(&asked.see(object)));
        is_refused
    }

    /// Whether every object matches: nothing is asked.
    pub(crate) fn matches_everything(&self) -> bool {
        self.leaves == 0 && self.root.holds(&mut |_| true)
    }

    /// Shows what is asked of each path, and what is not asked any more.
    pub(crate) fn each_leaf<'p>(&'p self, visit: &mut impl FnMut(&'p Asked)) {
        self.root.each_leaf(visit);
        self.forgotten.iter().for_each(|node| node.each_leaf(visit));
    }

    /// Whether the object was read with all fields that are asked for.
    pub(super) fn knows_all(&self, object: Members<'_>) -> bool {
        let Members::Fields(fields) = object else {
            return true;
        };
        if fields.kept_fields().is_none() {
            return true;
        }
        let mut knows_all = true;
        self.each_field(&mut |name| knows_all &= fields.knows(name));
        knows_all
    }

    /// Shows the leaves, for whoever keeps many queries and numbers their paths.
    pub(crate) fn each_leaf_mut(&mut self, visit: &mut impl FnMut(&mut Asked)) {
        self.root.each_leaf_mut(visit);
        let forgotten = self.forgotten.iter_mut();
        forgotten.for_each(|node| node.each_leaf_mut(visit));
    }

    /// Shows the fields that are looked at, some of them more than once.
    pub(crate) fn each_field<'p>(&'p self, visit: &mut impl FnMut(&'p str)) {
        self.each_leaf(&mut |asked| visit(asked.way.head()));
    }

    /// Shows the paths that are looked at, some of them more than once.
    pub(crate) fn each_path(&self, visit: &mut impl FnMut(String)) {
        self.each_leaf(&mut |asked| visit(asked.path()));
    }

    /// What tells it from others, if it is kept.
    pub(crate) fn kept_text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let forgotten = self.forgotten.iter();
        let forgotten = forgotten.map(|node| node.memory_usage(&Asked::memory_usage));
        self.root.memory_usage(&Asked::memory_usage)
            + size_of_val(&*self.forgotten)
            + self.text.as_deref().map_or(0, str::len)
            + forgotten.sum::<usize>()
    }

    pub(super) fn each_test<'p>(&'p self, visit: &mut impl FnMut(&'p Test)) {
        self.root
            .each_leaf(&mut |asked| asked.tests().for_each(&mut *visit));
    }
}
