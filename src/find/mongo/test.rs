//! What is asked of the values that a path yields.

use std::hint::black_box;
use std::mem;

use super::among::Among;
use super::bson::Bson;
use super::geo::Geo;
use super::node::Node;
use super::order::{Comparison, equals, stands};
use super::place::Place;
use super::text::matches;
use super::toll::Toll;
use super::value::{Bracket, Kind, Value};
use super::walk::{Component, Lists, Road};
use crate::pattern::Pattern;
use crate::value::date::clip;

/// What is asked of a path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// Each of them, perhaps of another value.
    All(Box<[Test]>),
    /// The whole of it does not hold: for none of the values.
    Not(Box<Test>),
    Never,
    /// It holds for some value.
    Some(One),
    /// It holds for some element of a list.
    Element(Box<Element>),
    /// A list of this length.
    Size(usize),
}

/// What is asked of one value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum One {
    Equals(Bson),
    Stands(Comparison, Bson),
    Among(Box<Among>),
    /// There is one.
    Exists,
    Matches(Pattern),
    /// Its bracket is one of these.
    Type(Box<[Bracket]>),
    /// It leaves a rest when it is divided.
    Mod {
        divisor: f64,
        rest: f64,
    },
    Lies(Box<Geo>),
}

/// What is asked of an element of a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Element {
    Value(Test),
    /// The element is a document by itself.
    Clause(Node<Asked>),
}

/// What is asked of a path of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// Never empty.
    pub(crate) path: Box<[Component]>,
    pub(crate) test: Test,
}

/// What an answer depends on beside the document.
#[derive(Debug)]
pub(crate) struct Circumstances<'c, T> {
    /// The moment at which the query is asked, in milliseconds; NaN for a query that does not ask for it.
    pub(crate) now: f64,
    /// As in [`Road`].
    pub(crate) legacy_null: bool,
    pub(crate) toll: &'c T,
}

impl<T> Clone for Circumstances<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Circumstances<'_, T> {}

/// For a look at a value.
pub(crate) const VALUE: u64 = 2;

impl Test {
    /// Two tests of one path, of which each must hold.
    pub(crate) fn all(mut tests: Vec<Self>) -> Self {
        match tests.len() {
            1 => tests.swap_remove(0),
            _ => Self::All(tests.into()),
        }
    }

    pub(crate) fn not(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// Whether another test asks the same, but that it takes texts for ids.
    pub(crate) fn is_without_ids(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All(tests), Self::All(others)) => {
                let mut pairs = tests.iter().zip(others);
                tests.len() == others.len() && pairs.all(|(a, b)| a.is_without_ids(b))
            }
            (Self::Not(test), Self::Not(other)) => test.is_without_ids(other),
            (Self::Some(one), Self::Some(other)) => one.is_without_ids(other),
            _ => self == other,
        }
    }

    /// Reads its operand from memory, for whoever is about to ask.
    #[inline]
    pub(crate) fn prefetch(&self) {
        match self {
            Self::All(tests) => {
                black_box(tests.first().map(mem::discriminant));
            }
            Self::Not(test) => {
                black_box(mem::discriminant(&**test));
            }
            Self::Some(One::Equals(Bson::Text(text) | Bson::Id(text))) => {
                black_box(text.as_bytes().first());
            }
            Self::Some(One::Among(among)) => among.prefetch(),
            Self::Some(One::Lies(geo)) => {
                black_box(mem::discriminant(&**geo));
            }
            Self::Some(_) | Self::Never | Self::Element(_) | Self::Size(_) => {}
        }
    }

    pub(crate) fn holds<'v, V: Value<'v>, T: Toll>(
        &self,
        road: &Road<'_, V>,
        circumstances: Circumstances<'_, T>,
    ) -> bool {
        match self {
            Self::All(tests) => tests.iter().all(|test| test.holds(road, circumstances)),
            Self::Not(test) => !test.holds(road, circumstances),
            Self::Never => false,
            Self::Some(one) => one.holds_for_some(road, circumstances),
            Self::Element(element) => {
                road.any(Lists::Whole, |value| element.is_in(value, circumstances))
            }
            Self::Size(size) => road.any(Lists::Whole, |value| {
                value.is_some_and(|value| is_list(value) && value.len() == *size)
            }),
        }
    }

    /// As [`holds`](Self::holds), for a value that is taken as it is: a list is not opened.
    fn holds_for<'v, V: Value<'v>, T: Toll>(
        &self,
        value: V,
        circumstances: Circumstances<'_, T>,
    ) -> bool {
        match self {
            Self::All(tests) => tests
                .iter()
                .all(|test| test.holds_for(value, circumstances)),
            Self::Not(test) => !test.holds_for(value, circumstances),
            Self::Never => false,
            Self::Some(one) => one.holds(Some(value), circumstances),
            Self::Element(element) => element.is_in(Some(value), circumstances),
            Self::Size(size) => is_list(value) && value.len() == *size,
        }
    }

    /// Shows what is asked of single values, wherever that is.
    pub(crate) fn each_one<'t>(&'t self, visit: &mut impl FnMut(&'t One)) {
        match self {
            Self::All(tests) => tests.iter().for_each(|test| test.each_one(visit)),
            Self::Not(test) => test.each_one(visit),
            Self::Never | Self::Size(_) => {}
            Self::Some(one) => visit(one),
            Self::Element(element) => match &**element {
                Element::Value(test) => test.each_one(visit),
                Element::Clause(node) => {
                    let mut asked = Vec::new();
                    node.each_leaf(&mut |leaf| asked.push(leaf));
                    for leaf in asked {
                        leaf.test.each_one(visit);
                    }
                }
            },
        }
    }

    /// Heap bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        match self {
            Self::All(tests) => {
                size_of_val(&**tests) + tests.iter().map(Self::memory_usage).sum::<usize>()
            }
            Self::Not(test) => size_of::<Self>() + test.memory_usage(),
            Self::Never | Self::Size(_) => 0,
            Self::Some(one) => one.memory_usage(),
            Self::Element(element) => {
                size_of::<Element>()
                    + match &**element {
                        Element::Value(test) => test.memory_usage(),
                        Element::Clause(node) => node.memory_usage(&Asked::memory_usage),
                    }
            }
        }
    }
}

impl Asked {
    /// Whether it holds for a document.
    pub(crate) fn holds<'v, V: Value<'v>, T: Toll>(
        &self,
        document: V,
        circumstances: Circumstances<'_, T>,
    ) -> bool {
        let Some((first, rest)) = self.path.split_first() else {
            return false;
        };
        let road = Road {
            head: first.of(document),
            rest,
            legacy_null: circumstances.legacy_null,
        };
        self.test.holds(&road, circumstances)
    }

    fn memory_usage(&self) -> usize {
        let path = self.path.iter().map(Component::memory_usage);
        size_of_val(&*self.path) + path.sum::<usize>() + self.test.memory_usage()
    }
}

impl Element {
    /// Whether it holds for an element of the value, if that is a list.
    fn is_in<'v, V: Value<'v>, T: Toll>(
        &self,
        value: Option<V>,
        circumstances: Circumstances<'_, T>,
    ) -> bool {
        let Some(list) = value.filter(|value| is_list(*value)) else {
            return false;
        };
        list.any_item(|item| match self {
            Self::Value(test) => test.holds_for(item, circumstances),
            Self::Clause(node) => {
                matches!(item.kind(), Kind::Object | Kind::List)
                    && node.holds(&mut |asked| asked.holds(item, circumstances))
            }
        })
    }
}

impl One {
    fn is_without_ids(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Equals(Bson::Text(text)), Self::Equals(Bson::Id(id))) => text == id,
            (Self::Stands(a, Bson::Text(text)), Self::Stands(b, Bson::Id(id))) => {
                a == b && text == id
            }
            (Self::Among(among), Self::Among(other)) => among.is_without_ids(other),
            _ => self == other,
        }
    }

    /// Whether it holds for some value that a path yields. What is asked is looked at once, and not for each element of a list.
    #[inline]
    fn holds_for_some<'v, V: Value<'v>, T: Toll>(
        &self,
        road: &Road<'_, V>,
        circumstances: Circumstances<'_, T>,
    ) -> bool {
        let (toll, steps) = (circumstances.toll, self.steps());
        match self {
            Self::Equals(operand) => road.any(Lists::Opened, |value| {
                !toll.pays(steps) || equals(value, operand)
            }),
            Self::Among(among) => road.any(Lists::Opened, |value| {
                !toll.pays(steps) || among.has(value, toll)
            }),
            Self::Stands(..)
            | Self::Exists
            | Self::Matches(_)
            | Self::Type(_)
            | Self::Mod { .. }
            | Self::Lies(_) => road.any(Lists::Opened, |value| self.holds(value, circumstances)),
        }
    }

    #[inline]
    pub(crate) fn holds<'v, V: Value<'v>, T: Toll>(
        &self,
        value: Option<V>,
        circumstances: Circumstances<'_, T>,
    ) -> bool {
        let toll = circumstances.toll;
        if !toll.pays(self.steps()) {
            return true;
        }
        match self {
            Self::Equals(operand) => equals(value, operand),
            Self::Stands(comparison, Bson::FromNow(ms)) => stands(
                value,
                *comparison,
                &Bson::Date(moment(circumstances.now + ms)),
            ),
            Self::Stands(comparison, operand) => stands(value, *comparison, operand),
            Self::Among(among) => among.has(value, toll),
            Self::Exists => value.is_some(),
            Self::Matches(pattern) => value.is_some_and(|value| matches(pattern, value, toll)),
            Self::Type(brackets) => {
                value.is_some_and(|value| brackets.contains(&value.kind().bracket()))
            }
            Self::Mod { divisor, rest } => leaves(value, *divisor, *rest),
            Self::Lies(geo) => lies(value, geo),
        }
    }

    /// For a value, without what a pattern takes.
    pub(crate) fn steps(&self) -> u64 {
        match self {
            Self::Among(among) => VALUE + among.rounds(),
            Self::Lies(geo) => VALUE + 4 * geo.points() as u64,
            Self::Equals(_)
            | Self::Stands(..)
            | Self::Exists
            | Self::Matches(_)
            | Self::Type(_)
            | Self::Mod { .. } => VALUE,
        }
    }

    /// Heap bytes.
    fn memory_usage(&self) -> usize {
        match self {
            Self::Equals(operand) | Self::Stands(_, operand) => operand.memory_usage(),
            Self::Among(among) => size_of::<Among>() + among.memory_usage(),
            Self::Matches(pattern) => pattern.memory_usage(),
            Self::Type(brackets) => size_of_val(&**brackets),
            Self::Lies(geo) => size_of::<Geo>() + geo.points() * size_of::<[f64; 2]>(),
            Self::Exists | Self::Mod { .. } => 0,
        }
    }
}

/// Whether a number leaves a rest when it is divided.
#[inline(never)]
fn leaves<'v, V: Value<'v>>(value: Option<V>, divisor: f64, rest: f64) -> bool {
    match value.map(Value::kind) {
        Some(Kind::Number(number)) => {
            number.is_finite() && (number.trunc() % divisor - rest).abs() == 0.0
        }
        _ => false,
    }
}

#[inline(never)]
fn lies<'v, V: Value<'v>>(value: Option<V>, geo: &Geo) -> bool {
    let place = value.and_then(Place::of);
    place.is_some_and(|place| geo.holds(&place))
}

/// A number of milliseconds as the driver writes it: what is no date becomes the epoch.
pub(crate) fn moment(ms: f64) -> f64 {
    let clipped = clip(ms);
    if clipped.is_nan() { 0.0 } else { clipped }
}

fn is_list<'v, V: Value<'v>>(value: V) -> bool {
    matches!(value.kind(), Kind::List)
}
