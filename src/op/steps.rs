//! What an operator takes, in [steps](crate::steps).

use super::Op;
use super::all::All;
use super::equality::PointerTo;
use super::list::List;
use super::membership::{Membership, text_contains};
use super::order::Order;
use super::regex::Regex;
use crate::pattern::Pattern;
use crate::steps::{Bound, Free, Meter, Rates, Shape, Size, Spend, Spent};
use crate::value::convert::{JsText, to_text};
use crate::value::key::names;
use crate::value::{Answer, Datum, Fault, MAX_DEPTH, Scope, Val, tree_nodes};

/// What it takes to make text of an array, and to read a number in a text.
pub(crate) const TO_TEXT: Rates = Rates {
    node: 4,
    bytes: 8,
    object: 5,
    ..Rates::fixed(2)
};

impl Rates {
    /// What a value takes; where that is more than `most`, not less than one step more.
    pub(crate) fn steps_for(&self, value: Val<'_>, most: u64) -> u64 {
        self.steps_within(value, most, MAX_DEPTH)
    }

    /// As [`steps_for`](Self::steps_for), where arrays are looked into so deep.
    fn steps_within(&self, value: Val<'_>, most: u64, levels: u32) -> u64 {
        // Only an array takes long to be measured.
        if Shape::of(value) == Shape::Array {
            if !self.look_inside() {
                return self.steps(&Size::at_once(value));
            }
            debug_assert!(self.node > 0, "measured for nothing: {self:?}");
        }
        let scope = Scope {
            most,
            levels,
            pointers: self.pointer | self.odd_pointer != 0,
        };
        self.steps(&Size::of(value, scope))
    }
}

/// What it takes to find the angle to a point.
const HAVERSINE: u64 = 24;

/// Who pays for the answers of operators, or has them for nothing.
pub(crate) trait Payer: Spend {
    /// The answer of an operator for a value. `fast` finds it too, sooner than from a view of the value; it is not asked where
    /// the operator must count while it is at it.
    fn answer<'v>(
        &mut self,
        op: &Op,
        value: impl FnOnce() -> Result<Val<'v>, Fault>,
        fast: impl FnOnce() -> Answer,
    ) -> Result<Answer, Self::Spent>;

    /// The answer of an operator for what was read.
    #[inline]
    fn answer_value(
        &mut self,
        op: &Op,
        value: Result<Val<'_>, Fault>,
    ) -> Result<Answer, Self::Spent> {
        self.answer(op, || value, || op.answer(value?))
    }
}

impl Payer for Free {
    #[inline]
    fn answer<'v>(
        &mut self,
        _: &Op,
        _: impl FnOnce() -> Result<Val<'v>, Fault>,
        fast: impl FnOnce() -> Answer,
    ) -> Result<Answer, Self::Spent> {
        Ok(fast())
    }
}

impl Payer for Meter {
    fn answer<'v>(
        &mut self,
        op: &Op,
        value: impl FnOnce() -> Result<Val<'v>, Fault>,
        fast: impl FnOnce() -> Answer,
    ) -> Result<Answer, Spent> {
        let value = match value() {
            Ok(value) => value,
            Err(fault) => return Ok(Err(fault)),
        };
        match op {
            Op::Regex(Regex::Pattern(pattern)) => {
                return pattern_within(pattern, value, self).map(Ok);
            }
            Op::All(op) if Shape::of(value) == Shape::Text => return op.text_within(value, self),
            Op::All(_) | Op::Regex(Regex::Invalid) => {}
            Op::Is(_)
            | Op::PointsTo(_)
            | Op::Like(_)
            | Op::Order(_)
            | Op::Equal(_)
            | Op::NotEqual(_) => {}
            Op::In(_)
            | Op::NotIn(_)
            | Op::ContainedBy(_)
            | Op::Exists(_)
            | Op::Near(_)
            | Op::Within(_) => {}
            Op::Polygon(_)
            | Op::Circle(_)
            | Op::Intersects(_)
            | Op::Always
            | Op::Never
            | Op::Fault => {}
        }
        self.spend_for(|left| op.steps(value, left))?;
        Ok(fast())
    }
}

impl Op {
    /// What the answer for a value takes at most; where that is more than `most`, not less than one step more. Patterns and
    /// `$all` on a text [count](Payer::answer) while they are at it, and take less.
    pub(crate) fn steps(&self, value: Val<'_>, most: u64) -> u64 {
        // No element of an element is asked for.
        let levels = if matches!(self, Self::All(_)) {
            1
        } else {
            MAX_DEPTH
        };
        let rates = self.rates(Shape::of(value), most);
        let steps = rates.steps_within(value, most, levels);
        steps.saturating_add(self.steps_for_parts(value, most))
    }

    /// The most steps that it takes for a value in an object, by the object's size.
    pub(crate) fn bound(&self) -> Bound {
        let shapes = Shape::ALL.into_iter();
        let bounds = shapes.map(|shape| self.rates(shape, u64::MAX).bound(shape));
        bounds.fold(self.bound_for_parts(), Bound::or)
    }

    /// An operand is measured as far as `most` steps go.
    fn rates(&self, shape: Shape, most: u64) -> Rates {
        match self {
            Self::Is(operand) => Rates {
                fixed: 1,
                member: 1 + length(operand) / 64,
                ..Rates::default()
            },
            Self::PointsTo(pointer) => Rates {
                member: 5 + length_of_pointer(pointer) / 64,
                ..Rates::fixed(1)
            },
            Self::Like(op) => Rates {
                member: of_operand(&op.operand, most),
                ..Rates::fixed(1)
            },
            // What differs in its number of elements or members is not looked at.
            Self::Equal(op) | Self::NotEqual(op) => Rates::fixed(1 + of_operand(&op.operand, most)),
            Self::Order(op) => order(op, shape, most),
            Self::In(op) | Self::NotIn(op) => membership(op, shape),
            Self::ContainedBy(op) => contained_by(op, shape),
            Self::All(op) => all(op, shape, most),
            Self::Regex(Regex::Pattern(pattern)) => regex(pattern, shape),
            Self::Near(_) | Self::Circle(_) => Rates::fixed(HAVERSINE),
            Self::Within(_) => Rates::fixed(8),
            Self::Polygon(op) => {
                Rates::fixed(8 + op.ring().map_or(0, |ring| ring.vertices.len() as u64))
            }
            Self::Intersects(_) => Rates::fixed(8),
            Self::Exists(_) | Self::Regex(Regex::Invalid) => Rates::fixed(1),
            Self::Always | Self::Never | Self::Fault => Rates::fixed(1),
        }
    }

    /// What it takes besides for the members of an object that a geo operator looks at.
    fn steps_for_parts(&self, value: Val<'_>, most: u64) -> u64 {
        let part = |key| value.get_key(key).unwrap_or(Val::Undefined);
        match self {
            Self::Near(_) | Self::Within(_) | Self::Polygon(_) => {
                if Shape::of(value) != Shape::Object {
                    return 0;
                }
                let parts = [names::LATITUDE, names::LONGITUDE].map(part);
                let parts = parts.into_iter();
                parts
                    .filter(|part| Shape::of(*part) != Shape::Plain)
                    .map(|part| TO_TEXT.steps_for(part, most))
                    .fold(0, u64::saturating_add)
            }
            Self::Intersects(_) => {
                let ring = value.get("coordinates").unwrap_or(Val::Undefined);
                VERTEX.saturating_mul(Size::at_once(ring).members)
            }
            Self::Is(_)
            | Self::PointsTo(_)
            | Self::Like(_)
            | Self::Order(_)
            | Self::Equal(_)
            | Self::NotEqual(_) => 0,
            Self::In(_)
            | Self::NotIn(_)
            | Self::All(_)
            | Self::ContainedBy(_)
            | Self::Exists(_)
            | Self::Regex(_) => 0,
            Self::Circle(_) | Self::Always | Self::Never | Self::Fault => 0,
        }
    }

    /// The most of [`steps_for_parts`](Self::steps_for_parts), with what the operator takes for any object.
    fn bound_for_parts(&self) -> Bound {
        let parts = match self {
            Self::Near(_) | Self::Within(_) | Self::Polygon(_) => {
                let one = TO_TEXT.bound(Shape::Array).or(TO_TEXT.bound(Shape::Text));
                // Both share the bytes of the object.
                Bound {
                    fixed: 2 * one.fixed,
                    ..one
                }
            }
            Self::Intersects(_) => Rates {
                member: VERTEX,
                ..Rates::default()
            }
            .bound(Shape::Array),
            Self::Is(_)
            | Self::PointsTo(_)
            | Self::Like(_)
            | Self::Order(_)
            | Self::Equal(_)
            | Self::NotEqual(_) => return Bound::default(),
            Self::In(_)
            | Self::NotIn(_)
            | Self::All(_)
            | Self::ContainedBy(_)
            | Self::Exists(_)
            | Self::Regex(_) => return Bound::default(),
            Self::Circle(_) | Self::Always | Self::Never | Self::Fault => return Bound::default(),
        };
        self.rates(Shape::Object, u64::MAX)
            .bound(Shape::Object)
            .plus(parts)
    }
}

/// What a vertex of a value takes: it is read thrice.
const VERTEX: u64 = 16;

/// Bytes of a text; of what is no text nothing is compared.
fn length(operand: &Datum) -> u64 {
    operand.as_text().map_or(0, |text| text.len() as u64)
}

fn length_of_pointer(pointer: &PointerTo) -> u64 {
    let texts = pointer.texts();
    texts.map_or(0, |(class_name, object_id)| {
        (class_name.len() + object_id.len()) as u64
    })
}

/// What it takes to compare something with an operand.
fn of_operand(operand: &Datum, most: u64) -> u64 {
    match operand {
        Datum::Array(_) | Datum::Object(_) | Datum::Instance(_) => {
            let (nodes, bytes) = tree_nodes(Val::from(operand), most);
            nodes.saturating_mul(8).saturating_add(bytes / 16)
        }
        plain => 1 + length(plain) / 64,
    }
}

fn order(op: &Order, shape: Shape, most: u64) -> Rates {
    let operand = match op.operand() {
        Val::Number(_) | Val::Date(_) => 0,
        // Where the value is no text too, it is made text for each comparison.
        operand => TO_TEXT.steps_for(operand, most),
    };
    let value = match shape {
        Shape::Plain => Rates::fixed(1),
        Shape::Text | Shape::Array | Shape::Object => TO_TEXT,
    };
    value.plus(Rates::fixed(operand))
}

fn membership(op: &Membership, shape: Shape) -> Rates {
    match op {
        Membership::List(list) => {
            let count = list.items().len() as u64;
            match list {
                List::Few(_) => Rates {
                    fixed: 1,
                    node: 3 + count / 4,
                    bytes: count,
                    object: 5,
                    pointer: 4 + 3 * count,
                    odd_pointer: 8,
                    member: 0,
                },
                // They are found by their hashes, but for what has no texts for class and id.
                List::Many(_) => Rates {
                    fixed: 1,
                    node: 6,
                    bytes: 8,
                    object: 5,
                    pointer: 10,
                    odd_pointer: 8 + 3 * list.odd() as u64,
                    member: 0,
                },
            }
        }
        Membership::Text(operand) => {
            let length = length(operand);
            Rates {
                fixed: 2,
                node: 4 + length / 16,
                object: 6,
                bytes: match shape {
                    // Each array in an array is made text by itself.
                    Shape::Array => TO_TEXT.bytes * u64::from(MAX_DEPTH),
                    Shape::Plain | Shape::Text | Shape::Object => TO_TEXT.bytes,
                },
                pointer: 4 * length,
                ..Rates::default()
            }
        }
        Membership::Other(operand) => {
            let members = match &**operand {
                Datum::Object(fields) => fields.len(),
                Datum::Instance(instance) => instance.own.len(),
                _ => 0,
            };
            Rates {
                fixed: 1,
                node: 3,
                object: 5,
                pointer: 4 + 4 * members as u64,
                ..Rates::default()
            }
        }
    }
}

/// Each character of a text is looked for like an element.
fn contained_by(op: &Membership, shape: Shape) -> Rates {
    let element = membership(op, shape);
    match shape {
        Shape::Text => Rates {
            fixed: element.fixed,
            bytes: element
                .node
                .saturating_mul(64)
                .saturating_add(element.bytes),
            ..Rates::default()
        },
        Shape::Plain | Shape::Array | Shape::Object => element,
    }
}

fn all(op: &All, shape: Shape, most: u64) -> Rates {
    match (op, shape) {
        (All::Nothing | All::Fault, _) | (_, Shape::Plain | Shape::Object) => Rates::fixed(2),
        (All::List(required), Shape::Array) => {
            let count = required.items().len() as u64;
            let halvings = u64::from(u64::BITS - count.leading_zeros());
            Rates {
                fixed: 2 + count / 16,
                node: 1,
                member: 1 + halvings,
                bytes: halvings,
                ..Rates::default()
            }
        }
        (All::List(required), Shape::Text) => {
            let items = required.items().iter();
            let each = items.map(|item| of_item(Val::from(item), most));
            Rates {
                fixed: each.fold(2, u64::saturating_add),
                bytes: IN_TEXT.saturating_mul(required.items().len() as u64),
                ..Rates::default()
            }
        }
        // Each item, and what is in the gaps between them, is looked for in all elements.
        (All::ListLike(sparse), Shape::Array) => Rates {
            member: 2 * (sparse.items().len() as u64 + 1),
            ..Rates::fixed(2)
        },
        (All::ListLike(sparse), Shape::Text) => {
            let items = sparse.items().iter();
            let each = items.map(|(_, item)| 2 * of_item(Val::from(item), most));
            Rates {
                fixed: each.fold(4, u64::saturating_add),
                bytes: 2 * IN_TEXT * (sparse.items().len() as u64 + 1),
                ..Rates::default()
            }
        }
    }
}

/// What it takes to look through 64 bytes for a text.
const IN_TEXT: u64 = 4;

/// What it takes to make text of an item.
fn of_item(item: Val<'_>, most: u64) -> u64 {
    2 + TO_TEXT.steps_for(item, most)
}

impl All {
    /// The answer for a text, as far as `meter` pays: it is searched for one item after another, and most texts lack the
    /// first.
    fn text_within(&self, text: Val<'_>, meter: &mut Meter) -> Result<Answer, Spent> {
        let Self::List(required) = self else {
            let most = meter.left();
            meter.spend(all(self, Shape::Text, most).steps_for(text, most))?;
            return Ok(self.answer(text));
        };
        meter.spend(2)?;
        if !text.is_truthy() {
            return Ok(Ok(false));
        }
        let search = Rates {
            bytes: IN_TEXT,
            ..Rates::default()
        };
        let search = search.steps_for(text, u64::MAX);
        for item in required.items() {
            let item = Val::from(item);
            let steps = of_item(item, meter.left());
            meter.spend(steps.saturating_add(search))?;
            let holds = to_text(item).and_then(|item| text_contains(text, &item));
            if holds != Ok(true) {
                return Ok(holds);
            }
        }
        Ok(Ok(true))
    }
}

fn regex(pattern: &Pattern, shape: Shape) -> Rates {
    let search = pattern.rates();
    let convert = match shape {
        Shape::Text => Rates::fixed(1),
        Shape::Plain | Shape::Array | Shape::Object => TO_TEXT,
    };
    convert.plus(search)
}

/// See [`Regex::answer`].
fn pattern_within(pattern: &Pattern, value: Val<'_>, meter: &mut Meter) -> Result<bool, Spent> {
    match Shape::of(value) {
        Shape::Text => meter.spend(1)?,
        Shape::Plain | Shape::Array | Shape::Object => {
            meter.spend(TO_TEXT.steps_for(value, meter.left()))?;
        }
    }
    match to_text(value) {
        Ok(JsText::Text(text)) => pattern.is_match_within(&text, meter),
        Ok(JsText::Unit(half)) => pattern.is_match_units_within(&[half], meter),
        Err(_) => Ok(false),
    }
}
