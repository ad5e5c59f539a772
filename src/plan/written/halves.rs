//! A text in the place of a clause: JavaScript walks it by its units, and asks at each index for one.
//!
//! Where all of them are characters, the indices can be written as fields. Half of a surrogate pair stands in a text only.

use super::shape::Tree;
use crate::op::Op;
use crate::value::{Datum, Text};

/// The group that a row of steps begins with, if it is of such a text, and how many steps it is.
pub(super) fn group<'p>(
    row: &[Tree<'_>],
    path: &impl Fn(u32) -> Option<&'p str>,
) -> Option<(usize, (Text, Datum))> {
    let scope = path_of(row.first()?, path)?.strip_suffix('0')?;
    let at_index = |(index, tree): (usize, &Tree<'_>)| {
        let rest = path_of(tree, path)?.strip_prefix(scope)?;
        (rest == index.to_string()).then(|| unit_of(tree))?
    };
    let units: Vec<u16> = row.iter().enumerate().map_while(at_index).collect();
    let is_half = |unit: &u16| (0xD800..0xE000).contains(unit);
    if !units.iter().any(is_half) {
        return None;
    }
    let text = Datum::text(&String::from_utf16(&units).ok()?);
    let key = Text::from(format!("{scope}$and"));
    Some((units.len(), (key, Datum::Array([text].into()))))
}

fn path_of<'p>(tree: &Tree<'_>, path: &impl Fn(u32) -> Option<&'p str>) -> Option<&'p str> {
    match tree {
        Tree::Step(step) => path(step.path),
        _ => None,
    }
}

/// The one unit that a step asks for.
fn unit_of(tree: &Tree<'_>) -> Option<u16> {
    let Tree::Step(step) = tree else {
        return None;
    };
    match &step.op {
        Op::Is(Datum::Unit(half)) => Some(*half),
        Op::Is(Datum::Text(text)) => {
            let mut units = text.encode_utf16();
            units.next().filter(|_| units.next().is_none())
        }
        _ => None,
    }
}
