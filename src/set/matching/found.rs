//! What is found at a path of an object.

use serde_json::{Map, Value};

use crate::find::column::Seen;
use crate::find::way::Way;
use crate::op::{Op, usual};
use crate::plan::{Path, decoded};
use crate::value::val::{List, Members};
use crate::value::{Answer, Datum, Fault, MAX_DEPTH, Val};

/// What reading a path gives: a value, dates decoded, or a fault.
pub(crate) type PathValue<'v> = Result<Val<'v>, Fault>;

/// What is found at a path.
#[derive(Clone, Copy)]
pub(crate) enum Found<'v> {
    /// As it is kept, in an object whose members are found by hash.
    Member(&'v Datum),
    /// The same, and what many queries ask of it.
    Pointer {
        member: &'v Datum,
        class_name: &'v str,
        object_id: &'v str,
    },
    Reading(PathValue<'v>),
    /// What stands in the field at which a path of the `find` dialect begins.
    Head(Val<'v>),
}

impl<'v> Found<'v> {
    pub(super) const NOTHING: Self = Self::Reading(Ok(Val::Undefined));

    /// What a query finds at a path of a value.
    pub(super) fn at(path: &Path, root: Val<'v>) -> Self {
        Self::Reading(path.read(root).and_then(decoded))
    }

    /// What stands at a path below the head that an object has.
    pub(super) fn below(path: &Path, head: &'v Datum) -> Self {
        match path.member_below(head) {
            Some(member) => Self::of(member),
            None => Self::Reading(path.read_below(head.into()).and_then(decoded)),
        }
    }

    /// What a query finds where a member of a host's map stands.
    pub(super) fn of_value(value: &'v Value) -> Self {
        Self::Reading(decoded(value.into()))
    }

    /// What stands at a path below the head that a host's map has.
    pub(super) fn below_value(path: &Path, head: &'v Value) -> Self {
        Self::Reading(path.read_below(head.into()).and_then(decoded))
    }

    #[inline]
    pub(super) fn of(member: &'v Datum) -> Self {
        match usual::pointer(member) {
            Some((class_name, object_id)) => Self::Pointer {
                member,
                class_name,
                object_id,
            },
            None => Self::Member(member),
        }
    }

    /// The value that a query is given.
    #[inline]
    pub(crate) fn reading(self) -> PathValue<'v> {
        match self {
            Self::Member(member) | Self::Pointer { member, .. } => decoded(member.into()),
            Self::Reading(reading) => reading,
            // It is no one value.
            Self::Head(_) => Err(Fault),
        }
    }

    /// What a path of the `find` dialect begins with.
    #[inline]
    pub(super) fn seen(self, way: &Way) -> Seen<'v> {
        way.see(match self {
            Self::Head(value) => Some(value),
            Self::Member(_) | Self::Pointer { .. } | Self::Reading(_) => None,
        })
    }

    pub(super) fn is_nothing(self) -> bool {
        matches!(
            self,
            Self::Reading(Ok(Val::Undefined)) | Self::Member(Datum::Undefined)
        )
    }

    /// Whether it is an array or an object, and no pointer.
    pub(super) fn has_parts(self) -> bool {
        match self {
            Self::Member(member) => matches!(member, Datum::Array(_) | Datum::Object(_)),
            Self::Pointer { .. } => false,
            Self::Reading(reading) => matches!(reading, Ok(Val::Array(_) | Val::Object(_))),
            Self::Head(_) => false,
        }
    }

    pub(super) fn is_same(self, other: Self) -> bool {
        match (self.member(), other.member()) {
            (Some(a), Some(b)) => a == b,
            _ => match (self.reading(), other.reading()) {
                (Ok(a), Ok(b)) => same(a, b),
                _ => false,
            },
        }
    }

    /// The answer of an operator.
    #[inline]
    pub(super) fn answer(&self, op: &Op) -> Answer {
        match self.usual_answer(op) {
            Some(answer) => Ok(answer),
            None => op.answer(self.reading()?),
        }
    }

    #[inline]
    fn usual_answer(&self, op: &Op) -> Option<bool> {
        match (self, op) {
            (
                Self::Pointer {
                    class_name,
                    object_id,
                    ..
                },
                Op::PointsTo(to),
            ) => to.is_pointer(class_name, object_id),
            (Self::Member(member) | Self::Pointer { member, .. }, _) => op.usual_answer(*member),
            (Self::Reading(_) | Self::Head(_), _) => None,
        }
    }

    pub(super) fn member(self) -> Option<&'v Datum> {
        match self {
            Self::Member(member) | Self::Pointer { member, .. } => Some(member),
            Self::Reading(_) | Self::Head(_) => None,
        }
    }
}

/// Whether two values are the same to every query. Some that are may be told apart.
pub(super) fn same(a: Val<'_>, b: Val<'_>) -> bool {
    match (a, b) {
        (Val::Undefined, Val::Undefined) | (Val::Null, Val::Null) => true,
        (Val::Bool(a), Val::Bool(b)) => a == b,
        (Val::Number(a), Val::Number(b)) | (Val::Date(a), Val::Date(b)) => {
            a.to_bits() == b.to_bits()
        }
        (Val::Text(a), Val::Text(b)) => a == b,
        (Val::Unit(a), Val::Unit(b)) => a == b,
        (Val::Array(List::Data(a)), Val::Array(List::Data(b))) => a == b,
        (Val::Array(List::Values(a)), Val::Array(List::Values(b))) => same_items(a, b, MAX_DEPTH),
        (Val::Object(Members::Fields(a)), Val::Object(Members::Fields(b))) => a == b,
        (Val::Object(Members::Map(a)), Val::Object(Members::Map(b))) => {
            same_members(a, b, MAX_DEPTH)
        }
        (Val::Builtin(a), Val::Builtin(b)) => a == b,
        _ => false,
    }
}

/// Whether a host's values are the same, members in one order. What is deeper than any text that can be read is taken for
/// different: to follow it to its end would take the stack.
pub(super) fn same_json(a: &Value, b: &Value, levels: u32) -> bool {
    let Some(levels) = levels.checked_sub(1) else {
        return false;
    };
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => same_items(a, b, levels),
        (Value::Object(a), Value::Object(b)) => same_members(a, b, levels),
        (Value::Array(_) | Value::Object(_), _) => false,
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_), _) => a == b,
    }
}

fn same_items(a: &[Value], b: &[Value], levels: u32) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_json(a, b, levels))
}

fn same_members(a: &Map<String, Value>, b: &Map<String, Value>, levels: u32) -> bool {
    let mut pairs = a.iter().zip(b);
    a.len() == b.len()
        && pairs.all(|((name, a), (other, b))| name == other && same_json(a, b, levels))
}
