//! What a plan takes, in [steps](crate::steps).

use super::code::Run;
use super::dates::Copied;
use super::{Path, Plan};
use crate::op::steps::TO_TEXT;
use crate::steps::{Bound, Rates, Shape};
use crate::value::key::names;
use crate::value::val::Members;
use crate::value::{Val, tree_nodes};

/// What a run takes by itself.
pub(crate) const RUN: u64 = 4;

impl Plan {
    /// The most steps for one object, by its size: no step of the code is run twice.
    pub(crate) fn bound(&self) -> Bound {
        let steps = self.code.iter().map(|step| step.op.bound());
        let steps = steps.fold(Bound::fixed(RUN), Bound::plus);
        let reading = reading(self.code.len(), self.components());
        let copying = if self.run == Run::InPlace {
            copying()
        } else {
            Bound::default()
        };
        steps.plus(reading).plus(copying)
    }

    /// The components of the paths of all steps.
    fn components(&self) -> u64 {
        let paths = self.code.iter().map(|step| self.path(step.path));
        paths.map(Path::components).sum()
    }

    /// The most that it takes besides, where a run needs a copy of the object.
    pub(crate) fn bound_in_place(&self) -> Bound {
        if self.run == Run::InPlace {
            copying().plus(reading(self.code.len(), self.components()))
        } else {
            Bound::default()
        }
    }
}

/// The most that it takes to read the paths of so many steps and to decode what stands there.
fn reading(steps: usize, components: u64) -> Bound {
    let (steps, decoding) = (steps as u64, TO_TEXT.bound(Shape::Array));
    // Twice, in a copy.
    let counting = 2 * COUNT.bytes;
    Bound {
        fixed: steps
            .saturating_mul(decoding.fixed + 2)
            .saturating_add(4 * components),
        piece: steps.saturating_mul(decoding.piece + counting),
    }
}

/// What it takes to count the units of a text, where a path leads to its length or to one of them; and to find that out.
pub(super) fn steps_to_count(path: &Path, object: Val<'_>) -> u64 {
    let text = path.text_on_the_way(object);
    text.map_or(0, |text| {
        path.components() + COUNT.steps_for_bytes(text.len())
    })
}

/// Text beyond ASCII is counted by characters.
const COUNT: Rates = Rates {
    bytes: 4,
    ..Rates::fixed(0)
};

/// What it takes to find out whether an object is a date: its `__type` is compared as text.
pub(super) fn steps_to_decode(value: Val<'_>, most: u64) -> u64 {
    let Val::Object(members) = value else {
        return 0;
    };
    match members.get_key(names::TYPE) {
        Some(kind @ Val::Array(_)) => TO_TEXT.steps_for(kind, most),
        _ => 1,
    }
}

pub(super) fn steps_to_decode_at(copy: &Copied, path: &Path, most: u64) -> u64 {
    copy.peek(path)
        .map_or(0, |value| steps_to_decode(value, most))
}

/// What a value of a copied object takes, and 64 bytes of text.
const COPY: (u64, u64) = (12, 4);

pub(super) fn steps_to_copy(object: Val<'_>, most: u64) -> u64 {
    let (nodes, bytes) = match object {
        Val::Object(Members::Empty) => (1, 0),
        object => tree_nodes(object, most),
    };
    let (node, text) = COPY;
    nodes
        .saturating_mul(node)
        .saturating_add(bytes.saturating_mul(text) / 64)
}

fn copying() -> Bound {
    let (node, text) = COPY;
    // As many values as an array has elements; their texts are no longer than the object.
    let nodes = Rates {
        node,
        ..Rates::default()
    };
    nodes.bound(Shape::Array).plus(Bound {
        fixed: 0,
        piece: text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Query;
    use crate::value::Datum;

    #[test]
    fn a_run_on_a_copy_is_bound_by_what_the_copy_takes_and_no_other_is() {
        let plan = |clause: &str| {
            let query: Query = clause.parse().expect("a clause");
            query.plan().live().expect("of LiveQuery").clone()
        };
        let seen_before = plan(r#"{"d":{"$exists":true},"d.iso":{"$exists":true}}"#);
        assert_eq!(seen_before.run, Run::InPlace);
        for object in [r"{}", r#"{"d":[1,2,3]}"#, r#"{"a":{"b":{"c":"text"}}}"#] {
            let copied: Datum = serde_json::from_str(object).expect("an object");
            let most = seen_before.bound_in_place().steps(object.len());
            assert!(
                most > steps_to_copy(Val::from(&copied), u64::MAX),
                "{object}"
            );
        }
        for clause in ["{}", r#"{"d":1}"#, r#"{"d":1,"e.iso":2}"#] {
            assert_eq!(plan(clause).bound_in_place(), Bound::default(), "{clause}");
        }
    }
}
